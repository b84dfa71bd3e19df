package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.wire.ByteWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatroskaReaderTest {
    private static final long SEED = Long.getLong("jvmrtc.seed", 33L);

    @TempDir
    Path dir;

    private Path ffmpeg(String name, String... options) throws Exception {
        return Samples.ffmpeg(dir.resolve(name), options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"VP8", "VP9", "AV1", "H264"})
    void whatIsWrittenIsReadAgain(String codec) throws Exception {
        Path file = dir.resolve("call.mkv");
        try (MediaFileWriter w = MediaFileWriter.create(file)) {
            Samples.write(w, codec, 5);
        }
        List<Clip> clips = Clip.readAll(file);
        assertEquals(List.of("audio", "video"), clips.stream().map(Clip::kind).toList());
        Clip video = clips.get(1);
        assertEquals(codec, video.format().codec());
        List<EncodedFrame> sent = Samples.video(codec).subList(0, 150);
        assertEquals(150, video.frames().size());
        for (int i = 0; i < 150; i++) {
            EncodedFrame f = video.frames().get(i);
            assertEquals(i * 3_000, f.rtpTimestamp(), 90, "to a millisecond");
            assertEquals(sent.get(i).keyFrame(), f.keyFrame());
            if (codec.startsWith("VP")) {
                assertArrayEquals(sent.get(i).data(), f.data());
            } else if (codec.equals("H264")) {
                List<byte[]> units =
                        NalUnit.split(f.data()).stream().map(NalUnit::bytes).toList();
                List<byte[]> before = NalUnit.split(sent.get(i).data()).stream()
                        .filter(u -> u.type() != 9)
                        .map(NalUnit::bytes)
                        .toList();
                assertArrayEquals(before.toArray(), units.toArray());
            } else {
                assertArrayEquals(Av1Units.withoutDelimiters(sent.get(i).data()), f.data());
            }
        }
        Clip audio = clips.get(0);
        assertEquals(audio.duration() / 48, video.duration() / 90, 1, "both are as long as the file");
        assertThrows(IOException.class, () -> Clip.read(file), "more than one");
        assertEquals(
                2,
                MediaDevices.generated().withFile(file).enumerateDevices().get().stream()
                        .filter(x -> x.label().equals("call.mkv"))
                        .count());
    }

    @Test
    void whatIsWholeOfAFileThatIsCutOffIsRead() throws Exception {
        Path file = dir.resolve("call.webm");
        MediaFileWriter w = MediaFileWriter.create(file);
        Samples.write(w, "VP8", 6);
        byte[] d = Files.readAllBytes(file);
        w.close();
        int before = 0;
        for (int n = d.length / 2; n <= d.length; n += 997) {
            int frames = MediaFile.read(Arrays.copyOf(d, n)).get(1).frames().size();
            assertTrue(frames >= before);
            before = frames;
        }
        assertTrue(before >= 145, before + " of the 150 that are in the file");
    }

    @Test
    void filesOfOthersAreRead() throws Exception {
        assumeTrue(Samples.has("ffmpeg"));
        List<Clip> vp9 = Clip.readAll(ffmpeg("a.webm", "-c:v", "libvpx-vp9", "-c:a", "libopus"));
        assertEquals(List.of("video", "audio"), vp9.stream().map(Clip::kind).toList());
        assertEquals(50, vp9.get(0).frames().size());
        List<Clip> vp8 =
                Clip.readAll(ffmpeg("live.webm", "-c:v", "libvpx", "-c:a", "libopus", "-f", "webm", "-live", "1"));
        assertTrue(vp8.get(1).frames().size() >= 100);
        Clip h264 = Clip.read(ffmpeg("a.mkv", "-c:v", "libx264", "-bf", "0", "-profile:v", "high", "-an"));
        assertEquals("64", h264.format().parameters().get("profile-level-id").substring(0, 2));
        assertEquals(
                NalUnit.SPS, NalUnit.split(h264.frames().get(0).data()).get(0).type(), "parameter sets are in band");
    }

    @Test
    void whatACallCannotTakeIsRefusedWithASentence() throws Exception {
        assumeTrue(Samples.has("ffmpeg"));
        String b = assertThrows(IOException.class, () -> Clip.readAll(ffmpeg("b.mkv", "-c:v", "libx264", "-an")))
                .getMessage();
        assertTrue(b.contains("B-frames") && b.contains("-bf 0"), b);
        String aac = assertThrows(
                        IOException.class,
                        () -> Clip.readAll(ffmpeg("aac.mkv", "-c:v", "libx264", "-bf", "0", "-c:a", "aac")))
                .getMessage();
        assertTrue(aac.contains("AAC") && aac.contains("libopus"), aac);
        Path surround = ffmpeg("six.mka", "-vn", "-ac", "6", "-c:a", "libopus", "-mapping_family", "1");
        String six =
                assertThrows(IOException.class, () -> Clip.readAll(surround)).getMessage();
        assertTrue(six.contains("two channels"), six);
        assertTrue(assertThrows(IOException.class, () -> Clip.readAll(ffmpeg("v.mkv", "-c:v", "mpeg4", "-an")))
                .getMessage()
                .contains("convert"));
    }

    /** A track of one cluster, whose blocks are given with their flags in front. */
    private static byte[] file(int type, String codec, byte[] configuration, byte[]... blocks) {
        ByteWriter w = new ByteWriter();
        ByteWriter head = new ByteWriter();
        Ebml.text(head, Ebml.DOC_TYPE, "webm");
        Ebml.master(w, Ebml.HEADER, head);
        Ebml.id(w, Ebml.SEGMENT).u64(Ebml.UNKNOWN);
        ByteWriter entry = new ByteWriter();
        Ebml.number(entry, Ebml.TRACK_NUMBER, 1);
        Ebml.number(entry, Ebml.TRACK_TYPE, type);
        Ebml.text(entry, Ebml.CODEC_ID, codec);
        Ebml.master(entry, Ebml.CODEC_PRIVATE, new ByteWriter().bytes(configuration));
        ByteWriter tracks = new ByteWriter();
        Ebml.master(tracks, Ebml.TRACK_ENTRY, entry);
        Ebml.master(w, Ebml.TRACKS, tracks);
        ByteWriter cluster = new ByteWriter();
        Ebml.number(cluster, Ebml.TIMESTAMP, 100);
        for (int i = 0; i < blocks.length; i++) {
            Ebml.master(
                    cluster,
                    Ebml.SIMPLE_BLOCK,
                    new ByteWriter().u8(0x81).u16(i * 40).bytes(blocks[i]));
        }
        Ebml.master(w, Ebml.CLUSTER, cluster);
        return w.toByteArray();
    }

    private static byte[] laced(int flags, byte[] content) {
        return file(
                2,
                "A_OPUS",
                new byte[0],
                new ByteWriter().u8(0x80 | flags).bytes(content).toByteArray());
    }

    private static List<String> av1(String configuration, String... blocks) throws IOException {
        byte[][] all = Arrays.stream(blocks).map(HexFormat.of()::parseHex).toArray(byte[][]::new);
        return MediaFile.read(file(1, "V_AV1", HexFormat.of().parseHex(configuration), all)).get(0).frames().stream()
                .map(f -> (f.keyFrame() ? "key " : "delta ") + HexFormat.of().formatHex(f.data()))
                .toList();
    }

    @Test
    void aKeyFrameOfAv1WithoutItsSequenceHeaderGetsTheOneInTheTracksEntry() throws Exception {
        String sequence = "0a03010203";
        String metadata = "2a0109";
        // frame headers begin with show_existing_frame, frame_type in two bits, show_frame
        String[] blocks = {
            "80" + "320210aa",
            "00" + "320230bb",
            "00" + "320210cc",
            "80" + "1200" + "0a03010204" + "320210dd",
            "00" + "320200ee"
        };
        String own = "key 0a03010204" + "320210dd";
        assertEquals(
                List.of(
                        "key " + sequence + metadata + "320210aa",
                        "delta 320230bb",
                        "key " + sequence + metadata + "320210cc",
                        own,
                        "delta 320200ee"),
                av1("81040c00" + sequence + metadata, blocks));
        for (String none : new String[] {"", "81040c00", "81040c00" + metadata + sequence, "81040c00" + "0a7f01"}) {
            assertEquals(
                    List.of("delta 320210aa", "delta 320230bb", "delta 320210cc", own, "delta 320200ee"),
                    av1(none, blocks),
                    "nobody can begin with it");
        }
        String[] many = Collections.nCopies(200, "80" + "320110").toArray(String[]::new);
        assertThrows(
                IOException.class,
                () -> av1("81040c00" + "0a6401" + "00".repeat(99), many),
                "more is put in than there is");
    }

    @Test
    void theLastUnitOfAFrameOfAv1MayBeWithoutItsLength() throws Exception {
        assertEquals(
                List.of("key 0a03010203" + "320310aabb", "delta 2a0109" + "36480230cc", "delta 320230dd"),
                av1(
                        "",
                        "80" + "0a03010203" + "3010aabb",
                        "00" + "2a0109" + "344830cc",
                        "00" + "b0",
                        "00" + "1200",
                        "00" + "320230dd"));
    }

    @Test
    void severalPacketsOfABlockAreRead() throws Exception {
        byte toc = (byte) 0xfc;
        byte[] xiph = {2, 1, 3, toc, toc, 1, 2, toc, 3, 4, 5};
        byte[] same = {2, toc, 1, toc, 2, toc, 3};
        byte[] ebml = {2, (byte) 0x81, (byte) 0xC1, toc, toc, 1, 2, toc, 3, 4, 5};
        for (byte[] b : new byte[][] {laced(2, xiph), laced(4, same), laced(6, ebml)}) {
            // one byte, then two more (0xC1: 2 behind the bias of 63), then the rest
            List<EncodedFrame> frames = MediaFile.read(b).get(0).frames();
            assertEquals(3, frames.size());
            assertEquals(
                    List.of(4_800L, 5_760L, 6_720L),
                    frames.stream().map(EncodedFrame::rtpTimestamp).toList());
        }
        assertThrows(IOException.class, () -> MediaFile.read(laced(2, new byte[] {2, (byte) 255, (byte) 255})));
        assertThrows(IOException.class, () -> MediaFile.read(laced(4, new byte[] {1, toc, 1, toc})));
    }

    @Test
    void mutatedFilesAreReadOrRefusedWithinTheirLength() throws Exception {
        Path file = dir.resolve("call.mkv");
        Random random = new Random(SEED);
        for (String codec : new String[] {"VP8", "H264", "AV1"}) {
            MediaFileWriter w = MediaFileWriter.create(file);
            Samples.write(w, codec, 2);
            if (codec.equals("VP8")) {
                w.close();
            }
            byte[] good = Files.readAllBytes(file);
            w.close();
            for (int run = 0; run < 1_500; run++) {
                byte[] d = Arrays.copyOf(good, random.nextInt(3) == 0 ? 1 + random.nextInt(good.length) : good.length);
                int head = Math.min(random.nextBoolean() ? 700 : d.length, d.length);
                for (int n = random.nextInt(8); n > 0; n--) {
                    d[random.nextInt(head)] =
                            (byte) new int[] {0, 255, 127, 128, 0xA3, random.nextInt()}[random.nextInt(6)];
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
                    throw new AssertionError(codec + " seed " + SEED + " run " + run, e);
                }
                assertTrue(Steps.taken() - before <= 8L * d.length + 100, "steps, seed " + SEED + " run " + run);
            }
        }
    }
}
