package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import java.util.ArrayList;
import java.util.List;

/** The NAL units of an H.264 access unit in Annex B form, and what a file tells of them (ISO/IEC 14496-15 §5.3.3.1, "AVCDecoderConfigurationRecord"). */
final class H264Units {
    static final int IDR = 5;
    static final int SPS = 7;
    static final int PPS = 8;
    private static final int DELIMITER = 9;
    private static final int MAX_CYCLE = 255;
    /** Five bits count sequence parameter sets, eight those of pictures. */
    private static final int MAX_SPS = 31;
    private static final int MAX_PPS = 255;
    private static final int MAX_SET = 0xFFFF;

    private H264Units() {
    }

    /** A range of an array, without its start code. */
    record Unit(byte[] data, int from, int to) {
        int type() {
            return data[from] & 31;
        }

        int length() {
            return to - from;
        }

        byte[] bytes() {
            return java.util.Arrays.copyOfRange(data, from, to);
        }
    }

    /** A picture's size in pixels as it is shown. */
    record Size(int width, int height) {
    }

    static List<Unit> split(byte[] d) {
        List<Unit> units = new ArrayList<>();
        int begin = -1;
        for (int i = 0; i + 2 < d.length; i++) {
            assert Steps.count();
            if (d[i] == 0 && d[i + 1] == 0 && d[i + 2] == 1) {
                add(units, d, begin, i);
                begin = i + 3;
                i += 2;
            }
        }
        add(units, d, begin, d.length);
        return units;
    }

    private static void add(List<Unit> units, byte[] d, int from, int to) {
        if (from < 0) {
            return;
        }
        int end = to;
        // §7.4.1: the last byte of a NAL unit is not 0; zeros before a start code are its own or trailing_zero_8bits.
        while (end > from && d[end - 1] == 0) {
            assert Steps.count();
            end--;
        }
        if (end > from) {
            units.add(new Unit(d, from, end));
        }
    }

    static boolean isKeyFrame(List<Unit> units) {
        return units.stream().anyMatch(u -> u.type() == IDR);
    }

    /** The units behind their lengths in four bytes, as files hold them; without access unit delimiters, which files do without. */
    static byte[] withLengths(List<Unit> units) {
        int size = 0;
        for (Unit u : units) {
            size += u.type() == DELIMITER ? 0 : 4 + u.length();
        }
        java.nio.ByteBuffer b = java.nio.ByteBuffer.allocate(size);
        for (Unit u : units) {
            if (u.type() != DELIMITER) {
                b.putInt(u.length()).put(u.data, u.from, u.length());
            }
        }
        return b.array();
    }

    /** The parameter sets among the units as an AVCDecoderConfigurationRecord; null where one kind is missing, or they are more than it can hold. */
    static byte[] configuration(List<Unit> units, int maxLength) {
        List<Unit> sps = units.stream().filter(u -> u.type() == SPS).toList();
        List<Unit> pps = units.stream().filter(u -> u.type() == PPS).toList();
        int size = 7 + 4;
        for (Unit u : units) {
            size += u.type() == SPS || u.type() == PPS ? 2 + u.length() : 0;
        }
        boolean fits = size <= maxLength && sps.size() <= MAX_SPS && pps.size() <= MAX_PPS
            && units.stream().allMatch(u -> u.length() <= MAX_SET || u.type() < SPS);
        if (sps.isEmpty() || pps.isEmpty() || !fits || sps.get(0).length() < 4) {
            return null;
        }
        java.nio.ByteBuffer b = java.nio.ByteBuffer.allocate(size);
        Unit first = sps.get(0);
        b.put((byte) 1).put(first.data, first.from + 1, 3).put((byte) 0xFF).put((byte) (0xE0 | sps.size()));
        sps.forEach(u -> b.putShort((short) u.length()).put(u.data, u.from, u.length()));
        b.put((byte) pps.size());
        pps.forEach(u -> b.putShort((short) u.length()).put(u.data, u.from, u.length()));
        int profile = first.data[first.from + 1] & 0xff;
        if (profile == 100 || profile == 110 || profile == 122 || profile == 144) {
            HeaderBits r = HeaderBits.ofNal(first.data, first.from + 4, first.to);
            r.ue();
            int chroma = (int) r.ue();
            if (chroma == 3) {
                r.bit();
            }
            b.put((byte) (0xFC | chroma)).put((byte) (0xF8 | r.ue())).put((byte) (0xF8 | r.ue())).put((byte) 0);
        }
        return java.util.Arrays.copyOf(b.array(), b.position());
    }

    /** The picture's size of a sequence parameter set (ITU-T H.264 §7.3.2.1.1), or null where it is malformed. */
    static Size size(Unit sps) {
        if (sps.length() < 4) {
            return null;
        }
        int profile = sps.data[sps.from + 1] & 0xff;
        HeaderBits r = HeaderBits.ofNal(sps.data, sps.from + 4, sps.to);
        r.ue(); // seq_parameter_set_id
        long chroma = 1;
        boolean separate = false;
        switch (profile) {
            case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> {
                chroma = r.ue();
                separate = chroma == 3 && r.flag();
                r.ue();
                r.ue();
                r.bit();
                if (r.flag()) {
                    skipScaling(r, chroma == 3 ? 12 : 8);
                }
            }
            default -> { }
        }
        r.ue(); // log2_max_frame_num_minus4
        long order = r.ue();
        if (order == 0) {
            r.ue();
        } else if (order == 1) {
            r.bit();
            r.se();
            r.se();
            long cycle = r.ue();
            if (cycle > MAX_CYCLE) {
                return null;
            }
            for (long i = 0; i < cycle; i++) {
                assert Steps.count();
                r.se();
            }
        }
        r.ue(); // max_num_ref_frames
        r.bit();
        long width = (r.ue() + 1) * 16;
        long mapHeight = r.ue() + 1;
        boolean frames = r.flag();
        long height = mapHeight * (frames ? 16 : 32);
        if (!frames) {
            r.bit();
        }
        r.bit();
        if (r.flag()) {
            // §7.4.2.1.1, equations 7-19 to 7-22
            boolean planes = chroma == 0 || separate;
            int unitX = planes || chroma == 3 ? 1 : 2;
            int unitY = (planes || chroma != 1 ? 1 : 2) * (frames ? 1 : 2);
            width -= (r.ue() + r.ue()) * unitX;
            height -= (r.ue() + r.ue()) * unitY;
        }
        boolean sound = !r.ended() && width > 0 && height > 0 && width <= 0xFFFF && height <= 0xFFFF;
        return sound ? new Size((int) width, (int) height) : null;
    }

    /** §7.3.2.1.1.1 */
    private static void skipScaling(HeaderBits r, int lists) {
        for (int i = 0; i < lists; i++) {
            if (r.flag()) {
                long last = 8;
                long next = 8;
                for (int j = 0; j < (i < 6 ? 16 : 64); j++) {
                    next = next == 0 ? 0 : last + r.se() + 256 & 255;
                    last = next == 0 ? last : next;
                }
            }
        }
    }
}
