package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/** The pictures that others are predicted from (RFC 6386 §9.7), and the spare ones. */
final class References {
    /** By {@link Modes#LAST} and its like; one picture may be several of them. */
    private final Picture[] current = new Picture[4];

    private final Picture[] all = new Picture[5];

    Picture get(int reference) {
        return current[reference];
    }

    boolean isEmpty() {
        return current[Modes.LAST] == null;
    }

    /** Of another size from here on: the old pictures are forgotten. */
    void clear() {
        Arrays.fill(current, null);
        Arrays.fill(all, null);
    }

    /** A picture that is none of the references, nor {@code held}. */
    Picture free(int width, int height, Picture held) {
        for (int i = 0; i < all.length; i++) {
            if (all[i] == null) {
                all[i] = new Picture(width, height);
                return all[i];
            }
            Picture p = all[i];
            if (p != held && p != current[Modes.LAST] && p != current[Modes.GOLDEN] && p != current[Modes.ALTERNATE]) {
                return p;
            }
        }
        throw new AssertionError("four can be held at most");
    }

    /** Copies first, alternate before golden as in the reference decoder, then the new picture where it is to be. */
    void update(FrameHeader h, Picture decoded) {
        if (h.copyToAlternate != 0) {
            current[Modes.ALTERNATE] = h.copyToAlternate == 1
                    ? current[Modes.LAST]
                    : h.copyToAlternate == 2 ? current[Modes.GOLDEN] : current[Modes.ALTERNATE];
        }
        if (h.copyToGolden != 0) {
            current[Modes.GOLDEN] = h.copyToGolden == 1
                    ? current[Modes.LAST]
                    : h.copyToGolden == 2 ? current[Modes.ALTERNATE] : current[Modes.GOLDEN];
        }
        if (h.refreshGolden) {
            current[Modes.GOLDEN] = decoded;
        }
        if (h.refreshAlternate) {
            current[Modes.ALTERNATE] = decoded;
        }
        if (h.refreshLast) {
            current[Modes.LAST] = decoded;
        }
    }
}
