package dev.jvmrtc.codec.vp8;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.file.Y4m;
import dev.jvmrtc.media.frame.VideoFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our decoder and encoder against libvpx's decoder, picture by picture. */
class AgainstLibvpxTest {
    /** {@code -Djvmrtc.seeds=500} for more. */
    private static final int STREAMS = Integer.getInteger("jvmrtc.seeds", 40);

    private static final int[][] SIZES = {{16, 16}, {1, 1}, {33, 17}, {64, 48}, {175, 143}, {48, 100}};

    private static boolean isInstalled(String program) {
        try {
            new ProcessBuilder(program, "--help")
                    .redirectErrorStream(true)
                    .start()
                    .destroy();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void assumeInstalled() {
        Assumptions.assumeTrue(
                isInstalled("vpxdec") && isInstalled("vpxenc"),
                "SKIPPED: vpxdec and vpxenc are not installed (Debian: vpx-tools)");
    }

    private static void write(Path file, int width, int height, List<byte[]> frames) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(
                        32 + frames.stream().mapToInt(f -> f.length + 12).sum())
                .order(ByteOrder.LITTLE_ENDIAN);
        b.put("DKIF".getBytes())
                .putShort((short) 0)
                .putShort((short) 32)
                .put("VP80".getBytes())
                .putShort((short) width)
                .putShort((short) height);
        b.putInt(30).putInt(1).putInt(frames.size()).putInt(0);
        for (int i = 0; i < frames.size(); i++) {
            b.putInt(frames.get(i).length).putLong(i).put(frames.get(i));
        }
        Files.write(file, b.array());
    }

    /** MD5 of each picture that libvpx shows. */
    private static List<String> libvpx(Path dir, Path ivf) throws Exception {
        Process p = new ProcessBuilder(
                        "vpxdec",
                        "--i420",
                        "--md5",
                        "-o",
                        dir.resolve("p-%4.i420").toString(),
                        ivf.toString())
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .start();
        String out = new String(p.getInputStream().readAllBytes());
        assertTrue(p.waitFor(60, TimeUnit.SECONDS));
        List<String> all = new ArrayList<>();
        for (String line : out.split("\n")) {
            if (line.matches("[0-9a-f]{32}  .*")) {
                all.add(line.substring(0, 32));
            }
        }
        return all;
    }

    private static List<String> ours(List<byte[]> frames) throws Exception {
        Vp8Decoder decoder = new Vp8Decoder(1 << 24);
        List<String> all = new ArrayList<>();
        for (byte[] f : frames) {
            Picture p = decoder.decode(f, 0, f.length);
            if (p != null) {
                all.add(HexFormat.of().formatHex(IvfFrames.md5(p)));
            }
        }
        return all;
    }

    @Test
    void streamsOfRandomSyntaxDecodeToTheSamePictures(@TempDir Path dir) throws Exception {
        assumeInstalled();
        for (int seed = 0; seed < STREAMS; seed++) {
            Random random = new Random(seed);
            int[] size = SIZES[seed % SIZES.length];
            RandomSyntaxWriter writer = new RandomSyntaxWriter(random, size[0], size[1], seed % 4);
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                frames.add(writer.frame(i == 0 || random.nextInt(10) == 0));
            }
            Path ivf = dir.resolve("s.ivf");
            write(ivf, size[0], size[1], frames);
            List<String> expected = libvpx(dir, ivf);
            assertTrue(!expected.isEmpty(), "libvpx shows something of seed " + seed);
            assertEquals(expected, ours(frames), "seed " + seed + ", " + size[0] + "x" + size[1]);
        }
    }

