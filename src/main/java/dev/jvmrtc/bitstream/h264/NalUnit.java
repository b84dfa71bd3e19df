package dev.jvmrtc.bitstream.h264;

import dev.jvmrtc.core.Steps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A NAL unit of a byte stream (ITU-T H.264 annex B), without its start code: bytes {@code from} up to {@code to} of the
 * data, one or more.
 */
public record NalUnit(byte[] data, int from, int to) {
    public static final int IDR = 5;
    public static final int SEI = 6;
    public static final int SPS = 7;
    public static final int PPS = 8;
    public static final int DELIMITER = 9;
    private static final byte[] START_CODE = {0, 0, 0, 1};

    public static byte[] startCode() {
        return START_CODE.clone();
    }

    /**
     * The parameter sets of a description (RFC 6184 §8.1, RFC 7798 §7.1): NAL units in Base64, with commas between, or
     * null for none. What is no such thing is passed over: what of it is in band still counts.
     */
    public static List<NalUnit> ofBase64(String parameterSets) {
        List<NalUnit> units = new ArrayList<>();
        for (String s : parameterSets == null ? new String[0] : parameterSets.split(",")) {
            assert Steps.count();
            try {
                byte[] unit = Base64.getDecoder().decode(s.strip());
                if (unit.length > 0) {
                    units.add(new NalUnit(unit, 0, unit.length));
                }
            } catch (IllegalArgumentException e) {
                continue;
            }
        }
        return units;
    }

    public int type() {
        return data[from] & 31;
    }

    /** Whether it is part of the primary coded picture (table 7-1): a slice, or a partition of one. */
    public static boolean isSlice(int type) {
        return type >= 1 && type <= IDR;
    }

    public int length() {
        return to - from;
    }

    public byte[] bytes() {
        return Arrays.copyOfRange(data, from, to);
    }

    /** All of a byte stream, in turn; what is before the first start code is none. */
    public static List<NalUnit> split(byte[] d) {
        List<NalUnit> units = new ArrayList<>();
        int at = next(d, 0);
        while (at < d.length) {
            assert Steps.count();
            int following = next(d, at);
            int end = end(d, at, following);
            if (end > at) {
                units.add(new NalUnit(d, at, end));
            }
            at = following;
        }
        return units;
    }

    /** The first byte behind the next start code at or behind {@code from}; the length where there is none. */
    public static int next(byte[] d, int from) {
        for (int i = from; i + 2 < d.length; i++) {
            assert Steps.count();
            if (d[i] == 0 && d[i + 1] == 0 && d[i + 2] == 1) {
                return i + 3;
            }
        }
        return d.length;
    }

    /**
     * Where a unit ends behind which the next one's first byte is at {@code following}: without start code and zeros.
     * "The last byte of the NAL unit shall not be equal to 0x00" (§7.4.1): zeros are of the next start code, or
     * trailing_zero_8bits.
     */
    public static int end(byte[] d, int from, int following) {
        int code = following - 3;
        int end = code >= from && d[code] == 0 && d[code + 1] == 0 && d[code + 2] == 1 ? code : following;
        while (end > from && d[end - 1] == 0) {
            assert Steps.count();
            end--;
        }
        return end;
    }
}
