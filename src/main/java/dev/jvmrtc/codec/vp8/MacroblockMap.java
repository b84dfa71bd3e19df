package dev.jvmrtc.codec.vp8;

/** The macroblocks of a picture, and around them those that neighbours are taken from where there are none. */
final class MacroblockMap {
    final int rows;
    final int columns;
    private final Macroblock[] all;
    private final int stride;

    MacroblockMap(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
        stride = columns + 1;
        all = new Macroblock[(rows + 1) * stride];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Macroblock();
        }
    }

    /** Row and column from −1. */
    Macroblock at(int row, int column) {
        return all[(row + 1) * stride + column + 1];
    }
}
