package dev.jvmrtc.rtp.header;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * The header of a stream's packets (RFC 3550 §5.1) with its extensions (RFC 8285), laid out once: what is the same in
 * each packet, and where the values stand that each packet has of its own. Unchanging.
 */
public final class HeaderTemplate {
    /** Longest value of an extension: its length is one byte (RFC 8285 §4.3). */
    public static final int MAX_VALUE = 255;
    /** Longest value of the one-byte form (RFC 8285 §4.2), and the largest id of it. */
    private static final int MAX_SHORT_VALUE = 16;

    private static final int MAX_SHORT_ID = 14;
    private static final int MAX_ID = 255;
    private static final int ONE_BYTE_PROFILE = 0xBEDE;
    private static final int TWO_BYTE_PROFILE = 0x1000;

    /** A header without extensions. */
    public static final HeaderTemplate PLAIN = builder().build();

    /** @param value what it begins with in each packet */
    private record Element(int id, byte[] value) {}

    private final List<Element> elements;
    private final boolean twoByte;
    /** All behind the fixed header: the extension's own header and its elements, as they stand in each packet. */
    private final byte[] block;
    /** Where each element's value begins in a packet. */
    private final int[] offsets;

    private HeaderTemplate(List<Element> elements, boolean twoByte) {
        this.elements = elements;
        this.twoByte = twoByte;
        int head = twoByte ? 2 : 1;
        int length = elements.stream().mapToInt(e -> head + e.value.length).sum();
        block = new byte[length == 0 ? 0 : 4 + (length + 3 & ~3)];
        offsets = new int[elements.size()];
        if (length > 0) {
            Bytes.put16(block, 0, twoByte ? TWO_BYTE_PROFILE : ONE_BYTE_PROFILE);
            Bytes.put16(block, 2, block.length / 4 - 1);
        }
        int at = 4;
        for (int i = 0; i < offsets.length; i++) {
            Element e = elements.get(i);
            if (twoByte) {
                block[at] = (byte) e.id;
                block[at + 1] = (byte) e.value.length;
            } else {
                block[at] = (byte) (e.id << 4 | e.value.length - 1);
            }
            at += head;
            offsets[i] = RtpPacket.FIXED_HEADER + at;
            System.arraycopy(e.value, 0, block, at, e.value.length);
            at += e.value.length;
        }
    }

    /** Elements stand in the order in which they are added. */
    public static final class Builder {
        private final List<Element> elements = new ArrayList<>();
        private boolean twoByte;

        /**
         * An extension with the same value in each packet; left out where no packet can have the id, or the value is
         * empty or too long.
         */
        public Builder fixed(int id, byte[] value) {
            if (id > 0 && id <= MAX_ID && value.length > 0 && value.length <= MAX_VALUE) {
                elements.add(new Element(id, value.clone()));
                twoByte |= id > MAX_SHORT_ID || value.length > MAX_SHORT_VALUE;
            }
            return this;
        }

        /** An extension whose value each packet has of its own, written where {@link HeaderTemplate#offsetOf} says. */
        public Builder perPacket(int id, int length) {
            return fixed(id, new byte[length]);
        }

        /** All packets of a stream have the same form: mixing both needs an agreement (RFC 8285 §4.1.2). */
        public HeaderTemplate build() {
            return new HeaderTemplate(List.copyOf(elements), twoByte);
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The same in the same form, without one extension. */
    public HeaderTemplate without(int id) {
        return new HeaderTemplate(elements.stream().filter(e -> e.id != id).toList(), twoByte);
    }

    /** Bytes of header before the payload. */
    public int length() {
        return RtpPacket.FIXED_HEADER + block.length;
    }

    /** Where the value of an extension begins, counted from the packet's first byte; −1 where it is not in it. */
    public int offsetOf(int id) {
        for (int i = 0; i < offsets.length; i++) {
            if (elements.get(i).id == id) {
                return offsets[i];
            }
        }
        return -1;
    }

    /** Writes a header at the start of the array; values that each packet has of its own are zeros in it. */
    public void write(byte[] out, int payloadType, boolean marker, int sequence, long timestamp, int ssrc) {
        out[0] = (byte) (0x80 | (block.length > 0 ? 0x10 : 0));
        out[1] = (byte) (payloadType | (marker ? 0x80 : 0));
        Bytes.put16(out, 2, sequence);
        Bytes.put32(out, 4, (int) timestamp);
        Bytes.put32(out, 8, ssrc);
        System.arraycopy(block, 0, out, RtpPacket.FIXED_HEADER, block.length);
    }
}
