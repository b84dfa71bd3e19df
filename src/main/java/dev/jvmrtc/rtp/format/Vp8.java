package dev.jvmrtc.rtp.format;

import dev.jvmrtc.wire.ByteWriter;

/**
 * VP8 (RFC 7741).
 *
 * <pre>
 *  0 1 2 3 4 5 6 7
 * |X|R|N|S|R| PID |  required
 * |I|L|T|K| RSV   |  optional, X
 * |M| PictureID   |  optional, I
 * |   TL0PICIDX   |  optional, L
 * |TID|Y| KEYIDX  |  optional, T or K
 * </pre>
 */
public final class Vp8 implements Packetizer, Depacketizer {
    static final PayloadFormat FORMAT = PayloadFormat.of(Vp8::new, p -> new Vp8(0));

    private int pictureId;
    /** Counts the frames of layer 0, by which a receiver knows whether it has what a frame of a higher layer needs. */
    private int baseLayerIndex;

    /** {@code random} is where the picture ids begin, and the index of the base layer (§4.2). */
    public Vp8(int random) {
        this.pictureId = random & 0x7fff;
        this.baseLayerIndex = random >>> 16 & 0xff;
    }

    @Override
    public void packetize(OutgoingFrame f, int maxPayload, Output out) {
        byte[] frame = f.data();
        boolean layered = f.temporalLayers() > 1;
        byte[] head = new byte[layered ? 6 : 4];
        head[1] = (byte) (layered ? 0xe0 : 0x80);
        head[2] = (byte) (0x80 | pictureId >> 8);
        head[3] = (byte) pictureId;
        pictureId = pictureId + 1 & 0x7fff;
        // N: no other frame looks at one of the highest layer.
        boolean discardable = layered && f.temporalLayer() == f.temporalLayers() - 1;
        if (layered) {
            baseLayerIndex = f.temporalLayer() == 0 ? baseLayerIndex + 1 & 0xff : baseLayerIndex;
            head[4] = (byte) baseLayerIndex;
            head[5] = (byte) (f.temporalLayer() << 6 | (f.layerSync() ? 0x20 : 0));
        }
        int room = maxPayload - head.length;
        int packets = Math.max(1, (frame.length + room - 1) / room);
        int at = 0;
        for (int i = 0; i < packets; i++) {
            int n = (frame.length - at) / (packets - i);
            head[0] = (byte) (0x80 | (discardable ? 0x20 : 0) | (i == 0 ? 0x10 : 0));
            out.payload(head, head.length, frame, at, n, i == packets - 1);
            at += n;
        }
    }

    private static int descriptorLength(byte[] d, int o, int length) {
        if (length < 1) {
            return -1;
        }
        int n = 1;
        if ((d[o] & 0x80) != 0) {
            if (length < 2) {
                return -1;
            }
            int x = d[o + 1];
            n = 2;
            if ((x & 0x80) != 0) {
                if (length <= n) {
                    return -1;
                }
                n += (d[o + n] & 0x80) != 0 ? 2 : 1;
            }
            n += (x & 0x40) != 0 ? 1 : 0;
            n += (x & 0x30) != 0 ? 1 : 0;
        }
        return n < length ? n : -1;
    }

    @Override
    public Info inspect(byte[] d, int o, int length) {
        int n = descriptorLength(d, o, length);
        if (n < 0) {
            return null;
        }
        boolean start = (d[o] & 0x10) != 0 && (d[o] & 7) == 0;
        boolean key = start && (d[o + n] & 1) == 0;
        int temporal = 0;
        if ((d[o] & 0x80) != 0 && (d[o + 1] & 0x20) != 0) {
            temporal = (d[o + n - 1] & 0xc0) >> 6;
        }
        return new Info(start, key, temporal, 0);
    }

    @Override
    public boolean append(byte[] d, int o, int length, ByteWriter frame) {
        int n = descriptorLength(d, o, length);
        if (n < 0) {
            return false;
        }
        frame.bytes(d, o + n, length - n);
        return true;
    }

    /** Whether a VP8 frame is a key frame (RFC 6386 §9.1). */
    public static boolean isKeyFrame(byte[] frame) {
        return frame.length > 0 && (frame[0] & 1) == 0;
    }
}
