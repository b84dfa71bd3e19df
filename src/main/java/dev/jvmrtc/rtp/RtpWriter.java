package dev.jvmrtc.rtp;

import dev.jvmrtc.wire.Bytes;
import java.nio.charset.StandardCharsets;

/** Writes RTP headers with extensions into a buffer. */
public final class RtpWriter {

    private RtpWriter() {
    }

    /** Longest value that a header extension can have: the length is one byte (RFC 8285 §4.3). */
    public static final int MAX_EXTENSION_VALUE = 255;
    /** Longest value of the one-byte form (RFC 8285 §4.2). */
    private static final int MAX_SHORT_VALUE = 16;
    private static final int MAX_SHORT_ID = 14;
    private static final int MAX_ID = 255;

    /**
     * Header extensions of outgoing packets. Ids that no packet can have, and values that are empty or too long for one, are left out. All packets have the same form, with or
     * without what only some of them carry: mixing both needs an agreement (RFC 8285 §4.1.2).
     */
    public static final class Extensions {
        public static final Extensions NONE = new Extensions(0, null, 0, 0);

        private final int midId;
        private final byte[] mid;
        private final int transportCcId;
        private final int orientationId;
        private final boolean twoByte;
        private final int wireLength;
        private final Extensions withoutOrientation;

        /** Ids are 1 … 255, 0 for what is not sent; {@code mid} has 1 … {@link #MAX_EXTENSION_VALUE} ASCII characters. */
        public Extensions(int midId, String mid, int transportCcId, int orientationId) {
            byte[] m = mid == null ? new byte[0] : mid.getBytes(StandardCharsets.US_ASCII);
            this.midId = m.length == 0 || m.length > MAX_EXTENSION_VALUE ? 0 : id(midId);
            this.mid = m;
            this.transportCcId = id(transportCcId);
            this.orientationId = id(orientationId);
            this.twoByte = Math.max(this.midId, Math.max(this.transportCcId, this.orientationId)) > MAX_SHORT_ID || this.midId > 0 && m.length > MAX_SHORT_VALUE;
            this.wireLength = length();
            this.withoutOrientation = this.orientationId == 0 ? this : new Extensions(this);
        }

        /** The same in the same form, without the orientation. */
        private Extensions(Extensions e) {
            midId = e.midId;
            mid = e.mid;
            transportCcId = e.transportCcId;
            orientationId = 0;
            twoByte = e.twoByte;
            wireLength = length();
            withoutOrientation = this;
        }

        private static int id(int id) {
            return id < 1 || id > MAX_ID ? 0 : id;
        }

        private int length() {
            int head = twoByte ? 2 : 1;
            int n = (midId > 0 ? head + mid.length : 0) + (transportCcId > 0 ? head + 2 : 0) + (orientationId > 0 ? head + 1 : 0);
            return n == 0 ? 0 : 4 + (n + 3 & ~3);
        }

        /** The id of the transport-wide sequence number, or 0. */
        public int transportCcId() {
            return transportCcId;
        }

        /** All but the orientation, which a frame's last packet has. */
        public Extensions withoutOrientation() {
            return withoutOrientation;
        }
    }

    /** Bytes of header before the payload. */
    public static int headerLength(Extensions e) {
        return RtpPacket.FIXED_HEADER + e.wireLength;
    }

    /**
     * Writes a header at the start of the array; returns its length.
     *
     * @param transportSequence written where transportCcId is set
     * @param rotation in degrees, written where orientationId is set
     */
    public static int writeHeader(byte[] out, int payloadType, boolean marker, int sequence, long timestamp, int ssrc, Extensions e, int transportSequence,
                                  int rotation) {
        int extensionLength = e.wireLength;
        out[0] = (byte) (0x80 | (extensionLength > 0 ? 0x10 : 0));
        out[1] = (byte) (payloadType | (marker ? 0x80 : 0));
        Bytes.put16(out, 2, sequence);
        Bytes.put32(out, 4, (int) timestamp);
        Bytes.put32(out, 8, ssrc);
        if (extensionLength == 0) {
            return RtpPacket.FIXED_HEADER;
        }
        boolean two = e.twoByte;
        Bytes.put16(out, 12, two ? 0x1000 : 0xBEDE);
        Bytes.put16(out, 14, extensionLength / 4 - 1);
        int p = 16;
        if (e.transportCcId > 0) {
            p = element(out, p, two, e.transportCcId, 2);
            Bytes.put16(out, p, transportSequence);
            p += 2;
        }
        if (e.orientationId > 0) {
            p = element(out, p, two, e.orientationId, 1);
            out[p++] = (byte) (rotation / 90);
        }
        if (e.midId > 0) {
            p = element(out, p, two, e.midId, e.mid.length);
            System.arraycopy(e.mid, 0, out, p, e.mid.length);
            p += e.mid.length;
        }
        int end = RtpPacket.FIXED_HEADER + extensionLength;
        while (p < end) {
            out[p++] = 0;
        }
        return end;
    }

    private static int element(byte[] out, int p, boolean twoByte, int id, int length) {
        if (twoByte) {
            out[p] = (byte) id;
            out[p + 1] = (byte) length;
            return p + 2;
        }
        out[p] = (byte) (id << 4 | length - 1);
        return p + 1;
    }
}
