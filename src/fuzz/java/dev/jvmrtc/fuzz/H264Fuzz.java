package dev.jvmrtc.fuzz;

import dev.jvmrtc.codec.h264.H264Codecs;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.wire.ByteWriter;
import java.util.Map;

/**
 * Decodes any bytes as frames of H.264, each behind two bytes of length: they are refused, or become frames of at most
 * 256x256.
 */
public final class H264Fuzz {
    private static final int MAX_PIXELS = 256 * 256;

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        VideoDecoder decoder = new H264Codecs()
                .createVideoDecoder(
                        new EncodedFormat("H264", Map.of("profile-level-id", "42e01f", "packetization-mode", "1")));
        decoder.setMaxPixels(MAX_PIXELS);
        while (!in.isEmpty()) {
            byte[] frame = in.block();
            FuzzBounds.work(frame.length, () -> {
                try {
                    VideoFrame f = decoder.decode(EncodedFrame.of(frame, "H264", 0, true));
                    if (f != null) {
                        FuzzBounds.atMost(MAX_PIXELS, f.width() * f.height(), "pixels");
                        f.release();
                    }
                } catch (CodecException e) {
                    // refused
                }
            });
        }
        decoder.close();
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        VideoEncoder encoder = new H264Codecs()
                .createVideoEncoder(
                        new EncodedFormat("H264", Map.of("profile-level-id", "42e01f", "packetization-mode", "1")));
        ByteWriter w = new ByteWriter();
        for (int i = 0; i < 3; i++) {
            VideoFrame f = VideoFrame.allocate(32, 32, i * 33_333L);
            for (int k = 0; k < f.y().length; k++) {
                f.y()[k] = (byte) (k * 3 + i * 7);
            }
            EncodedFrame e = encoder.encode(f, i == 0);
            f.release();
            if (e != null && e.data().length < 1_500) {
                w.u16(e.data().length).bytes(e.data());
            }
        }
        return Map.of("frames", w.toByteArray());
    }

    private H264Fuzz() {}
}
