package dev.jvmrtc.media.file;

import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.wire.ByteWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Reads any bytes as an MP4 file. */
public final class Mp4Fuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        MatroskaFuzz.read(data);
    }

    /**
     * First inputs, by name: in fragments, without the room that is kept in the header; and with one index, of one
     * frame.
     */
    static Map<String, byte[]> seeds() throws IOException {
        Map<String, byte[]> seeds = new HashMap<>();
        for (String codec : new String[] {"VP9", "H264"}) {
            Path p = Files.createTempFile("jvmrtc-fuzz", ".mp4");
            try (MediaFileWriter w = MediaFileWriter.create(p)) {
                int a = w.addTrack("opus", "audio");
                int v = w.addTrack(codec, null);
                for (int i = 0; i < 3; i++) {
                    w.write(a, EncodedFrame.of(new byte[] {(byte) 0xfc, 1, 2, 3}, "opus", 0, true), i * 20_000L);
                    w.write(v, EncodedFrame.of(MatroskaFuzz.frame(codec), codec, 0, true), i * 33_000L);
                }
            }
            seeds.put(codec.toLowerCase(java.util.Locale.ROOT), withoutRoom(Files.readAllBytes(p)));
            Files.delete(p);
        }
        seeds.put("index", index());
        return seeds;
    }

    private static byte[] withoutRoom(byte[] d) {
        int at = 0;
        while (!(d[at + 4] == 'f' && d[at + 5] == 'r' && d[at + 6] == 'e' && d[at + 7] == 'e')) {
            at++;
        }
        int size = (d[at + 1] & 0xff) << 16 | (d[at + 2] & 0xff) << 8 | d[at + 3] & 0xff;
        byte[] s = Arrays.copyOf(d, d.length - size);
        System.arraycopy(d, at + size, s, at, s.length - at);
        return s;
    }

    private static byte[] index() {
        ByteWriter w = new ByteWriter();
        Mp4Boxes.box(w, "ftyp", b -> b.u32(Mp4Boxes.type("isom")).u32(0));
        byte[] frame = MatroskaFuzz.frame("VP8");
        Mp4Boxes.box(w, "mdat", b -> b.bytes(frame).bytes(frame));
        Mp4Boxes.box(
                w,
                "moov",
                m -> Mp4Boxes.box(m, "trak", t -> {
                    Mp4Boxes.box(
                            t,
                            "edts",
                            e -> Mp4Boxes.full(
                                    e,
                                    "elst",
                                    0,
                                    0,
                                    b -> b.u32(2)
                                            .u32(100)
                                            .u32(-1)
                                            .u32(0x10000)
                                            .u32(1_000)
                                            .u32(0)
                                            .u32(0x10000)));
                    Mp4Boxes.box(t, "mdia", d -> {
                        Mp4Boxes.full(
                                d,
                                "mdhd",
                                0,
                                0,
                                b -> b.u32(0).u32(0).u32(1_000).u32(0).u32(0));
                        Mp4Boxes.full(d, "hdlr", 0, 0, b -> b.u32(0).u32(Mp4Boxes.type("vide")));
                        Mp4Boxes.box(
                                d,
                                "minf",
                                i -> Mp4Boxes.box(i, "stbl", s -> {
                                    Mp4Boxes.full(s, "stsd", 0, 0, b -> {
                                        b.u32(1);
                                        Mp4Boxes.box(b, "vp08", v -> Mp4Boxes.zeros(v, 78));
                                    });
                                    Mp4Boxes.full(
                                            s,
                                            "stts",
                                            0,
                                            0,
                                            b -> b.u32(1).u32(2).u32(40));
                                    Mp4Boxes.full(
                                            s,
                                            "ctts",
                                            0,
                                            0,
                                            b -> b.u32(1).u32(2).u32(0));
                                    Mp4Boxes.full(
                                            s,
                                            "stsc",
                                            0,
                                            0,
                                            b -> b.u32(1).u32(1).u32(2).u32(1));
                                    Mp4Boxes.full(
                                            s,
                                            "stsz",
                                            0,
                                            0,
                                            b -> b.u32(0)
                                                    .u32(2)
                                                    .u32(frame.length)
                                                    .u32(frame.length));
                                    Mp4Boxes.full(s, "stss", 0, 0, b -> b.u32(1).u32(1));
                                    Mp4Boxes.full(s, "stco", 0, 0, b -> b.u32(1).u32(24));
                                }));
                    });
                }));
        return w.toByteArray();
    }

    private Mp4Fuzz() {}
}
