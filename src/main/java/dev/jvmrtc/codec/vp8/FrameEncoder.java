package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/**
 * Chooses how each macroblock of a frame is predicted, and makes its coefficients. A frame may be encoded again with
 * another quantizer; nothing lasts but what {@link StreamWriter} writes.
 */
final class FrameEncoder {
    /**
     * What a bit is worth in sums of absolute differences, as a share of the quantizer's step. Found by trial over the
     * clips of the benchmark.
     */
    private static final double LAMBDA = 0.14;
    /**
     * A prediction this near, in quantizer steps per macroblock, leaves nothing to code: nothing better is looked for.
     */
    private static final int GOOD_ENOUGH = 4;

    final FrameHeader header;
    final MacroblockMap map;
    /** By partition: the tokens of every so many rows. */
    final Tokens[] tokens;

    final Quantizer quantizer = new Quantizer();
    final MvCosts mvCosts = new MvCosts();
    final int[] yModeCosts = new int[5];
    private final EntropyState entropy;
    private final byte[] above;
    private final Rows rows;
    /** One for each thread. */
    private final MacroblockEncoder[] encoders;

    private final LoopFilter[] filters;
    /** Whether macroblocks may be predicted from the golden frame. */
    boolean golden;
    /** What a bit is worth as a distance, in 256ths. */
    int lambda;
    /** Of a macroblock's distance from its prediction: nothing nearer is looked for. */
    int goodEnough;

    /** Of the macroblocks of the last inter frame, on average. */
    int usualDistance;

    Picture source;
    Picture target;
    References references;

    FrameEncoder(FrameHeader header, EntropyState entropy, int mbRows, int mbColumns, Rows rows) {
        this.header = header;
        this.entropy = entropy;
        this.rows = rows;
        map = new MacroblockMap(mbRows, mbColumns);
        above = Coefficients.newAbove(mbColumns);
        encoders = new MacroblockEncoder[rows.members()];
        filters = new LoopFilter[rows.members()];
        for (int i = 0; i < encoders.length; i++) {
            encoders[i] = new MacroblockEncoder(this, above);
            filters[i] = new LoopFilter();
        }
        // As many as may be written to at once, or more: rows that are not finished follow one another.
        int partitions = 1;
        while (partitions < encoders.length) {
            partitions *= 2;
        }
        tokens = new Tokens[partitions];
        for (int i = 0; i < partitions; i++) {
            tokens[i] = new Tokens();
        }
    }

    /** How many bits the frame takes, near enough. {@code header} says which kind it is and how fine. */
    long encode(Picture from, Picture to, References refs) {
        source = from;
        target = to;
        references = refs;
        quantizer.set(header.quantizer, header.keyFrame);
        lambda = (int) (quantizer.acStep() * LAMBDA * 256);
        goodEnough = quantizer.acStep() * GOOD_ENOUGH;
        Costs.ofTree(
                header.keyFrame ? Modes.KEY_FRAME_Y_TREE : Modes.Y_TREE,
                header.keyFrame ? Modes.KEY_FRAME_Y : entropy.y,
                0,
                yModeCosts);
        mvCosts.set(entropy.mv);
        for (Tokens t : tokens) {
            t.start();
        }
        Arrays.fill(above, (byte) 0);
        for (MacroblockEncoder e : encoders) {
            e.startFrame();
        }
        rows.run(map.rows, this::encodeRow);
        long cost = 0;
        long distances = 0;
        for (MacroblockEncoder e : encoders) {
            cost += e.modeCost();
            distances += e.distances();
        }
        for (int i = 1; i < tokens.length; i++) {
            tokens[0].count(tokens[i]);
        }
        if (!header.keyFrame) {
            usualDistance = (int) (distances / (map.rows * map.columns));
        }
        return (tokens[0].cost(entropy.coefficients) + cost) / Costs.BIT;
    }

    private void encodeRow(int member, int row, Rows.Progress progress) {
        MacroblockEncoder encoder = encoders[member];
        encoder.startRow();
        for (int column = 0; column < map.columns; column++) {
            // Blocks are predicted from those above and to the right, too.
            progress.await(row - 1, Math.min(column + 2, map.columns));
            encoder.encode(row, column, tokens[row & tokens.length - 1]);
            progress.done(row, column + 1);
        }
    }

    /** Smooths the picture that was encoded last, as a decoder will. */
    void filter() {
        if (header.filterLevel > 0) {
            rows.run(map.rows, this::filterRow);
        }
    }

    private void filterRow(int member, int row, Rows.Progress progress) {
        for (int column = 0; column < map.columns; column++) {
            // The macroblock above has to be finished, which its right neighbour changes the edge of.
            progress.await(row - 1, Math.min(column + 2, map.columns));
            filters[member].apply(target, map.at(row, column), header, row, column);
            progress.done(row, column + 1);
        }
    }

    /** A number of 256ths of a bit as a distance. */
    int worth(int cost) {
        return (int) ((long) lambda * cost >> 16);
    }
}
