package dev.jvmrtc.bitstream.h265;

import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.CodedFrame;
import dev.jvmrtc.wire.HeaderBits;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which access units of H.265 are key frames, and the parameter sets that these need: such as come without get those
 * that are known from before or from a description. A stream has one set for videos and one for sequences at a time, as
 * all encoders for calls make them.
 */
public final class KnownHevcSets {
    private static final int MAX_SET = 1_024;
    private static final int MAX_SETS = 16;
    private static final int MAX_PPS_ID = 63;
    private static final int ALL_KINDS = kind(HevcUnits.VPS) | kind(HevcUnits.SPS) | kind(HevcUnits.PPS);

    /** By type, picture parameter sets by their id too; in the order in which they refer to one another. */
    private final TreeMap<Integer, byte[]> sets = new TreeMap<>();

    /** An access unit with all that is known of what it needs; null where no picture is in it. */
    public CodedFrame complete(byte[] frame) {
        int here = 0;
        int head = 0;
        for (int at = NalUnit.next(frame, 0); at < frame.length; ) {
            assert Steps.count();
            int type = HevcUnits.type(frame[at]);
            if (HevcUnits.isSlice(type)) {
                return HevcUnits.isIntraRandomAccess(type) ? withSets(frame, here, head) : new CodedFrame(frame, false);
            }
            int following = NalUnit.next(frame, at);
            NalUnit u = new NalUnit(frame, at, NalUnit.end(frame, at, following));
            if (HevcUnits.isParameterSet(type)) {
                learn(u);
                here |= kind(type);
            } else if (type == HevcUnits.DELIMITER) {
                head = u.to();
            }
            at = following;
        }
        return null;
    }

    /** A bit for each type of parameter set. */
    private static int kind(int type) {
        return 1 << type - HevcUnits.VPS;
    }

    /** {@code here}: the kinds that are in it. */
    private CodedFrame withSets(byte[] frame, int here, int head) {
        if (here == ALL_KINDS) {
            return new CodedFrame(frame, true);
        }
        int known = here;
        for (int key : sets.keySet()) {
            assert Steps.count();
            known |= kind(key >> 8);
        }
        if (known != ALL_KINDS) {
            return new CodedFrame(frame, false);
        }
        // All of them, in their order: who has some in band and not those that these refer to, reads the same again.
        ByteWriter w = new ByteWriter(frame.length + MAX_SET).bytes(frame, 0, head);
        for (Map.Entry<Integer, byte[]> e : sets.entrySet()) {
            assert Steps.count();
            w.bytes(NalUnit.startCode()).bytes(e.getValue());
        }
        return new CodedFrame(w.bytes(frame, head, frame.length - head).toByteArray(), true);
    }

    /** Takes one parameter set. What is no such thing is passed over. */
    public void learn(NalUnit u) {
        if (u.length() <= HevcUnits.HEADER || u.length() > MAX_SET) {
            return;
        }
        int type = HevcUnits.type(u.data()[u.from()]);
        long id = type == HevcUnits.PPS
                ? HeaderBits.ofNal(u.data(), u.from() + HevcUnits.HEADER, u.to())
                        .ue()
                : 0;
        int key = type << 8 | (int) Math.min(id, MAX_PPS_ID);
        if (HevcUnits.isParameterSet(type) && (sets.containsKey(key) || sets.size() < MAX_SETS)) {
            sets.put(key, u.bytes());
        }
    }
}
