package dev.jvmrtc.rtp;

import dev.jvmrtc.wire.Bytes;
import java.nio.charset.StandardCharsets;

/** Writes RTP headers with extensions into a buffer. */
public final class RtpWriter {

    private RtpWriter() {
    }

    /** Header extensions of outgoing packets: ids 0 are not sent. */
    public record Extensions(int midId, String mid, int transportCcId, int orientationId) {
        public static final Extensions NONE = new Extensions(0, null, 0, 0);

        int wireLength() {
            int n = 0;
            int head = twoByte() ? 2 : 1;
            if (midId > 0) {
                n += head + mid.length();
            }
            if (transportCcId > 0) {
                n += head + 2;
            }
            if (orientationId > 0) {
                n += head + 1;
            }
            return n == 0 ? 0 : 4 + (n + 3 & ~3);
        }

        /** All but the orientation, which a frame's last packet has. */
        public Extensions withoutOrientation() {
            return orientationId == 0 ? this : new Extensions(midId, mid, transportCcId, 0);
        }

        private boolean twoByte() {
            return midId > 14 || transportCcId > 14 || orientationId > 14 || midId > 0 && mid.length() > 16;
        }
    }

    /** Bytes of header before the payload. */
    public static int headerLength(Extensions e) {
        return RtpPacket.FIXED_HEADER + e.wireLength();
    }

    /**
     * Writes a header at the start of the array; returns its length.
     *
     * @param transportSequence written where transportCcId is set
     * @param rotation in degrees, written where orientationId is set
     */
    public static int writeHeader(byte[] out, int payloadType, boolean marker, int sequence, long timestamp, int ssrc, Extensions e, int transportSequence,
                                  int rotation) {
        int extensionLength = e.wireLength();
        out[0] = (byte) (0x80 | (extensionLength > 0 ? 0x10 : 0));
        out[1] = (byte) (payloadType | (marker ? 0x80 : 0));
        Bytes.put16(out, 2, sequence);
        Bytes.put32(out, 4, (int) timestamp);
        Bytes.put32(out, 8, ssrc);
        if (extensionLength == 0) {
            return RtpPacket.FIXED_HEADER;
        }
        boolean two = e.twoByte();
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
            byte[] mid = e.mid.getBytes(StandardCharsets.US_ASCII);
            p = element(out, p, two, e.midId, mid.length);
            System.arraycopy(mid, 0, out, p, mid.length);
            p += mid.length;
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
