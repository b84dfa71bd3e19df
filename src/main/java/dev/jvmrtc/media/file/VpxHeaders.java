package dev.jvmrtc.media.file;

import dev.jvmrtc.wire.HeaderBits;

/** What the first bytes of a VP8 or VP9 key frame tell. */
final class VpxHeaders {
    private static final int VP9_MARKER = 2;
    private static final int VP9_SYNC = 0x498342;
    private static final int SRGB = 7;

    private VpxHeaders() {}

    /** {@code bitDepth} is 8, 10 or 12; {@code subsampling} as in a vpcC box: 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4. */
    record Header(int width, int height, int profile, int bitDepth, int subsampling) {}

    /** Null where it is no key frame, or none with a size. */
    static Header vp8(byte[] d) {
        int[] size = d.length >= 10 && d[3] == (byte) 0x9d && d[4] == 1 && d[5] == 0x2a ? Ivf.vp8Size(d) : null;
        return size == null || size[0] == 0 || size[1] == 0 ? null : new Header(size[0], size[1], 0, 8, 1);
    }

    /** VP9 bitstream specification §6.2, "uncompressed_header"; null where it is no key frame. */
    static Header vp9(byte[] d) {
        HeaderBits r = HeaderBits.of(d, 0, Math.min(d.length, 32));
        if (r.bits(2) != VP9_MARKER) {
            return null;
        }
        int profile = r.bit() | r.bit() << 1;
        if (profile == 3 && r.flag()) {
            return null;
        }
        boolean showExisting = r.flag();
        boolean interFrame = r.flag();
        r.skip(2);
        if (showExisting || interFrame || r.bits(24) != VP9_SYNC) {
            return null;
        }
        int depth = profile < 2 ? 8 : r.flag() ? 12 : 10;
        boolean rgb = r.bits(3) == SRGB;
        int subsampling = rgb ? 3 : 1;
        if (!rgb) {
            r.bit();
        }
        if ((profile & 1) == 1) {
            if (!rgb) {
                subsampling = r.flag() ? r.flag() ? 1 : 2 : r.flag() ? 1 : 3;
            }
            r.bit();
        } else if (rgb) {
            return null;
        }
        int width = (int) r.bits(16) + 1;
        int height = (int) r.bits(16) + 1;
        return r.ended() ? null : new Header(width, height, profile, depth, subsampling);
    }
}
