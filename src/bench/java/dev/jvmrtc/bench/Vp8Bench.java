package dev.jvmrtc.bench;

import dev.jvmrtc.codec.vp8.Picture;
import dev.jvmrtc.codec.vp8.Vp8Decoder;
import dev.jvmrtc.codec.vp8.Vp8Encoder;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Our VP8 encoder beside libvpx (vpxenc, real time, speed -6, which libwebrtc uses, one thread) in the same run: luma
 * PSNR over all pictures of the source, at bitrates really produced, against libvpx's curve; pictures a second; and
 * whether any two seconds held the target. Our stream is checked against our reconstruction picture by picture.
 *
 * <p>Arguments: FOLDER with clips of {@code clips.py}, and of {@code photographs.py} where there are any, then bitrates
 * in kbit/s.
 */
public final class Vp8Bench {
    private static final double RATE = 30;
    /** Pictures of two seconds, which also pass before the bitrate is judged. */
    private static final int WINDOW = 60;

    private record Result(double kbps, double psnr, double framesPerSecond, double lowest, double highest) {}

    /** A clip in memory. */
    private static final class Clip {
        private final int width;
        private final int height;
        private final List<byte[]> frames = new ArrayList<>();

        Clip(Path file) throws IOException {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
                StringBuilder header = new StringBuilder();
                for (int c = in.read(); c != '\n'; c = in.read()) {
                    header.append((char) c);
                }
                int[] size = new int[2];
                for (String field : header.toString().split(" ")) {
                    if (field.startsWith("W") || field.startsWith("H")) {
                        size[field.charAt(0) == 'W' ? 0 : 1] = Integer.parseInt(field.substring(1));
                    }
                }
                width = size[0];
                height = size[1];
                while (in.readNBytes(6).length == 6) {
                    frames.add(in.readNBytes(width * height * 3 / 2));
                }
            }
        }

        void load(int i, Picture p) {
            byte[] f = frames.get(i);
            rows(f, 0, width, height, p.y, p.stride);
            rows(f, width * height, width / 2, height / 2, p.u, p.uvStride());
            rows(f, width * height * 5 / 4, width / 2, height / 2, p.v, p.uvStride());
        }

        private static void rows(byte[] from, int at, int width, int height, byte[] to, int stride) {
            for (int r = 0; r < height; r++) {
                System.arraycopy(from, at + r * width, to, r * stride, width);
            }
        }

        double squaredError(int i, Picture p) {
            byte[] f = frames.get(i);
            long sum = 0;
            for (int r = 0; r < height; r++) {
                for (int c = 0; c < width; c++) {
                    int d = (f[r * width + c] & 0xFF) - (p.y[r * p.stride + c] & 0xFF);
                    sum += d * d;
                }
            }
            return sum;
        }

