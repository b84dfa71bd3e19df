package dev.jvmrtc.rtp.format;

import dev.jvmrtc.bitstream.h264.KnownSets;
import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.CodedFrame;
import java.util.List;
import java.util.Map;

/**
 * H.264 (RFC 6184), packetization modes 0 (single NAL units) and 1 (also STAP-A and FU-A). Frames are access units in
 * Annex B form, each NAL unit behind a start code.
 */
public final class H264 implements Packetizer, Depacketizer {
    static final PayloadFormat FORMAT = new PayloadFormat() {
        @Override
        public Packetizer packetizer(Map<String, String> negotiated, int random) {
            return new H264(canFragment(negotiated) ? 1 : 0);
        }

        @Override
        public Depacketizer depacketizer(Map<String, String> ofSender) {
            return new H264(1, ofSender.get("sprop-parameter-sets"));
        }

        /** RFC 6184 §6.2: in the single NAL unit mode, "only single NAL unit packets MAY be used". */
        @Override
        public boolean canFragment(Map<String, String> negotiated) {
            return "1".equals(negotiated.get("packetization-mode"));
        }
    };

    private static final int STAP_A = 24;
    private static final int FU_A = 28;
    private static final byte[] START_CODE = NalUnit.startCode();

    private final int packetizationMode;
    private final KnownSets sets = new KnownSets();

    public H264(int packetizationMode) {
        this.packetizationMode = packetizationMode;
    }

    /**
     * A reader that knows the parameter sets of a description: the value of {@code sprop-parameter-sets} (RFC 6184
     * §8.1), or null.
     */
    H264(int packetizationMode, String parameterSets) {
        this(packetizationMode);
        NalUnit.ofBase64(parameterSets).forEach(sets::learn);
    }

    /** The NAL units of an Annex B access unit, in turn; the frame as one where it has no start code. */
    private static List<NalUnit> nalUnits(byte[] f) {
        List<NalUnit> units = NalUnit.split(f);
        return units.isEmpty() && f.length > 0 && f[0] != 0 ? List.of(new NalUnit(f, 0, f.length)) : units;
    }

    /** Whether an access unit holds an IDR picture. */
    public static boolean isKeyFrame(byte[] frame) {
        return nalUnits(frame).stream().anyMatch(u -> u.type() == NalUnit.IDR);
    }

    @Override
    public void packetize(OutgoingFrame f, int maxPayload, Output out) {
        byte[] frame = f.data();
        List<NalUnit> units = nalUnits(frame);
        for (int i = 0; i < units.size(); i++) {
            NalUnit u = units.get(i);
            boolean lastUnit = i == units.size() - 1;
            int aggregate = packetizationMode == 1 ? aggregatable(units, i, maxPayload) : 1;
            if (aggregate > 1) {
                writeStapA(frame, units.subList(i, i + aggregate), out, i + aggregate == units.size());
                i += aggregate - 1;
            } else if (u.length() <= maxPayload || packetizationMode == 0) {
                // Mode 0 knows no fragments (§6.2): a NAL unit that is too large leaves as it is, and IP fragments it.
                out.payload(frame, 0, frame, u.from(), u.length(), lastUnit);
            } else {
                writeFuA(frame, u, maxPayload, out, lastUnit);
            }
        }
    }

    /** Parameter sets and other small units that fit one packet together. */
    private static int aggregatable(List<NalUnit> units, int from, int maxPayload) {
        int size = 1;
        int n = 0;
        for (int i = from; i < units.size(); i++) {
            int type = units.get(i).type();
            size += 2 + units.get(i).length();
            if (size > maxPayload || type != NalUnit.SPS && type != NalUnit.PPS && type != NalUnit.SEI) {
                break;
            }
            n++;
        }
        return n;
    }

    private static void writeStapA(byte[] f, List<NalUnit> units, Output out, boolean last) {
        ByteWriter w = new ByteWriter(256).u8(0);
        int nri = 0;
        for (NalUnit u : units) {
            nri = Math.max(nri, f[u.from()] & 0x60);
            w.u16(u.length()).bytes(f, u.from(), u.length());
        }
        w.array()[0] = (byte) (nri | STAP_A);
        out.payload(w.array(), 0, w.array(), 0, w.length(), last);
    }

