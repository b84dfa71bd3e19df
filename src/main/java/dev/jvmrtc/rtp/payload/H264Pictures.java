package dev.jvmrtc.rtp.payload;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.NalBits;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What makes access units of H.264 decodable from: which of them are key frames, and the parameter sets that these need. A key frame is an IDR picture, or an I
 * picture behind a recovery point, whose parameter sets are in it or known from before or from the description; known ones are put into it, so that whoever
 * begins with it (a decoder, a file) has them.
 */
final class H264Pictures {
    /** Sets of parameters are some tens of bytes, with scaling matrices some hundreds. */
    private static final int MAX_SET = 1_024;
    /** Bytes of all sets that are kept; more are not learned. */
    private static final int MAX_HELD = 16_384;
    private static final int RECOVERY_POINT = 6;
    private static final int MAX_SPS_ID = 31;
    private static final int MAX_PPS_ID = 255;

    /** NAL units by seq_parameter_set_id and pic_parameter_set_id. */
    private final TreeMap<Integer, byte[]> sps = new TreeMap<>();
    private final TreeMap<Integer, byte[]> pps = new TreeMap<>();
    private int held;

    /** Takes parameter sets from a description: NAL units in Base64, with commas between. What is no such thing is passed over. */
    void learn(String parameterSets) {
        for (String s : parameterSets.split(",", MAX_SPS_ID)) {
            assert Steps.count();
            try {
                byte[] unit = Base64.getDecoder().decode(s.strip());
                keep(unit, 0, unit.length);
            } catch (IllegalArgumentException e) {
                // What of it is in band still counts.
            }
        }
    }

    /** Null where no picture is in it. */
    Depacketizer.Whole complete(byte[] frame) {
        Set<Integer> spsHere = new HashSet<>();
        Set<Integer> ppsHere = new HashSet<>();
        boolean recovery = false;
        int behindDelimiter = 0;
        // Parameter sets and SEI stand before the first slice (H.264 §7.4.1.2.3): behind it nothing has to be looked at.
        for (int at = next(frame, 0); at < frame.length; ) {
            assert Steps.count();
            int type = frame[at] & 31;
            if (H264.isSlice(type)) {
                return picture(frame, at, recovery, spsHere, ppsHere, behindDelimiter);
            }
            int end = next(frame, at);
            int length = unitEnd(frame, at, end) - at;
            switch (type) {
                case H264.NAL_SPS -> spsHere.add(keep(frame, at, length));
                case H264.NAL_PPS -> ppsHere.add(keep(frame, at, length));
                case H264.NAL_SEI -> recovery |= tellsRecoveryPoint(frame, at + 1, at + length);
                case H264.NAL_AUD -> behindDelimiter = at + length;
                default -> { }
            }
            at = end;
        }
        return null;
    }

    private Depacketizer.Whole picture(byte[] frame, int slice, boolean recovery, Set<Integer> spsHere, Set<Integer> ppsHere, int behindDelimiter) {
        boolean idr = (frame[slice] & 31) == H264.NAL_IDR;
        NalBits header = new NalBits(frame, slice + 1, frame.length);
        long firstMacroblock = header.ue();
        long sliceType = header.ue();
        long ppsId = header.ue();
        // Table 7-6: 2 and 7 are I. The slice that begins the picture tells of all; one that begins elsewhere does not.
        if (!idr && !(recovery && (firstMacroblock != 0 || sliceType % 5 == 2))) {
            return new Depacketizer.Whole(frame, false);
        }
        if (!spsHere.isEmpty() && !ppsHere.isEmpty()) {
            return new Depacketizer.Whole(frame, true);
        }
        byte[] wanted = pps.get((int) ppsId);
        Integer spsId = wanted == null ? null : (int) spsIdOf(wanted);
        if (spsId == null || !sps.containsKey(spsId)) {
            return new Depacketizer.Whole(frame, false);
        }
        ByteWriter w = new ByteWriter(frame.length + MAX_SET).bytes(frame, 0, behindDelimiter);
        if (!spsHere.contains(spsId)) {
            w.bytes(H264.START_CODE).bytes(sps.get(spsId));
        }
        for (Map.Entry<Integer, byte[]> e : pps.entrySet()) {
            assert Steps.count();
            if (!ppsHere.contains(e.getKey()) && spsIdOf(e.getValue()) == spsId) {
                w.bytes(H264.START_CODE).bytes(e.getValue());
            }
        }
        return new Depacketizer.Whole(w.bytes(frame, behindDelimiter, frame.length - behindDelimiter).toByteArray(), true);
    }

    /** Remembers a parameter set under its id, which is returned; −1 where it cannot be read. */
    private int keep(byte[] d, int from, int length) {
        boolean sequence = length > 0 && (d[from] & 31) == H264.NAL_SPS;
        if (length < 2 || length > MAX_SET || !sequence && (d[from] & 31) != H264.NAL_PPS) {
            return -1;
        }
        // An SPS has profile, constraints and level before its id (§7.3.2.1.1).
        long id = new NalBits(d, from + (sequence ? 4 : 1), from + length).ue();
        if (id < 0 || id > (sequence ? MAX_SPS_ID : MAX_PPS_ID)) {
            return -1;
        }
        TreeMap<Integer, byte[]> sets = sequence ? sps : pps;
        byte[] before = sets.get((int) id);
        int more = length - (before == null ? 0 : before.length);
        if (before != null && Arrays.equals(before, 0, before.length, d, from, from + length)) {
            return (int) id;
        }
        if (held + more <= MAX_HELD) {
            held += more;
            sets.put((int) id, Arrays.copyOfRange(d, from, from + length));
        } else if (before != null) {
            sets.remove((int) id); // what it was holds no longer
            held -= before.length;
        }
        return (int) id;
    }

    private static long spsIdOf(byte[] pps) {
        NalBits b = new NalBits(pps, 1, pps.length);
        b.ue();
        return b.ue();
    }

    /** Whether one of the SEI messages (§7.3.2.3.1) is a recovery point; one that runs past its unit may be. */
    private static boolean tellsRecoveryPoint(byte[] d, int from, int end) {
        int p = from;
        while (p < end && (d[p] & 0xff) != 0x80) {
            assert Steps.count();
            int[] values = new int[2];
            for (int i = 0; i < 2; i++) {
                while (p < end && (d[p] & 0xff) == 0xff) {
                    assert Steps.count();
                    values[i] += 255;
                    p++;
                }
                values[i] += p < end ? d[p++] & 0xff : 0;
            }
            if (values[0] == RECOVERY_POINT || values[1] > end - p) {
                return true;
            }
            p += values[1];
        }
        return false;
    }

    /** The first byte behind the next start code; the length where there is none. */
    private static int next(byte[] f, int from) {
        for (int i = from; i + 2 < f.length; i++) {
            assert Steps.count();
            if (f[i] == 0 && f[i + 1] == 0 && f[i + 2] == 1) {
                return i + 3;
            }
        }
        return f.length;
    }

    /** The end of the unit behind which the next one's first byte is at {@code next}: without start code and zeros. */
    private static int unitEnd(byte[] f, int from, int next) {
        int end = next < f.length || next - 3 >= from && f[next - 1] == 1 && f[next - 2] == 0 && f[next - 3] == 0 ? next - 3 : next;
        while (end > from && f[end - 1] == 0) {
            assert Steps.count();
            end--;
        }
        return end;
    }
}
