package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ogg and IVF files of other makes and in pieces, and ours as other programs see them. */
class ContainersTest {
    @TempDir
    Path dir;

    /** 20 ms of CELT in one frame, told apart by its second byte. */
    private static EncodedFrame audio(int index, long timestamp) {
        return EncodedFrame.of(new byte[] {(byte) 0xf8, (byte) index, 3}, "opus", timestamp, true);
    }

    private byte[] ogg(int from, int to) throws IOException {
        Path f = dir.resolve("some.ogg");
        try (OggOpus.Writer w = new OggOpus.Writer(f, 2)) {
            for (int i = from; i < to; i++) {
                w.write(audio(i, i * 960L));
            }
        }
        return Files.readAllBytes(f);
    }

    private Clip read(String name, byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] p : parts) {
            all.writeBytes(p);
        }
        return Clip.read(Files.write(dir.resolve(name), all.toByteArray()));
    }

    private static List<Integer> indexes(Clip c) {
        return c.frames().stream().map(f -> (int) f.data()[1]).toList();
    }

    private record Page(int flags, long granule, List<Integer> packets) {}

    private static List<Page> pages(byte[] d) {
        ByteBuffer b = ByteBuffer.wrap(d).order(ByteOrder.LITTLE_ENDIAN);
        List<Page> all = new ArrayList<>();
        for (int at = 0; at < d.length; ) {
            int segments = d[at + 26] & 0xff;
            int body = 0;
            List<Integer> packets = new ArrayList<>();
            int packet = 0;
            for (int i = 0; i < segments; i++) {
                int n = d[at + 27 + i] & 0xff;
                body += n;
                packet += n;
                if (n < 255) {
                    packets.add(packet);
                    packet = 0;
                }
            }
            all.add(new Page(d[at + 5], b.getLong(at + 6), packets));
            at += 27 + segments + body;
        }
        return all;
    }

    @Test
    void streamsBehindOneAnotherPlayAsOne() throws Exception {
        Clip c = read("a.ogg", ogg(0, 5), ogg(5, 9));
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8), indexes(c));
        for (int i = 0; i < 9; i++) {
            assertEquals(i * 960L, c.frames().get(i).rtpTimestamp());
        }
    }

    @Test
    void audioOfMoreThanOneStreamInAPacketIsRefusedWithWhatToDo() throws Exception {
        byte[] d = ogg(0, 3);
        int head = new String(d, StandardCharsets.ISO_8859_1).indexOf("OpusHead");
        d[head + 9] = 6;
        d[head + 18] = 1;
        IOException e = assertThrows(IOException.class, () -> read("a.ogg", d));
        assertTrue(e.getMessage().contains("encode it again"), e.getMessage());
    }

    @Test
    void pagesOfAnotherStreamBesideTheAudioAreRefused() throws Exception {
        byte[] d = ogg(0, 3);
        byte[] other = Arrays.copyOf(d, 27 + 1 + 19);
        other[14] ^= 1;
        assertThrows(
                IOException.class,
                () -> read("a.ogg", Arrays.copyOf(d, 47), other, Arrays.copyOfRange(d, 47, d.length)));
    }

    @Test
    void ofAFileThatWasCutOffWhatIsWholePlays() throws Exception {
        byte[] d = ogg(0, 5);
        int last = d.length - 31;
        for (int length = last; length < d.length; length++) {
            assertEquals(List.of(0, 1, 2, 3), indexes(read("a.ogg", Arrays.copyOf(d, length))), length + " bytes");
        }
        assertEquals(
                List.of(0, 1, 2, 3, 4),
                indexes(read("a.ogg", d, "rubbish behind it".getBytes(StandardCharsets.US_ASCII))));
        byte[] ivf = ivf(4);
        for (int length = ivf.length - 13; length < ivf.length; length++) {
            assertEquals(3, read("a.ivf", Arrays.copyOf(ivf, length)).frames().size(), length + " bytes");
        }
    }

    @Test
    void anOggFileOfOursEndsWithItsLastPacketAndHasTheLengthOfTheTime() throws Exception {
        List<Page> pages = pages(ogg(0, 3));
        assertEquals(
                List.of(19, 22),
                pages.subList(0, 2).stream().map(p -> p.packets.get(0)).toList());
        assertEquals(
                List.of(new Page(0, 960, List.of(3)), new Page(0, 1_920, List.of(3)), new Page(4, 2_880, List.of(3))),
                pages.subList(2, 5));
        Page end = pages(ogg(0, 0)).get(2);
        assertEquals(new Page(4, 0, List.of()), end, "of nothing, too");
    }

    @Test
    void gapsAreFilledWithPacketsThatAskForConcealment() throws Exception {
        Path f = dir.resolve("a.ogg");
        try (OggOpus.Writer w = new OggOpus.Writer(f, 2)) {
            w.write(audio(0, 0xffff_ff00L));
            w.write(EncodedFrame.of(new byte[0], "opus", 0, true));
            w.write(EncodedFrame.of(new byte[] {3, 0}, "opus", 0, true));
            w.write(audio(1, 0xffff_ff00L + 960 * 10 + 130 & 0xffff_ffffL));
            w.write(audio(2, 0xffff_ff00L + 480_000 * 3L & 0xffff_ffffL));
        }
        Clip c = Clip.read(f);
        long samples = 0;
        for (EncodedFrame e : c.frames()) {
            assertTrue(OggOpus.samples(e.data()) > 0);
            samples += OggOpus.samples(e.data());
        }
        assertEquals(960 * 12 + 120, samples, "nine packets, and 2.5 ms of 2.7; none for a leap of twenty seconds");
        List<Page> pages = pages(Files.readAllBytes(f));
        assertEquals(960 * 12 + 130, pages.get(pages.size() - 1).granule);
        assertEquals(
                960 * 10 + 130,
                c.frames().get(c.frames().size() - 2).rtpTimestamp(),
                "the time of what follows is right to the sample");
    }

    @Test
    void aGapInTheGranulePositionsOfAFileIsAGapInTime() throws Exception {
        byte[] d = ogg(0, 3);
        int at = d.length - 31;
        ByteBuffer.wrap(d).order(ByteOrder.LITTLE_ENDIAN).putLong(at + 6, 2_880 + 48_000);
        Clip c = read("a.ogg", d);
        assertEquals(
                List.of(0L, 960L, 1_920L + 48_000),
                c.frames().stream().map(EncodedFrame::rtpTimestamp).toList());
    }

    private byte[] ivf(int frames) throws IOException {
        Path f = dir.resolve("some.ivf");
        try (Ivf.Writer w = new Ivf.Writer(f, "VP8")) {
            for (int i = 0; i < frames; i++) {
                w.write(EncodedFrame.of(
                        new byte[] {(byte) (i == 0 ? 0 : 1)}, "VP8", 0xffff_f000L + i * 9_000L & 0xffff_ffffL, i == 0));
                w.write(EncodedFrame.of(new byte[0], "VP8", 0, false));
            }
        }
        return Files.readAllBytes(f);
    }

    @Test
    void theLengthOfAnIvfFileOfOursIsInUnitsOfItsTimeBase() throws Exception {
        ByteBuffer b = ByteBuffer.wrap(ivf(10)).order(ByteOrder.LITTLE_ENDIAN);
        assertArrayEquals(new int[] {90_000, 1, 90_000}, new int[] {b.getInt(16), b.getInt(20), b.getInt(24)});
        assertEquals(9 * 9_000, b.getLong(32 + 9 * 13 + 4), "over the wrap of the timestamps");
    }

    @Test
    void framesOfNoBytesArePassedOver() throws Exception {
        assertEquals(3, read("a.ivf", ivf(3), new byte[12]).frames().size());
    }

    /** {@code 1.000000} of {@code duration=1.000000}; skips the test where there is no ffprobe. */
    private static String duration(Path f) throws Exception {
        Process p;
        try {
            p = new ProcessBuilder(
                            "ffprobe",
                            "-v",
                            "warning",
                            "-show_entries",
                            "stream=duration",
                            "-of",
                            "csv=p=0",
                            f.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "no ffprobe");
            return null;
        }
        return new String(p.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }

    @Test
    void ffprobeHasNothingToSayAboutOurFiles() throws Exception {
        Path media = Path.of("src/test/interop/media");
        Path ivf = dir.resolve("v.ivf");
        Clip video = Clip.read(media.resolve("pic-VP8.ivf"));
        try (Ivf.Writer w = new Ivf.Writer(ivf, "VP8")) {
            for (EncodedFrame f : video.frames()) {
                w.write(f);
            }
        }
        assertEquals(video.duration() / 90_000.0, Double.parseDouble(duration(ivf)), 0.001);
        Path ogg = dir.resolve("s.opus");
        try (OggOpus.Writer w = new OggOpus.Writer(ogg, 2)) {
            for (EncodedFrame f : Clip.read(media.resolve("tone.ogg")).frames()) {
                if (f.rtpTimestamp() < 24_000 || f.rtpTimestamp() > 36_000) {
                    w.write(f);
                }
            }
        }
        assertEquals(Clip.read(ogg).duration() / 48_000.0, Double.parseDouble(duration(ogg)), 0.01);
    }
}
