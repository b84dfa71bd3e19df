package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/**
 * Writes a frame that {@link FrameEncoder} has made (RFC 6386 §9, §19), and updates the probabilities that last. The
 * counterpart of {@link FrameHeader} and {@link ModeParser}.
 */
final class StreamWriter {
    private static final int PARTITION_SIZE = 3;

    private final BoolEncoder first = new BoolEncoder();
    /** Of tokens. */
    private final BoolEncoder[] partitions;

    private final Rows rows;
    private final Mv.Candidates candidates = new Mv.Candidates();
    /** Of motion vectors, as {@link Tokens} counts. */
    private final int[] mvCounts = new int[4 * Mv.PROBABILITIES];

    StreamWriter(int count, Rows rows) {
        partitions = new BoolEncoder[count];
        for (int i = 0; i < count; i++) {
            partitions[i] = new BoolEncoder();
        }
        this.rows = rows;
    }

    byte[] write(FrameEncoder frame, EntropyState entropy, EntropyState saved, int width, int height) {
        FrameHeader h = frame.header;
        first.start();
        if (h.keyFrame) {
            first.flag(false); // colour space: BT.601
            first.flag(false); // clamping is needed
        }
        first.flag(false); // no segments
        first.flag(h.simpleFilter);
        first.literal(h.filterLevel, 6);
        first.literal(h.sharpness, 3);
        first.flag(h.filterDeltas);
        first.flag(h.keyFrame); // where they are told, once for all
        if (h.keyFrame) {
            writeDeltas(h.referenceDeltas);
            writeDeltas(h.modeDeltas);
        }
        first.literal(Integer.numberOfTrailingZeros(partitions.length), 2);
        first.literal(h.quantizer, 7);
        for (int i = 0; i < 5; i++) {
            first.flag(false); // the quantizers of all kinds of coefficients go together
        }
        if (!h.keyFrame) {
            first.flag(h.refreshGolden);
            first.flag(h.refreshAlternate);
            if (!h.refreshGolden) {
                first.literal(h.copyToGolden, 2);
            }
            if (!h.refreshAlternate) {
                first.literal(h.copyToAlternate, 2);
            }
            first.flag(h.signBias[Modes.GOLDEN]);
            first.flag(h.signBias[Modes.ALTERNATE]);
        }
        first.flag(h.refreshEntropy);
        if (!h.keyFrame) {
            first.flag(h.refreshLast);
        }
        if (!h.refreshEntropy) {
            saved.set(entropy);
        }
        frame.tokens[0].writeProbabilities(first, entropy.coefficients);
        countModes(frame);
        first.flag(true);
        first.literal(h.skipProbability, 8);
        if (!h.keyFrame) {
            first.literal(h.intraProbability, 8);
            first.literal(h.lastProbability, 8);
            first.literal(h.goldenProbability, 8);
            first.flag(false); // the probabilities of intra modes stay
            first.flag(false);
            writeMvProbabilities(entropy.mv);
        }
        rows.run(1 + partitions.length, (member, part, progress) -> {
            if (part == 0) {
                writeModes(frame, entropy);
                first.finish();
            } else {
                BoolEncoder b = partitions[part - 1];
                b.start();
                frame.tokens[part - 1].write(b, entropy.coefficients);
                b.finish();
            }
        });
        byte[] data = assemble(h, width, height);
        if (!h.refreshEntropy) {
            entropy.set(saved);
        }
        return data;
    }

    private void writeDeltas(int[] deltas) {
        for (int d : deltas) {
            first.optionalSigned(d, 6);
        }
    }

