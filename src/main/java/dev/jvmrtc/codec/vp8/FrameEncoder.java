package dev.jvmrtc.codec.vp8;

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
    final Tokens tokens = new Tokens();
    final Quantizer quantizer = new Quantizer();
    final MvCosts mvCosts = new MvCosts();
    final int[] yModeCosts = new int[5];
    private final EntropyState entropy;
    private final byte[] above;
    private final MacroblockEncoder encoder;
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

    FrameEncoder(FrameHeader header, EntropyState entropy, int rows, int columns) {
        this.header = header;
        this.entropy = entropy;
        map = new MacroblockMap(rows, columns);
        above = Coefficients.newAbove(columns);
        encoder = new MacroblockEncoder(this, above);
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
        tokens.start();
        java.util.Arrays.fill(above, (byte) 0);
        encoder.startFrame();
        for (int row = 0; row < map.rows; row++) {
            encoder.startRow();
            for (int column = 0; column < map.columns; column++) {
                encoder.encode(row, column, tokens);
            }
        }
        if (!header.keyFrame) {
            usualDistance = (int) (encoder.distances() / (map.rows * map.columns));
        }
        return (tokens.cost(entropy.coefficients) + encoder.modeCost()) / Costs.BIT;
    }

    /** A number of 256ths of a bit as a distance. */
    int worth(int cost) {
        return (int) ((long) lambda * cost >> 16);
    }
}
