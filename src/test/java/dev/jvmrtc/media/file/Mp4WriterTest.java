package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Mp4WriterTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"H264", "VP9", "AV1"})
    void audioAndVideoAreInOneFileThatOthersPlay(String codec) throws Exception {
        Path file = dir.resolve("call.mp4");
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            assertFalse(w.holds("VP8"));
            Samples.write(w, codec, 10);
        }
        List<Clip> clips = Clip.readAll(file);
        assertEquals(
                List.of("audio", "video"),
                clips.stream().map(Clip::kind).sorted().toList());
        Clip video =
                clips.stream().filter(c -> c.kind().equals("video")).findFirst().orElseThrow();
        assertEquals(300, video.frames().size());
        for (int i = 0; i < 300; i++) {
            assertEquals(i * 3_000, video.frames().get(i).rtpTimestamp(), 90);
        }
        assumeTrue(Samples.has("ffprobe"));
        assertEquals("", Samples.decode(file), "decodes without a word");
        assertEquals(
                codec.toLowerCase() + ",video,320,240",
                Samples.probe(file, "stream=codec_name,codec_type,width,height", "-select_streams", "v"));
        assertEquals(
                "opus,audio,48000,2",
                Samples.probe(file, "stream=codec_name,codec_type,sample_rate,channels", "-select_streams", "a"));
        assertEquals(10, Double.parseDouble(Samples.probe(file, "format=duration")), 0.1);
        assertEquals("300", Samples.probe(file, "stream=nb_read_packets", "-count_packets", "-select_streams", "v"));
        String packet = Samples.probe(file, "packet=pts_time", "-select_streams", "v", "-read_intervals", "5.5%+#1")
                .lines()
                .findFirst()
                .orElse("");
        assertTrue(Double.parseDouble(packet.replace(",", "")) >= 4, packet);
    }

    @Test
    void whatIsWrittenPlaysAfterTheWriterHasDied() throws Exception {
        Path file = dir.resolve("call.mp4");
        MediaFileWriter w = MediaFileWriter.create(file);
        Samples.write(w, "H264", 6);
        byte[] d = Files.readAllBytes(file);
        w.close();
        Path copy = Files.write(dir.resolve("copy.mp4"), d);
        List<EncodedFrame> frames = Clip.readAll(copy).get(1).frames();
        assertTrue(frames.size() >= 115, frames.size() + ": at most two seconds are not in the file yet");
        Path cut = Files.write(dir.resolve("cut.mp4"), Arrays.copyOf(d, d.length * 9 / 10));
        int whole = Clip.readAll(cut).get(1).frames().size();
        assertTrue(whole >= 80 && whole < frames.size(), whole + " up to the cut");
        assumeTrue(Samples.has("ffprobe"));
        assertEquals("", Samples.decode(copy));
        String counted = Samples.probe(cut, "stream=nb_read_packets", "-count_packets", "-select_streams", "v")
                .lines()
                .reduce((a, b) -> b)
                .orElse("0");
        assertTrue(Integer.parseInt(counted) >= 80, counted);
    }

    @Test
    void gapsAreKeptAndTracksMayBeginLater() throws Exception {
        Path file = dir.resolve("call.mp4");
        List<EncodedFrame> audio = Samples.audio();
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            int a = w.addTrack("opus", "first");
            for (int i = 0; i < 250; i++) {
                if (i < 50 || i >= 150) {
                    assertTrue(w.write(a, audio.get(i), i * 20_000L));
                }
            }
            EncodedFrame frame = Samples.video("H264").get(0);
            int v = w.addTrack("H264", "second");
            assertTrue(w.write(
                    v, new EncodedFrame(frame.data(), "H264", 0, null, true, null, 0, 0, 1, false, 90), 5_100_000));
            assertThrows(IOException.class, () -> w.addTrack("VP8", null));
        }
        List<Clip> clips = Clip.readAll(file);
        assertEquals(150, clips.get(0).frames().size());
        assertEquals(3_000 * 48, clips.get(0).frames().get(50).rtpTimestamp());
        assertEquals(5_100 * 90, clips.get(1).frames().get(0).rtpTimestamp());
        assumeTrue(Samples.has("ffprobe"));
        assertEquals("", Samples.decode(file));
        assertEquals(
                "-90",
                Samples.probe(file, "stream_side_data=rotation", "-select_streams", "v"),
                "ffmpeg counts against the clock");
    }

    @Test
    void allTracksOfAFileFitItsHeader() throws Exception {
        Path file = dir.resolve("call.mp4");
        EncodedFrame frame = Samples.video("H264").get(0);
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            for (int i = 0; i < TrackWriter.MAX_TRACKS; i++) {
                assertTrue(w.write(w.addTrack("H264", "x".repeat(100)), frame, i * 1_000L));
            }
        }
        assertEquals(TrackWriter.MAX_TRACKS, Clip.readAll(file).size());
    }
}
