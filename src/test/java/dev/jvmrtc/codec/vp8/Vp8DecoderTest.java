package dev.jvmrtc.codec.vp8;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmrtc.codec.vp8.Vp8FormatException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class Vp8DecoderTest {
    private static final long MAX_PIXELS = 4096L * 2304;

    @Test
    void everyPictureOfThePublicVectorsIsExactToTheBit() throws Exception {
        String folder = System.getProperty("jvmrtc.vp8Vectors", "");
        assumeTrue(!folder.isEmpty(), "no folder of VP8 test vectors was named: -Djvmrtc.vp8Vectors=…");
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(folder))) {
            files = all.filter(f -> f.toString().endsWith(".ivf")).sorted().collect(Collectors.toList());
        }
        assertTrue(files.size() >= 8, "vectors in " + folder);
        for (Path file : files) {
            List<String> expected = Files.readAllLines(Path.of(file + ".md5"));
            Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
            int shown = 0;
            for (byte[] frame : IvfFrames.of(file)) {
                Picture p = decoder.decode(frame, 0, frame.length);
                if (p != null) {
                    assertEquals(
                            expected.get(shown).substring(0, 32),
                            HexFormat.of().formatHex(IvfFrames.md5(p)),
                            file.getFileName() + " picture " + shown);
                    shown++;
                }
            }
            assertEquals(expected.size(), shown, "pictures of " + file.getFileName());
        }
    }

    @Test
    void aFrameThatEndsTooEarlyIsRefusedOrDecodedWithZerosForTheRest() throws Exception {
        List<byte[]> frames = IvfFrames.testPicture();
        for (int length = 1; length < frames.get(0).length; length += 7) {
            Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
            try {
                assertNotNull(decoder.decode(frames.get(0), 0, length));
            } catch (Vp8FormatException e) {
                assertEquals(Reason.TRUNCATED, e.reason());
            }
        }
    }

    @Test
    void framesWithBytesChangedAtRandomNeverThrowAnythingElse() throws Exception {
        long seed = Long.getLong("jvmrtc.seed", 20_261_121L);
        Random random = new Random(seed);
        List<byte[]> frames = IvfFrames.testPicture();
        int refused = 0;
        int decoded = 0;
        for (int run = 0; run < 60; run++) {
            Vp8Decoder decoder = new Vp8Decoder(640 * 480);
            for (int i = 0; i < 12; i++) {
                byte[] f = frames.get(i).clone();
                for (int n = random.nextInt(8); n > 0; n--) {
                    // The header decides the most, so it is hit more often.
                    f[random.nextBoolean() ? random.nextInt(f.length) : random.nextInt(Math.min(40, f.length))] =
                            (byte) random.nextInt(256);
                }
                try {
                    decoder.decode(f, 0, random.nextInt(10) == 0 ? random.nextInt(f.length) : f.length);
                    decoded++;
                } catch (Vp8FormatException e) {
                    refused++;
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + seed + ", run " + run + ", frame " + i, e);
                }
            }
        }
        assertTrue(refused > 20 && decoded > 100, refused + " refused, " + decoded + " decoded");
    }

    @Test
    void aPictureLargerThanAllowedIsRefusedBeforeAnythingIsAllocated() {
        byte[] f = {0x10, 0, 0, (byte) 0x9D, 0x01, 0x2A, (byte) 0xFF, 0x3F, (byte) 0xFF, 0x3F, 0, 0};
        Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
        Vp8FormatException e = assertThrows(Vp8FormatException.class, () -> decoder.decode(f, 0, f.length));
        assertEquals(Reason.TOO_LARGE, e.reason());
        assertEquals(0, decoder.width());
    }

    @Test
    void nothingIsDecodedBeforeAKeyFrame() throws Exception {
        List<byte[]> frames = IvfFrames.testPicture();
        Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
        byte[] inter = frames.get(1);
        assertEquals(
                Reason.NO_KEY_FRAME,
                assertThrows(Vp8FormatException.class, () -> decoder.decode(inter, 0, inter.length))
                        .reason());
        assertEquals(
                Reason.NO_KEY_FRAME,
                assertThrows(Vp8FormatException.class, () -> decoder.decode(new byte[0], 0, 0))
                        .reason());
        assertNotNull(decoder.decode(frames.get(0), 0, frames.get(0).length));
        assertNotNull(decoder.decode(inter, 0, inter.length));
    }

    @Test
    void anEmptyFrameShowsTheLastPictureAgain() throws Exception {
        byte[] key = IvfFrames.testPicture().get(0);
        Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
        Picture shown = decoder.decode(key, 0, key.length);
        byte[] before = IvfFrames.md5(shown);
        assertSame(shown, decoder.decode(key, 0, 0));
        assertTrue(Arrays.equals(before, IvfFrames.md5(shown)));
    }

    @Test
    void aFrameWithinALargerArrayIsDecodedAllTheSame() throws Exception {
        byte[] key = IvfFrames.testPicture().get(0);
        byte[] padded = new byte[key.length + 20];
        System.arraycopy(key, 0, padded, 13, key.length);
        byte[] expected = IvfFrames.md5(new Vp8Decoder(MAX_PIXELS).decode(key, 0, key.length));
        assertTrue(Arrays.equals(expected, IvfFrames.md5(new Vp8Decoder(MAX_PIXELS).decode(padded, 13, key.length))));
    }
}
