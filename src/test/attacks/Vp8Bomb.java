package dev.jvmrtc.media;

import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.Arrays;

/** Key frames of VP8 of 60 bytes that announce 4096x2304; right is that they are refused at once, since no encoder can say so much in so little. */
public class Vp8Bomb {
    public static void main(String[] a) throws Exception {
        VideoEncoder e = Codecs.videoEncoder(EncodedFormat.of("VP8"));
        VideoFrame f = VideoFrame.allocate(4096, 2304, 0);
        EncodedFrame k = e.encode(f, true);
        f.release();
        VideoDecoder d = Codecs.videoDecoder("VP8");
        for (int i = 0; i < 5; i++) {
            long t = System.nanoTime();
            d.decode(k).release();
            if (i == 4) {
                System.out.printf("VP8 key frame of %d bytes, 4096x2304: %.0f ms to decode%n", k.data().length, (System.nanoTime() - t) / 1e6);
            }
        }
        byte[] made = new byte[60];
        int first = 40;
        made[0] = (byte) (0x10 | (first & 7) << 5);
        made[1] = (byte) (first >> 3);
        made[3] = (byte) 0x9d;
        made[4] = 1;
        made[5] = 0x2a;
        made[7] = 0x10;
        made[9] = 0x09;
        for (byte[] bomb : new byte[][] {Arrays.copyOf(k.data(), 60), made}) {
            long t = System.nanoTime();
            String said;
            try {
                said = String.valueOf(d.decode(EncodedFrame.of(bomb, "VP8", 0, true)));
            } catch (CodecException x) {
                said = x.getMessage();
            }
            System.out.printf("%s of 60 bytes: %s in %.0f ms%n", bomb == made ? "one made by hand" : "the same cut to", said, (System.nanoTime() - t) / 1e6);
        }
    }
}
