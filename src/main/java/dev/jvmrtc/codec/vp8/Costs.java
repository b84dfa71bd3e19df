package dev.jvmrtc.codec.vp8;

/** What symbols cost, in 256ths of a bit, for the encoder's choices. */
final class Costs {
    static final int BIT = 256;
    /** By the probability (of 256) of what happens. */
    private static final int[] OF = new int[257];

    /** Of block modes in key frames, by the modes above and to the left. */
    static final int[][] KEY_FRAME_BLOCK = new int[Modes.B_COUNT * Modes.B_COUNT][Modes.B_COUNT];

    static {
        for (int p = 1; p <= 256; p++) {
            OF[p] = (int) Math.round(-Math.log(p / 256.0) / Math.log(2) * BIT);
        }
        OF[0] = OF[1] + BIT;
        for (int i = 0; i < KEY_FRAME_BLOCK.length; i++) {
            int at = Modes.keyFrameBlock(i / Modes.B_COUNT, i % Modes.B_COUNT);
            ofTree(Modes.BLOCK_TREE, Modes.KEY_FRAME_BLOCK, at, KEY_FRAME_BLOCK[i]);
        }
    }

    private Costs() {}

    static int of(boolean bit, int probability) {
        return OF[bit ? 256 - probability : probability];
    }

    static int zero(int probability) {
        return OF[probability];
    }

    static int one(int probability) {
        return OF[256 - probability];
    }

    /** Of all leaves of a tree. */
    static void ofTree(byte[] tree, int[] probabilities, int offset, int[] costs) {
        ofTree(tree, probabilities, offset, costs, 0, 0);
    }

    private static void ofTree(byte[] tree, int[] probabilities, int offset, int[] costs, int node, int sum) {
        for (int bit = 0; bit < 2; bit++) {
            int next = tree[node + bit];
            int cost = sum + of(bit != 0, probabilities[offset + (node >> 1)]);
            if (next <= 0) {
                costs[-next] = cost;
            } else {
                ofTree(tree, probabilities, offset, costs, next, cost);
            }
        }
    }

    /** The probability that fits what was counted, from 1 to 255. */
    static int probability(int zeros, int ones) {
        int n = zeros + ones;
        return n == 0 ? 128 : Math.max(1, Math.min(255, (int) (((long) zeros * 256 + (n >> 1)) / n)));
    }

    /** What it takes to say all that was counted. */
    static long ofCounts(int zeros, int ones, int probability) {
        return (long) zeros * zero(probability) + (long) ones * one(probability);
    }
}
