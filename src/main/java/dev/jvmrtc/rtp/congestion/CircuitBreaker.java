package dev.jvmrtc.rtp.congestion;

/**
 * Stops a stream whose packets arrive nowhere (RFC 8083 §4.1, RTCP timeout, and §4.2, media timeout): no report on it
 * comes for 15 seconds while it is sent, or three reports in a row tell of nothing new. After half a minute it is tried
 * again, as after a change of the path. Of congestion the rate takes care ({@link SendRateEstimate}). Sans I/O.
 */
public final class CircuitBreaker {
    /** Reports in a row that tell of nothing new; with reports about once a second that is what §4.2 comes to. */
    static final int REPORTS_WITHOUT_PROGRESS = 3;
    /** Three of the longest intervals of RFC 3550 §6.2. */
    static final long SILENCE_NANOS = 15_000_000_000L;
    /** A sender that was silent for so long, as on hold, begins anew: nobody reports on what is not sent. */
    private static final long PAUSE_NANOS = 5_000_000_000L;
    /** §4.5 wants no restart before the reason may have gone. */
    static final long RETRY_NANOS = 30_000_000_000L;

    private boolean open;
    private long openedNanos;
    /** Whether anything was sent since the last report, and since when. */
    private boolean sending;

    private long sendingSinceNanos;
    private long lastSentNanos;
    private long highest = -1;
    private int withoutProgress;

    /** A packet of the stream is sent. */
    public void handleSent(long now) {
        if (!sending || now - lastSentNanos > PAUSE_NANOS) {
            sending = true;
            sendingSinceNanos = now;
        }
        lastSentNanos = now;
    }

    /** A report on the stream has come; {@code highestSequence} as there. */
    public void handleReport(long now, long highestSequence) {
        if (highestSequence != highest) {
            withoutProgress = 0;
            highest = highestSequence;
        } else if (sending && ++withoutProgress >= REPORTS_WITHOUT_PROGRESS) {
            open(now);
        }
        sending = false;
    }

    /** Whether nothing may be sent. */
    public boolean isOpen(long now) {
        if (!open && sending && now - lastSentNanos <= PAUSE_NANOS && now - sendingSinceNanos >= SILENCE_NANOS) {
            open(now);
        }
        if (open && now - openedNanos >= RETRY_NANOS) {
            reset();
        }
        return open;
    }

    private void open(long now) {
        open = true;
        openedNanos = now;
        sending = false;
    }

    /** The path or the peer is another one. */
    public void reset() {
        open = false;
        sending = false;
        withoutProgress = 0;
        highest = -1;
    }
}
