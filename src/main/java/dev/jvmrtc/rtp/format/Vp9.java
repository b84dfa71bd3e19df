package dev.jvmrtc.rtp.format;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;

/**
 * VP9 (RFC 9628). Sends one layer in non-flexible mode with a picture id; receives any.
 *
 * <pre>
 *  0 1 2 3 4 5 6 7
 * |I|P|L|F|B|E|V|Z|  required
 * |M| PICTURE ID  |  I
 * | TID |U| SID |D|  L
 * |   TL0PICIDX   |  L, not F
 * | P_DIFF      |N|  P and F, up to 3 times
 * | SS            |  V
 * </pre>
 */
public final class Vp9 implements Packetizer, Depacketizer {
    static final PayloadFormat FORMAT = PayloadFormat.of(Vp9::new, p -> new Vp9(0));

    private int pictureId;

    public Vp9(int firstPictureId) {
        this.pictureId = firstPictureId & 0x7fff;
    }

    @Override
    public void packetize(OutgoingFrame f, int maxPayload, Output out) {
        byte[] frame = f.data();
        byte[] head = new byte[3];
        head[1] = (byte) (0x80 | pictureId >> 8);
        head[2] = (byte) pictureId;
        pictureId = pictureId + 1 & 0x7fff;
        int room = maxPayload - head.length;
        int packets = Math.max(1, (frame.length + room - 1) / room);
        int at = 0;
        for (int i = 0; i < packets; i++) {
            int n = (frame.length - at) / (packets - i);
            boolean last = i == packets - 1;
            // Z: not a reference for upper spatial layers, of which there are none.
            head[0] = (byte) (0x80 | (f.keyFrame() ? 0 : 0x40) | (i == 0 ? 0x08 : 0) | (last ? 0x04 : 0) | 0x01);
            out.payload(head, head.length, frame, at, n, last);
            at += n;
        }
    }

    /** Parsed descriptor: its length with the layer ids, or null. */
    private static int[] descriptor(byte[] d, int o, int length) {
        if (length < 1) {
            return null;
        }
        int b = d[o];
        int n = 1;
        int tid = 0;
        int sid = 0;
        if ((b & 0x80) != 0) {
            if (length <= n) {
                return null;
            }
            n += (d[o + n] & 0x80) != 0 ? 2 : 1;
        }
        if ((b & 0x20) != 0) {
            if (length <= n) {
                return null;
            }
            tid = d[o + n] >> 5 & 7;
            sid = d[o + n] >> 1 & 7;
            n += (b & 0x10) != 0 ? 1 : 2;
        }
        if ((b & 0x50) == 0x50) {
            for (int i = 0; i < 3; i++) {
                if (length <= n) {
                    return null;
                }
                if ((d[o + n++] & 1) == 0) {
                    break;
                }
            }
        }
        if ((b & 0x02) != 0) {
            n = skipScalability(d, o, length, n);
        }
        return n < 0 || n >= length ? null : new int[] {n, tid, sid};
    }

    private static int skipScalability(byte[] d, int o, int length, int start) {
        int n = start;
        if (length <= n) {
            return -1;
        }
        int ss = d[o + n++];
        if ((ss & 0x10) != 0) {
            n += 4 * ((ss >> 5 & 7) + 1);
        }
        if ((ss & 0x08) != 0) {
            if (length <= n) {
                return -1;
            }
            int pictures = d[o + n++] & 0xff;
            for (int i = 0; i < pictures; i++) {
                assert Steps.count();
                if (length <= n) {
                    return -1;
                }
                n += 1 + (d[o + n] >> 2 & 3);
            }
        }
        return n;
    }

    @Override
    public Info inspect(byte[] d, int o, int length) {
        int[] desc = descriptor(d, o, length);
        if (desc == null) {
            return null;
        }
        boolean start = (d[o] & 0x08) != 0 && desc[2] == 0;
        boolean key = start && (d[o] & 0x40) == 0;
        return new Info(start, key, desc[1], desc[2]);
    }

    @Override
    public boolean append(byte[] d, int o, int length, ByteWriter frame) {
        int[] desc = descriptor(d, o, length);
        if (desc == null) {
            return false;
        }
        frame.bytes(d, o + desc[0], length - desc[0]);
        return true;
    }
}
