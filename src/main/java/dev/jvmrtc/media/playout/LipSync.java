package dev.jvmrtc.media.playout;

/**
 * Keeps the sound and the pictures of one stream in step, by the capture times that RTCP sender reports give them:
 * whichever comes sooner waits for the other. Sans I/O. Any thread may call any method.
 */
public final class LipSync {
    /**
     * Sound that waits for pictures waits no longer, nor pictures for sound: such times are wrong, or nobody's who
     * talks.
     */
    static final int MAX_WAIT_MILLIS = 1_000;
    /** Sound or pictures of which nothing has come for so long are not waited for. */
    private static final long FORGET_NANOS = 5_000_000_000L;
    /** Of the time that pictures take, the longest counts, and is forgotten by so much a second. */
    private static final double FORGET_PER_SECOND = 0.03;
    /**
     * At the beginning code is cold and the first key frame large: only what comes after that tells how long pictures
     * take.
     */
    private static final long BEGINNING_NANOS = 3_000_000_000L;
    /**
     * One picture that is very late, since it was lost again and again, is not waited for by the sound of all others.
     */
    private static final double MAX_RISE_MILLIS = 20;

    private static final double SOUND_WEIGHT = 0.05;

    /**
     * From capture to the loudspeaker, and to when a picture could be shown, each in milliseconds and by clocks that
     * differ by the same unknown.
     */
    private double soundDelay;

    private double pictureDelay;
    private long soundNanos;
    private long pictureNanos;
    private long picturesSince;
    private boolean hasSound;
    private boolean hasPictures;

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    /** Sound of this capture time is heard now. */
    synchronized void soundPlayed(long now, double captureMillis) {
        double delay = millis(now) - captureMillis;
        // After a pause or a jump of the clock the average begins anew.
        boolean anew = !hasSound || now - soundNanos > FORGET_NANOS || Math.abs(delay - soundDelay) > MAX_WAIT_MILLIS;
        soundDelay = anew ? delay : soundDelay + (delay - soundDelay) * SOUND_WEIGHT;
        soundNanos = now;
        hasSound = true;
    }

    /** A picture of this capture time could be shown so many milliseconds from now. */
    synchronized void pictureCame(long now, double captureMillis, double decodeMillis) {
        double delay = millis(now) + decodeMillis - captureMillis;
        boolean anew =
                !hasPictures || now - pictureNanos > FORGET_NANOS || Math.abs(delay - pictureDelay) > MAX_WAIT_MILLIS;
        picturesSince = anew ? now : picturesSince;
        double forget = now - picturesSince < BEGINNING_NANOS
                ? 1
                : Math.min(1, FORGET_PER_SECOND * millis(now - pictureNanos) / 1_000);
        if (forget == 1 || delay < pictureDelay) {
            pictureDelay += (delay - pictureDelay) * forget;
        } else {
            pictureDelay = Math.min(delay, pictureDelay + MAX_RISE_MILLIS);
        }
        pictureNanos = now;
        hasPictures = true;
    }

    /** For how many milliseconds from now a picture of this capture time has to wait for its sound. */
    synchronized double pictureWaitMillis(long now, double captureMillis) {
        if (!hasSound || now - soundNanos > FORGET_NANOS) {
            return 0;
        }
        double wait = captureMillis + soundDelay - millis(now);
        return wait > 0 && wait <= MAX_WAIT_MILLIS ? wait : 0;
    }

    /**
     * How long sound has to be held back for the pictures, in milliseconds.
     *
     * @param captureMillis of sound that has just come
     */
    synchronized double soundWaitMillis(long now, double captureMillis) {
        if (!hasPictures || now - pictureNanos > FORGET_NANOS) {
            return 0;
        }
        double wait = captureMillis + pictureDelay - millis(now);
        return wait > 0 && wait <= MAX_WAIT_MILLIS ? wait : 0;
    }
}
