package dev.jvmrtc.session.transport;

import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import java.util.Arrays;

/**
 * Packets on a TCP stream, each behind its length in two bytes (RFC 4571 §2, as RFC 6544 §10.1 has it for ICE, DTLS and
 * SRTP).
 */
final class StreamFraming {
    static final int PREFIX = 2;
    static final int MAX_PACKET = 0xffff;

    /** Takes a packet; the bytes are lent for the duration of the call. */
    @FunctionalInterface
    interface Sink {
        void packet(LentBytes packet);
    }

    private byte[] pending = new byte[2_048];
    private int length;

    /** Takes bytes as they come. What is kept is one packet at the most. */
    void handle(LentBytes bytes, Sink sink) {
        byte[] data = bytes.array();
        int end = bytes.offset() + bytes.length();
        int at = bytes.offset();
        while (at < end) {
            if (length == 0 && end - at >= PREFIX && end - at - PREFIX >= Bytes.u16(data, at)) {
                int n = Bytes.u16(data, at); // a whole packet, as most are: no need to move it
                sink.packet(bytes.slice(at + PREFIX - bytes.offset(), n));
                at += PREFIX + n;
                continue;
            }
            int wanted = length < PREFIX ? PREFIX : PREFIX + Bytes.u16(pending, 0);
            int n = Math.min(wanted - length, end - at);
            if (pending.length < length + n) {
                pending =
                        Arrays.copyOf(pending, Math.min(PREFIX + MAX_PACKET, Math.max(2 * pending.length, length + n)));
            }
            System.arraycopy(data, at, pending, length, n);
            length += n;
            at += n;
            if (length >= PREFIX && length == PREFIX + Bytes.u16(pending, 0)) {
                int whole = length;
                length = 0;
                sink.packet(LentBytes.of(pending, PREFIX, whole - PREFIX));
            }
        }
    }

    /** Writes a packet with its prefix; returns the number of bytes. */
    static int frame(byte[] data, int offset, int length, byte[] out) {
        Bytes.put16(out, 0, length);
        System.arraycopy(data, offset, out, PREFIX, length);
        return PREFIX + length;
    }
}
