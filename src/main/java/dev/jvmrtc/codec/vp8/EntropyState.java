package dev.jvmrtc.codec.vp8;

/** The probabilities that one frame leaves to the next (RFC 6386 §9.10, §9.11). */
final class EntropyState {
    final int[] coefficients = new int[CoefficientProbabilities.SIZE];
    final int[] mv = new int[2 * Mv.PROBABILITIES];
    final int[] y = new int[4];
    final int[] uv = new int[3];

    EntropyState() {
        reset();
    }

    /** As before a key frame. */
    void reset() {
        copy(CoefficientProbabilities.DEFAULTS, coefficients);
        copy(Mv.DEFAULTS, mv);
        copy(Modes.DEFAULT_Y, y);
        copy(Modes.DEFAULT_UV, uv);
    }

    void set(EntropyState other) {
        copy(other.coefficients, coefficients);
        copy(other.mv, mv);
        copy(other.y, y);
        copy(other.uv, uv);
    }

    private static void copy(int[] from, int[] to) {
        System.arraycopy(from, 0, to, 0, to.length);
    }
}
