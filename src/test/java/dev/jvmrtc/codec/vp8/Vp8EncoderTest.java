package dev.jvmrtc.codec.vp8;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Vp8EncoderTest {
    private static final long MAX_PIXELS = 1 << 24;

    /** A textured square that moves over a slope, with noise of a few steps. */
    private static void draw(Picture p, int frame, Random noise) {
        for (int y = 0; y < p.height; y++) {
            for (int x = 0; x < p.width; x++) {
                int dx = x - p.width / 4 - frame * 2;
                int dy = y - p.height / 4 - frame;
                boolean square = dx >= 0 && dx < p.width / 3 && dy >= 0 && dy < p.height / 3;
                int v = square ? 60 + (dx * 37 + dy * 91) % 130 : 40 + x * 120 / p.width + y * 60 / p.height;
                p.y[y * p.stride + x] = (byte) (v + noise.nextInt(4));
            }
        }
        for (int y = 0; y < (p.height + 1) / 2; y++) {
            for (int x = 0; x < (p.width + 1) / 2; x++) {
                p.u[y * p.uvStride() + x] = (byte) (100 + x * 40 / p.width);
                p.v[y * p.uvStride() + x] = (byte) (120 + frame % 20);
            }
        }
    }

    private static double psnr(Picture a, Picture b) {
        double n = 0;
        for (int y = 0; y < a.height; y++) {
            for (int x = 0; x < a.width; x++) {
                int d = (a.y[y * a.stride + x] & 0xFF) - (b.y[y * b.stride + x] & 0xFF);
                n += d * d;
            }
        }
        return 10 * Math.log10(255 * 255.0 * a.width * a.height / Math.max(1, n));
    }

    @Test
    void aDecoderSeesWhatTheEncoderSawAtEverySize() throws Exception {
        for (int[] size : new int[][] {{1, 1}, {2, 3}, {16, 16}, {17, 15}, {33, 70}, {175, 143}, {320, 240}}) {
            Vp8Encoder encoder = new Vp8Encoder(size[0], size[1]);
            encoder.setTargetBitrate(400_000);
            Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
            Random noise = new Random(1);
            for (int i = 0; i < 25; i++) {
                draw(encoder.input(), i, noise);
                if (i == 12) {
                    encoder.requestKeyFrame();
                }
                Vp8Encoder.Frame f = encoder.encode(i / 30.0);
                assertNotNull(f);
                assertEquals(i == 0 || i == 12, f.keyFrame());
                Picture shown = decoder.decode(f.data(), 0, f.data().length);
                Picture own = encoder.reconstructed();
                assertArrayEquals(own.y, shown.y, size[0] + "x" + size[1] + " frame " + i);
                assertArrayEquals(own.u, shown.u);
                assertArrayEquals(own.v, shown.v);
                double quality = psnr(encoder.input(), shown);
                assertTrue(quality > 27, size[0] + "x" + size[1] + " frame " + i + " has " + quality + " dB");
            }
        }
    }

    @Test
    void randomPicturesWithVectorsAndModesOfAllKindsStayInStep() throws Exception {
        Random random = new Random(5);
        Vp8Encoder encoder = new Vp8Encoder(100, 84);
        Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
        byte[] pattern = new byte[200 * 200];
        random.nextBytes(pattern);
        for (int i = 0; i < 60; i++) {
            encoder.setTargetBitrate(20_000L << random.nextInt(8));
            Picture p = encoder.input();
            int ox = random.nextInt(60);
            int oy = random.nextInt(60);
            for (int y = 0; y < p.height; y++) {
                for (int x = 0; x < p.width; x++) {
                    p.y[y * p.stride + x] =
                            (byte) (i % 7 == 0 ? random.nextInt() : pattern[(y + oy) / 2 * 200 + x + ox]);
                }
            }
            Vp8Encoder.Frame f = encoder.encode(i / 10.0);
            if (f != null) {
                Picture shown = decoder.decode(f.data(), 0, f.data().length);
                assertArrayEquals(encoder.reconstructed().y, shown.y, "frame " + i);
            }
        }
    }

    @Test
    void whatIsSentFollowsTheTargetWithinASecondOfAChange() {
        Vp8Encoder encoder = new Vp8Encoder(320, 240);
        Random noise = new Random(3);
        int[] targets = {300_000, 600_000, 150_000};
        int frame = 0;
        for (int target : targets) {
            encoder.setTargetBitrate(target);
            long bits = 0;
            for (int i = 0; i < 90; i++, frame++) {
                draw(encoder.input(), frame % 60, noise);
                Vp8Encoder.Frame f = encoder.encode(frame / 30.0);
                if (f != null && i >= 30) {
                    bits += f.data().length * 8L;
                }
            }
            double ratio = bits / 2.0 / target;
            assertTrue(ratio > 0.85 && ratio < 1.15, "at " + target + " it sent " + ratio + " of it");
        }
    }

    @Test
    void layersOfTimeCanBeLeftOutFromAboveAndTheRestDecodes() throws Exception {
        for (int layers = 2; layers <= 3; layers++) {
            Vp8Encoder encoder = new Vp8Encoder(160, 120);
            encoder.setTemporalLayers(layers);
            encoder.setTargetBitrate(300_000);
            Random noise = new Random(4);
            List<Vp8Encoder.Frame> frames = new ArrayList<>();
            List<byte[]> expected = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                draw(encoder.input(), i, noise);
                frames.add(encoder.encode(i / 30.0));
                expected.add(encoder.reconstructed().y.clone());
            }
            assertEquals(
                    layers,
                    frames.stream()
                            .map(Vp8Encoder.Frame::temporalLayer)
                            .distinct()
                            .count());
            for (int top = 0; top < layers; top++) {
                Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
                for (int i = 0; i < frames.size(); i++) {
                    Vp8Encoder.Frame f = frames.get(i);
                    if (f.temporalLayer() <= top) {
                        assertArrayEquals(
                                expected.get(i),
                                decoder.decode(f.data(), 0, f.data().length).y,
                                layers + " layers up to " + top + ", frame " + i);
                    }
                }
            }
        }
    }

    @Test
    void aStillPictureCostsNextToNothingOnceItIsSharp() {
        Vp8Encoder encoder = new Vp8Encoder(320, 240);
        encoder.setTargetBitrate(300_000);
        draw(encoder.input(), 0, new Random(9));
        int last = 0;
        for (int i = 0; i < 200; i++) {
            Vp8Encoder.Frame f = encoder.encode(i / 30.0);
            last = f.data().length;
        }
        assertTrue(last < 200, "the last frame has " + last + " bytes");
        assertTrue(psnr(encoder.input(), encoder.reconstructed()) > 40);
    }

    @Test
    void framesAreDroppedWhereEvenTheCoarsestPicturesAreTooMuch() {
        Vp8Encoder encoder = new Vp8Encoder(640, 480);
        encoder.setTargetBitrate(20_000);
        Random random = new Random(2);
        int dropped = 0;
        for (int i = 0; i < 60; i++) {
            random.nextBytes(encoder.input().y);
            dropped += encoder.encode(i / 30.0) == null ? 1 : 0;
        }
        assertTrue(dropped > 30, dropped + " of 60 were dropped");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Vp8Encoder(0, 10));
        assertThrows(IllegalArgumentException.class, () -> new Vp8Encoder(16_384, 10));
        Vp8Encoder encoder = new Vp8Encoder(16, 16);
        assertThrows(IllegalArgumentException.class, () -> encoder.setTemporalLayers(4));
        assertFalse(encoder.encode(0) == null);
    }
}