    private byte[] assemble(FrameHeader h, int width, int height) {
        int start = h.keyFrame ? FrameHeader.KEY_FRAME_BYTES : FrameHeader.TAG_BYTES;
        int length = start + first.length() + PARTITION_SIZE * (partitions.length - 1);
        for (BoolEncoder b : partitions) {
            length += b.length();
        }
        byte[] data = new byte[length];
        int tag = (h.keyFrame ? 0 : 1) | h.version << 1 | 1 << 4 | first.length() << 5;
        data[0] = (byte) tag;
        data[1] = (byte) (tag >> 8);
        data[2] = (byte) (tag >> 16);
        if (h.keyFrame) {
            data[3] = (byte) 0x9D;
            data[4] = 0x01;
            data[5] = 0x2A;
            data[6] = (byte) width;
            data[7] = (byte) (width >> 8);
            data[8] = (byte) height;
            data[9] = (byte) (height >> 8);
        }
        first.copyTo(data, start);
        // RFC 6386 §9.5: the sizes of all partitions but the last stand before them.
        int size = start + first.length();
        int at = size + PARTITION_SIZE * (partitions.length - 1);
        for (int i = 0; i < partitions.length; i++) {
            int n = partitions[i].length();
            if (i < partitions.length - 1) {
                data[size++] = (byte) n;
                data[size++] = (byte) (n >> 8);
                data[size++] = (byte) (n >> 16);
            }
            partitions[i].copyTo(data, at);
            at += n;
        }
        return data;
    }

    /** Sets the probabilities of the header that depend on what was chosen, and counts vectors. */
    private void countModes(FrameEncoder frame) {
        FrameHeader h = frame.header;
        MacroblockMap map = frame.map;
        int skipped = 0;
        int[] references = new int[4];
        Arrays.fill(mvCounts, 0);
        for (int row = 0; row < map.rows; row++) {
            for (int column = 0; column < map.columns; column++) {
                Macroblock mb = map.at(row, column);
                skipped += mb.skip ? 1 : 0;
                references[mb.reference]++;
                if (mb.mode == Modes.NEW_MV) {
                    int best = best(h, map, mb, row, column);
                    countComponent(Mv.row(mb.mv) - Mv.row(best) >> 1, 0);
                    countComponent(Mv.column(mb.mv) - Mv.column(best) >> 1, Mv.PROBABILITIES);
                }
            }
        }
        int all = map.rows * map.columns;
        int inter = all - references[Modes.INTRA];
        h.skipProbability = Costs.probability(all - skipped, skipped);
        h.intraProbability = Costs.probability(references[Modes.INTRA], inter);
        h.lastProbability = Costs.probability(references[Modes.LAST], inter - references[Modes.LAST]);
        h.goldenProbability = Costs.probability(references[Modes.GOLDEN], references[Modes.ALTERNATE]);
    }

    private int best(FrameHeader h, MacroblockMap map, Macroblock mb, int row, int column) {
        candidates.find(
                map.at(row - 1, column),
                map.at(row, column - 1),
                map.at(row - 1, column - 1),
                mb.reference,
                h.signBias);
        return Mv.clamp(candidates.best(), row, column, map.rows, map.columns);
    }

    private void countComponent(int v, int offset) {
        int abs = Math.abs(v);
        if (abs < 8) {
            mvCounts[2 * (offset + Mv.IS_SHORT)]++;
            int at = offset + Mv.SHORT;
            mvCounts[2 * at + (abs >> 2)]++;
            mvCounts[2 * (at + (abs < 4 ? 1 : 4)) + (abs >> 1 & 1)]++;
            mvCounts[2 * (at + (abs < 4 ? 2 + (abs >> 1) : 5 + (abs - 4 >> 1))) + (abs & 1)]++;
        } else {
            mvCounts[2 * (offset + Mv.IS_SHORT) + 1]++;
            for (int i = 0; i < Mv.LONG_BITS; i++) {
                if (i != 3 || abs > 15) {
                    mvCounts[2 * (offset + Mv.LONG + i) + (abs >> i & 1)]++;
                }
            }
        }
        if (abs > 0) {
            mvCounts[2 * (offset + Mv.SIGN) + (v < 0 ? 1 : 0)]++;
        }
    }

    private void writeMvProbabilities(int[] p) {
        for (int i = 0; i < p.length; i++) {
            int zeros = mvCounts[2 * i];
            int ones = mvCounts[2 * i + 1];
            // Seven bits are sent: even numbers, and one.
            int better = zeros + ones == 0 ? p[i] : Math.max(1, Costs.probability(zeros, ones) & ~1);
            long saved = Costs.ofCounts(zeros, ones, p[i]) - Costs.ofCounts(zeros, ones, better);
            boolean change =
                    better != p[i] && saved > 7 * Costs.BIT + Costs.one(Mv.UPDATE[i]) - Costs.zero(Mv.UPDATE[i]);
            first.write(change, Mv.UPDATE[i]);
            if (change) {
                first.literal(better >> 1, 7);
                p[i] = better;
            }
        }
    }

