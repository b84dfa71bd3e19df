package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.MediaStreamTrackState;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clips are played by the clock, whole, and for whoever comes in the middle. */
class ClipSourceTest {

    private record Sent(int index, boolean key, long timestamp, long nanos) {}

    private static Clip film(int frames, int keyInterval, long ticks) {
        List<EncodedFrame> all = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            all.add(EncodedFrame.of(
                    new byte[] {(byte) (i % keyInterval == 0 ? 0 : 1), (byte) i, (byte) (i >> 8)},
                    "VP8",
                    i * ticks,
                    i % keyInterval == 0));
        }
        return new Clip("video", EncodedFormat.of("VP8"), 90_000, all, frames * ticks);
    }

    private static List<Sent> play(Clip clip, long[] requestsAtMillis) throws Exception {
        ClipSource source = new ClipSource(List.of(clip), false);
        List<Sent> sent = new ArrayList<>();
        CountDownLatch end = new CountDownLatch(1);
        source.onEnd(end::countDown);
        MediaStreamTrack track = source.createTrack();
        long start = System.nanoTime();
        track.onEncodedFrame(f -> sent.add(new Sent(
                f.data()[1] & 0xff | (f.data()[2] & 0xff) << 8,
                f.keyFrame(),
                f.rtpTimestamp(),
                System.nanoTime() - start)));
        for (long at : requestsAtMillis) {
            TimeUnit.NANOSECONDS.sleep(start + at * 1_000_000 - System.nanoTime());
            track.requestKeyFrame();
        }
        assertTrue(end.await(20, TimeUnit.SECONDS));
        source.end();
        assertEquals(MediaStreamTrackState.ENDED, track.getReadyState());
        return sent;
    }

    @Test
    void keyFrameRequestsLeaveOutNoFilmAndTakeNoTimeFromIt() throws Exception {
        List<Sent> sent = play(film(300, 250, 900), new long[] {300, 310, 900, 1_500, 2_700});
        int shown = -1;
        long timestamp = -1;
        int keys = 0;
        int before = -1;
        for (Sent s : sent) {
            assertTrue(s.timestamp > timestamp, "time goes on");
            timestamp = s.timestamp;
            assertTrue(s.index <= shown + 1, "frame " + (shown + 1) + " was left out for " + s.index);
            assertTrue(
                    s.index == before + 1 || s.key,
                    "a receiver that begins with the key frame can decode " + s.index + " behind " + before);
            before = s.index;
            shown = Math.max(shown, s.index);
            keys += s.key ? 1 : 0;
        }
        assertEquals(299, shown);
        assertTrue(keys >= 5 && keys <= 7, keys + " key frames");
        long last = sent.get(sent.size() - 1).nanos;
        assertTrue(last >= 2_980_000_000L && last < 4_500_000_000L, "3 s of film took " + last / 1_000_000 + " ms");
        assertTrue(Math.abs(timestamp - 299 * 900) < 90_000, "the film's own time: " + timestamp);
    }

    @Test
    void whoAsksForKeyFramesAllTheTimeNeitherStopsTheFilmNorFillsThePath() throws Exception {
        ClipSource source = new ClipSource(List.of(film(300, 300, 900)), false);
        source.targetBitrate(null, 1_000);
        List<Sent> sent = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch end = new CountDownLatch(1);
        source.onEnd(end::countDown);
        MediaStreamTrack track = source.createTrack();
        long start = System.nanoTime();
        track.onEncodedFrame(f -> sent.add(new Sent(
                f.data()[1] & 0xff | (f.data()[2] & 0xff) << 8,
                f.keyFrame(),
                f.rtpTimestamp(),
                System.nanoTime() - start)));
        TimeUnit.MILLISECONDS.sleep(1_200);
        while (!end.await(50, TimeUnit.MILLISECONDS)) {
            track.requestKeyFrame();
            assertTrue(
                    System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20),
                    "it does not end: " + sent.get(sent.size() - 1));
        }
        source.end();
        long keys = sent.stream().filter(Sent::key).count();
        assertTrue(keys >= 2 && keys <= 3, keys + " key frames");
        List<Sent> again = sent.subList(0, sent.size());
        long from = again.stream().filter(Sent::key).skip(1).findFirst().orElseThrow().nanos;
        long inASecond = again.stream()
                .filter(s -> s.nanos >= from && s.nanos < from + 1_000_000_000L)
                .count();
        assertTrue(inASecond <= 2 * 100 + 20, inASecond + " frames in a second of film of 100");
    }

    private static Path h264(Path dir, String name, String... units) throws Exception {
        return Files.write(dir.resolve(name), HexFormat.of().parseHex("00000001" + String.join("00000001", units)));
    }

    @Test
    void anH264FileTellsItsFrameRate(@TempDir Path dir) throws Exception {
        // x264's sequence parameter sets of 30 frames a second in high profile, and of 30,000 in 1,001 seconds in
        // baseline.
        String sps = "6764000dacd94141fb0110000003001000000303c0f1429960";
        Path f = h264(dir, "a.h264", sps, "68ebe3cb22c0", "65b8aa", "41e0aa", "41e0aa");
        assertEquals(
                List.of(0L, 3_000L, 6_000L),
                Clip.read(f).frames().stream().map(EncodedFrame::rtpTimestamp).toList());
        f = h264(dir, "b.h264", "6742c01e95a0", "68ce3c80", "65b8aa", "41e0aa");
        assertEquals(
                List.of(0L, 3_600L),
                Clip.read(f).frames().stream().map(EncodedFrame::rtpTimestamp).toList(),
                "one that tells none");
        f = h264(dir, "d.h264", "6742c00dd90141fb011000003e90000ea600f142a480", "68cb83cb20", "65b8aa", "41e0aa");
        assertEquals(
                List.of(0L, 3_003L),
                Clip.read(f).frames().stream().map(EncodedFrame::rtpTimestamp).toList());
        for (int cut = 1; cut < sps.length() / 2; cut++) {
            assertEquals(
                    1,
                    Clip.read(h264(dir, "c.h264", sps.substring(0, 2 * cut), "65b8aa"))
                            .frames()
                            .size());
        }
    }

    @Test
    void keyFramesOfAFileThatSaysItsParameterSetsOnceHaveThemToo(@TempDir Path dir) throws Exception {
        Clip c = Clip.read(h264(
                dir, "a.h264", "6742c01e95a0", "68ce3c80", "65b8aaaa", "41e0aaaa", "0910", "65b8aaab", "41e0aaaa"));
        assertEquals(
                List.of(true, false, true, false),
                c.frames().stream().map(EncodedFrame::keyFrame).toList());
        assertEquals(
                List.of("0910", "6742c01e95a0", "68ce3c80", "65b8aaab"),
                NalUnit.split(c.frames().get(2).data()).stream()
                        .map(u -> HexFormat.of().formatHex(u.bytes()))
                        .toList());
    }

    @Test
    void framesBeforeTheParameterSetsHaveTheRateThatTheseTell(@TempDir Path dir) throws Exception {
        Clip c = Clip.read(h264(
                dir,
                "a.h264",
                "41e0aaaa",
                "41e0aaab",
                "41e0aaac",
                "6764000dacd94141fb0110000003001000000303c0f1429960",
                "68ebe3cb22c0",
                "65b8aaaa"));
        assertEquals(
                List.of(0L, 3_000L, 6_000L, 9_000L),
                c.frames().stream().map(EncodedFrame::rtpTimestamp).toList());
    }

    @Test
    void filmWithBFramesIsRefusedWithWhatToDo(@TempDir Path dir) throws Exception {
        // slice_type 6 of the third frame: first_mb 1, then 00111.
        Clip c = Clip.read(h264(dir, "a.h264", "6742c01e95a0", "68ce3c80", "65b8aa", "41e0aa", "019faa"));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new ClipSource(List.of(c), true));
        assertTrue(e.getMessage().contains("B-frames") && e.getMessage().contains("-bf 0"), e.getMessage());
        assertFalse(new String(c.frames().get(0).data(), StandardCharsets.ISO_8859_1).isEmpty());
        new ClipSource(List.of(Clip.read(Path.of("src/test/interop/media/pic-H264.h264"))), true);
    }
}
