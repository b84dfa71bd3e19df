package dev.jvmrtc.media;

import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.ByteArrayOutputStream;

/** H.264 access units of a few dozen bytes that announce tables, numbers and frames without end; right is that each is refused within milliseconds and no memory is taken for it. */
public class SpsBomb {
    static class Bits {
        final ByteArrayOutputStream o = new ByteArrayOutputStream();
        int cur;
        int n;

        void u(int bits, long v) {
            for (int i = bits - 1; i >= 0; i--) {
                cur = cur << 1 | (int) (v >> i & 1);
                if (++n == 8) {
                    o.write(cur);
                    cur = 0;
                    n = 0;
                }
            }
        }

        void ue(long v) {
            int len = 64 - Long.numberOfLeadingZeros(v + 1);
            u(len - 1, 0);
            u(len, v + 1);
        }

        byte[] done() {
            u(1, 1);
            while (n != 0) {
                u(1, 0);
            }
            return o.toByteArray();
        }
    }

    static byte[] sps(long log2MaxFrameNumMinus4, int pocType, long pocCycle, long refFrames, int wMbs, int hMbs) {
        Bits b = new Bits();
        b.u(8, 66);
        b.u(8, 0xe0);
        b.u(8, 31);
        b.ue(0);
        b.ue(log2MaxFrameNumMinus4);
        b.ue(pocType);
        if (pocType == 0) {
            b.ue(0);
        } else if (pocType == 1) {
            b.u(1, 0);
            b.ue(0);
            b.ue(0);
            b.ue(pocCycle);
            for (int i = 0; i < Math.min(pocCycle, 4); i++) {
                b.ue(0);
            }
        }
        b.ue(refFrames);
        b.u(1, 0);
        b.ue(wMbs - 1);
        b.ue(hMbs - 1);
        b.u(2, 3);
        b.u(2, 0);
        return b.done();
    }

    static byte[] pps() {
        Bits b = new Bits();
        b.ue(0);
        b.ue(0);
        b.u(2, 0);
        b.ue(0);
        b.ue(0);
        b.ue(0);
        b.u(3, 0);
        b.ue(0);
        b.ue(0);
        b.ue(0);
        b.u(3, 0);
        return b.done();
    }

    static byte[] slice(int frameNumBits) {
        Bits b = new Bits();
        b.ue(0);
        b.ue(7);
        b.ue(0);
        b.u(Math.min(32, frameNumBits), 0);
        b.ue(0);
        b.u(8, 0);
        for (int i = 0; i < 64; i++) {
            b.u(8, 0x80);
        }
        return b.done();
    }

    static void nal(ByteArrayOutputStream o, int type, byte[] body) {
        o.writeBytes(new byte[] {0, 0, 0, 1, (byte) (0x60 | type)});
        int z = 0;
        for (byte x : body) {
            if (z == 2 && (x & 0xfc) == 0) {
                o.write(3);
                z = 0;
            }
            o.write(x);
            z = x == 0 ? z + 1 : 0;
        }
    }

    static byte[] au(byte[] sps, int frameNumBits) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        nal(o, 7, sps);
        nal(o, 8, pps());
        nal(o, 5, slice(frameNumBits));
        return o.toByteArray();
    }

    public static void main(String[] a) throws Exception {
        Object[][] cases = {
            {"offset_for_ref_frame table of 2^31-2", au(sps(0, 1, 0x7ffffffeL, 1, 4, 4), 4)},
            {"offset_for_ref_frame table of 200 million", au(sps(0, 1, 200_000_000L, 1, 4, 4), 4)},
            {"log2_max_frame_num 4+26", au(sps(26, 2, 0, 1, 4, 4), 30)},
            {"log2_max_frame_num 4+23", au(sps(23, 2, 0, 1, 4, 4), 27)},
            {"4096x2304, 16 reference frames", au(sps(0, 2, 0, 16, 256, 144), 4)},
            {"4096x2304, 5 reference frames", au(sps(0, 2, 0, 5, 256, 144), 4)},
        };
        for (Object[] c : cases) {
            VideoDecoder d = Codecs.videoDecoder("H264");
            byte[] au = (byte[]) c[1];
            long t0 = System.nanoTime();
            String r;
            try {
                r = "decoded " + d.decode(EncodedFrame.of(au, "H264", 0, true));
            } catch (CodecException e) {
                r = e.getMessage();
            } catch (Throwable t) {
                r = "ESCAPES: " + t;
            }
            System.out.printf("%-45s %3d bytes: %s, %.0f ms, heap %.0f MB%n", c[0], au.length, r, (System.nanoTime() - t0) / 1e6,
                (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1e6);
        }
    }
}
