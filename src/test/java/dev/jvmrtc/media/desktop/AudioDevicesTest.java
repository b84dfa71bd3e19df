package dev.jvmrtc.media.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.packaging.OwnJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Microphone and loudspeaker through javax.sound and ALSA, over an audio server without hardware: what is played into
 * nothing is what the microphone hears.
 */
@Timeout(120)
class AudioDevicesTest {

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(d -> !d.isEmpty() && Files.isExecutable(Path.of(d, program)));
    }

    /** PulseAudio with a sink that plays nowhere; its files are in a folder of its own. */
    private static Process startServer(Path dir) throws IOException, InterruptedException {
        ProcessBuilder b = new ProcessBuilder(
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "-L",
                "module-native-protocol-unix socket=" + dir.resolve("native") + " auth-anonymous=1",
                "-L",
                "module-null-sink sink_name=nowhere rate=48000");
        b.environment().put("HOME", dir.toString());
        b.environment()
                .put(
                        "PULSE_RUNTIME_PATH",
                        Files.createDirectory(dir.resolve("run")).toString());
        b.environment()
                .put(
                        "PULSE_STATE_PATH",
                        Files.createDirectory(dir.resolve("state")).toString());
        Process p = b.redirectErrorStream(true)
                .redirectOutput(dir.resolve("log").toFile())
                .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(dir.resolve("native"))) {
            assertTrue(p.isAlive() && System.nanoTime() < end, () -> read(dir.resolve("log")));
            p.waitFor(20, TimeUnit.MILLISECONDS);
        }
        return p;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void whatACallPlaysIsHeardByTheMicrophoneAndUnpluggingEndsItsTrack(@TempDir Path dir) throws Exception {
        Assumptions.assumeTrue(isInstalled("pulseaudio"), "SKIPPED: PulseAudio is not installed");
        Process server = startServer(dir);
        Path config = Files.writeString(dir.resolve("asound.conf"), """
            </usr/share/alsa/alsa.conf>
            pcm.!default { type pulse }
            ctl.!default { type pulse }
            """);
        ProcessBuilder b = OwnJvm.java(OwnJvm.classPath(), LoudspeakerToMicrophoneMain.class);
        b.environment()
                .putAll(java.util.Map.of(
                        "ALSA_CONFIG_PATH",
                        config.toString(),
                        "PULSE_SERVER",
                        "unix:" + dir.resolve("native"),
                        "HOME",
                        dir.toString()));
        Process p = b.start();
        StringBuilder said = new StringBuilder();
        try (BufferedReader out = p.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.append(line).append('\n');
                if (line.equals("heard")) {
                    server.destroy();
                }
            }
            assertTrue(p.waitFor(10, TimeUnit.SECONDS));
            assertEquals(0, p.exitValue(), said.toString());
            assertTrue(said.toString().contains("heard\n") && said.toString().contains("ended\n"), said.toString());
        } finally {
            p.destroyForcibly();
            server.destroyForcibly();
        }
    }
}
