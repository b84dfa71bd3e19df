package dev.jvmrtc.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.codec.builtin.BuiltInCodecs;
import dev.jvmrtc.codec.h264.H264Codecs;
import dev.jvmrtc.codec.opus.OpusCodecs;
import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.CodecProvider;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What peers may send in place of frames. */
class HostileFramesTest {
    private static final long SEED = Long.getLong("jvmrtc.seed", 7L);

    private static List<byte[]> frames(VideoEncoder encoder, String codec) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            VideoFrame f = VideoFrame.allocate(160, 120, i * 33_333L);
            for (int k = 0; k < f.y().length; k++) {
                f.y()[k] = (byte) (k * 7 + i * 3);
            }
            java.util.Arrays.fill(f.u(), (byte) 128);
            java.util.Arrays.fill(f.v(), (byte) 128);
            EncodedFrame e = encoder.encode(f, i == 0);
            assertEquals(codec, e.codec());
            frames.add(e.data());
            f.release();
        }
        return frames;
    }

    @Test
    void mutatedFramesAreDecodedOrRefusedWithAReason() {
        for (CodecProvider provider : List.of(new BuiltInCodecs(), new H264Codecs())) {
            EncodedFormat format = provider.decoders("video").get(0);
            List<byte[]> good = frames(provider.createVideoEncoder(format), format.codec());
            Random random = new Random(SEED);
            int refused = 0;
            for (int run = 0; run < 40; run++) {
                VideoDecoder decoder = provider.createVideoDecoder(format);
                for (byte[] g : good) {
                    byte[] f = java.util.Arrays.copyOf(
                            g, random.nextInt(4) == 0 ? 1 + random.nextInt(g.length) : g.length);
                    for (int n = random.nextInt(5); n > 0; n--) {
                        f[random.nextInt(f.length)] = (byte) random.nextInt();
                    }
                    byte[] before = f.clone();
                    try {
                        VideoFrame p = decoder.decode(EncodedFrame.of(f, format.codec(), 0, true));
                        if (p != null) {
                            p.release();
                        }
                    } catch (CodecException e) {
                        refused++;
                    } catch (RuntimeException e) {
                        throw new AssertionError(format.codec() + " seed " + SEED + " run " + run, e);
                    }
                    assertTrue(java.util.Arrays.equals(before, f), "a decoder must not alter its input");
                }
            }
            assertTrue(refused > 5, format.codec() + " refused " + refused);
        }
    }

    @Test
    void audioOfRandomBytesIsDecodedOrRefusedWithAReason() throws CodecException {
        for (CodecProvider provider : List.of(new BuiltInCodecs(), new OpusCodecs())) {
            for (EncodedFormat format : provider.decoders("audio")) {
                Random random = new Random(SEED);
                AudioDecoder decoder = provider.createAudioDecoder(format);
                for (int i = 0; i < 2_000; i++) {
                    byte[] rubbish = new byte[random.nextInt(1_400)];
                    random.nextBytes(rubbish);
                    try {
                        AudioFrame f = decoder.decode(rubbish);
                        assertTrue(f.durationMicros() <= 200_000);
                    } catch (CodecException e) {
                        assertTrue(e.getMessage().startsWith("Opus"), e.getMessage());
                    }
                }
                assertEquals(20_000, decoder.conceal(null, 20).durationMicros());
            }
        }
    }

    /** Found by mutation: Concentus throws an AssertionError of its own, also without assertions. */
    @Test
    void aPacketThatTheOpusLibraryFailsAtIsRefusedAndAudioGoesOn() throws CodecException {
        byte[] packet = java.util.HexFormat.of()
                .parseHex(
                        "5e2b615c94b5fcc0c5a101d2f73a938096bfba2b1235d14cf193570663ff9e6e10a7a21548a917562d542de6e9a2d77eafbaf6624b489f821e34611597f87d2f4a9aa1c9e406"
                                + "a5e7224df1d203d7545787e4d73e1628bbe94b4505b48a5055c07416bcebb84da03b8144275d8bae2f35de4c8ebe1c95dfcc4910ec536e26d3912cf911da459aae66e103852a"
                                + "7844a3e46ea501427b6185f4b7996c4cc27551cbe964d9b4da534e15593751b81072a9a0ca473c3cdeea21757206e2088e0ae0fda036fa51275888e05621ed");
        AudioDecoder decoder = new OpusCodecs().createAudioDecoder(EncodedFormat.of("opus"));
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    "Opus: malformed",
                    assertThrows(CodecException.class, () -> decoder.decode(packet))
                            .getMessage());
            AudioFrame silence = decoder.decode(new byte[] {(byte) 0xF8, (byte) 0xFF, (byte) 0xFE});
            assertEquals(20_000, silence.durationMicros());
        }
    }

    @Test
    void aFrameOfNoiseIsEncodedOrCostsItselfOnly() {
        for (CodecProvider provider : List.of(new BuiltInCodecs(), new H264Codecs())) {
            EncodedFormat format = provider.encoders("video").get(0);
            VideoEncoder encoder = provider.createVideoEncoder(format);
            Random random = new Random(SEED);
            int encoded = 0;
            for (int i = 0; i < 30; i++) {
                VideoFrame f = VideoFrame.allocate(64, 48, i * 33_333L);
                random.nextBytes(f.y());
                random.nextBytes(f.u());
                random.nextBytes(f.v());
                encoded += encoder.encode(f, i % 10 == 0) == null ? 0 : 1;
                f.release();
            }
            assertTrue(encoded > 1, format.codec() + " encoded " + encoded + " of 30, seed " + SEED);
        }
    }

    @Test
    void aKeyFrameThatAnnouncesAHugeSizeIsRefused() {
        byte[] vp8 = {0x10, 0, 0, (byte) 0x9D, 0x01, 0x2A, (byte) 0xFF, 0x3F, (byte) 0xFF, 0x3F, 0, 0};
        VideoDecoder decoder = new BuiltInCodecs().createVideoDecoder(EncodedFormat.of("VP8"));
        assertEquals(
                "VP8: too large",
                assertThrows(CodecException.class, () -> decoder.decode(EncodedFrame.of(vp8, "VP8", 0, true)))
                        .getMessage());
        // Baseline, level 5.1, and 16,384 macroblocks in each direction.
        byte[] h264 = {
            0,
            0,
            0,
            1,
            0x67,
            0x42,
            (byte) 0xE0,
            0x33,
            (byte) 0xFE,
            0x00,
            0x02,
            0x00,
            0x00,
            (byte) 0x80,
            0x00,
            (byte) 0x40,
            0x00,
            0x20,
            0,
            0,
            0,
            0
        };
        VideoDecoder h = new H264Codecs().createVideoDecoder(EncodedFormat.of("H264"));
        assertThrows(CodecException.class, () -> h.decode(EncodedFrame.of(h264, "H264", 0, true)));
    }

    @Test
    void theConcealedAudioFadesAway() throws CodecException {
        AudioEncoder encoder = new BuiltInCodecs().createAudioEncoder(EncodedFormat.of("G722"));
        AudioDecoder decoder = new BuiltInCodecs().createAudioDecoder(EncodedFormat.of("G722"));
        short[] tone = new short[320];
        for (int n = 0; n < 10; n++) {
            for (int i = 0; i < tone.length; i++) {
                tone[i] = (short) (9_000 * Math.sin(2 * Math.PI * 500 * (n * 320 + i) / 16_000.0));
            }
            decoder.decode(encoder.encode(tone));
        }
        double before = power(decoder.conceal(null, 20));
        assertTrue(before > 1_000_000, "it goes on at first");
        for (int i = 0; i < 10; i++) {
            double after = power(decoder.conceal(null, 20));
            assertTrue(after < before);
            before = after;
        }
        assertTrue(before < 100_000);
    }

    private static double power(AudioFrame f) {
        double sum = 0;
        for (short s : f.samples()) {
            sum += (double) s * s;
        }
        return sum / f.samples().length;
    }

    @Test
    void aSizeThatChangesWithEveryKeyFrameDoesNotCostMoreAndMoreMemory() throws CodecException {
        Random random = new Random(9);
        try (VideoDecoder decoder = new BuiltInCodecs().createVideoDecoder(EncodedFormat.of("VP8"));
                VideoEncoder encoder = new BuiltInCodecs().createVideoEncoder(EncodedFormat.of("VP8"))) {
            long[] used = new long[2];
            for (int i = 0; i < 400; i++) {
                VideoFrame f = VideoFrame.allocate(16 + random.nextInt(600), 16 + random.nextInt(400), i * 33_000L);
                EncodedFrame e = encoder.encode(f, true);
                f.release();
                if (e != null) {
                    decoder.decode(e).release();
                }
                if (i == 50 || i == 399) {
                    System.gc();
                    used[i / 399] = Runtime.getRuntime().totalMemory()
                            - Runtime.getRuntime().freeMemory();
                }
            }
            // A frame of the largest of these sizes takes 370 kB, and a decoder has five of them.
            assertTrue(used[1] - used[0] < 8_000_000, (used[1] - used[0]) + " bytes more after 350 sizes");
        }
    }
}
