package dev.jvmrtc.codec.vp8;

/** Smooths the edges of macroblocks and blocks (RFC 6386 §15), once all of a picture is there. One for each thread. */
final class LoopFilter {

    private final EdgeFilter edges = new EdgeFilter();

    void apply(Picture p, MacroblockMap map, FrameHeader h) {
        if (h.filterLevel == 0) {
            return;
        }
        for (int row = 0; row < map.rows; row++) {
            for (int column = 0; column < map.columns; column++) {
                apply(p, map.at(row, column), h, row, column);
            }
        }
    }

    /** One macroblock; those above and to the left were before it. */
    void apply(Picture p, Macroblock mb, FrameHeader h, int row, int column) {
        int level = h.filterLevelOf(mb);
        if (level == 0) {
            return;
        }
        boolean inner = !(mb.skip && mb.hasY2());
        int interior = interiorLimit(level, h.sharpness);
        if (h.simpleFilter) {
            simple(p, row, column, level, interior, inner);
        } else {
            normal(p, row, column, level, interior, highVariance(level, h.keyFrame), inner);
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

    private void normal(Picture p, int row, int column, int level, int interior, int hev, boolean inner) {
        int s = p.stride;
        int cs = p.uvStride();
        int at = row * 16 * s + column * 16;
        int uv = row * 8 * cs + column * 8;
        int mbLimit = (level + 2) * 2 + interior;
        int limit = level * 2 + interior;
        if (column > 0) {
            edges.set(mbLimit, interior, hev, true);
            edges.vertical(p.y, at, s, 16);
            edges.vertical(p.u, uv, cs, 8);
            edges.vertical(p.v, uv, cs, 8);
        }
        if (inner) {
            edges.set(limit, interior, hev, false);
            for (int i = 4; i < 16; i += 4) {
                edges.vertical(p.y, at + i, s, 16);
            }
            edges.vertical(p.u, uv + 4, cs, 8);
            edges.vertical(p.v, uv + 4, cs, 8);
        }
        if (row > 0) {
            edges.set(mbLimit, interior, hev, true);
            edges.horizontal(p.y, at, s, 16);
            edges.horizontal(p.u, uv, cs, 8);
            edges.horizontal(p.v, uv, cs, 8);
        }
        if (inner) {
            edges.set(limit, interior, hev, false);
            for (int i = 4; i < 16; i += 4) {
                edges.horizontal(p.y, at + i * s, s, 16);
            }
            edges.horizontal(p.u, uv + 4 * cs, cs, 8);
            edges.horizontal(p.v, uv + 4 * cs, cs, 8);
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
}