        Result result(double error, long[] bits, double framesPerSecond, int kbps) {
            double lowest = Double.MAX_VALUE;
            double highest = 0;
            for (int i = WINDOW; i + WINDOW <= bits.length; i++) {
                double share = Arrays.stream(bits, i, i + WINDOW).sum() * RATE / WINDOW / 1_000 / kbps;
                lowest = Math.min(lowest, share);
                highest = Math.max(highest, share);
            }
            double psnr = 10 * Math.log10(255.0 * 255 * width * height * frames.size() / Math.max(1, error));
            return new Result(
                    Arrays.stream(bits).sum() * RATE / bits.length / 1_000, psnr, framesPerSecond, lowest, highest);
        }
    }

    private static Result ours(Clip clip, int kbps) throws Exception {
        Vp8Encoder encoder = new Vp8Encoder(clip.width, clip.height);
        encoder.setTargetBitrate(kbps * 1_000L);
        Vp8Decoder decoder = new Vp8Decoder(1 << 24);
        long[] bits = new long[clip.frames.size()];
        Picture shown = null;
        double error = 0;
        long nanos = 0;
        for (int i = 0; i < bits.length; i++) {
            long start = System.nanoTime();
            clip.load(i, encoder.input());
            Vp8Encoder.Frame f = encoder.encode(i / RATE);
            nanos += System.nanoTime() - start;
            if (f != null) {
                bits[i] = f.data().length * 8L;
                shown = decoder.decode(f.data(), 0, f.data().length);
                if (!Arrays.equals(shown.y, encoder.reconstructed().y)) {
                    throw new AssertionError("picture " + i + " is decoded to something else");
                }
            }
            error += clip.squaredError(i, shown);
        }
        return clip.result(error, bits, bits.length * 1e9 / nanos, kbps);
    }

    /**
     * Decodes a stream of libvpx's three times, the last of which counts, by us and by vpxdec, whose program's start
     * counts too.
     */
    private static void compareDecoding(String name, Clip clip, byte[] ivf) throws Exception {
        Path file = Files.write(Files.createTempFile("decode", ".ivf"), ivf);
        try {
            double ours = 0;
            double theirs = 0;
            for (int pass = 0; pass < 3; pass++) {
                Vp8Decoder decoder = new Vp8Decoder(1 << 24);
                ByteBuffer b =
                        ByteBuffer.wrap(ivf).order(ByteOrder.LITTLE_ENDIAN).position(32);
                int pictures = 0;
                long start = System.nanoTime();
                while (b.remaining() >= 12) {
                    int length = b.getInt();
                    b.getLong();
                    decoder.decode(b.array(), b.position(), length);
                    b.position(b.position() + length);
                    pictures++;
                }
                ours = pictures * 1e9 / (System.nanoTime() - start);
                start = System.nanoTime();
                Process p = new ProcessBuilder("vpxdec", "--i420", "--threads=1", "-o", "/dev/null", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(new File("/dev/null"))
                        .start();
                if (p.waitFor() != 0) {
                    throw new IOException("vpxdec failed");
                }
                theirs = pictures * 1e9 / (System.nanoTime() - start);
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s %dx%d | %.0f | %.0f | %.2f |%n",
                    name,
                    clip.width,
                    clip.height,
                    ours,
                    theirs,
                    ours / theirs);
        } finally {
            Files.delete(file);
        }
    }

    private static Result libvpx(Clip clip, Path source, int kbps, List<byte[]> streams) throws Exception {
        Path out = Files.createTempFile("libvpx", ".ivf");
        try {
            List<String> command = new ArrayList<>(List.of(
                    ("vpxenc --disable-warning-prompt --codec=vp8 --ivf -q --rt --cpu-used=-6 --threads=1 --end-usage=cbr "
                                    + "--lag-in-frames=0 --kf-max-dist=9999 --buf-sz=1000 --buf-initial-sz=500 --buf-optimal-sz=600 --undershoot-pct=100 --overshoot-pct=15 --min-q=2 "
                                    + "--max-q=56 --target-bitrate=" + kbps)
                            .split(" ")));
            command.addAll(List.of("-o", out.toString(), source.toString()));
            long start = System.nanoTime();
            Process p = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/null"))
                    .start();
            if (p.waitFor() != 0) {
                throw new IOException("vpxenc failed");
            }
            double framesPerSecond = clip.frames.size() * 1e9 / (System.nanoTime() - start);
            streams.add(Files.readAllBytes(out));
            ByteBuffer b = ByteBuffer.wrap(streams.get(streams.size() - 1))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(32);
            Vp8Decoder decoder = new Vp8Decoder(1 << 24);
            long[] bits = new long[clip.frames.size()];
            double error = 0;
            Picture shown = null;
            int i = 0;
            while (b.remaining() >= 12) {
                int length = b.getInt();
                int time = (int) b.getLong();
                for (; i < time; i++) {
                    error += clip.squaredError(i, shown);
                }
                shown = decoder.decode(b.array(), b.position(), length);
                b.position(b.position() + length);
                bits[time] = length * 8L;
                error += clip.squaredError(i++, shown);
            }
            for (; i < bits.length; i++) {
                error += clip.squaredError(i, shown);
            }
            return clip.result(error, bits, framesPerSecond, kbps);
        } finally {
            Files.delete(out);
        }
    }

    /** Of a curve over the logarithm of the bitrate. */
    private static double psnrAt(List<Result> curve, double kbps) {
        List<Result> sorted =
                curve.stream().sorted(Comparator.comparingDouble(Result::kbps)).toList();
        int k = 0;
        while (k < sorted.size() - 2 && sorted.get(k + 1).kbps < kbps) {
            k++;
        }
        Result a = sorted.get(k);
        Result b = sorted.get(k + 1);
        return a.psnr + (b.psnr - a.psnr) * Math.log(kbps / a.kbps) / Math.log(b.kbps / a.kbps);
    }

    public static void main(String[] args) throws Exception {
        System.out.println(
                "| clip | target | ours kbit/s | PSNR | against libvpx | pictures/s | 2 s | libvpx kbit/s | PSNR | pictures/s | 2 s |");
        System.out.println("|---|--:|--:|--:|--:|--:|---|--:|--:|--:|---|");
        List<Runnable> decoding = new ArrayList<>();
        for (String name : List.of("testsrc2", "room", "desktop", "photographs")) {
            Path source = Path.of(args[0], name + ".y4m");
            if (!Files.exists(source)) {
                continue;
            }
            Clip clip = new Clip(source);
            int[] targets =
                    Arrays.stream(args).skip(1).mapToInt(Integer::parseInt).toArray();
            List<Result> theirs = new ArrayList<>();
            List<byte[]> streams = new ArrayList<>();
            for (int kbps : targets) {
                theirs.add(libvpx(clip, source, kbps, streams));
            }
            byte[] middle = streams.get(targets.length / 2);
            decoding.add(() -> {
                try {
                    compareDecoding(name, clip, middle);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            ours(clip, targets[0]); // compiled by then
            for (int i = 0; i < targets.length; i++) {
                Result o = ours(clip, targets[i]);
                Result t = theirs.get(i);
                System.out.printf(
                        Locale.ROOT,
                        "| %s %dx%d | %d | %.0f | %.2f | %+.2f | %.0f | %.2f–%.2f | %.0f | %.2f | %.0f | %.2f–%.2f |%n",
                        name,
                        clip.width,
                        clip.height,
                        targets[i],
                        o.kbps,
                        o.psnr,
                        o.psnr - psnrAt(theirs, o.kbps),
                        o.framesPerSecond,
                        o.lowest,
                        o.highest,
                        t.kbps,
                        t.psnr,
                        t.framesPerSecond,
                        t.lowest,
                        t.highest);
            }
        }
        System.out.println(
                "\n| decoding, of libvpx's stream at the middle bitrate | ours, pictures/s | libvpx | ratio |\n|---|--:|--:|--:|");
        decoding.forEach(Runnable::run);
    }

    private Vp8Bench() {}
}
