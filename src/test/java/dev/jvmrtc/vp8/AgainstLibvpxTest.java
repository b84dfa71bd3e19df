package dev.jvmrtc.vp8;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    private static void assumeInstalled() {
        try {
            new ProcessBuilder("vpxdec", "--help").redirectErrorStream(true).start().destroy();
        } catch (IOException e) {
            Assumptions.abort("SKIPPED: vpxdec is not installed (Debian: vpx-tools)");
        }
    }

    private static void write(Path file, int width, int height, List<byte[]> frames) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(32 + frames.stream().mapToInt(f -> f.length + 12).sum()).order(ByteOrder.LITTLE_ENDIAN);
        b.put("DKIF".getBytes()).putShort((short) 0).putShort((short) 32).put("VP80".getBytes()).putShort((short) width).putShort((short) height);
        b.putInt(30).putInt(1).putInt(frames.size()).putInt(0);
        for (int i = 0; i < frames.size(); i++) {
            b.putInt(frames.get(i).length).putLong(i).put(frames.get(i));
        }
        Files.write(file, b.array());
    }

    /** MD5 of each picture that libvpx shows. */
    private static List<String> libvpx(Path dir, Path ivf) throws Exception {
        Process p = new ProcessBuilder("vpxdec", "--i420", "--md5", "-o", dir.resolve("p-%4.i420").toString(), ivf.toString()).directory(dir.toFile())
            .redirectErrorStream(true).start();
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
            Vp8Encoder encoder = new Vp8Encoder(size[0], size[1]);
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
}
