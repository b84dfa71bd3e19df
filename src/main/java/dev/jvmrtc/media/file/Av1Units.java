package dev.jvmrtc.media.file;

import dev.jvmrtc.bitstream.av1.Obu;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.CodedFrame;
import dev.jvmrtc.wire.HeaderBits;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * The units (OBUs) of AV1 in the form with lengths (AV1 specification §5.2, "low overhead bitstream format"), as files
 * and IVF have them.
 */
final class Av1Units {
    private static final int SELECT = 2;
    /** An AV1CodecConfigurationRecord begins with its version, and has its units behind four bytes. */
    private static final int VERSION = 0x81;

    private static final int RECORD = 4;

    private Av1Units() {}

    /**
     * What a stream's sequence header says; {@code configuration} is the AV1CodecConfigurationRecord ("AV1 Codec ISO
     * Media File Format Binding" §2.3).
     */
    record Sequence(int width, int height, byte[] configuration) {}

    /** Without temporal delimiters, which neither Matroska nor MP4 stores; null where the bytes are no units. */
    static byte[] withoutDelimiters(byte[] d) {
        List<Obu> units = Obu.split(d);
        if (units == null) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(d.length);
        for (Obu u : units) {
            if (u.type() != Obu.TEMPORAL_DELIMITER) {
                out.write(d, u.from(), u.to() - u.from());
            }
        }
        return out.toByteArray();
    }

    /**
     * The units of an AV1CodecConfigurationRecord, which a file may have there alone: "From any sync sample, an AV1
     * bitstream is formed by first outputting the OBUs contained in the AV1CodecConfigurationBox and then by outputing
     * all OBUs in the samples themselves" ("AV1 Codec ISO Media File Format Binding" §2.3.4). Nothing where none of
     * them is a sequence header, which "SHALL be the first OBU".
     */
    static byte[] configured(byte[] record) {
        if (record.length <= RECORD || (record[0] & 0xff) != VERSION) {
            return new byte[0];
        }
        byte[] d = Arrays.copyOfRange(record, RECORD, record.length);
        List<Obu> units = Obu.split(d);
        return units == null || units.get(0).type() != Obu.SEQUENCE_HEADER ? new byte[0] : withoutDelimiters(d);
    }

    /**
     * A temporal unit of a file as it is sent: each of its units with its length, which files may leave out of "the
     * last OBU in the frame … in which case it is assumed to fill the remainder of the frame" ("AOM AV1 codec mapping
     * in Matroska/WebM"), and before a key frame without a sequence header what is configured. Null where it is none.
     *
     * @param configured by {@link #configured}
     * @param flagged whether the file says that decoding can begin here. Matroska must not say so of a key frame
     *     without a sequence header, so the frame is looked at too
     */
    static CodedFrame temporalUnit(byte[] d, byte[] configured, boolean flagged) {
        List<Obu> units = Obu.split(d, true);
        if (units == null) {
            return null;
        }
        boolean sequence = false;
        Obu frame = null;
        for (Obu u : units) {
            assert Steps.count();
            sequence |= frame == null && u.type() == Obu.SEQUENCE_HEADER;
            frame = frame == null && (u.type() == Obu.FRAME || u.type() == Obu.FRAME_HEADER) ? u : frame;
        }
        if (frame == null) {
            return null;
        }
        boolean key = flagged || isShownKeyFrame(d, frame);
        ByteWriter w = new ByteWriter(configured.length + d.length + RECORD)
                .bytes(configured, 0, key && !sequence ? configured.length : 0);
        for (Obu u : units) {
            assert Steps.count();
            if (u.type() != Obu.TEMPORAL_DELIMITER) {
                write(d, u, w);
            }
        }
        return new CodedFrame(w.toByteArray(), key && (sequence || configured.length > 0));
    }

    /** §5.9.2, "Uncompressed header syntax": show_existing_frame 0, frame_type KEY_FRAME (0), show_frame 1. */
    private static boolean isShownKeyFrame(byte[] d, Obu frame) {
        return frame.payload() < frame.to() && (d[frame.payload()] & 0xf0) == 0x10;
    }

    private static void write(byte[] d, Obu u, ByteWriter w) {
        int header = d[u.from()] & 0xff;
        if ((header & Obu.HAS_SIZE) != 0) {
            w.bytes(d, u.from(), u.to() - u.from());
            return;
        }
        w.u8(header | Obu.HAS_SIZE);
        if ((header & Obu.EXTENSION) != 0) {
            w.u8(d[u.from() + 1]);
        }
        Obu.leb128(w, u.to() - u.payload()).bytes(d, u.payload(), u.to() - u.payload());
    }

