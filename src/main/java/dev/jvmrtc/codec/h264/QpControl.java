package dev.jvmrtc.codec.h264;

import org.jcodec.codecs.h264.encode.RateControl;
import org.jcodec.codecs.h264.io.model.SliceType;
import org.jcodec.common.model.Size;

/**
 * Chooses the quantizer so that what is sent follows the target: six steps of QP halve the bits, more or less; how many
 * a frame needs is learned from those before it, and a bucket that leaks at the target keeps account.
 */
final class QpControl implements RateControl {
    private static final int MIN_QP = 12;
    private static final int MAX_QP = 48;
    private static final int FIRST_QP = 32;
    /** What JCodec writes for each macroblock whatever the quantizer: it leaves none out. */
    private static final int BITS_PER_MACROBLOCK = 42;
    /** A budget that is smaller than that cannot be met by the quantizer, only by dropping frames. */
    private static final double LEAST_ROOM = 0.25;

    private static final double KEY_FRAME_SECONDS = 0.25;
    private static final double RECOVERY_SECONDS = 0.7;
    private static final double DROP_SECONDS = 0.6;
    private static final double LONGEST_INTERVAL = 0.5;

    private double bitsPerSecond = 300_000;
    private double framesPerSecond = 30;
    private double bucket;
    private double lastSeconds = Double.NaN;
    /** Bits at QP 0 of key frames and others, beside those that do not depend on it; 0 where none was seen. */
    private final double[] complexity = new double[2];

    private int qp = FIRST_QP;
    private int kind;
    private double overhead;
    private double budget;

    void setTarget(double target) {
        bitsPerSecond = target;
    }

    /** Whether a frame of this time is to be encoded at all. */
    boolean offer(double seconds, boolean keyFrame) {
        if (!Double.isNaN(lastSeconds)) {
            double interval = Math.max(0.001, Math.min(LONGEST_INTERVAL, seconds - lastSeconds));
            framesPerSecond += (1 / interval - framesPerSecond) * 0.1;
            bucket = Math.max(bucket - interval * bitsPerSecond, -0.3 * RECOVERY_SECONDS * bitsPerSecond);
        }
        lastSeconds = seconds;
        return keyFrame || bucket < DROP_SECONDS * bitsPerSecond;
    }

    @Override
    public int startPicture(Size size, int maxSize, SliceType type) {
        kind = type == SliceType.I ? 0 : 1;
        double perFrame = bitsPerSecond / framesPerSecond;
        overhead = (double) BITS_PER_MACROBLOCK * ((size.getWidth() + 15) / 16) * ((size.getHeight() + 15) / 16);
        budget = Math.max(
                perFrame * 0.25,
                kind == 0
                        ? bitsPerSecond * KEY_FRAME_SECONDS
                        : perFrame - bucket / (framesPerSecond * RECOVERY_SECONDS));
        double c = complexity[kind];
        int wanted = c == 0 ? FIRST_QP : quantizer(c);
        qp = Math.max(
                MIN_QP, Math.min(MAX_QP, kind == 0 || c == 0 ? wanted : Math.max(qp - 3, Math.min(qp + 6, wanted))));
        return qp;
    }

    private int quantizer(double c) {
        return (int) Math.round(6 * Math.log(c / Math.max(budget * LEAST_ROOM, budget - overhead)) / Math.log(2));
    }

    /** Of the bits, those that the quantizer decides about, at QP 0. */
    private double complexity(long bits) {
        return Math.max(1, bits - overhead) * Math.pow(2, qp / 6.0);
    }

    /** Whether a key frame of so many bits, the first, could well be finer; then the next one will be. */
    boolean couldBeFiner(long bits) {
        boolean finer = complexity[0] == 0 && quantizer(complexity(bits)) <= qp - 3;
        if (finer) {
            complexity[0] = complexity(bits);
        }
        return finer;
    }

    @Override
    public int initialQpDelta() {
        return 0;
    }

    /** Asked after each macroblock; the quantizer stays. */
    @Override
    public int accept(int bits) {
        return 0;
    }

    void sent(long bits) {
        bucket += bits;
        double seen = complexity(bits);
        complexity[kind] = complexity[kind] == 0
                ? seen
                : complexity[kind] + (seen - complexity[kind]) * (seen < complexity[kind] ? 0.6 : 0.35);
    }
}