    private static void writeFuA(byte[] f, NalUnit u, int maxPayload, Output out, boolean lastUnit) {
        byte[] head = new byte[2];
        head[0] = (byte) (f[u.from()] & 0xe0 | FU_A);
        int type = f[u.from()] & 31;
        int at = u.from() + 1;
        int end = u.to();
        int room = maxPayload - 2;
        int packets = (end - at + room - 1) / room;
        for (int i = 0; i < packets; i++) {
            int n = (end - at) / (packets - i);
            boolean last = i == packets - 1;
            head[1] = (byte) ((i == 0 ? 0x80 : 0) | (last ? 0x40 : 0) | type);
            out.payload(head, 2, f, at, n, last && lastUnit);
            at += n;
        }
    }

    @Override
    public boolean marksFrameStart() {
        return false; // an access unit may begin with any of several kinds of NAL units, each of them in a packet of
        // its own
    }

    @Override
    public Info inspect(byte[] d, int o, int length) {
        if (length < 1) {
            return null;
        }
        int type = d[o] & 31;
        if (type == FU_A) {
            if (length < 3) {
                return null;
            }
            boolean first = (d[o + 1] & 0x80) != 0;
            int inner = d[o + 1] & 31;
            return new Info(
                    first ? positionOf(inner, d[o + 2]) : Position.INNER,
                    first && inner == NalUnit.IDR,
                    0,
                    0,
                    NalUnit.isSlice(inner));
        }
        if (type == STAP_A) {
            return inspectAggregate(d, o, length);
        }
        return type == 0 || type > FU_A
                ? null
                : new Info(
                        positionOf(type, length > 1 ? d[o + 1] : 0), type == NalUnit.IDR, 0, 0, NalUnit.isSlice(type));
    }

    private static Info inspectAggregate(byte[] d, int o, int length) {
        boolean key = false;
        boolean slice = false;
        Position position = null;
        int p = o + 1;
        while (p + 3 <= o + length) {
            assert Steps.count();
            int n = Bytes.u16(d, p);
            int inner = d[p + 2] & 31;
            key |= inner == NalUnit.IDR;
            slice |= NalUnit.isSlice(inner);
            position = position == null ? positionOf(inner, n > 1 && p + 3 < o + length ? d[p + 3] : 0) : position;
            p += 2 + n;
        }
        return new Info(position == null ? Position.ANY : position, key, 0, 0, slice);
    }

    /**
     * H.264 §7.4.1.2.3: "The first of any of the following NAL units … after the last VCL NAL unit of a primary coded
     * picture specifies the start of a new access unit": delimiter, parameter sets, SEI, 14 to 18; and the slice of the
     * first macroblock, whose number, 0, is written as the bit 1.
     */
    private static Position positionOf(int type, int next) {
        return switch (type) {
            case NalUnit.SEI, NalUnit.SPS, NalUnit.PPS, NalUnit.DELIMITER, 14, 15, 16, 17, 18 -> Position.FIRST;
            case 1, 2, NalUnit.IDR -> (next & 0x80) != 0 ? Position.FIRST : Position.ANY;
            default -> Position.ANY;
        };
    }

    @Override
    public CodedFrame whole(byte[] frame, boolean keyFrame) {
        return sets.complete(frame);
    }

    @Override
    public boolean append(byte[] d, int o, int length, ByteWriter frame) {
        int type = length < 1 ? 0 : d[o] & 31;
        if (type == FU_A) {
            if (length < 3) {
                return false;
            }
            if ((d[o + 1] & 0x80) != 0) {
                frame.bytes(START_CODE).u8(d[o] & 0xe0 | d[o + 1] & 31);
            }
            frame.bytes(d, o + 2, length - 2);
            return true;
        }
        if (type == STAP_A) {
            int p = o + 1;
            while (p + 2 < o + length) {
                assert Steps.count();
                int n = Bytes.u16(d, p);
                if (n == 0 || p + 2 + n > o + length) {
                    return false;
                }
                frame.bytes(START_CODE).bytes(d, p + 2, n);
                p += 2 + n;
            }
            return true;
        }
        if (type == 0 || type > FU_A) {
            return false;
        }
        frame.bytes(START_CODE).bytes(d, o, length);
        return true;
    }
}
