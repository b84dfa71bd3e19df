package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmrtc.bitstream.av1.Obu;
import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.wire.ByteWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Mp4ReaderTest {
    private static final long SEED = Long.getLong("jvmrtc.seed", 44L);

    @TempDir
    Path dir;

    private Path ffmpeg(String name, String... options) throws Exception {
        return Samples.ffmpeg(dir.resolve(name), options);
    }

    private static void check(List<Clip> clips) {
        Clip video = clips.get(0);
        assertEquals(50, video.frames().size());
        for (int i = 0; i < 50; i++) {
            // ffmpeg moves video by the pre-skip of the audio where it writes no edit list.
            assertEquals(i * 3_600, video.frames().get(i).rtpTimestamp(), 600);
            assertEquals(i % 10 == 0, video.frames().get(i).keyFrame(), "frame " + i);
        }
        assertEquals(
                NalUnit.SPS, NalUnit.split(video.frames().get(10).data()).get(0).type(), "parameter sets are in band");
        assertTrue(
                Math.abs(clips.get(1).frames().size() - 101) <= 2,
                clips.get(1).frames().size() + " audio packets");
        assertEquals(2_000, clips.get(1).duration() / 48, 30);
    }

    @Test
    void filesOfOthersAreReadWithOneIndexOrInFragments() throws Exception {
        assumeTrue(Samples.has("ffmpeg"));
        String[] media = {"-c:v", "libx264", "-bf", "0", "-g", "10", "-c:a", "libopus"};
        check(Clip.readAll(ffmpeg("end.mp4", media)));
        check(Clip.readAll(ffmpeg("start.mp4", concat(media, "-movflags", "+faststart"))));
        check(Clip.readAll(ffmpeg("fragments.mp4", concat(media, "-movflags", "+frag_keyframe+empty_moov"))));
        check(Clip.readAll(ffmpeg(
                "dash.mp4",
                concat(media, "-movflags", "+frag_keyframe+default_base_moof+empty_moov+negative_cts_offsets"))));
        assertEquals(
                "VP9",
                Clip.read(ffmpeg("vp9.mp4", "-c:v", "libvpx-vp9", "-an"))
                        .format()
                        .codec());
        Path av1 = dir.resolve("av1.mp4");
        assertEquals(
                "",
                Samples.run(
                        "ffmpeg",
                        "-v",
                        "error",
                        "-nostdin",
                        "-i",
                        "src/test/interop/media/pic-AV1.ivf",
                        "-c",
                        "copy",
                        av1.toString()));
        assertEquals("AV1", Clip.read(av1).format().codec());
        assertEquals(300, Clip.read(av1).frames().size());
    }

    private static String[] concat(String[] a, String... b) {
        String[] c = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, c, a.length, b.length);
        return c;
    }

    @Test
    void whatACallCannotTakeIsRefusedWithASentence() throws Exception {
        assumeTrue(Samples.has("ffmpeg"));
        String b = assertThrows(IOException.class, () -> Clip.readAll(ffmpeg("b.mp4", "-c:v", "libx264", "-an")))
                .getMessage();
        assertTrue(b.contains("B-frames") && b.contains("-bf 0"), b);
        Path fragments = ffmpeg("bf.mp4", "-c:v", "libx264", "-an", "-movflags", "+frag_keyframe+empty_moov");
        String f =
                assertThrows(IOException.class, () -> Clip.readAll(fragments)).getMessage();
        assertTrue(f.contains("B-frames"), f);
        String aac = assertThrows(
                        IOException.class,
                        () -> Clip.readAll(ffmpeg("aac.mp4", "-c:v", "libx264", "-bf", "0", "-c:a", "aac")))
                .getMessage();
        assertTrue(aac.contains("AAC") && aac.contains("libopus"), aac);
        Path whole = ffmpeg("whole.mp4", "-c:v", "libx264", "-bf", "0", "-an");
        Path cut = Files.write(dir.resolve("cut.mp4"), Arrays.copyOf(Files.readAllBytes(whole), 3_000));
        String c = assertThrows(IOException.class, () -> Clip.readAll(cut)).getMessage();
        assertTrue(c.contains("cut off before its index"), c);
    }

    /** Without the room that is kept for tracks, so that what is altered is something. */
    static byte[] small(Path file) throws IOException {
        byte[] d = Files.readAllBytes(file);
        int at = 0;
        for (int i = 4; i < 66_000; i++) {
            at = d[i] == 'f' && d[i + 1] == 'r' && d[i + 2] == 'e' && d[i + 3] == 'e' ? i - 4 : at;
        }
        int size = (d[at + 1] & 0xff) << 16 | (d[at + 2] & 0xff) << 8 | d[at + 3] & 0xff;
        byte[] s = Arrays.copyOf(d, d.length - size);
        System.arraycopy(d, at + size, s, at, s.length - at);
        return s;
    }

    @Test
    void manyRunsOfSamplesThatAreNotThereAreLookedAtOnce() throws Exception {
        Path file = dir.resolve("call.mp4");
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            Samples.write(w, "H264", 2);
        }
        byte[] good = small(file);
        ByteWriter w = new ByteWriter();
        w.bytes(good);
        Mp4Boxes.box(
                w,
                "moof",
                m -> Mp4Boxes.box(m, "traf", t -> {
                    Mp4Boxes.full(
                            t,
                            "tfhd",
                            0,
                            0x11,
                            b -> b.u32(2).u64(1L << 40).u32(1)); // base-data-offset, default-sample-size
                    for (int i = 0; i < 10_000; i++) {
                        Mp4Boxes.full(t, "trun", 0, 0, b -> b.u32(0xFFFFFFFFL));
                    }
                }));
        byte[] d = w.toByteArray();
        long before = Steps.taken();
        assertEquals(60, MediaFile.read(d).get(1).frames().size());
        assertTrue(
                Steps.taken() - before <= 8L * d.length,
                (Steps.taken() - before) + " steps for " + d.length + " bytes");
    }

    @Test
    void aKeyFrameOfAv1WithoutItsSequenceHeaderGetsTheOneInTheIndex() throws Exception {
        Path file = dir.resolve("call.mp4");
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            Samples.write(w, "AV1", 2);
        }
        byte[] d = Files.readAllBytes(file);
        byte[] key = MediaFile.read(d).get(1).frames().get(0).data();
        Obu sequence = Obu.split(key).get(0);
        byte[] header = Arrays.copyOfRange(key, sequence.from(), sequence.to());
        int found = 0;
        for (int i = 0; i + header.length <= d.length; i++) {
            if (Arrays.equals(d, i, i + header.length, header, 0, header.length) && found++ > 0) {
                d[i] = (byte) (Obu.PADDING << 3 | Obu.HAS_SIZE); // all but the one in the index
            }
        }
        assertTrue(found > 1);
        EncodedFrame first = MediaFile.read(d).get(1).frames().get(0);
        assertTrue(first.keyFrame());
        assertArrayEquals(header, Arrays.copyOf(first.data(), header.length));
    }

    @Test
    void framesBeforeTheBeginningAreKeptForThoseThatReferToThem() throws Exception {
        ClipTrack t = new ClipTrack("VP8", new byte[0]);
        byte[] key = {0, 0, 0};
        byte[] delta = {1, 0, 0};
        t.add(key, 0, 3, -80_000, true, 100);
        t.add(delta, 0, 3, -40_000, false, 100);
        t.add(delta, 0, 3, 0, false, 100);
        t.add(delta, 0, 3, 40_000, false, 100);
        assertEquals(
                List.of(0L, 90L, 180L, 3_600L),
                t.clip(80_000).frames().stream().map(EncodedFrame::rtpTimestamp).toList());
        assertThrows(IOException.class, () -> t.add(delta, 0, 3, 30_000, false, 100));
    }

    @Test
    void mutatedFilesAreReadOrRefusedWithinTheirLength() throws Exception {
        List<byte[]> all = new ArrayList<>();
        for (String codec : new String[] {"H264", "AV1"}) {
            Path file = dir.resolve("call.mp4");
            try (MediaFileWriter w = MediaFileWriter.create(file)) {
                Samples.write(w, codec, 2);
            }
            all.add(small(file));
        }
        if (Samples.has("ffmpeg")) {
            all.add(Files.readAllBytes(ffmpeg(
                    "start.mp4",
                    "-c:v",
                    "libx264",
                    "-bf",
                    "0",
                    "-g",
                    "10",
                    "-c:a",
                    "libopus",
                    "-movflags",
                    "+faststart")));
        }
        Random random = new Random(SEED);
        for (byte[] good : all) {
            assertEquals(2, MediaFile.read(good).size());
            for (int run = 0; run < 2_000; run++) {
                byte[] d = Arrays.copyOf(good, random.nextInt(3) == 0 ? 1 + random.nextInt(good.length) : good.length);
                int head = Math.min(random.nextInt(3) > 0 ? 3_000 : d.length, d.length);
                for (int n = random.nextInt(8); n > 0; n--) {
                    d[random.nextInt(head)] =
                            (byte) new int[] {0, 255, 127, 128, 1, random.nextInt()}[random.nextInt(6)];
                }
                long before = Steps.taken();
                try {
                    long bytes = MediaFile.read(d).stream()
                            .flatMap(c -> c.frames().stream())
                            .mapToLong(f -> f.data().length)
                            .sum();
                    assertTrue(bytes <= 4L * d.length, bytes + " bytes of frames, seed " + SEED + " run " + run);
                } catch (IOException e) {
                    assertTrue(!e.getMessage().isEmpty());
                } catch (RuntimeException | Error e) {
                    throw new AssertionError("seed " + SEED + " run " + run, e);
                }
                assertTrue(Steps.taken() - before <= 8L * d.length + 100, "steps, seed " + SEED + " run " + run);
            }
        }
    }
}
