package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ten seconds of video at 30 frames a second in each codec, and of a tone; and what other programs say of a file. */
final class Samples {
    private static final Path MEDIA = Path.of("src/test/interop/media");

    private Samples() {}

    static List<EncodedFrame> video(String codec) throws IOException {
        if (!codec.equals("AV1")) {
            return Clip.read(MEDIA.resolve("pic-" + codec + (codec.equals("H264") ? ".h264" : ".ivf")))
                    .frames();
        }
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(MEDIA.resolve("pic-AV1.ivf")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(32);
        List<EncodedFrame> frames = new ArrayList<>();
        while (b.hasRemaining()) {
            byte[] d = new byte[b.getInt()];
            long at = b.getLong();
            b.get(d);
            frames.add(EncodedFrame.of(d, "AV1", at * 3_000, Av1Units.sequence(d, 2_048) != null));
        }
        return frames;
    }

    static List<EncodedFrame> audio() throws IOException {
        return Clip.read(MEDIA.resolve("tone.ogg")).frames();
    }

    /** Writes audio and video up to {@code seconds}; the audio comes 200 ms before the video of its time. */
    static void write(MediaFileWriter w, String codec, int seconds) throws IOException {
        int a = w.addTrack("opus", "microphone");
        int v = w.addTrack(codec, null);
        List<EncodedFrame> audio = audio();
        List<EncodedFrame> video = video(codec);
        int s = 0;
        for (int p = 0; p < seconds * 30; p++) {
            while (s < audio.size() && s * 20 < p * 1_000 / 30 + 200) {
                w.write(a, audio.get(s), s++ * 20_000L);
            }
            w.write(v, video.get(p), p * 1_000_000L / 30);
        }
    }

    static boolean has(String program) {
        for (String dir : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(dir, program))) {
                return true;
            }
        }
        return false;
    }

    /** What a program prints, errors too. */
    static String run(String... command) throws Exception {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        p.getOutputStream().close();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!p.waitFor(60, TimeUnit.SECONDS)) {
            p.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        return said.strip();
    }

    /** Two seconds of a test pattern at 25 frames a second and of a tone, as ffmpeg makes a file of them. */
    static Path ffmpeg(Path file, String... options) throws Exception {
        List<String> c = new ArrayList<>(List.of(
                "ffmpeg",
                "-v",
                "error",
                "-nostdin",
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=64x48:rate=25:duration=2",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=2",
                "-pix_fmt",
                "yuv420p"));
        c.addAll(List.of(options));
        c.add(file.toString());
        assertEquals("", run(c.toArray(String[]::new)));
        return file;
    }

    static String probe(Path file, String entries, String... more) throws Exception {
        List<String> c =
                new ArrayList<>(List.of("ffprobe", "-v", "warning", "-of", "csv=p=0", "-show_entries", entries));
        c.addAll(List.of(more));
        c.add(file.toString());
        return run(c.toArray(String[]::new));
    }

    /** Decodes all of it; says nothing where nothing is wrong. */
    static String decode(Path file) throws Exception {
        return run(
                "ffmpeg",
                "-v",
                "warning",
                "-nostdin",
                "-guess_layout_max",
                "0",
                "-i",
                file.toString(),
                "-map",
                "0",
                "-fps_mode",
                "vfr",
                "-f",
                "null",
                "-"); // two frames within a thirtieth of a second are no fault
    }
}
