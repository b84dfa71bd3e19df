package dev.jvmrtc.bitstream.h265;

import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.HeaderBits;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which access units of H.265 are key frames, and the parameter sets that these need: such as come without get those that are known from before or from a
 * description. A stream has one set for videos and one for sequences at a time, as all encoders for calls make them.
 */
public final class KnownHevcSets {
    private static final int MAX_SET = 1_024;
    private static final int MAX_SETS = 16;
    private static final int MAX_PPS_ID = 63;

    /** By type, those of pictures by their id too; in the order in which they refer to one another. */
    private final TreeMap<Integer, byte[]> sets = new TreeMap<>();

    /** An access unit with all that is known of what it needs. */
    public record Picture(byte[] data, boolean keyFrame) {
    }

    /** Takes parameter sets from a description (RFC 7798 §7.1): NAL units in Base64, with commas between, or null. What is no such thing is passed over. */
    public void learn(String parameterSets) {
        if (parameterSets == null) {
            return;
        }
        for (String s : parameterSets.split(",")) {
            assert Steps.count();
            try {
                byte[] unit = Base64.getDecoder().decode(s.strip());
                keep(new NalUnit(unit, 0, unit.length));
            } catch (IllegalArgumentException e) {
                // What of it is in band still counts.
            }
        }
    }

    /** Null where no picture is in it. */
    public Picture complete(byte[] frame) {
        Set<Integer> here = new HashSet<>();
        int head = 0;
        for (int at = NalUnit.next(frame, 0); at < frame.length;) {
            assert Steps.count();
            int type = HevcUnits.type(frame[at]);
            if (HevcUnits.isSlice(type)) {
                return HevcUnits.isIntraRandomAccess(type) ? withSets(frame, here, head) : new Picture(frame, false);
            }
            int following = NalUnit.next(frame, at);
            NalUnit u = new NalUnit(frame, at, NalUnit.end(frame, at, following));
            if (HevcUnits.isParameterSet(type)) {
                keep(u);
                here.add(type);
            } else if (type == HevcUnits.DELIMITER) {
                head = u.to();
            }
            at = following;
        }
        return null;
    }

    private Picture withSets(byte[] frame, Set<Integer> here, int head) {
        if (here.size() == HevcUnits.PPS - HevcUnits.VPS + 1) {
            return new Picture(frame, true);
        }
        Set<Integer> known = new HashSet<>(here);
        sets.keySet().forEach(k -> known.add(k >> 8));
        if (known.size() != HevcUnits.PPS - HevcUnits.VPS + 1) {
            return new Picture(frame, false);
        }
        // All of them, in their order: who has some in band and not those that these refer to, reads the same again.
        ByteWriter w = new ByteWriter(frame.length + MAX_SET).bytes(frame, 0, head);
        for (Map.Entry<Integer, byte[]> e : sets.entrySet()) {
            assert Steps.count();
            w.bytes(NalUnit.startCode()).bytes(e.getValue());
        }
        return new Picture(w.bytes(frame, head, frame.length - head).toByteArray(), true);
    }

    private void keep(NalUnit u) {
        if (u.length() <= HevcUnits.HEADER || u.length() > MAX_SET) {
            return;
        }
        int type = HevcUnits.type(u.data()[u.from()]);
        long id = type == HevcUnits.PPS ? HeaderBits.ofNal(u.data(), u.from() + HevcUnits.HEADER, u.to()).ue() : 0;
        int key = type << 8 | (int) Math.min(id, MAX_PPS_ID);
        if (HevcUnits.isParameterSet(type) && (sets.containsKey(key) || sets.size() < MAX_SETS)) {
            sets.put(key, u.bytes());
        }
    }
}
