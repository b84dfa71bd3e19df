package dev.jvmrtc.media.file;

import dev.jvmrtc.fuzz.FuzzBounds;
import dev.jvmrtc.media.frame.AudioFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads any bytes as a WAV file. */
public final class WavFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzBounds.work(data.length, () -> {
            try (Wav.Reader r = new Wav.Reader(Containers.file("x.wav", data))) {
                long samples = 0;
                for (AudioFrame f = r.read(20); f != null; f = r.read(20)) {
                    samples += f.samples().length;
                }
                FuzzBounds.atMost(data.length / 2, samples, "samples");
            } catch (IOException e) {
                // refused
            }
        });
    }

    /** First inputs, by name. */
    static Map<String, byte[]> seeds() throws IOException {
        Path p = Containers.file("s.wav", new byte[0]);
        try (Wav.Writer w = new Wav.Writer(p)) {
            w.write(new AudioFrame(new short[96], 48_000, 2));
        }
        return Map.of("short", Files.readAllBytes(p));
    }

    private WavFuzz() {}
}
