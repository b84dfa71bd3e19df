package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatroskaWriterTest {
    @TempDir
    Path dir;

    /** A block of a file: its track, time in milliseconds and flags. */
    private record Block(int track, long millis, boolean key, int size) {}

    /** What a walk over the elements of a file finds, with nothing of the reader of this package. */
    private static final class Walk {
        final List<Block> blocks = new ArrayList<>();
        final List<Integer> top = new ArrayList<>();
        final List<Long> clusterTimes = new ArrayList<>();
        final List<Long> clusterLengths = new ArrayList<>();
        final List<Boolean> clustersBeginWithKey = new ArrayList<>();
        String docType;
        double duration = -1;
        boolean segmentHasLength;
        private final ByteBuffer b;

        Walk(byte[] d) {
            b = ByteBuffer.wrap(d);
            long[] e = element();
            assertEquals(Ebml.HEADER, (int) e[0]);
            inside((int) e[1], true);
            e = element();
            assertEquals(Ebml.SEGMENT, (int) e[0]);
            segmentHasLength = e[1] >= 0;
            assertTrue(e[1] < 0 || e[1] == b.remaining(), "the segment is as long as the file");
            inside(b.remaining(), false);
        }

        private long[] element() {
            int first = b.get(b.position()) & 0xff;
            int n = Integer.numberOfLeadingZeros(first) - 23;
            long id = 0;
            for (int i = 0; i < n; i++) {
                id = id << 8 | b.get() & 0xff;
            }
            first = b.get() & 0xff;
            n = Integer.numberOfLeadingZeros(first) - 23;
            long size = first & (0xff >> n);
            boolean unknown = size == 0xff >> n;
            for (int i = 1; i < n; i++) {
                int x = b.get() & 0xff;
                unknown &= x == 0xff;
                size = size << 8 | x;
            }
            return new long[] {id, unknown ? -1 : size};
        }

        private void inside(int length, boolean header) {
            int end = b.position() + length;
            while (b.position() < end) {
                long[] e = element();
                int id = (int) e[0];
                int size = (int) e[1];
                if (id == Ebml.CLUSTER) {
                    top.add(id);
                    clusterLengths.add(e[1]);
                    clustersBeginWithKey.add(null);
                    continue; // its children follow
                }
                assertTrue(size >= 0 && size <= end - b.position(), Integer.toHexString(id) + " of " + size);
                int next = b.position() + size;
                switch (id) {
                    case Ebml.DOC_TYPE ->
                        docType = new String(b.array(), b.position(), size, StandardCharsets.US_ASCII);
                    case Ebml.TIMESTAMP -> clusterTimes.add(b.getLong(b.position()));
                    case Ebml.SIMPLE_BLOCK -> {
                        int at = b.position();
                        boolean key = b.get(at + 3) == (byte) 0x80;
                        blocks.add(new Block(
                                b.get(at) & 0x7f,
                                clusterTimes.get(clusterTimes.size() - 1) + b.getShort(at + 1),
                                key,
                                size - 4));
                        int c = clustersBeginWithKey.size() - 1;
                        clustersBeginWithKey.set(
                                c, clustersBeginWithKey.get(c) == null ? key : clustersBeginWithKey.get(c));
                    }
                    case Ebml.INFO -> {
                        top.add(id);
                        inside(size, false);
                    }
                    case Ebml.DURATION -> duration = b.getDouble(b.position());
                    default -> {
                        if (!header && id >>> 24 != 0) {
                            top.add(id);
                        }
                    }
                }
                b.position(next);
            }
        }
    }

    private Walk walk(Path file) throws IOException {
        return new Walk(Files.readAllBytes(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"VP8", "VP9", "AV1", "H264"})
    void audioAndVideoAreInOneFileThatOthersPlay(String codec) throws Exception {
        Path file = dir.resolve("call.webm");
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            Samples.write(w, codec, 10);
        }
        Walk k = walk(file);
        assertEquals(codec.equals("H264") ? "matroska" : "webm", k.docType);
        assertTrue(
                k.segmentHasLength && k.clusterLengths.stream().allMatch(n -> n >= 0),
                "all lengths are known in the end");
        assertEquals(List.of(Ebml.SEEK_HEAD, Ebml.INFO, Ebml.TRACKS), k.top.subList(0, 3));
        assertEquals(Ebml.CUES, k.top.get(k.top.size() - 1));
        assertEquals(300, k.blocks.stream().filter(b -> b.track == 2).count());
        assertEquals(10_000, k.duration, 50);
        long last = 0;
        for (Block b : k.blocks) {
            assertTrue(b.millis >= last, "the order of time over all tracks: " + b + " after " + last);
            last = b.millis;
        }
        assertTrue(k.clusterTimes.size() >= 9, "a cluster begins with each key frame: " + k.clusterTimes);
        assumeTrue(Samples.has("ffprobe"));
        assertEquals("", Samples.decode(file), "decodes without a word");
        assertEquals(
                codec.toLowerCase() + ",video,320,240",
                Samples.probe(file, "stream=codec_name,codec_type,width,height", "-select_streams", "v"));
        assertEquals(
                "opus,audio,48000,2",
                Samples.probe(file, "stream=codec_name,codec_type,sample_rate,channels", "-select_streams", "a"));
        assertTrue(Samples.probe(file, "format=duration").startsWith("10.0"));
        // The key frame before 5.5 s is found by the cues.
        String packet = Samples.probe(file, "packet=pts_time", "-select_streams", "v", "-read_intervals", "5.5%+#1")
                .lines()
                .findFirst()
                .orElse("");
        assertTrue(Double.parseDouble(packet.replace(",", "")) >= 4, packet);
    }

    @Test
    void whatIsWrittenPlaysWhileItIsWrittenAndAfterTheWriterHasDied() throws Exception {
        Path file = dir.resolve("call.webm");
        MediaFileWriter w = MediaFileWriter.create(file);
        Samples.write(w, "VP8", 6);
        Path copy = Files.copy(file, dir.resolve("copy.webm"));
        Walk k = walk(copy);
        assertFalse(k.segmentHasLength);
        assertEquals(-1, k.clusterLengths.get(k.clusterLengths.size() - 1), "the last cluster goes on");
        assertTrue(k.blocks.get(k.blocks.size() - 1).millis >= 4_900, "at most a second is not in the file yet");
        Path cut = dir.resolve("cut.webm");
        byte[] d = Files.readAllBytes(copy);
        Files.write(cut, Arrays.copyOf(d, d.length * 2 / 3));
        if (Samples.has("ffprobe")) {
            assertEquals("", Samples.decode(copy));
            String[] times = Samples.probe(copy, "packet=pts_time", "-select_streams", "v")
                    .split("\n");
            assertTrue(Double.parseDouble(times[times.length - 1].replace(",", "")) > 4.9);
            long whole = Samples.probe(cut, "packet=pts_time", "-select_streams", "v")
                    .lines()
                    .count();
            assertTrue(whole > 80, whole + " frames before the cut");
        }
        w.close();
        assertTrue(walk(file).segmentHasLength);
    }

    @Test
    void gapsAreKeptAndTracksMayBeginLater() throws Exception {
        Path file = dir.resolve("call.mkv");
        List<EncodedFrame> audio = Samples.audio();
        List<EncodedFrame> video = Samples.video("VP9");
        List<EncodedFrame> other = Samples.video("H264");
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            int a = w.addTrack("opus", null);
            for (int i = 0; i < 250; i++) {
                if (i < 50 || i >= 150) {
                    assertTrue(w.write(a, audio.get(i), i * 20_000L));
                }
            }
            int v = w.addTrack("vp9", "second");
            assertFalse(w.write(v, video.get(1), 5_000_000), "a frame that needs another");
            assertTrue(w.write(v, video.get(0), 5_100_000));
            int h = w.addTrack("H264", "third");
            assertTrue(w.write(h, other.get(0), 5_200_000));
            assertTrue(w.write(a, audio.get(260), 5_200_000));
        }
        Walk k = walk(file);
        assertEquals("matroska", k.docType);
        List<Long> times =
                k.blocks.stream().filter(b -> b.track == 1).map(Block::millis).toList();
        assertEquals(980, times.get(49));
        assertEquals(3_000, times.get(50));
        assertEquals(
                List.of(5_100L),
                k.blocks.stream().filter(b -> b.track == 2).map(Block::millis).toList());
        if (Samples.has("ffprobe")) {
            assertEquals("", Samples.decode(file));
            assertEquals(
                    "audio,audio\nvideo,second\nvideo,third".replace("audio,audio", "audio"),
                    Samples.probe(file, "stream=codec_type:stream_tags=title"));
        }
    }

    @Test
    void aTelephonesAudioIsHeldToo() throws Exception {
        Path file = dir.resolve("call.mka");
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            int u = w.addTrack("PCMU", null);
            int a = w.addTrack("PCMA", null);
            for (int i = 0; i < 50; i++) {
                w.write(u, EncodedFrame.of(new byte[160], "PCMU", i * 160L, true), i * 20_000L);
                w.write(a, EncodedFrame.of(new byte[160], "PCMA", i * 160L, true), i * 20_000L);
            }
        }
        assertEquals(100, walk(file).blocks.size());
        assumeTrue(Samples.has("ffprobe"));
        assertEquals(
                "pcm_mulaw,8000,1\npcm_alaw,8000,1", Samples.probe(file, "stream=codec_name,sample_rate,channels"));
        assertEquals("", Samples.decode(file));
    }

    @Test
    void framesOutOfOrderAreWrittenAtTheTimeThatIsLeft() throws Exception {
        Path file = dir.resolve("call.webm");
        byte[] audio = {(byte) 0xfc, 1, 2};
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            int a = w.addTrack("opus", null);
            int b = w.addTrack("opus", null);
            w.write(a, EncodedFrame.of(audio, "opus", 0, true), 100_000);
            w.write(b, EncodedFrame.of(audio, "opus", 0, true), 50_000);
            w.write(a, EncodedFrame.of(audio, "opus", 0, true), -5);
            w.write(a, EncodedFrame.of(audio, "opus", 0, true), 3_000_000);
            w.write(b, EncodedFrame.of(audio, "opus", 0, true), 60_000);
            w.write(b, EncodedFrame.of(audio, "opus", 0, true), Long.MAX_VALUE);
        }
        List<Long> times = walk(file).blocks.stream().map(Block::millis).toList();
        assertEquals(List.of(50L, 100L, 101L, 101L, 3_000L, 30L * 24 * 3_600_000), times);
    }

    @Test
    void whatAFileCannotHoldIsRefusedWithASentence() throws Exception {
        assertThrows(IOException.class, () -> MediaFileWriter.create(dir.resolve("call.avi")));
        try (MediaFileWriter w = MediaFileWriter.create(dir.resolve("call.webm"))) {
            assertTrue(assertThrows(IOException.class, () -> w.addTrack("G722", null))
                    .getMessage()
                    .contains("G722"));
            int v = w.addTrack("VP8", null);
            EncodedFrame other = EncodedFrame.of(new byte[1], "VP9", 0, true);
            assertThrows(IOException.class, () -> w.write(v, other, 0));
            assertThrows(IllegalArgumentException.class, () -> w.write(v + 1, other, 0));
            assertFalse(w.write(v, EncodedFrame.of(new byte[0], "VP8", 0, true), 0));
            for (int i = 1; i < TrackWriter.MAX_TRACKS; i++) {
                w.addTrack("opus", null);
            }
            assertThrows(IOException.class, () -> w.addTrack("opus", null));
        }
    }

    @Test
    void allTracksOfAFileFitItsHeader() throws Exception {
        Path file = dir.resolve("call.mkv");
        EncodedFrame frame = Samples.video("H264").get(0);
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            for (int i = 0; i < TrackWriter.MAX_TRACKS; i++) {
                assertTrue(w.write(w.addTrack("H264", "x".repeat(100)), frame, i * 1_000L));
            }
        }
        assertEquals(TrackWriter.MAX_TRACKS, walk(file).blocks.size());
    }

    @Test
    void placesToBeginGetFurtherApartInALongFile() {
        Cues c = new Cues();
        for (int i = 0; i < 100_000; i++) {
            c.add(1, i * 1_000_000L, i);
        }
        assertTrue(c.size() <= Cues.MAX);
        for (int i = 1; i < c.size(); i++) {
            assertTrue(c.micros(i) > c.micros(i - 1) && c.micros(i) == c.position(i) * 1_000_000);
        }
        assertTrue(c.micros(c.size() - 1) >= 99_980_000_000L, "up to the end");
    }
}
