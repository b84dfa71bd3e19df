package dev.jvmrtc.bitstream.av1;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A unit (OBU) of AV1 in the form with lengths (AV1 specification §5.2, "low overhead bitstream format"): its header
 * begins at {@code from}, its payload lies from {@code payload} to {@code to}.
 */
public record Obu(int type, int from, int payload, int to) {
    public static final int SEQUENCE_HEADER = 1;
    public static final int TEMPORAL_DELIMITER = 2;
    public static final int FRAME_HEADER = 3;
    public static final int FRAME = 6;
    public static final int TILE_LIST = 8;
    public static final int PADDING = 15;
    /** Of the header's bits (§5.3.2): obu_forbidden_bit, obu_extension_flag and obu_has_size_field. */
    public static final int FORBIDDEN = 0x80;

    public static final int EXTENSION = 4;
    public static final int HAS_SIZE = 2;
    private static final int MAX_LEB128 = 4;

    public static int type(int header) {
        return header >> 3 & 15;
    }

    /** All units in turn; null where the bytes do not consist of whole units, each with its length. */
    public static List<Obu> split(byte[] d) {
        return split(d, false);
    }

    /** {@code lastMayFill}: whether one without a length, the last, takes what is left. */
    public static List<Obu> split(byte[] d, boolean lastMayFill) {
        List<Obu> units = new ArrayList<>();
        int at = 0;
        while (at < d.length) {
            assert Steps.count();
            int header = d[at] & 0xff;
            int p = at + ((header & EXTENSION) != 0 ? 2 : 1);
            boolean fills = lastMayFill && (header & HAS_SIZE) == 0;
            long size = fills ? d.length - p : (header & HAS_SIZE) == 0 ? -1 : leb128(d, p, d.length);
            if (size < 0 || (header & FORBIDDEN) != 0) {
                return null;
            }
            p += (int) (size >> 32);
            int length = (int) size;
            if (length > d.length - p) {
                return null;
            }
            units.add(new Obu(type(header), at, p, p + length));
            at = p + length;
        }
        return units;
    }

    public static ByteWriter leb128(ByteWriter w, int number) {
        int n = number;
        for (; n > 0x7f; n >>= 7) {
            w.u8(0x80 | n & 0x7f);
        }
        return w.u8(n);
    }

    /**
     * A number in leb128 (§4.10.5) of up to 28 bits, with how many bytes it takes above 32 bits; −1 where there is
     * none.
     */
    public static long leb128(byte[] d, int from, int end) {
        long value = 0;
        for (int n = 0; n < MAX_LEB128 && from + n < end; n++) {
            value |= (d[from + n] & 0x7fL) << 7 * n;
            if ((d[from + n] & 0x80) == 0) {
                return (n + 1L) << 32 | value;
            }
        }
        return -1;
    }
}