    @Test
    void whatWeEncodeDecodesToOurReconstruction(@TempDir Path dir) throws Exception {
        assumeInstalled();
        for (int[] size : SIZES) {
            Random random = new Random(size[0]);
            Vp8Encoder encoder = new Vp8Encoder(size[0], size[1], new TestHelpers(size[0] % 4));
            encoder.setTemporalLayers(1 + size[0] % 3);
            encoder.setTargetBitrate(60_000);
            List<byte[]> frames = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                Picture p = encoder.input();
                for (int k = 0; k < p.y.length; k++) {
                    p.y[k] = (byte) ((k % p.stride + 3 * i) * 5 + k / p.stride * 3 + random.nextInt(1 + i % 9));
                }
                Vp8Encoder.Frame f = encoder.encode(i / 30.0);
                if (f != null) {
                    frames.add(f.data());
                    expected.add(HexFormat.of().formatHex(IvfFrames.md5(encoder.reconstructed())));
                }
            }
            Path ivf = dir.resolve("e.ivf");
            write(ivf, size[0], size[1], frames);
            assertEquals(expected, libvpx(dir, ivf), size[0] + "x" + size[1]);
        }
    }

    // ---------------------------------------------------------------- streams of libvpx's own encoder

    /** {@code -Djvmrtc.streams=200} for more. */
    private static final int ENCODED_STREAMS = Integer.getInteger("jvmrtc.streams", 12);

    private static final int[][] ENCODED_SIZES = {
        {1, 1},
        {2, 3},
        {15, 17},
        {16, 16},
        {33, 31},
        {64, 48},
        {176, 144},
        {175, 143},
        {320, 240},
        {641, 479},
        {1_280, 720},
        {1_920, 1_080}
    };

    /** A moving slope, noise, and a cut to another scene. */
    private static void writeClip(Path file, int width, int height, int frames, Random random) throws IOException {
        int noise = random.nextInt(3) == 0 ? 1 + random.nextInt(40) : 1;
        int step = random.nextInt(7) - 3;
        try (Y4m.Writer w = new Y4m.Writer(file, 30)) {
            for (int i = 0; i < frames; i++) {
                VideoFrame f = VideoFrame.allocate(width, height, i * 1_000_000L / 30);
                boolean cut = i >= frames / 2;
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        int moved = cut ? (x - i * step) * 5 ^ (y + i) * 3 : (x + i * step) * 2 + y;
                        f.y()[y * width + x] = (byte) (16 + (moved & 127) + random.nextInt(noise));
                    }
                }
                for (int k = 0; k < f.u().length; k++) {
                    f.u()[k] = (byte) (k + i);
                    f.v()[k] = (byte) (200 - k / 2 - 2 * i);
                }
                w.write(f);
                f.release();
            }
        }
    }

    private static List<String> encoder(Path clip, Path ivf, int pixels, Random random, boolean layers) {
        int kbps = Math.max(20, pixels / 200 * (1 + random.nextInt(8)));
        if (layers) {
            return List.of(
                    "ffmpeg",
                    "-nostdin",
                    "-loglevel",
                    "error",
                    "-y",
                    "-i",
                    clip.toString(),
                    "-c:v",
                    "libvpx",
                    "-deadline",
                    "realtime",
                    "-error-resilient",
                    "1",
                    "-b:v",
                    kbps + "k",
                    "-ts-parameters",
                    "ts_number_layers=3:ts_target_bitrate=" + kbps / 2 + "," + kbps * 3 / 4 + "," + kbps
                            + ":ts_rate_decimator=4,2,1:ts_periodicity=4:ts_layer_id=0,2,1,2:ts_layering_mode=3",
                    "-f",
                    "ivf",
                    ivf.toString());
        }
        List<String> c = new ArrayList<>(List.of(
                "vpxenc",
                "--disable-warning-prompt",
                "--codec=vp8",
                "--ivf",
                "-q",
                "--target-bitrate=" + kbps,
                "--profile=" + random.nextInt(4),
                "--cpu-used=" + (random.nextInt(17) - 8),
                "--token-parts=" + random.nextInt(4),
                "--sharpness=" + random.nextInt(8),
                "--noise-sensitivity=" + random.nextInt(4),
                "--static-thresh=" + random.nextInt(2) * 800,
                "--kf-max-dist=" + (random.nextInt(4) == 0 ? 5 : 100),
                random.nextBoolean() ? "--rt" : "--good"));
        if (random.nextInt(3) == 0) {
            c.add("--error-resilient=" + (1 + random.nextInt(3)));
        }
        if (random.nextInt(3) == 0) {
            c.addAll(List.of(
                    "--auto-alt-ref=1",
                    "--lag-in-frames=" + (1 + random.nextInt(10)),
                    "--arnr-maxframes=5",
                    "--arnr-strength=3"));
        }
        if (random.nextInt(4) == 0) {
            c.addAll(List.of(
                    "--end-usage=cbr",
                    "--resize-allowed=1",
                    "--resize-up=60",
                    "--resize-down=40",
                    "--drop-frame=" + random.nextInt(60)));
        }
        c.addAll(List.of("-o", ivf.toString(), clip.toString()));
        return c;
    }

    @Test
    void streamsOfLibvpxsEncoderDecodeToTheSamePictures(@TempDir Path dir) throws Exception {
        assumeInstalled();
        for (int seed = 0; seed < ENCODED_STREAMS; seed++) {
            Random random = new Random(seed);
            int[] size = ENCODED_SIZES[seed % ENCODED_SIZES.length];
            int pixels = size[0] * size[1];
            Path clip = dir.resolve("c.y4m");
            Path ivf = dir.resolve("c.ivf");
            writeClip(clip, size[0], size[1], pixels > 500_000 ? 6 : 24, random);
            List<String> command = encoder(clip, ivf, pixels, random, seed % 10 == 9 && isInstalled("ffmpeg"));
            Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
            p.getOutputStream().close(); // whoever asks something gets no answer
            String said = new String(p.getInputStream().readAllBytes());
            assertTrue(p.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, p.exitValue(), command + "\n" + said);
            List<String> expected = libvpx(dir, ivf);
            assertTrue(!expected.isEmpty(), "libvpx shows something of " + command);
            assertEquals(expected, ours(IvfFrames.of(ivf)), "seed " + seed + ": " + command);
        }
    }
}
