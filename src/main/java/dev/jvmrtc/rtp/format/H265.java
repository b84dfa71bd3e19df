package dev.jvmrtc.rtp.format;

import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.bitstream.h265.HevcUnits;
import dev.jvmrtc.bitstream.h265.KnownHevcSets;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.CodedFrame;
import java.util.List;
import java.util.Map;

/**
 * H.265 (RFC 7798) as WebRTC has it: in the order of decoding, without decoding order numbers (sprop-max-don-diff 0).
 * Single NAL units and fragments are sent, aggregates are read too. Frames are access units in Annex B form.
 */
final class H265 implements Packetizer, Depacketizer {
    static final PayloadFormat FORMAT = PayloadFormat.of(random -> new H265(Map.of()), H265::new);

    private static final int AGGREGATE = 48;
    private static final int FRAGMENT = 49;
    /** Payload header and FU header (§4.4.3). */
    private static final int FRAGMENT_HEADER = 3;

    private static final int START = 0x80;
    private static final int END = 0x40;
    private static final byte[] START_CODE = NalUnit.startCode();

    private final KnownHevcSets sets = new KnownHevcSets();

    /** {@code parameters}: of the sender's description. */
    H265(Map<String, String> parameters) {
        for (String name : new String[] {"sprop-vps", "sprop-sps", "sprop-pps"}) {
            NalUnit.ofBase64(parameters.get(name)).forEach(sets::learn);
        }
    }

    @Override
    public void packetize(OutgoingFrame f, int maxPayload, Output out) {
        byte[] d = f.data();
        List<NalUnit> units = NalUnit.split(d).stream()
                .filter(u -> HevcUnits.isPossible(HevcUnits.type(d[u.from()]), u.length()))
                .toList();
        for (int i = 0; i < units.size(); i++) {
            NalUnit u = units.get(i);
            boolean lastUnit = i == units.size() - 1;
            if (u.length() <= maxPayload) {
                out.payload(d, 0, d, u.from(), u.length(), lastUnit);
                continue;
            }
            byte[] head = {(byte) (d[u.from()] & 0x81 | FRAGMENT << 1), d[u.from() + 1], 0};
            int first = u.from() + HevcUnits.HEADER;
            for (int at = first; at < u.to(); ) {
                int n = Math.min(u.to() - at, maxPayload - FRAGMENT_HEADER);
                boolean last = at + n == u.to();
                head[2] = (byte) ((at == first ? START : 0) | (last ? END : 0) | HevcUnits.type(d[u.from()]));
                out.payload(head, FRAGMENT_HEADER, d, at, n, last && lastUnit);
                at += n;
            }
        }
    }

    @Override
    public boolean marksFrameStart() {
        return false; // an access unit may begin with any of several kinds of NAL units, each of them in a packet of
        // its own
    }

    @Override
    public Info inspect(byte[] d, int o, int length) {
        int type = length == 0 ? 0 : HevcUnits.type(d[o]);
        if (!HevcUnits.isPossible(type, length)) {
            return null;
        }
        if (type == FRAGMENT) {
            int inner = d[o + 2] & 63;
            boolean first = (d[o + 2] & START) != 0;
            return length <= FRAGMENT_HEADER
                    ? null
                    : new Info(
                            first ? positionOf(inner, d[o + 3]) : Position.INNER,
                            first && HevcUnits.isIntraRandomAccess(inner),
                            0,
                            0,
                            HevcUnits.isSlice(inner));
        }
        return type == AGGREGATE
                ? inspectAggregate(d, o, length)
                : type > FRAGMENT
                        ? null
                        : new Info(
                                positionOf(type, length > HevcUnits.HEADER ? d[o + 2] : 0),
                                HevcUnits.isIntraRandomAccess(type),
                                0,
                                0,
                                HevcUnits.isSlice(type));
    }

    private static Info inspectAggregate(byte[] d, int o, int length) {
        boolean key = false;
        boolean slice = false;
        Position position = null;
        for (int p = o + HevcUnits.HEADER; p + 2 + HevcUnits.HEADER < o + length; p += 2 + Bytes.u16(d, p)) {
            assert Steps.count();
            int inner = HevcUnits.type(d[p + 2]);
            key |= HevcUnits.isIntraRandomAccess(inner);
            slice |= HevcUnits.isSlice(inner);
            position = position == null ? positionOf(inner, d[p + 4]) : position;
        }
        return new Info(position == null ? Position.ANY : position, key, 0, 0, slice);
    }

    /** A slice begins with first_slice_segment_in_pic_flag (H.265 §7.3.6.1). */
    private static Position positionOf(int type, int behindHeader) {
        boolean first = HevcUnits.isSlice(type) ? (behindHeader & 0x80) != 0 : HevcUnits.beginsAccessUnit(type);
        return first ? Position.FIRST : Position.ANY;
    }

    @Override
    public boolean append(byte[] d, int o, int length, ByteWriter frame) {
        int type = length == 0 ? 0 : HevcUnits.type(d[o]);
        if (!HevcUnits.isPossible(type, length)) {
            return false;
        }
        if (type == FRAGMENT) {
            if (length <= FRAGMENT_HEADER) {
                return false;
            }
            if ((d[o + 2] & START) != 0) {
                frame.bytes(START_CODE).u8(d[o] & 0x81 | (d[o + 2] & 63) << 1).u8(d[o + 1]);
            }
            frame.bytes(d, o + FRAGMENT_HEADER, length - FRAGMENT_HEADER);
            return true;
        }
        if (type == AGGREGATE) {
            int end = o + length;
            for (int p = o + HevcUnits.HEADER; p < end; ) {
                assert Steps.count();
                int n = end - p < 2 ? 0 : Bytes.u16(d, p);
                if (n == 0 || p + 2 + n > end || !HevcUnits.isPossible(HevcUnits.type(d[p + 2]), n)) {
                    return false;
                }
                frame.bytes(START_CODE).bytes(d, p + 2, n);
                p += 2 + n;
            }
            return true;
        }
        if (type > FRAGMENT) {
            return false;
        }
        frame.bytes(START_CODE).bytes(d, o, length);
        return true;
    }

    @Override
    public CodedFrame whole(byte[] frame, boolean keyFrame) {
        return sets.complete(frame);
    }
}
