package dev.jvmrtc.media.file;

import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.bitstream.h264.SequenceParameters;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * H.264 access units as files hold them, and what a file tells of them (ISO/IEC 14496-15 §5.3.3.1,
 * "AVCDecoderConfigurationRecord").
 */
final class H264Units {
    /** Five bits count sequence parameter sets, eight bits picture parameter sets. */
    private static final int MAX_SPS = 31;

    private static final int MAX_PPS = 255;
    private static final int MAX_SET = 0xFFFF;

    private H264Units() {}

    /** The units behind their lengths in four bytes, as files hold them. */
    static byte[] withLengths(List<NalUnit> units) {
        int size = 0;
        for (NalUnit u : units) {
            size += 4 + u.length();
        }
        ByteBuffer b = ByteBuffer.allocate(size);
        for (NalUnit u : units) {
            b.putInt(u.length()).put(u.data(), u.from(), u.length());
        }
        return b.array();
    }

    /**
     * The parameter sets among the units as an AVCDecoderConfigurationRecord; null where one kind is missing, or they
     * are more than it can hold.
     */
    static byte[] configuration(List<NalUnit> units, SequenceParameters s, int maxLength) {
        List<NalUnit> sps = units.stream().filter(u -> u.type() == NalUnit.SPS).toList();
        List<NalUnit> pps = units.stream().filter(u -> u.type() == NalUnit.PPS).toList();
        int size = 7 + 4;
        for (NalUnit u : units) {
            size += u.type() == NalUnit.SPS || u.type() == NalUnit.PPS ? 2 + u.length() : 0;
        }
        boolean fits = size <= maxLength
                && sps.size() <= MAX_SPS
                && pps.size() <= MAX_PPS
                && units.stream().allMatch(u -> u.length() <= MAX_SET || u.type() < NalUnit.SPS);
        if (sps.isEmpty() || pps.isEmpty() || !fits || sps.get(0).length() < 4) {
            return null;
        }
        ByteBuffer b = ByteBuffer.allocate(size);
        NalUnit first = sps.get(0);
        b.put((byte) 1).put(first.data(), first.from() + 1, 3).put((byte) 0xFF).put((byte) (0xE0 | sps.size()));
        sps.forEach(u -> b.putShort((short) u.length()).put(u.data(), u.from(), u.length()));
        b.put((byte) pps.size());
        pps.forEach(u -> b.putShort((short) u.length()).put(u.data(), u.from(), u.length()));
        int profile = first.data()[first.from() + 1] & 0xff;
        if (profile == 100 || profile == 110 || profile == 122 || profile == 144) {
            b.put((byte) (0xFC | s.chromaFormat()))
                    .put((byte) (0xF8 | s.lumaDepth()))
                    .put((byte) (0xF8 | s.chromaDepth()))
                    .put((byte) 0);
        }
        return Arrays.copyOf(b.array(), b.position());
    }
}
