package dev.jvmrtc.codec.g722;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class G722Test {
    private static final int RATE = 16_000;

    private static short[] tone(double hertz, int samples) {
        short[] s = new short[samples];
        for (int i = 0; i < samples; i++) {
            s[i] = (short) (10_000 * Math.sin(2 * Math.PI * hertz * i / RATE));
        }
        return s;
    }

    /** Of what comes back against what went in, at the delay where they fit best. */
    private static double snr(short[] in, short[] out) {
        double best = Double.NEGATIVE_INFINITY;
        for (int delay = 0; delay < 40; delay++) {
            double signal = 0;
            double noise = 0;
            for (int i = 200; i + delay < in.length; i++) {
                signal += (double) in[i] * in[i];
                noise += Math.pow(in[i] - out[i + delay], 2);
            }
            best = Math.max(best, 10 * Math.log10(signal / noise));
        }
        return best;
    }

    @Test
    void tonesOfBothBandsComeBack() {
        for (double hertz : new double[] {300, 1_000, 3_000, 5_500}) {
            short[] in = tone(hertz, RATE);
            double snr = snr(in, new G722().decode(new G722().encode(in)));
            assertTrue(snr > (hertz < 4_000 ? 25 : 10), hertz + " Hz has " + snr + " dB");
        }
    }

    @Test
    void anyBytesDecode() {
        byte[] rubbish = new byte[100_000];
        new Random(1).nextBytes(rubbish);
        assertTrue(new G722().decode(rubbish).length == 200_000);
    }

    @Test
    void bothDirectionsAgreeWithFfmpegToTheBit(@TempDir Path dir) throws Exception {
        short[] in = tone(700, 3 * RATE);
        Random random = new Random(2);
        for (int i = 0; i < in.length; i++) {
            in[i] += (short) (random.nextGaussian() * (i % RATE) / 8);
        }
        Path raw = dir.resolve("in.raw");
        ByteBuffer b = ByteBuffer.allocate(2 * in.length).order(ByteOrder.LITTLE_ENDIAN);
        b.asShortBuffer().put(in);
        Files.write(raw, b.array());
        ffmpeg(
                "-f",
                "s16le",
                "-ar",
                "16000",
                "-ac",
                "1",
                "-i",
                raw.toString(),
                "-c:a",
                "g722",
                "-f",
                "g722",
                dir.resolve("g722").toString());
        ffmpeg(
                "-f",
                "g722",
                "-i",
                dir.resolve("g722").toString(),
                "-f",
                "s16le",
                dir.resolve("out.raw").toString());
        byte[] encoded = Files.readAllBytes(dir.resolve("g722"));
        assertArrayEquals(encoded, new G722().encode(in));
        short[] decoded = new short[in.length];
        ByteBuffer.wrap(Files.readAllBytes(dir.resolve("out.raw")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer()
                .get(decoded);
        assertArrayEquals(decoded, new G722().decode(encoded));
    }

    private static void ffmpeg(String... options) throws Exception {
        String[] command = new String[options.length + 4];
        System.arraycopy(new String[] {"ffmpeg", "-y", "-v", "error"}, 0, command, 0, 4);
        System.arraycopy(options, 0, command, 4, options.length);
        try {
            Process p = new ProcessBuilder(command).inheritIO().start();
            assertTrue(p.waitFor(30, TimeUnit.SECONDS) && p.exitValue() == 0);
        } catch (java.io.IOException e) {
            Assumptions.abort("SKIPPED: ffmpeg is not installed");
        }
    }
}
