package dev.jvmrtc.codec.vp8;

/**
 * Chooses the quantizer so that what is sent follows the target. Frames of a kind are taken to need bits in inverse
 * proportion to a power of the quantizer's step; how many is learned from each frame. A bucket that leaks at the target
 * keeps account of what was sent too much or too little.
 */
final class RateController {
    private static final double EXPONENT = 1.1;
    /** Of the bucket, that frames are dropped until it has emptied to this again. */
    private static final double DROP_SECONDS = 0.6;
    /** How soon a difference is to be made good. */
    private static final double RECOVERY_SECONDS = 0.7;
    /** What a key frame is meant to have: as much as may be sent in this time. */
    private static final double KEY_FRAME_SECONDS = 0.25;
    /**
     * What a frame may have of which nothing could be predicted: what shows at once is worth more than an even flow.
     */
    private static final double BURST_SECONDS = 0.4;

    private static final double LONGEST_INTERVAL = 0.5;
    static final int MIN_QUANTIZER = 4;
    /** Coarser than this pictures are not worth sending: frames are dropped instead. */
    static final int MAX_QUANTIZER = 124;

    private double bitsPerSecond = 300_000;
    private double framesPerSecond = 30;
    private double bucket;
    private double lastSeconds = Double.NaN;
    /** Bits times step to the power, of key frames and others; 0 where none was seen. */
    private final double[] complexity = new double[2];

    private int lastQuantizer = -1;
    private double budget;

    void setTarget(double bitsPerSecond) {
        double ratio = bitsPerSecond / this.bitsPerSecond;
        this.bitsPerSecond = bitsPerSecond;
        if (ratio < 1) {
            bucket = Math.max(
                    -bitsPerSecond * RECOVERY_SECONDS,
                    bucket * ratio); // what was right before is not to be paid for with pictures now
        }
    }

    /** A frame is there at this time; whether it is to be encoded at all. */
    boolean offer(double seconds, boolean keyFrame) {
        if (!Double.isNaN(lastSeconds)) {
            double interval = Math.max(0.001, Math.min(LONGEST_INTERVAL, seconds - lastSeconds));
            framesPerSecond += (1 / interval - framesPerSecond) * 0.1;
            bucket -= interval * bitsPerSecond;
            // What was not needed in quiet times is not saved up for a burst.
            bucket = Math.max(bucket, -0.3 * RECOVERY_SECONDS * bitsPerSecond);
        }
        lastSeconds = seconds;
        return keyFrame || bucket < DROP_SECONDS * bitsPerSecond;
    }

    /**
     * The quantizer's index for the next frame. {@code weight} is its share of a frame's bits: more than 1 where others
     * are predicted from it.
     */
    int choose(boolean keyFrame, double weight, int pixels) {
        double perFrame = bitsPerSecond / framesPerSecond;
        budget = keyFrame
                ? bitsPerSecond * KEY_FRAME_SECONDS
                : perFrame * weight - bucket / (framesPerSecond * RECOVERY_SECONDS);
        budget = Math.max(budget, perFrame * 0.25);
        double c = complexity[keyFrame ? 0 : 1];
        if (c == 0) {
            // A first guess: what test pictures need.
            c = complexity[keyFrame ? 1 : 0] > 0
                    ? complexity[keyFrame ? 1 : 0] * (keyFrame ? 5 : 0.2)
                    : pixels * (keyFrame ? 9.0 : 1.8);
        }
        int q = indexOf(Math.pow(c / budget, 1 / EXPONENT));
        if (!keyFrame && lastQuantizer >= 0) {
            q = Math.max(lastQuantizer - 12, Math.min(lastQuantizer + 16, q));
        }
        return Math.max(MIN_QUANTIZER, Math.min(MAX_QUANTIZER, q));
    }

    private static int indexOf(double step) {
        int q = 0;
        while (q < Quantizers.MAX_INDEX && Quantizers.y1Ac(q) < step) {
            q++;
        }
        return q;
    }

    /** Whether a frame has become so large that it is worth encoding again with a coarser quantizer. */
    boolean isTooLarge(long bits) {
        return bits + Math.max(0, bucket) > BURST_SECONDS * bitsPerSecond && bits > 1.5 * budget;
    }

    /** Learns, so that the same frame would be given another quantizer. */
    void learn(boolean keyFrame, int quantizer, long bits) {
        double seen = bits * Math.pow(Quantizers.y1Ac(quantizer), EXPONENT);
        int kind = keyFrame ? 0 : 1;
        complexity[kind] = complexity[kind] == 0
                ? seen
                : complexity[kind] + (seen - complexity[kind]) * (seen < complexity[kind] ? 0.6 : 0.35);
    }

    /** The quantizer to encode a frame with again that was too large. */
    int chooseAgain(int quantizer, long bits) {
        double wanted = Math.max(budget, (BURST_SECONDS * bitsPerSecond - Math.max(0, bucket)) * 0.8);
        return Math.max(
                quantizer + 1,
                Math.min(MAX_QUANTIZER, indexOf(Quantizers.y1Ac(quantizer) * Math.pow(bits / wanted, 1 / EXPONENT))));
    }

    void sent(boolean keyFrame, int quantizer, long bits) {
        learn(keyFrame, quantizer, bits);
        bucket += bits;
        if (!keyFrame) {
            lastQuantizer = quantizer;
        }
    }
}