    private void writeModes(FrameEncoder frame, EntropyState entropy) {
        FrameHeader h = frame.header;
        MacroblockMap map = frame.map;
        for (int row = 0; row < map.rows; row++) {
            for (int column = 0; column < map.columns; column++) {
                Macroblock mb = map.at(row, column);
                first.write(mb.skip, h.skipProbability);
                if (h.keyFrame) {
                    writeKeyFrameModes(mb, map.at(row - 1, column), map.at(row, column - 1));
                } else {
                    first.write(mb.reference != Modes.INTRA, h.intraProbability);
                    if (mb.reference == Modes.INTRA) {
                        writeIntra(mb, entropy);
                    } else {
                        writeInter(mb, h, map, row, column, entropy);
                    }
                }
            }
        }
    }

    private void writeKeyFrameModes(Macroblock mb, Macroblock above, Macroblock left) {
        first.tree(Modes.KEY_FRAME_Y_TREE, Modes.KEY_FRAME_Y, 0, mb.mode);
        if (mb.mode == Modes.BLOCKS) {
            for (int i = 0; i < 16; i++) {
                int a = i < 4 ? above.blockModes[i + 12] : mb.blockModes[i - 4];
                int l = (i & 3) == 0 ? left.blockModes[i + 3] : mb.blockModes[i - 1];
                first.tree(Modes.BLOCK_TREE, Modes.KEY_FRAME_BLOCK, Modes.keyFrameBlock(a, l), mb.blockModes[i]);
            }
        }
        first.tree(Modes.UV_TREE, Modes.KEY_FRAME_UV, 0, mb.uvMode);
    }

    private void writeIntra(Macroblock mb, EntropyState entropy) {
        first.tree(Modes.Y_TREE, entropy.y, 0, mb.mode);
        if (mb.mode == Modes.BLOCKS) {
            for (int i = 0; i < 16; i++) {
                first.tree(Modes.BLOCK_TREE, Modes.BLOCK, 0, mb.blockModes[i]);
            }
        }
        first.tree(Modes.UV_TREE, entropy.uv, 0, mb.uvMode);
    }

    private void writeInter(
            Macroblock mb, FrameHeader h, MacroblockMap map, int row, int column, EntropyState entropy) {
        first.write(mb.reference != Modes.LAST, h.lastProbability);
        if (mb.reference != Modes.LAST) {
            first.write(mb.reference == Modes.ALTERNATE, h.goldenProbability);
        }
        int best = best(h, map, mb, row, column);
        first.tree(Modes.REFERENCE_MODE_TREE, candidates.probabilities, 0, mb.mode);
        if (mb.mode == Modes.NEW_MV) {
            writeComponent(Mv.row(mb.mv) - Mv.row(best) >> 1, entropy.mv, 0);
            writeComponent(Mv.column(mb.mv) - Mv.column(best) >> 1, entropy.mv, Mv.PROBABILITIES);
        }
    }

    private void writeComponent(int v, int[] p, int offset) {
        int abs = Math.abs(v);
        first.write(abs > 7, p[offset + Mv.IS_SHORT]);
        if (abs < 8) {
            first.tree(Mv.SHORT_TREE, p, offset + Mv.SHORT, abs);
        } else {
            for (int i = 0; i < 3; i++) {
                first.write((abs >> i & 1) != 0, p[offset + Mv.LONG + i]);
            }
            for (int i = Mv.LONG_BITS - 1; i > 3; i--) {
                first.write((abs >> i & 1) != 0, p[offset + Mv.LONG + i]);
            }
            if (abs > 15) {
                first.write((abs & 8) != 0, p[offset + Mv.LONG + 3]);
            }
        }
        if (abs > 0) {
            first.write(v < 0, p[offset + Mv.SIGN]);
        }
    }
}
