package dev.jvmrtc.media.file;

import dev.jvmrtc.fuzz.FuzzBounds;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads any bytes as a Matroska or WebM file. */
public final class MatroskaFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        read(data);
    }

    /** A file is refused with a sentence, or gives no more than is in it. */
    static void read(byte[] data) {
        FuzzBounds.work(data.length, () -> {
            try {
                long bytes = 0;
                for (Clip c : MediaFile.read(data)) {
                    for (EncodedFrame f : c.frames()) {
                        bytes += f.data().length;
                    }
                }
                FuzzBounds.atMost(4L * data.length, bytes, "bytes of frames");
            } catch (IOException e) {
                // refused
            }
        });
    }

    /** First inputs, by name: without the room that is kept in the header, in which there is nothing to find. */
    static Map<String, byte[]> seeds() throws IOException {
        Map<String, byte[]> seeds = new HashMap<>();
        for (String codec : new String[] {"VP8", "VP9", "H264"}) {
            Path p = Files.createTempFile("jvmrtc-fuzz", ".mkv");
            try (MediaFileWriter w = MediaFileWriter.create(p)) {
                int a = w.addTrack("opus", "audio");
                int v = w.addTrack(codec, null);
                for (int i = 0; i < 3; i++) {
                    w.write(a, EncodedFrame.of(new byte[] {(byte) 0xfc, 1, 2, 3}, "opus", 0, true), i * 20_000L);
                    w.write(v, EncodedFrame.of(frame(codec), codec, 0, true), i * 33_000L);
                }
            }
            byte[] d = Files.readAllBytes(p);
            Files.delete(p);
            byte[] s = new byte[d.length - 15_000];
            // The void behind the tracks, shortened: its length of eight bytes is 15,000 less.
            int at = 0;
            while (!(d[at] == (byte) 0xEC && d[at + 1] == 1 && d[at + 7] * 256 > 15_000)) {
                at++;
            }
            int length = (d[at + 7] & 0xff) << 8 | d[at + 8] & 0xff;
            System.arraycopy(d, 0, s, 0, at + 9);
            s[at + 7] = (byte) (length - 15_000 >> 8);
            s[at + 8] = (byte) (length - 15_000);
            System.arraycopy(d, at + 9 + 15_000, s, at + 9, s.length - at - 9);
            seeds.put(codec.toLowerCase(java.util.Locale.ROOT), s);
        }
        return seeds;
    }

    static byte[] frame(String codec) {
        return switch (codec) {
            case "VP8" -> new byte[] {0x10, 0, 0, (byte) 0x9d, 1, 0x2a, 16, 0, 16, 0};
            case "VP9" -> new byte[] {(byte) 0x82, 0x49, (byte) 0x83, 0x42, 0x20, 0, (byte) 0xF0, 0, (byte) 0xF0, 0, 0};
            default ->
                new byte[] {
                    0, 0, 0, 1, 103, 66, -64, 31, -38, 5, 7, -20, 4, 64, 0, 0, 3, 0, 64, 0, 0, 15, 35, -58, 12, -88, 0,
                    0, 0, 1, 104, -50, 60, -128, 0, 0, 0, 1, 0x65, 1, 2, 3
                };
        };
    }

    private MatroskaFuzz() {}
}
