package dev.jvmrtc.rtp.receive;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.Bytes;

/**
 * A packet of forward error correction: the exclusive or of packets of one source, and which those are. One object is
 * used for many such packets, one after the other.
 *
 * <p>The exclusive or is over the first two bytes of each packet, its timestamp, its length behind the fixed header,
 * and all that stands there: CSRCs, extension, payload and padding.
 */
final class ParityPacket {

    /** How the header before the parity is laid out. */
    enum Form {
        /** RFC 5109 §7.3 and §7.4, level 0: higher levels protect beginnings of packets again, which nobody sends. */
        ULPFEC,
        /** draft-ietf-payload-flexible-fec-scheme-03 §4.2, masks of one source. */
        FLEXFEC_03
    }

    /** Bytes of a packet that is protected, or of what protects it without its header. */
    static final int MAX_LENGTH = 1_500;
    /** Numbers from the first protected one on that the longest mask has a bit for. */
    static final int MAX_SPAN = 109;

    private static final int MAX_HEADER = 32;
    private static final int ULPFEC_MASK_AT = 12;
    private static final int FLEXFEC_SSRC_AT = 12;
    private static final int FLEXFEC_BASE_AT = 16;
    private static final int FLEXFEC_MASK_AT = 18;

    private final byte[] data = new byte[MAX_HEADER + MAX_LENGTH];
    /** The number that the first bit of the mask stands for, as in the packet, then extended. */
    private int base;

    private long first;
    /** Bits 0 … 63 of the mask, the first at the highest place, and those behind. */
    private long mask;

    private long maskEnd;
    /** Where the exclusive or of lengths stands. */
    private int lengthAt;
    /** Where the exclusive or of all behind the fixed headers stands, and of how many bytes. */
    private int contentAt;

    private int contentLength;
    /** Protected packets that have not come. */
    int missing;

    /**
     * Takes over what the header says, and a copy of the rest.
     *
     * @param ssrc of the source that must be protected, where the header names one
     * @return null, or why the packet is of no use
     */
    String read(Form form, byte[] d, int offset, int length, int ssrc) {
        if (length > data.length) {
            return "FEC that is too long";
        }
        System.arraycopy(d, offset, data, 0, length);
        return form == Form.ULPFEC ? readUlpfec(length) : readFlexfec(length, ssrc);
    }

    private String readUlpfec(int length) {
        // RFC 5109 §7.3, of the E bit: "It SHALL be set to 0, and SHOULD be ignored by the receiver."
        int maskLength = length > 0 && (data[0] & 0x40) != 0 ? 6 : 2;
        contentAt = ULPFEC_MASK_AT + maskLength;
        if (length < contentAt) {
            return "FEC malformed";
        }
        base = Bytes.u16(data, 2);
        lengthAt = 8;
        mask = (long) Bytes.u16(data, ULPFEC_MASK_AT) << 48
                | (maskLength == 6 ? Bytes.u32(data, ULPFEC_MASK_AT + 2) << 16 : 0);
        maskEnd = 0;
        contentLength = Bytes.u16(data, 10);
        return mask == 0 || contentAt + contentLength > length ? "FEC malformed" : tooLong();
    }

    private String readFlexfec(int length, int ssrc) {
        if (length < FLEXFEC_MASK_AT + 2) {
            return "FEC malformed";
        }
        // R: what follows is a retransmission; F: the mask is one of rows and columns.
        if ((data[0] & 0xc0) != 0 || data[8] != 1) {
            return "FEC of a form that is not known";
        }
        if (Bytes.i32(data, FLEXFEC_SSRC_AT) != ssrc) {
            return "FEC of another source";
        }
        // The mask comes in three parts, each of which begins with a bit that says whether it is the last.
        int part = Bytes.u16(data, FLEXFEC_MASK_AT);
        mask = (long) (part & 0x7fff) << 49;
        maskEnd = 0;
        contentAt = FLEXFEC_MASK_AT + 2;
        if ((part & 0x8000) == 0) {
            if (length < contentAt + 4) {
                return "FEC malformed";
            }
            long second = Bytes.u32(data, contentAt);
            mask |= (second & 0x7fffffffL) << 18;
            contentAt += 4;
            if ((second & 0x80000000L) == 0) {
                if (length < contentAt + 8 || data[contentAt] >= 0) {
                    return "FEC malformed";
                }
                long third = Bytes.i64(data, contentAt) & Long.MAX_VALUE;
                mask |= third >>> 45;
                maskEnd = third << 19;
                contentAt += 8;
            }
        }
        base = Bytes.u16(data, FLEXFEC_BASE_AT);
        lengthAt = 2;
        contentLength = length - contentAt;
        return mask == 0 && maskEnd == 0 ? "FEC malformed" : tooLong();
    }

    private String tooLong() {
        return contentLength > MAX_LENGTH - RtpPacket.FIXED_HEADER ? "FEC that is too long" : null;
    }

    /** The number in the packet that its mask counts from. */
    int base() {
        return base;
    }

    /** The same, extended. */
    void setFirst(long number) {
        first = number;
    }

    /** The first number that is protected. */
    long firstProtected() {
        return first + nextBit(0);
    }

    /** The next number from this one on that is protected; −1 where there is none. */
    long nextProtected(long number) {
        int bit = nextBit((int) Math.max(0, number - first));
        return bit < 0 ? -1 : first + bit;
    }

    private int nextBit(int from) {
        long rest = from < 64 ? mask & -1L >>> from : 0;
        if (rest != 0) {
            return Long.numberOfLeadingZeros(rest);
        }
        rest = from < 64 ? maskEnd : from < 128 ? maskEnd & -1L >>> from - 64 : 0;
        return rest != 0 ? 64 + Long.numberOfLeadingZeros(rest) : -1;
    }

    boolean protects(long number) {
        long bit = number - first;
        return bit >= 0 && bit < 128 && (bit < 64 ? mask << bit : maskEnd << bit - 64) < 0;
    }

    /** How many bytes behind the fixed header are protected. */
    int contentLength() {
        return contentLength;
    }

    /** The exclusive or of the lengths behind the fixed headers. */
    int lengths() {
        return Bytes.u16(data, lengthAt);
    }

    /** Writes the parity where a packet's header and content stand. */
    void copyTo(byte[] packet) {
        packet[0] = data[0];
        packet[1] = data[1];
        System.arraycopy(data, 4, packet, 4, 4); // the timestamp
        System.arraycopy(data, contentAt, packet, RtpPacket.FIXED_HEADER, contentLength);
    }
}
