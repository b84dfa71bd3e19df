package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/**
 * Encodes VP8 in real time: key and inter frames, motion to a quarter of a pixel, a quantizer that follows the target
 * bitrate, and up to three temporal layers. For one thread at a time, which others may help.
 *
 * <p>Each frame: fill {@link #input()}, call {@link #encode}.
 */
public final class Vp8Encoder {
    /** A golden frame is kept for what was hidden and comes back. */
    private static final int GOLDEN_INTERVAL = 40;

    // Of the loop filter. What is copied without motion was smoothed when it came, and would be smoothed away by and
    // by.
    private static final int[] REFERENCE_DELTAS = {2, 0, -2, -2};
    private static final int[] MODE_DELTAS = {4, -4, 2, 4};

    /**
     * A frame as it goes into RTP.
     *
     * @param temporalLayer from 0; frames of higher layers may be left out
     * @param layerSync predicted from layer 0 alone, so that a receiver may begin to take its layer here
     * @param quantizer index from 0 (finest) to 127
     */
    public record Frame(byte[] data, boolean keyFrame, int temporalLayer, boolean layerSync, int quantizer) {}

    private final int width;
    private final int height;
    private final Picture source;
    private final FrameHeader header = new FrameHeader();
    private final EntropyState entropy = new EntropyState();
    private final EntropyState savedEntropy = new EntropyState();
    private final References references = new References();
    private final FrameEncoder frameEncoder;
    private final StreamWriter writer;
    private final RateController rate = new RateController();
    private int layers = 1;
    private int position;
    private int sinceGolden;
    private boolean keyFrameWanted = true;
    private Picture last;

    /**
     * One that works on the thread that calls it alone.
     *
     * @param width from 1 to 16383, as height
     */
    public Vp8Encoder(int width, int height) {
        this(width, height, Helpers.NONE);
    }

    /**
     * One whose rows of macroblocks are encoded by several threads. What it makes depends on their number, because
     * there is a partition of tokens for each, but not on how they run.
     *
     * @param width from 1 to 16383, as height
     * @param helpers threads that are there as long as the encoder is used
     */
    public Vp8Encoder(int width, int height, Helpers helpers) {
        if (width < 1 || height < 1 || width > 16383 || height > 16383) {
            throw new IllegalArgumentException(
                    "a VP8 picture has 1 to 16383 pixels in each direction, not " + width + "x" + height);
        }
        this.width = width;
        this.height = height;
        source = new Picture(width, height);
        header.filterDeltas = true;
        System.arraycopy(REFERENCE_DELTAS, 0, header.referenceDeltas, 0, 4);
        System.arraycopy(MODE_DELTAS, 0, header.modeDeltas, 0, 4);
        Rows rows = new Rows(helpers);
        frameEncoder = new FrameEncoder(header, entropy, source.mbRows, source.mbColumns, rows);
        writer = new StreamWriter(frameEncoder.tokens.length, rows);
    }

    /**
     * What is encoded next; the caller writes into it. What lies beyond the picture's width and height need not be set.
     */
    public Picture input() {
        return source;
    }

    /** @param bitsPerSecond of all layers together */
    public void setTargetBitrate(long bitsPerSecond) {
        rate.setTarget(Math.max(5_000, bitsPerSecond));
    }

    /** The next frame will be a key frame. */
    public void requestKeyFrame() {
        keyFrameWanted = true;
    }

    /** @param count from 1 to 3. Holds from the next frame on, which begins the pattern anew. */
    public void setTemporalLayers(int count) {
        if (count < 1 || count > 3) {
            throw new IllegalArgumentException("one to three temporal layers, not " + count);
        }
        layers = count;
        position = 0;
    }

    /** @param seconds when the picture was taken, by any clock; null where it is dropped for the sake of the bitrate */
    public Frame encode(double seconds) {
        if (!rate.offer(seconds, keyFrameWanted)) {
            return null;
        }
        extendEdges(source);
        header.keyFrame = keyFrameWanted;
        int layer = keyFrameWanted ? startPattern() : chooseReferences();
        Picture p = references.free(width, height, null);
        int q = rate.choose(header.keyFrame, layers == 1 ? 1 : layer == 0 ? 1.3 : 0.8, width * height);
        long bits = encodeWith(q, p);
        for (int again = 0; again < 2 && rate.isTooLarge(bits) && q < RateController.MAX_QUANTIZER; again++) {
            q = rate.chooseAgain(q, bits);
            bits = encodeWith(q, p);
        }
        header.shown = true;
        chooseFilter();
        byte[] data = writer.write(frameEncoder, entropy, savedEntropy, width, height);
        frameEncoder.filter();
        references.update(header, p);
        last = p;
        rate.sent(header.keyFrame, q, data.length * 8L);
        keyFrameWanted = false;
        boolean sync = layer > 0 && !frameEncoder.golden;
        return new Frame(data, header.keyFrame, layer, sync, q);
    }

    private long encodeWith(int q, Picture p) {
        header.quantizer = q;
        return frameEncoder.encode(source, p, references);
    }

    /** What a decoder shows for the last frame. Belongs to the encoder and holds until the next call. */
    public Picture reconstructed() {
        return last;
    }

    private int startPattern() {
        header.refreshEntropy = true;
        header.refreshLast = true;
        header.refreshGolden = true;
        header.refreshAlternate = true;
        header.copyToGolden = 0;
        header.copyToAlternate = 0;
        position = 0;
        sinceGolden = 0;
        entropy.reset();
        return 0;
    }

    /**
     * The layer of the next frame, and what it leaves to others: frames of higher layers leave neither probabilities
     * nor the last picture.
     */
    private int chooseReferences() {
        header.refreshAlternate = false;
        header.copyToAlternate = 0;
        header.copyToGolden = 0;
        header.refreshGolden = false;
        position = (position + 1) % (layers == 3 ? 4 : layers);
        int layer = layers == 1 || position == 0 ? 0 : layers == 2 || position == 2 ? 1 : 2;
        header.refreshEntropy = layer == 0;
        header.refreshLast = layer == 0;
        // Of three layers, golden is the last frame of the middle one, which only the frame after it may look at.
        frameEncoder.golden = layers == 1 || layers == 3 && position == 3;
        if (layers == 3) {
            header.refreshGolden = layer == 1;
        } else if (layers == 1 && ++sinceGolden >= GOLDEN_INTERVAL) {
            header.copyToGolden = 1; // the last picture, which nothing more is spent on
            sinceGolden = 0;
        }
        return layer;
    }

    private void chooseFilter() {
        header.simpleFilter = false;
        header.sharpness = 0;
        header.filterLevel = Math.min(63, header.quantizer * 3 / 8);
    }

    /** Repeats the outermost pixels to the end of the macroblocks. */
    private static void extendEdges(Picture p) {
        extend(p.y, p.stride, p.mbRows * 16, p.width, p.height);
        extend(p.u, p.uvStride(), p.mbRows * 8, (p.width + 1) / 2, (p.height + 1) / 2);
        extend(p.v, p.uvStride(), p.mbRows * 8, (p.width + 1) / 2, (p.height + 1) / 2);
    }

    private static void extend(byte[] plane, int stride, int rows, int width, int height) {
        for (int r = 0; r < height && width < stride; r++) {
            Arrays.fill(plane, r * stride + width, (r + 1) * stride, plane[r * stride + width - 1]);
        }
        for (int r = height; r < rows; r++) {
            System.arraycopy(plane, (height - 1) * stride, plane, r * stride, stride);
        }
    }
}
