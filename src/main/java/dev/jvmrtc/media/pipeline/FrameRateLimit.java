package dev.jvmrtc.media.pipeline;

/** Leaves out pictures, evenly, where they come faster than they are wanted. */
public final class FrameRateLimit {
    private long nextDueMicros = Long.MIN_VALUE;

    /** Whether a picture of this time is wanted at this rate, in pictures per second; infinite for all. */
    public boolean takes(long micros, double rate) {
        if (Double.isInfinite(rate)) {
            return true;
        }
        long interval = (long) (1_000_000 / rate);
        if (nextDueMicros != Long.MIN_VALUE
                && micros < nextDueMicros - interval / 4
                && micros > nextDueMicros - 10 * interval) {
            return false;
        }
        nextDueMicros = nextDueMicros == Long.MIN_VALUE || micros - nextDueMicros > interval
                ? micros + interval
                : nextDueMicros + interval;
        return true;
    }
}
