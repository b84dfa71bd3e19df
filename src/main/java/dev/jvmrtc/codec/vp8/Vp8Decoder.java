package dev.jvmrtc.codec.vp8;

import dev.jvmrtc.codec.vp8.Vp8FormatException.Reason;
import dev.jvmrtc.core.Steps;

/**
 * Decodes VP8 frame by frame (RFC 6386), every feature of the format, to the same bits as any other conforming decoder.
 * For one thread at a time.
 */
public final class Vp8Decoder {
    /**
     * What the modes of a macroblock of a key frame take at least (RFC 6386 §11.2, whose probabilities are fixed): more
     * than three bits. A key frame with less than two for each would have us work on a large picture for a handful of
     * bytes.
     */
    static final int MIN_BITS_PER_MACROBLOCK = 2;

    private final long maxPixels;
    private final FrameHeader header = new FrameHeader();
    private final EntropyState entropy = new EntropyState();
    private final EntropyState savedEntropy = new EntropyState();
    private final ModeParser modes = new ModeParser(header, entropy);
    private final References references = new References();
    private final LoopFilter loopFilter = new LoopFilter();
    private final Reconstruction reconstruction = new Reconstruction();
    private final Dequantizer[] dequantizers = new Dequantizer[FrameHeader.SEGMENTS];
    private final BoolDecoder first = new BoolDecoder();
    private final BoolDecoder[] partitions = new BoolDecoder[8];
    private int width;
    private int height;
    private MacroblockMap map;
    private Coefficients coefficients;
    private Picture shown;

    /**
     * @param maxPixels a key frame that announces more than this many, width times height, is refused before anything
     *     is allocated
     */
    public Vp8Decoder(long maxPixels) {
        this.maxPixels = maxPixels;
        for (int i = 0; i < partitions.length; i++) {
            partitions[i] = new BoolDecoder();
        }
        for (int i = 0; i < dequantizers.length; i++) {
            dequantizers[i] = new Dequantizer();
        }
    }

    /**
     * Decodes a frame. The picture belongs to the decoder and holds until the next call; it is null for a frame that is
     * not to be shown. An empty frame stands for one that the encoder dropped: the last picture is shown again.
     *
     * <p>After an exception the frame has left no trace in the pictures, but what follows is predicted from another
     * than its encoder meant: ask for a key frame.
     */
    public Picture decode(byte[] data, int offset, int length) throws Vp8FormatException {
        if (length == 0) {
            if (references.isEmpty()) {
                throw new Vp8FormatException(Reason.NO_KEY_FRAME, "an empty frame before any key frame");
            }
            return shown;
        }
        header.parseTag(data, offset, length);
        int start = offset + (header.keyFrame ? FrameHeader.KEY_FRAME_BYTES : FrameHeader.TAG_BYTES);
        int end = offset + length;
        if (header.firstPartitionSize > end - start) {
            throw new Vp8FormatException(
                    Reason.TRUNCATED,
                    "the first partition has " + header.firstPartitionSize + " bytes, the frame " + length);
        }
        if (header.keyFrame) {
            startKeyFrame();
        } else if (references.isEmpty()) {
            throw new Vp8FormatException(Reason.NO_KEY_FRAME, "an inter frame before any key frame");
        }
        first.init(data, start, start + header.firstPartitionSize);
        header.parse(first, entropy, savedEntropy);
        try {
            splitPartitions(data, start + header.firstPartitionSize, end);
            Picture p = references.free(width, height, shown);
            decodeMacroblocks(p);
            loopFilter.apply(p, map, header);
            references.update(header, p);
            if (header.shown) {
                shown = p;
            }
            return header.shown ? p : null;
        } finally {
            if (!header.refreshEntropy) {
                entropy.set(savedEntropy);
            }
        }
    }

    private void startKeyFrame() throws Vp8FormatException {
        if ((long) header.width * header.height > maxPixels) {
            throw new Vp8FormatException(Reason.TOO_LARGE, "a picture of " + header.width + "x" + header.height);
        }
        int macroblocks = (header.height + 15 >> 4) * (header.width + 15 >> 4);
        if ((long) header.firstPartitionSize * 8 < (long) macroblocks * MIN_BITS_PER_MACROBLOCK) {
            throw new Vp8FormatException(
                    Reason.TRUNCATED,
                    "a first partition of " + header.firstPartitionSize + " bytes for " + macroblocks + " macroblocks");
        }
        if (map == null || header.width != width || header.height != height) {
            references.clear();
            shown = null;
            width = header.width;
            height = header.height;
            map = new MacroblockMap((height + 15) >> 4, (width + 15) >> 4);
            coefficients = new Coefficients(map.columns);
        }
    }

    /** RFC 6386 §9.5: three bytes for the size of each partition but the last, then the partitions. */
    private void splitPartitions(byte[] data, int sizes, int end) throws Vp8FormatException {
        int at = sizes + 3 * (header.partitions - 1);
        if (at > end) {
            throw new Vp8FormatException(
                    Reason.TRUNCATED, "no room for the sizes of " + header.partitions + " partitions");
        }
        for (int i = 0; i < header.partitions; i++) {
            int size = end - at;
            if (i < header.partitions - 1) {
                int s = sizes + 3 * i;
                size = data[s] & 0xFF | (data[s + 1] & 0xFF) << 8 | (data[s + 2] & 0xFF) << 16;
                if (size > end - at) {
                    throw new Vp8FormatException(
                            Reason.TRUNCATED, "partition " + i + " has " + size + " bytes of " + (end - at));
                }
            }
            partitions[i].init(data, at, at + size);
            at += size;
        }
    }

    private void decodeMacroblocks(Picture p) {
        for (int i = 0; i < dequantizers.length; i++) {
            dequantizers[i].set(header, i);
        }
        reconstruction.startFrame(header.version);
        coefficients.startFrame();
        for (int row = 0; row < map.rows; row++) {
            BoolDecoder tokens = partitions[row & header.partitions - 1];
            coefficients.startRow();
            for (int column = 0; column < map.columns; column++) {
                assert Steps.count();
                modes.parse(first, map, row, column);
                Macroblock mb = map.at(row, column);
                if (mb.skip) {
                    coefficients.skip(column, mb.hasY2());
                } else {
                    mb.skip = !coefficients.parse(
                            tokens,
                            entropy.coefficients,
                            column,
                            mb.hasY2(),
                            dequantizers[header.segmentation ? mb.segment : 0]);
                }
                reconstruction.predictAndAdd(mb, references.get(mb.reference), coefficients, p, row, column);
            }
        }
    }

    /** Of the last key frame; 0 before. */
    public int width() {
        return width;
    }

    /** Of the last key frame; 0 before. */
    public int height() {
        return height;
    }
}
