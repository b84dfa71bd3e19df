package dev.jvmrtc.media.file;

import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes the boxes of an MP4 file (ISO/IEC 14496-12 §4.2): a length, a type of four letters, content. */
final class Mp4Boxes {
    private static final int UNITY = 0x10000;

    private Mp4Boxes() {}

    static int type(String letters) {
        return Bytes.i32(letters.getBytes(StandardCharsets.US_ASCII), 0);
    }

    static void box(ByteWriter w, String type, Consumer<ByteWriter> content) {
        int at = w.length();
        w.u32(0).u32(type(type));
        content.accept(w);
        Bytes.put32(w.array(), at, w.length() - at);
    }

    /** One with a version and flags. */
    static void full(ByteWriter w, String type, int version, int flags, Consumer<ByteWriter> content) {
        box(w, type, b -> {
            b.u8(version).u24(flags);
            content.accept(b);
        });
    }

    static void zeros(ByteWriter w, int n) {
        w.bytes(new byte[n]);
    }

    /** A matrix that turns clockwise by so many degrees (§8.3.2). */
    static void matrix(ByteWriter w, int rotation) {
        int cos = rotation == 0 ? UNITY : rotation == 180 ? -UNITY : 0;
        int sin = rotation == 90 ? UNITY : rotation == 270 ? -UNITY : 0;
        w.u32(cos).u32(sin).u32(0).u32(-sin).u32(cos).u32(0).u32(0).u32(0).u32(0x40000000);
    }
}
