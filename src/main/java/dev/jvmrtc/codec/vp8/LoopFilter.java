package dev.jvmrtc.codec.vp8;

/** Smooths the edges of macroblocks and blocks (RFC 6386 §15), once all of a picture is there. */
final class LoopFilter {

    private LoopFilter() {}

    static void apply(Picture p, MacroblockMap map, FrameHeader h) {
        if (h.filterLevel == 0) {
            return;
        }
        for (int row = 0; row < map.rows; row++) {
            for (int column = 0; column < map.columns; column++) {
                Macroblock mb = map.at(row, column);
                int level = h.filterLevelOf(mb);
                if (level > 0) {
                    boolean inner = !(mb.skip && mb.hasY2());
                    if (h.simpleFilter) {
                        simple(p, row, column, level, interiorLimit(level, h.sharpness), inner);
                    } else {
                        normal(
                                p,
                                row,
                                column,
                                level,
                                interiorLimit(level, h.sharpness),
                                highVariance(level, h.keyFrame),
                                inner);
                    }
                }
            }
        }
    }

    private static int interiorLimit(int level, int sharpness) {
        int limit = level;
        if (sharpness > 0) {
            limit = Math.min(9 - sharpness, level >> (sharpness > 4 ? 2 : 1));
        }
        return Math.max(1, limit);
    }

    private static int highVariance(int level, boolean keyFrame) {
        if (keyFrame) {
            return level >= 40 ? 2 : level >= 15 ? 1 : 0;
        }
        return level >= 40 ? 3 : level >= 20 ? 2 : level >= 15 ? 1 : 0;
    }

    private static void simple(Picture p, int row, int column, int level, int interior, boolean inner) {
        int s = p.stride;
        int at = row * 16 * s + column * 16;
        int mbLimit = (level + 2) * 2 + interior;
        int limit = level * 2 + interior;
        if (column > 0) {
            simpleEdge(p.y, at, 1, s, mbLimit);
        }
        if (inner) {
            for (int i = 4; i < 16; i += 4) {
                simpleEdge(p.y, at + i, 1, s, limit);
            }
        }
        if (row > 0) {
            simpleEdge(p.y, at, s, 1, mbLimit);
        }
        if (inner) {
            for (int i = 4; i < 16; i += 4) {
                simpleEdge(p.y, at + i * s, s, 1, limit);
            }
        }
    }

    private static void normal(Picture p, int row, int column, int level, int interior, int hev, boolean inner) {
        int s = p.stride;
        int cs = p.uvStride();
        int at = row * 16 * s + column * 16;
        int uv = row * 8 * cs + column * 8;
        int mbLimit = (level + 2) * 2 + interior;
        int limit = level * 2 + interior;
        if (column > 0) {
            macroblockEdge(p.y, at, 1, s, 16, mbLimit, interior, hev);
            macroblockEdge(p.u, uv, 1, cs, 8, mbLimit, interior, hev);
            macroblockEdge(p.v, uv, 1, cs, 8, mbLimit, interior, hev);
        }
        if (inner) {
            for (int i = 4; i < 16; i += 4) {
                blockEdge(p.y, at + i, 1, s, 16, limit, interior, hev);
            }
            blockEdge(p.u, uv + 4, 1, cs, 8, limit, interior, hev);
            blockEdge(p.v, uv + 4, 1, cs, 8, limit, interior, hev);
        }
        if (row > 0) {
            macroblockEdge(p.y, at, s, 1, 16, mbLimit, interior, hev);
            macroblockEdge(p.u, uv, cs, 1, 8, mbLimit, interior, hev);
            macroblockEdge(p.v, uv, cs, 1, 8, mbLimit, interior, hev);
        }
        if (inner) {
            for (int i = 4; i < 16; i += 4) {
                blockEdge(p.y, at + i * s, s, 1, 16, limit, interior, hev);
            }
            blockEdge(p.u, uv + 4 * cs, cs, 1, 8, limit, interior, hev);
            blockEdge(p.v, uv + 4 * cs, cs, 1, 8, limit, interior, hev);
        }
    }

    private static int clamp(int v) {
        return v < -128 ? -128 : v > 127 ? 127 : v;
    }

