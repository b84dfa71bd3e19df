package dev.jvmrtc.sctp.tx;

/**
 * Measures how fast data arrives (draft-ietf-ccwg-bbr §4.1): each chunk remembers how much had arrived when it left;
 * what has arrived since, when it is acknowledged, over the time that took, is a sample. Also counts round trips: one
 * has passed when a chunk arrives that left after its beginning.
 */
final class DeliveryRate {
    /** Bytes that have arrived so far. */
    private long delivered;
    /** When the last of them did, or when something left after a pause. */
    private long deliveredNanos;
    /** When the chunk left that the latest sample is of. */
    private long firstSentNanos;
    /** Until so many bytes have arrived, what leaves was sent with too little to send. */
    private long limitedUntil;
    /** A round trip ends when a chunk arrives before which so many bytes had. */
    private long roundEnd;

    /** Whether there is a sample that was not taken. */
    private boolean sampled;
    /** Whether the latest sample is of a sender that had too little to send. */
    private boolean limited;
    /** Whether the latest sample has ended a round trip. */
    private boolean newRound;
    /** What had arrived when the chunk of the sample left. */
    private long priorDelivered;
    /** When that had. */
    private long priorNanos;
    /** How long it took to send what the sample is of. */
    private long sendNanos;
    /** When the chunk of the sample left. */
    private long sampleSentNanos;

    /** A chunk leaves; {@code flight} is what was in flight before it. */
    void sent(long now, SentChunk c, long flight) {
        if (flight == 0) {
            firstSentNanos = now;
            deliveredNanos = now;
        }
        c.deliveredBefore = delivered;
        c.deliveredBeforeNanos = deliveredNanos;
        c.firstSentNanos = firstSentNanos;
        c.sentWhileLimited = delivered < limitedUntil;
    }

    /** There is less to send than might be: until what is in flight has arrived, rates tell little of the path. */
    void limited(long flight) {
        limitedUntil = delivered + Math.max(1, flight);
    }

    /** A chunk that was in flight has arrived. */
    void arrived(long now, SentChunk c) {
        delivered += c.wireSize;
        deliveredNanos = now;
        if (!sampled
                || c.sentNanos - sampleSentNanos > 0
                || c.sentNanos == sampleSentNanos && c.deliveredBefore > priorDelivered) {
            sampled = true;
            priorDelivered = c.deliveredBefore;
            priorNanos = c.deliveredBeforeNanos;
            sendNanos = c.sentNanos - c.firstSentNanos;
            sampleSentNanos = c.sentNanos;
            limited = c.sentWhileLimited;
            firstSentNanos = c.sentNanos;
        }
    }

    /**
     * After all that one SACK acknowledges: bytes a nanosecond, or 0 where there is no sample; then {@link #isLimited}
     * and {@link #isNewRound} tell of it.
     */
    double take(long minRttNanos) {
        newRound = false;
        if (!sampled) {
            return 0;
        }
        sampled = false;
        if (priorDelivered >= roundEnd) {
            roundEnd = delivered;
            newRound = true;
        }
        long interval = Math.max(sendNanos, deliveredNanos - priorNanos);
        // Acknowledgements that come faster than any round trip were held up together on the way.
        return interval <= 0 || interval < minRttNanos ? 0 : (double) (delivered - priorDelivered) / interval;
    }

    boolean isLimited() {
        return limited;
    }

    boolean isNewRound() {
        return newRound;
    }
}
