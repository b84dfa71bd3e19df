package dev.jvmrtc.media.file;

import dev.jvmrtc.wire.ByteWriter;
import java.nio.charset.StandardCharsets;

/** The elements of a Matroska file (RFC 8794, RFC 9559), each an identifier, a length and content. */
final class Ebml {
    static final int HEADER = 0x1A45DFA3;
    static final int VERSION = 0x4286;
    static final int READ_VERSION = 0x42F7;
    static final int MAX_ID_LENGTH = 0x42F2;
    static final int MAX_SIZE_LENGTH = 0x42F3;
    static final int DOC_TYPE = 0x4282;
    static final int DOC_TYPE_VERSION = 0x4287;
    static final int DOC_TYPE_READ_VERSION = 0x4285;
    static final int VOID = 0xEC;
    static final int SEGMENT = 0x18538067;
    static final int SEEK_HEAD = 0x114D9B74;
    static final int SEEK = 0x4DBB;
    static final int SEEK_ID = 0x53AB;
    static final int SEEK_POSITION = 0x53AC;
    static final int INFO = 0x1549A966;
    static final int TIMESTAMP_SCALE = 0x2AD7B1;
    static final int DURATION = 0x4489;
    static final int MUXING_APP = 0x4D80;
    static final int WRITING_APP = 0x5741;
    static final int TRACKS = 0x1654AE6B;
    static final int TRACK_ENTRY = 0xAE;
    static final int TRACK_NUMBER = 0xD7;
    static final int TRACK_UID = 0x73C5;
    static final int TRACK_TYPE = 0x83;
    static final int FLAG_LACING = 0x9C;
    static final int NAME = 0x536E;
    static final int LANGUAGE = 0x22B59C;
    static final int CODEC_ID = 0x86;
    static final int CODEC_PRIVATE = 0x63A2;
    static final int SEEK_PRE_ROLL = 0x56BB;
    static final int CONTENT_ENCODINGS = 0x6D80;
    static final int VIDEO = 0xE0;
    static final int PIXEL_WIDTH = 0xB0;
    static final int PIXEL_HEIGHT = 0xBA;
    static final int PROJECTION = 0x7670;
    static final int PROJECTION_TYPE = 0x7671;
    static final int PROJECTION_POSE_ROLL = 0x7675;
    static final int AUDIO = 0xE1;
    static final int SAMPLING_FREQUENCY = 0xB5;
    static final int CHANNELS = 0x9F;
    static final int CLUSTER = 0x1F43B675;
    static final int TIMESTAMP = 0xE7;
    static final int SIMPLE_BLOCK = 0xA3;
    static final int BLOCK_GROUP = 0xA0;
    static final int BLOCK = 0xA1;
    static final int REFERENCE_BLOCK = 0xFB;
    static final int CUES = 0x1C53BB6B;
    static final int CUE_POINT = 0xBB;
    static final int CUE_TIME = 0xB3;
    static final int CUE_TRACK_POSITIONS = 0xB7;
    static final int CUE_TRACK = 0xF7;
    static final int CUE_CLUSTER_POSITION = 0xF1;

    /** A length of eight bytes: "all VINT_DATA bits set to one" says that it is not known (RFC 8794 §6.2). */
    static final long UNKNOWN = 0x01FFFFFFFFFFFFFFL;
    /** The marker of a length of eight bytes. */
    static final long EIGHT_BYTES = 0x0100000000000000L;

    private Ebml() {}

    static ByteWriter id(ByteWriter w, int id) {
        return id >>> 24 != 0 ? w.u32(id) : id >>> 16 != 0 ? w.u24(id) : id >>> 8 != 0 ? w.u16(id) : w.u8(id);
    }

    /** In as few bytes as it takes. */
    static ByteWriter length(ByteWriter w, int n) {
        return n < 0x7F
                ? w.u8(0x80 | n)
                : n < 0x3FFF
                        ? w.u16(0x4000 | n)
                        : n < 0x1FFFFF
                                ? w.u24(0x200000 | n)
                                : n < 0xFFFFFFF ? w.u32(0x10000000 | n) : w.u64(EIGHT_BYTES | n);
    }

    static ByteWriter master(ByteWriter w, int id, ByteWriter content) {
        return length(id(w, id), content.length()).bytes(content.array(), 0, content.length());
    }

    static ByteWriter binary(ByteWriter w, int id, byte[] content) {
        return length(id(w, id), content.length).bytes(content);
    }

    static ByteWriter text(ByteWriter w, int id, String text) {
        return binary(w, id, text.getBytes(StandardCharsets.UTF_8));
    }

    static ByteWriter number(ByteWriter w, int id, long value) {
        return value >>> 32 != 0
                ? number8(w, id, value)
                : value >>> 16 != 0
                        ? length(id(w, id), 4).u32(value)
                        : value >>> 8 != 0
                                ? length(id(w, id), 2).u16((int) value)
                                : length(id(w, id), 1).u8((int) value);
    }

    /** In eight bytes, so that another can be written over it. */
    static ByteWriter number8(ByteWriter w, int id, long value) {
        return length(id(w, id), 8).u64(value);
    }

    static ByteWriter real(ByteWriter w, int id, double value) {
        return length(id(w, id), 8).u64(Double.doubleToLongBits(value));
    }

    /** Fills up to {@code end} with an element that means nothing; at least two bytes have to be free, or none. */
    static ByteWriter fill(ByteWriter w, int end) {
        int n = end - w.length();
        if (n == 0) {
            return w;
        }
        if (n < 2) {
            throw new IllegalStateException("no room");
        }
        w.u8(VOID);
        int content = n - 2;
        if (content < 0x7F) {
            w.u8(0x80 | content);
        } else {
            content = n - 9;
            w.u64(EIGHT_BYTES | content);
        }
        return w.bytes(new byte[content]);
    }
}
