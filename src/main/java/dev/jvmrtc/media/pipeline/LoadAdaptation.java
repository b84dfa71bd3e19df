package dev.jvmrtc.media.pipeline;

/**
 * Makes pictures smaller where a machine is too slow to encode them as fast as they come, and larger again when it has
 * time to spare. Sans I/O: told of each picture.
 */
final class LoadAdaptation {
    /** Of the time between pictures, spent on encoding. */
    private static final double TOO_BUSY = 0.9;

    private static final double IDLE = 0.35;
    private static final long SHRINK_AFTER_NANOS = 2_000_000_000L;
    private static final long GROW_AFTER_NANOS = 10_000_000_000L;
    /** Width and height shrink by this, thus the work to less than half. */
    private static final double STEP = 1.5;

    private static final double MAX_SCALE = STEP * STEP * STEP;
    /** A new average counts for this much. */
    private static final double WEIGHT = 0.1;

    private double scale = 1;
    private double load;
    private long last;
    /** Since when it has been too busy, or idle; 0 while neither. */
    private long busySince;

    private long idleSince;

    /** A picture that came at {@code now} took this long to encode. */
    void encoded(long now, long tookNanos) {
        if (last != 0 && now > last) {
            load += (Math.min(2, (double) tookNanos / (now - last)) - load) * WEIGHT;
        }
        last = now;
        busySince = load < TOO_BUSY ? 0 : busySince == 0 ? now : busySince;
        idleSince = load > IDLE ? 0 : idleSince == 0 ? now : idleSince;
        if (busySince != 0 && now - busySince >= SHRINK_AFTER_NANOS && scale < MAX_SCALE) {
            change(scale * STEP);
        } else if (idleSince != 0 && now - idleSince >= GROW_AFTER_NANOS && scale > 1) {
            change(Math.max(1, scale / STEP));
        }
    }

    private void change(double newScale) {
        scale = newScale;
        load = (TOO_BUSY + IDLE) / 2;
        busySince = 0;
        idleSince = 0;
    }

    /** By how much width and height are to be divided. */
    double scale() {
        return scale;
    }
}
