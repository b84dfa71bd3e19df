package dev.jvmrtc.bitstream.h264;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.CodedFrame;
import dev.jvmrtc.wire.HeaderBits;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * What makes access units of H.264 decodable from: which of them are key frames, and the parameter sets that these
 * need. A key frame is an IDR picture, or an I picture behind a recovery point, whose parameter sets are in it or known
 * from before or from a description; known ones are put into it, so that whoever begins with it (a decoder, a file) has
 * them.
 */
public final class KnownSets {
    /** Sets of parameters are some tens of bytes, with scaling matrices some hundreds. */
    private static final int MAX_SET = 1_024;
    /** Bytes of all sets that are kept; more are not learned. */
    private static final int MAX_HELD = 16_384;

    private static final int RECOVERY_POINT = 6;
    private static final int MAX_SPS_ID = 31;
    static final int MAX_PPS_ID = 255;
    /** Stands for the id of a set that is not kept. */
    private static final int UNREAD = MAX_PPS_ID + 1;

    /** NAL units by seq_parameter_set_id and pic_parameter_set_id. */
    private final TreeMap<Integer, byte[]> sps = new TreeMap<>();

    private final TreeMap<Integer, byte[]> pps = new TreeMap<>();
    private int held;
    /**
     * Ids of the sets in the access unit that is looked at: kept here, since one comes tens of times a second in each
     * stream.
     */
    private final BitSet spsHere = new BitSet(UNREAD + 1);

    private final BitSet ppsHere = new BitSet(UNREAD + 1);

    /** Takes one parameter set. What is no such thing is passed over. */
    public void learn(NalUnit set) {
        keep(set);
    }

    /** An access unit with all that is known of what it needs; null where no picture is in it. */
    public CodedFrame complete(byte[] frame) {
        spsHere.clear();
        ppsHere.clear();
        boolean recovery = false;
        int head = 0;
        // Parameter sets and SEI stand before the first slice (H.264 §7.4.1.2.3): behind it nothing has to be looked
        // at.
        for (int at = NalUnit.next(frame, 0); at < frame.length; ) {
            assert Steps.count();
            int type = frame[at] & 31;
            if (NalUnit.isSlice(type)) {
                return isKeyFrame(frame, at, recovery)
                        ? withSets(frame, SliceHeader.of(frame, at).pictureSet(), head)
                        : new CodedFrame(frame, false);
            }
            int following = NalUnit.next(frame, at);
            NalUnit u = new NalUnit(frame, at, NalUnit.end(frame, at, following));
            switch (type) {
                case NalUnit.SPS -> {
                    spsHere.set(keep(u));
                    head = u.to(); // picture parameter sets come behind it
                }
                case NalUnit.PPS -> ppsHere.set(keep(u));
                case NalUnit.SEI -> recovery |= tellsRecoveryPoint(frame, at + 1, u.to());
                case NalUnit.DELIMITER -> head = u.to();
                default -> {}
            }
            at = following;
        }
        return null;
    }

    /**
     * Whether all of the picture is such that decoding can begin with it: a picture of some I slices refreshes only a
     * part of what is shown. One whose first slice is not that of its first macroblock is as the recovery point says.
     */
    private static boolean isKeyFrame(byte[] frame, int slice, boolean recovery) {
        if ((frame[slice] & 31) == NalUnit.IDR) {
            return true;
        }
        boolean inOrder = slice + 1 < frame.length
                && (frame[slice + 1] & 0x80) != 0; // first_mb_in_slice 0 is written as the bit 1
        for (int at = slice; recovery && inOrder && at < frame.length; at = NalUnit.next(frame, at)) {
            assert Steps.count();
            int type = frame[at] & 31;
            if ((type == 1 || type == 2) && !SliceHeader.of(frame, at).isIntra()) {
                return false;
            }
        }
        return recovery;
    }

    private CodedFrame withSets(byte[] frame, int ppsId, int head) {
        byte[] wanted = pps.get(ppsId);
        int spsId = wanted == null ? UNREAD : spsIdOf(wanted);
        boolean hasSps = spsHere.get(spsId) || spsHere.get(UNREAD);
        if (wanted == null
                || hasSps && (ppsHere.get(ppsId) || ppsHere.get(UNREAD))
                || !hasSps && !sps.containsKey(spsId)) {
            // What it needs is not known: where sets come with it, they are for a decoder to judge.
            return new CodedFrame(frame, !spsHere.isEmpty() && !ppsHere.isEmpty());
        }
        ByteWriter w = new ByteWriter(frame.length + MAX_SET).bytes(frame, 0, head);
        if (!hasSps) {
            w.bytes(NalUnit.startCode()).bytes(sps.get(spsId));
        }
        for (Map.Entry<Integer, byte[]> e : pps.entrySet()) {
            assert Steps.count();
            if (!ppsHere.get(e.getKey()) && spsIdOf(e.getValue()) == spsId) {
                w.bytes(NalUnit.startCode()).bytes(e.getValue());
            }
        }
        return new CodedFrame(w.bytes(frame, head, frame.length - head).toByteArray(), true);
    }

    /** Remembers a parameter set under its id, which is returned; {@link #UNREAD} where it cannot be read. */
    private int keep(NalUnit u) {
        boolean sequence = u.length() > 0 && u.type() == NalUnit.SPS;
        if (u.length() < 2 || u.length() > MAX_SET || !sequence && u.type() != NalUnit.PPS) {
            return UNREAD;
        }
        // An SPS has profile, constraints and level before its id (§7.3.2.1.1).
        HeaderBits r = HeaderBits.ofNal(u.data(), u.from() + (sequence ? 4 : 1), u.to());
        int id = (int) Math.min(r.ue(), Integer.MAX_VALUE);
        if (r.ended() || id > (sequence ? MAX_SPS_ID : MAX_PPS_ID) || !sequence && spsIdOf(u.bytes()) < 0) {
            return UNREAD;
        }
        TreeMap<Integer, byte[]> sets = sequence ? sps : pps;
        byte[] unit = u.bytes();
        byte[] before = sets.get(id);
        int more = unit.length - (before == null ? 0 : before.length);
        if (before != null && Arrays.equals(before, unit)) {
            return id;
        }
        if (held + more <= MAX_HELD) {
            held += more;
            sets.put(id, unit);
        } else if (before != null) {
            sets.remove(id); // what it was holds no longer
            held -= before.length;
        }
        return id;
    }

    /** −1 where it cannot be read. */
    private static int spsIdOf(byte[] pps) {
        HeaderBits r = HeaderBits.ofNal(pps, 1, pps.length);
        r.ue();
        long id = r.ue();
        return r.ended() || id > MAX_SPS_ID ? -1 : (int) id;
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
}
