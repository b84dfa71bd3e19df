package dev.jvmrtc.bitstream.h264;

import dev.jvmrtc.wire.HeaderBits;

/**
 * How a slice begins (ITU-T H.264 §7.3.3).
 *
 * @param type 0 to 9 (table 7-6); −1 where it is cut off
 * @param pictureSet pic_parameter_set_id; −1 where it is cut off
 */
public record SliceHeader(int type, int pictureSet) {
    private static final int TYPES = 5;

    /** Of a NAL unit of type 1, 2 or 5 that begins at {@code from}. */
    public static SliceHeader of(byte[] d, int from) {
        HeaderBits r = HeaderBits.ofNal(d, from + 1, d.length);
        r.ue(); // first_mb_in_slice
        long type = r.ue();
        boolean typed = !r.ended() && type < 2 * TYPES;
        long set = r.ue();
        return new SliceHeader(
                typed ? (int) type : -1, !typed || r.ended() || set > KnownSets.MAX_PPS_ID ? -1 : (int) set);
    }

    /** Predicted from nothing but its own picture: I or SI. */
    public boolean isIntra() {
        return type >= 0 && (type % TYPES == 2 || type % TYPES == 4);
    }

    public boolean isBidirectional() {
        return type >= 0 && type % TYPES == 1;
    }

    /** Whether a frame in Annex B form has a B slice. */
    public static boolean anyBidirectional(byte[] frame) {
        return NalUnit.split(frame).stream()
                .anyMatch(u -> u.type() == 1 && of(frame, u.from()).isBidirectional());
    }
}