    /** {@code across} leads over the edge, {@code along} down it. */
    private static void simpleEdge(byte[] b, int at, int across, int along, int limit) {
        for (int n = 0; n < 16; n++, at += along) {
            int p1 = b[at - 2 * across] & 0xFF;
            int p0 = b[at - across] & 0xFF;
            int q0 = b[at] & 0xFF;
            int q1 = b[at + across] & 0xFF;
            if (Math.abs(p0 - q0) * 2 + (Math.abs(p1 - q1) >> 1) <= limit) {
                int f = clamp(clamp(p1 - q1) + 3 * (q0 - p0));
                b[at] = (byte) (clamp((q0 - 128) - (clamp(f + 4) >> 3)) + 128);
                b[at - across] = (byte) (clamp((p0 - 128) + (clamp(f + 3) >> 3)) + 128);
            }
        }
    }

    /**
     * Whether the pixels on the two sides of an edge differ by so little that the difference is the codec's, not the
     * picture's.
     */
    private static boolean isSmooth(byte[] b, int at, int across, int limit, int interior) {
        int p1 = b[at - 2 * across] & 0xFF;
        int p0 = b[at - across] & 0xFF;
        int q0 = b[at] & 0xFF;
        int q1 = b[at + across] & 0xFF;
        if (Math.abs(p0 - q0) * 2 + (Math.abs(p1 - q1) >> 1) > limit) {
            return false;
        }
        int p3 = b[at - 4 * across] & 0xFF;
        int p2 = b[at - 3 * across] & 0xFF;
        int q2 = b[at + 2 * across] & 0xFF;
        int q3 = b[at + 3 * across] & 0xFF;
        return Math.abs(p3 - p2) <= interior
                && Math.abs(p2 - p1) <= interior
                && Math.abs(p1 - p0) <= interior
                && Math.abs(q1 - q0) <= interior
                && Math.abs(q2 - q1) <= interior
                && Math.abs(q3 - q2) <= interior;
    }

    private static void blockEdge(
            byte[] b, int at, int across, int along, int length, int limit, int interior, int hev) {
        for (int n = 0; n < length; n++, at += along) {
            if (!isSmooth(b, at, across, limit, interior)) {
                continue;
            }
            int p1 = b[at - 2 * across] & 0xFF;
            int p0 = b[at - across] & 0xFF;
            int q0 = b[at] & 0xFF;
            int q1 = b[at + across] & 0xFF;
            boolean high = Math.abs(p1 - p0) > hev || Math.abs(q1 - q0) > hev;
            int f = clamp((high ? clamp(p1 - q1) : 0) + 3 * (q0 - p0));
            int f1 = clamp(f + 4) >> 3;
            int f2 = clamp(f + 3) >> 3;
            b[at] = (byte) (clamp(q0 - 128 - f1) + 128);
            b[at - across] = (byte) (clamp(p0 - 128 + f2) + 128);
            if (!high) {
                f1 = f1 + 1 >> 1;
                b[at + across] = (byte) (clamp(q1 - 128 - f1) + 128);
                b[at - 2 * across] = (byte) (clamp(p1 - 128 + f1) + 128);
            }
        }
    }

    private static void macroblockEdge(
            byte[] b, int at, int across, int along, int length, int limit, int interior, int hev) {
        for (int n = 0; n < length; n++, at += along) {
            if (!isSmooth(b, at, across, limit, interior)) {
                continue;
            }
            int p2 = b[at - 3 * across] & 0xFF;
            int p1 = b[at - 2 * across] & 0xFF;
            int p0 = b[at - across] & 0xFF;
            int q0 = b[at] & 0xFF;
            int q1 = b[at + across] & 0xFF;
            int q2 = b[at + 2 * across] & 0xFF;
            int f = clamp(clamp(p1 - q1) + 3 * (q0 - p0));
            if (Math.abs(p1 - p0) > hev || Math.abs(q1 - q0) > hev) {
                b[at] = (byte) (clamp(q0 - 128 - (clamp(f + 4) >> 3)) + 128);
                b[at - across] = (byte) (clamp(p0 - 128 + (clamp(f + 3) >> 3)) + 128);
                continue;
            }
            int u = clamp(63 + f * 27 >> 7);
            b[at] = (byte) (clamp(q0 - 128 - u) + 128);
            b[at - across] = (byte) (clamp(p0 - 128 + u) + 128);
            u = clamp(63 + f * 18 >> 7);
            b[at + across] = (byte) (clamp(q1 - 128 - u) + 128);
            b[at - 2 * across] = (byte) (clamp(p1 - 128 + u) + 128);
            u = clamp(63 + f * 9 >> 7);
            b[at + 2 * across] = (byte) (clamp(q2 - 128 - u) + 128);
            b[at - 3 * across] = (byte) (clamp(p2 - 128 + u) + 128);
        }
    }
}
