package dev.jvmrtc.codec.vp8;

/**
 * What is known of 16x16 pixels beside their colours. Those of the last frame are overwritten by the next, but for
 * {@link #segment}, which lasts.
 */
final class Macroblock {
    int mode;
    int uvMode;
    int reference;
    int segment;
    /** No block has a coefficient. */
    boolean skip;
    /** Of the last block where the macroblock is split; 0 in intra macroblocks. */
    int mv;

    int split;
    /** Where {@link #mode} is {@link Modes#BLOCKS}, and in key frames always. */
    final byte[] blockModes = new byte[16];
    /** Where {@link #mode} is {@link Modes#SPLIT_MV}. */
    final int[] blockMvs = new int[16];

    boolean hasY2() {
        return mode != Modes.BLOCKS && mode != Modes.SPLIT_MV;
    }

    int blockMv(int block) {
        return mode == Modes.SPLIT_MV ? blockMvs[block] : mv;
    }
}
