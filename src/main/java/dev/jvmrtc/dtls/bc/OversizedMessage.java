package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.dtls.DtlsRole;

/**
 * A message of the peer's handshake that is larger than what we take, such as a certificate with a long chain.
 * {@link RecordFilter} has dropped it, and without it the handshake comes to no end, but anybody can have sent it. So
 * it is believed when it is the very one that the handshake waits for, and no other has come in its place for
 * {@link #STUCK_NANOS}.
 */
final class OversizedMessage {
    /**
     * As long as a server waits for a ClientHello that it can answer: a peer whose own message was lost beside a forged
     * one sends it again after one, two and four seconds (RFC 6347 §4.2.4.1: "Implementations SHOULD use an initial
     * timer value of 1 second ... and double the value at each retransmission").
     */
    static final long STUCK_NANOS = UnansweredHello.UNANSWERED_NANOS;

    /** Its number in the handshake. */
    private int sequence;
    /** What it says of its length. */
    private int length;
    /** When it is believed; NEVER where there is none. */
    private long deadlineNanos = ProtocolCore.NEVER;

    /** @param found of {@link RecordFilter#takeOversized}. One at a time: the first until its time is over. */
    void note(long now, long found) {
        if (found >= 0 && deadlineNanos == ProtocolCore.NEVER) {
            sequence = (int) (found >> 32);
            length = (int) found;
            deadlineNanos = now + STUCK_NANOS;
        }
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    void forget() {
        deadlineNanos = ProtocolCore.NEVER;
    }

    /**
     * Whether the handshake waits for it. Of a server that has not begun nothing is believed.
     *
     * @param had what the handshake has had, or null where it has had nothing
     */
    boolean stops(DtlsRole role, Repeats had) {
        return deadlineNanos != ProtocolCore.NEVER
                && (sequence > 0 || role == DtlsRole.SERVER)
                && (had == null ? sequence == 0 : had.waitFor(sequence));
    }

    @Override
    public String toString() {
        return "the peer's handshake message of " + length + " bytes is beyond the bound of "
                + RecordFilter.MAX_HANDSHAKE_MESSAGE;
    }
}
