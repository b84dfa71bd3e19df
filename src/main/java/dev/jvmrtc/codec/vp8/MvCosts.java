package dev.jvmrtc.codec.vp8;

/** What motion vectors cost with the probabilities of a frame, in 256ths of a bit. */
final class MvCosts {
    private static final int MAX_COMPONENT = 1023;

    /** Of a component's difference from the one predicted, in quarters of a pixel, beginning with −1023. */
    private final int[][] componentCosts = new int[2][2 * MAX_COMPONENT + 1];

    private final int[] shortCosts = new int[8];

    /** Takes the probabilities of a new frame. */
    void set(int[] mvProbabilities) {
        for (int c = 0; c < 2; c++) {
            int p = c * Mv.PROBABILITIES;
            Costs.ofTree(Mv.SHORT_TREE, mvProbabilities, p + Mv.SHORT, shortCosts);
            for (int v = 0; v <= MAX_COMPONENT; v++) {
                int cost = componentCost(mvProbabilities, p, v);
                componentCosts[c][MAX_COMPONENT + v] = cost + (v == 0 ? 0 : Costs.zero(mvProbabilities[p + Mv.SIGN]));
                componentCosts[c][MAX_COMPONENT - v] = cost + (v == 0 ? 0 : Costs.one(mvProbabilities[p + Mv.SIGN]));
            }
        }
    }

    private int componentCost(int[] p, int offset, int v) {
        if (v < 8) {
            return Costs.zero(p[offset + Mv.IS_SHORT]) + shortCosts[v];
        }
        int cost = Costs.one(p[offset + Mv.IS_SHORT]);
        for (int i = 0; i < Mv.LONG_BITS; i++) {
            if (i != 3 || v > 15) {
                cost += Costs.of((v >> i & 1) != 0, p[offset + Mv.LONG + i]);
            }
        }
        return cost;
    }

    /** What it costs to send {@code mv} where {@code predicted} is expected. */
    int of(int mv, int predicted) {
        int r = (Mv.row(mv) - Mv.row(predicted)) / 2;
        int c = (Mv.column(mv) - Mv.column(predicted)) / 2;
        if (Math.abs(r) > MAX_COMPONENT || Math.abs(c) > MAX_COMPONENT) {
            return Integer.MAX_VALUE / 4;
        }
        return componentCosts[0][MAX_COMPONENT + r] + componentCosts[1][MAX_COMPONENT + c];
    }
}