    /** Null where there is no sequence header, or it is longer than {@code maxLength} or malformed. */
    static Sequence sequence(byte[] d, int maxLength) {
        List<Obu> units = Obu.split(d);
        Obu found = units == null
                ? null
                : units.stream()
                        .filter(u -> u.type() == Obu.SEQUENCE_HEADER)
                        .findFirst()
                        .orElse(null);
        return found == null || found.to() - found.from() > maxLength
                ? null
                : parse(d, found.from(), found.payload(), found.to());
    }

    /** §5.5.1, "General sequence header OBU syntax" */
    private static Sequence parse(byte[] d, int from, int payload, int to) {
        HeaderBits r = HeaderBits.of(d, payload, to);
        int profile = (int) r.bits(3);
        r.bit(); // still_picture
        boolean reduced = r.flag();
        int level = 0;
        int tier = 0;
        if (reduced) {
            level = (int) r.bits(5);
        } else {
            int delayBits = 0;
            boolean decoderModel = false;
            if (r.flag()) {
                r.skip(64);
                if (r.flag()) {
                    r.ue();
                }
                decoderModel = r.flag();
                if (decoderModel) {
                    delayBits = (int) r.bits(5) + 1;
                    r.skip(32 + 5 + 5);
                }
            }
            boolean displayDelay = r.flag();
            int points = (int) r.bits(5) + 1;
            for (int i = 0; i < points; i++) {
                assert Steps.count();
                r.skip(12);
                int pointLevel = (int) r.bits(5);
                int pointTier = pointLevel > 7 ? r.bit() : 0;
                level = i == 0 ? pointLevel : level;
                tier = i == 0 ? pointTier : tier;
                if (decoderModel && r.flag()) {
                    r.skip(2 * delayBits + 1);
                }
                if (displayDelay && r.flag()) {
                    r.skip(4);
                }
            }
        }
        int widthBits = (int) r.bits(4) + 1;
        int heightBits = (int) r.bits(4) + 1;
        int width = (int) r.bits(widthBits) + 1;
        int height = (int) r.bits(heightBits) + 1;
        if (!reduced && r.flag()) {
            r.skip(4 + 3);
        }
        r.skip(3);
        if (!reduced) {
            r.skip(4);
            boolean orderHint = r.flag();
            r.skip(orderHint ? 2 : 0);
            int screenTools = r.flag() ? SELECT : r.bit();
            if (screenTools > 0 && !r.flag()) {
                r.bit();
            }
            r.skip(orderHint ? 3 : 0);
        }
        r.skip(3);
        int colour = colour(r, profile);
        if (r.ended()) {
            return null;
        }
        byte[] c = new byte[4 + to - from];
        c[0] = (byte) 0x81;
        c[1] = (byte) (profile << 5 | level);
        c[2] = (byte) (tier << 7 | colour);
        System.arraycopy(d, from, c, 4, to - from);
        return new Sequence(width, height, c);
    }

    /**
     * §5.5.2, as the configuration record has it: high_bitdepth, twelve_bit, monochrome, chroma_subsampling_x and _y,
     * chroma_sample_position (2).
     */
    private static int colour(HeaderBits r, int profile) {
        boolean high = r.flag();
        boolean twelve = profile == 2 && high && r.flag();
        boolean mono = profile != 1 && r.flag();
        long primaries = 2;
        long transfer = 2;
        long matrix = 2;
        if (r.flag()) {
            primaries = r.bits(8);
            transfer = r.bits(8);
            matrix = r.bits(8);
        }
        int x = 1;
        int y = 1;
        int position = 0;
        if (mono) {
            r.bit();
        } else if (primaries == 1 && transfer == 13 && matrix == 0) {
            x = 0;
            y = 0;
        } else {
            r.bit();
            if (profile == 1) {
                x = 0;
                y = 0;
            } else if (profile == 2 && twelve) {
                x = r.bit();
                y = x == 1 ? r.bit() : 0;
            } else if (profile == 2) {
                y = 0;
            }
            position = x == 1 && y == 1 ? (int) r.bits(2) : 0;
        }
        return (high ? 1 << 6 : 0) | (twelve ? 1 << 5 : 0) | (mono ? 1 << 4 : 0) | x << 3 | y << 2 | position;
    }
}
