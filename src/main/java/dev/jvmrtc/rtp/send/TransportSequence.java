package dev.jvmrtc.rtp.send;

/**
 * The transport-wide sequence numbers of what one transport sends (draft-holmer-rmcat-transport-wide-cc-extensions-01
 * §2). A packet without the header extension takes no number, nor does one of another transport: the peer reports each
 * that does not come as lost.
 */
public final class TransportSequence {
    private int next;

    /** The number of a packet that carries one, modulo 2^16. */
    int next() {
        return next++ & 0xffff;
    }
}
