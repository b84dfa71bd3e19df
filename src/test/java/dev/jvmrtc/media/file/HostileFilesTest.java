package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that somebody else has made: read, or refused by an IOException, within their length. */
class HostileFilesTest {
    private static final long SEED = Long.getLong("jvmrtc.seed", 21L);
    private static final Path CLIPS = Path.of("src/test/interop/media");

    private static byte[] mutated(byte[] good, Random random) {
        byte[] d = Arrays.copyOf(good, random.nextInt(3) == 0 ? 1 + random.nextInt(good.length) : good.length);
        int head = random.nextBoolean() ? Math.min(80, d.length) : d.length;
        for (int n = random.nextInt(6); n > 0; n--) {
            d[random.nextInt(head)] = (byte) new int[] {0, 255, 127, 128, random.nextInt()}[random.nextInt(5)];
        }
        return d;
    }

    private static void check(Path file, int run) throws Exception {
        long length = Files.size(file);
        long before = Steps.taken();
        String name = file.getFileName().toString();
        try {
            if (name.endsWith("y4m")) {
                try (Y4m.Reader r = new Y4m.Reader(file)) {
                    for (VideoFrame f = r.read(); f != null; f = r.read()) {
                        f.release();
                    }
                }
            } else if (name.endsWith("wav")) {
                try (Wav.Reader r = new Wav.Reader(file)) {
                    while (r.read(20) != null) {
                        assert Steps.count();
                    }
                }
            } else {
                Clip c = Clip.read(file);
                assertTrue(
                        c.duration() * 1_000 >= (long) c.frames().size() * c.clockRate(),
                        "it is played at a thousand frames a second at most");
            }
        } catch (IOException e) {
            // refused
        } catch (RuntimeException | Error e) {
            throw new AssertionError(name + " seed " + SEED + " run " + run, e);
        }
        assertTrue(
                Steps.taken() - before <= 4 * length + 100,
                name + " seed " + SEED + " run " + run + ": " + (Steps.taken() - before) + " steps");
    }

    @Test
    void mutatedFilesOfAllKindsAreReadOrRefused(@TempDir Path dir) throws Exception {
        try (Y4m.Writer w = new Y4m.Writer(dir.resolve("good.y4m"), 25)) {
            for (int i = 0; i < 3; i++) {
                VideoFrame f = VideoFrame.allocate(16, 16, i * 40_000L);
                w.write(f);
                f.release();
            }
        }
        try (Wav.Writer w = new Wav.Writer(dir.resolve("good.wav"))) {
            w.write(new AudioFrame(new short[800], 8_000, 1));
        }
        Random random = new Random(SEED);
        for (Path good : new Path[] {
            dir.resolve("good.y4m"),
            dir.resolve("good.wav"),
            CLIPS.resolve("pic-VP8.ivf"),
            CLIPS.resolve("tone.ogg"),
            CLIPS.resolve("pic-H264.h264")
        }) {
            byte[] bytes = Files.readAllBytes(good);
            bytes = Arrays.copyOf(bytes, Math.min(bytes.length, 20_000));
            Path file = dir.resolve("bad" + good.getFileName());
            for (int run = 0; run < 150; run++) {
                Files.write(file, mutated(bytes, random));
                check(file, run);
            }
        }
    }

    private static byte[] ivf(int rate, int scale, long... times) {
        ByteBuffer b = ByteBuffer.allocate(32 + times.length * 13).order(ByteOrder.LITTLE_ENDIAN);
        b.put("DKIF".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 0)
                .putShort((short) 32)
                .put("VP80".getBytes(StandardCharsets.US_ASCII))
                .putInt(0)
                .putInt(rate)
                .putInt(scale)
                .putLong(0);
        for (long t : times) {
            b.putInt(1).putLong(t).put((byte) 0);
        }
        return b.array();
    }

    @Test
    void timesThatCannotBePlayedAreRefused(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("a.ivf");
        for (byte[] bad : new byte[][] {
            ivf(1, -1, 0, Long.MAX_VALUE / 2),
            ivf(30, 1, 0, -5),
            ivf(30, 1, 5, 4),
            ivf(1, 1, 0, 1L << 40),
            ivf(30, 1, new long[10_000])
        }) {
            Files.write(file, bad);
            assertThrows(IOException.class, () -> Clip.read(file));
        }
        Files.write(file, ivf(30, 1, 7, 8, 8, 9));
        assertEquals(4, Clip.read(file).frames().size());
    }

    @Test
    void aLengthThatLiesCostsNoMemory(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("a.ivf");
        byte[] d = ivf(30, 1, 0);
        ByteBuffer.wrap(d).order(ByteOrder.LITTLE_ENDIAN).putInt(32, 0x7FFFFFF0);
        Files.write(file, d);
        assertThrows(IOException.class, () -> Clip.read(file));
        Path wav = dir.resolve("a.wav");
        Files.write(wav, "RIFF\377\377\377\377WAVEjunk\377\377\377\377".getBytes(StandardCharsets.ISO_8859_1));
        assertThrows(IOException.class, () -> new Wav.Reader(wav));
    }

    @Test
    void aPeerWhoseFramesLeapInTimeDoesNotFillTheDisk() {
        Recorder.Pace pace = new Recorder.Pace();
        long media = 0;
        long last = 0;
        for (int i = 0; i < 300; i++) {
            long now = i * 33_000_000L;
            media += i % 3 == 0 ? 3_600_000_000L : i % 3 == 1 ? -10 : 33_000;
            last = pace.of(media, now);
            assertTrue(last <= now / 1_000 + 2_000_000, last + " at " + now / 1_000);
        }
        Recorder.Pace even = new Recorder.Pace();
        assertEquals(0, even.of(500, 0));
        assertEquals(33_000, even.of(33_500, 40_000_000));
        assertEquals(1_033_000, even.of(1_033_500, 1_040_000_000L), "a pause is kept");
    }
}
