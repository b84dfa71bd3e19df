package dev.jvmrtc.codec.vp8;

import java.util.Random;

/**
 * Writes VP8 that no encoder would: every field of the header, every mode, split and vector at random, whatever picture
 * comes of it. It knows the syntax only, and keeps of a frame what the syntax of the next depends on.
 */
final class RandomSyntaxWriter {
    private final Random random;
    private final int width;
    private final int height;
    private final int version;
    /**
     * Large coefficients with small quantizers, or the other way round: what overflows 16 bits is decoded differently
     * by libvpx itself from processor to processor.
     */
    private final boolean fine;

    private final int rows;
    private final int columns;
    private final MacroblockMap map;
    private final EntropyState entropy = new EntropyState();
    private final EntropyState saved = new EntropyState();
    private final Mv.Candidates candidates = new Mv.Candidates();
    private final boolean[] signBias = new boolean[4];
    private final int[] segmentProbabilities = new int[3];

    RandomSyntaxWriter(Random random, int width, int height, int version) {
        this.random = random;
        this.width = width;
        this.height = height;
        this.version = version;
        fine = random.nextBoolean();
        rows = (height + 15) >> 4;
        columns = (width + 15) >> 4;
        map = new MacroblockMap(rows, columns);
    }

    private boolean chance(double p) {
        return random.nextDouble() < p;
    }

    private int probability() {
        return chance(0.1) ? random.nextInt(256) : 1 + random.nextInt(255);
    }

    byte[] frame(boolean keyFrame) {
        BoolEncoder b = new BoolEncoder();
        boolean shown = chance(0.9);
        if (keyFrame) {
            b.flag(chance(0.5));
            b.flag(chance(0.5));
            entropy.reset();
            signBias[Modes.GOLDEN] = false;
            signBias[Modes.ALTERNATE] = false;
        }
        boolean updateMap = segments(b);
        b.flag(chance(0.5)); // the simple filter
        b.literal(chance(0.3) ? 0 : random.nextInt(64), 6);
        b.literal(random.nextInt(8), 3);
        boolean deltas = chance(0.5);
        b.flag(deltas);
        if (deltas) {
            boolean update = chance(0.5);
            b.flag(update);
            for (int i = 0; i < 8 && update; i++) {
                optional(b, 6, 0.5);
            }
        }
        int logPartitions = random.nextInt(4);
        b.literal(logPartitions, 2);
        b.literal(fine ? random.nextInt(4) : random.nextInt(128), 7);
        for (int i = 0; i < 5; i++) {
            optional(b, 4, fine ? 0 : 0.3);
        }
        boolean refreshEntropy = references(b, keyFrame);
        if (!refreshEntropy) {
            saved.set(entropy);
        }
        for (int i = 0; i < CoefficientProbabilities.SIZE; i++) {
            boolean change = chance(0.02);
            b.write(change, CoefficientProbabilities.UPDATE[i]);
            if (change) {
                entropy.coefficients[i] = probability();
                b.literal(entropy.coefficients[i], 8);
            }
        }
        boolean skipFlags = chance(0.7);
        b.flag(skipFlags);
        int skip = probability();
        if (skipFlags) {
            b.literal(skip, 8);
        }
        int intra = probability();
        int last = probability();
        int golden = probability();
        if (!keyFrame) {
            interProbabilities(b, intra, last, golden);
        }
        byte[] data = macroblocks(
                b, keyFrame, updateMap, skipFlags ? skip : -1, intra, last, golden, 1 << logPartitions, shown);
        if (!refreshEntropy) {
            entropy.set(saved);
        }
        return data;
    }

    private void optional(BoolEncoder b, int bits, double chance) {
        boolean there = chance(chance);
        b.flag(there);
        if (there) {
            b.literal(random.nextInt(1 << bits), bits);
            b.flag(chance(0.5));
        }
    }

    private boolean segments(BoolEncoder b) {
        boolean on = chance(0.5);
        b.flag(on);
        if (!on) {
            return false;
        }
        boolean updateMap = chance(0.5);
        boolean updateData = chance(0.5);
        b.flag(updateMap);
        b.flag(updateData);
        if (updateData) {
            b.flag(chance(0.5));
            for (int i = 0; i < 8; i++) {
                optional(b, i < 4 ? 7 : 6, fine && i < 4 ? 0 : 0.6);
            }
        }
        for (int i = 0; i < 3 && updateMap; i++) {
            boolean there = chance(0.7);
            b.flag(there);
            segmentProbabilities[i] = there ? probability() : 255;
            if (there) {
                b.literal(segmentProbabilities[i], 8);
            }
        }
        return updateMap;
    }

    private boolean references(BoolEncoder b, boolean keyFrame) {
        boolean refreshEntropy = chance(0.6);
        if (!keyFrame) {
            boolean refreshGolden = chance(0.2);
            boolean refreshAlternate = chance(0.2);
            b.flag(refreshGolden);
            b.flag(refreshAlternate);
            if (!refreshGolden) {
                b.literal(chance(0.5) ? 0 : random.nextInt(3), 2);
            }
            if (!refreshAlternate) {
                b.literal(chance(0.5) ? 0 : random.nextInt(3), 2);
            }
            signBias[Modes.GOLDEN] = chance(0.3);
            signBias[Modes.ALTERNATE] = chance(0.3);
            b.flag(signBias[Modes.GOLDEN]);
            b.flag(signBias[Modes.ALTERNATE]);
        }
        b.flag(refreshEntropy);
        if (!keyFrame) {
            b.flag(chance(0.8));
        }
        return refreshEntropy;
    }

    private void interProbabilities(BoolEncoder b, int intra, int last, int golden) {
        b.literal(intra, 8);
        b.literal(last, 8);
        b.literal(golden, 8);
        for (int[] p : new int[][] {entropy.y, entropy.uv}) {
            boolean change = chance(0.2);
            b.flag(change);
            for (int i = 0; i < p.length && change; i++) {
                p[i] = probability();
                b.literal(p[i], 8);
            }
        }
        for (int i = 0; i < entropy.mv.length; i++) {
            boolean change = chance(0.1);
            b.write(change, Mv.UPDATE[i]);
            if (change) {
                int x = random.nextInt(128);
                b.literal(x, 7);
                entropy.mv[i] = x == 0 ? 1 : x << 1;
            }
        }
    }

    private byte[] macroblocks(
            BoolEncoder b,
            boolean keyFrame,
            boolean updateMap,
            int skip,
            int intra,
            int last,
            int golden,
            int partitionCount,
            boolean shown) {
        BoolEncoder[] partitions = new BoolEncoder[partitionCount];
        for (int i = 0; i < partitionCount; i++) {
            partitions[i] = new BoolEncoder();
        }
        Coefficients coefficients = new Coefficients(columns);
        coefficients.startFrame();
        Tokens tokens = new Tokens();
        double density = random.nextDouble() * random.nextDouble();
        for (int row = 0; row < rows; row++) {
            coefficients.startRow();
            tokens.start();
            for (int column = 0; column < columns; column++) {
                Macroblock mb = map.at(row, column);
                if (updateMap) {
                    b.tree(Modes.SEGMENT_TREE, segmentProbabilities, 0, random.nextInt(4));
                }
                boolean skipped = skip >= 0 && chance(0.4);
                if (skip >= 0) {
                    b.write(skipped, skip);
                }
                if (keyFrame) {
                    keyFrameModes(b, mb, map.at(row - 1, column), map.at(row, column - 1));
                } else {
                    boolean inter = chance(0.8);
                    b.write(inter, intra);
                    if (inter) {
                        interModes(b, mb, row, column, last, golden);
                    } else {
                        intraModes(b, mb);
                    }
                }
                if (skipped) {
                    coefficients.skip(column, mb.hasY2());
                } else {
                    fill(coefficients, mb.hasY2(), density);
                    tokens.add(coefficients, column, mb.hasY2());
                }
            }
            tokens.write(partitions[row & partitionCount - 1], entropy.coefficients);
        }
        return assemble(b, keyFrame, shown, partitions);
    }

    private void fill(Coefficients c, boolean hasY2, double density) {
        java.util.Arrays.fill(c.values, (short) 0);
        for (int i = 0; i < Coefficients.BLOCKS; i++) {
            int first = i < 16 && hasY2 ? 1 : 0;
            int end = chance(density) ? first + random.nextInt(17 - first) : 0;
            c.ends[i] = (byte) (end > first ? end : 0);
            int large = fine ? first + random.nextInt(16) : -1;
            for (int k = first; k < end; k++) {
                int v = random.nextInt(fine ? 9 : 5) - (fine ? 4 : 2);
                if (k == large) {
                    v = random.nextInt(1 << 1 + random.nextInt(10)) * (chance(0.5) ? 1 : -1);
                }
                if (k == end - 1 && v == 0 && end < 16) {
                    v = 1; // an end never follows a zero
                }
                c.values[i * 16 + Coefficients.ZIGZAG[k]] = (short) v;
            }
        }
    }

    private void keyFrameModes(BoolEncoder b, Macroblock mb, Macroblock above, Macroblock left) {
        mb.reference = Modes.INTRA;
        mb.mv = 0;
        mb.mode = random.nextInt(5);
        b.tree(Modes.KEY_FRAME_Y_TREE, Modes.KEY_FRAME_Y, 0, mb.mode);
        for (int i = 0; i < 16; i++) {
            if (mb.mode == Modes.BLOCKS) {
                int a = i < 4 ? above.blockModes[i + 12] : mb.blockModes[i - 4];
                int l = (i & 3) == 0 ? left.blockModes[i + 3] : mb.blockModes[i - 1];
                mb.blockModes[i] = (byte) random.nextInt(Modes.B_COUNT);
                b.tree(Modes.BLOCK_TREE, Modes.KEY_FRAME_BLOCK, Modes.keyFrameBlock(a, l), mb.blockModes[i]);
            } else {
                mb.blockModes[i] = (byte) Modes.asBlockMode(mb.mode);
            }
        }
        b.tree(Modes.UV_TREE, Modes.KEY_FRAME_UV, 0, random.nextInt(4));
    }

    private void intraModes(BoolEncoder b, Macroblock mb) {
        mb.reference = Modes.INTRA;
        mb.mv = 0;
        mb.mode = random.nextInt(5);
        b.tree(Modes.Y_TREE, entropy.y, 0, mb.mode);
        for (int i = 0; i < 16 && mb.mode == Modes.BLOCKS; i++) {
            b.tree(Modes.BLOCK_TREE, Modes.BLOCK, 0, random.nextInt(Modes.B_COUNT));
        }
        b.tree(Modes.UV_TREE, entropy.uv, 0, random.nextInt(4));
    }

    private void interModes(BoolEncoder b, Macroblock mb, int row, int column, int last, int golden) {
        mb.reference = 1 + random.nextInt(3);
        b.write(mb.reference != Modes.LAST, last);
        if (mb.reference != Modes.LAST) {
            b.write(mb.reference == Modes.ALTERNATE, golden);
        }
        Macroblock above = map.at(row - 1, column);
        Macroblock left = map.at(row, column - 1);
        candidates.find(above, left, map.at(row - 1, column - 1), mb.reference, signBias);
        mb.mode = Modes.ZERO_MV + random.nextInt(5);
        b.tree(Modes.REFERENCE_MODE_TREE, candidates.probabilities, 0, mb.mode);
        int best = Mv.clamp(candidates.best(), row, column, rows, columns);
        switch (mb.mode) {
            case Modes.NEAREST_MV -> mb.mv = Mv.clamp(candidates.nearest(), row, column, rows, columns);
            case Modes.NEAR_MV -> mb.mv = Mv.clamp(candidates.near(), row, column, rows, columns);
            case Modes.NEW_MV -> mb.mv = Mv.add(best, vector(b));
            case Modes.SPLIT_MV -> split(b, mb, above, left, best);
            default -> mb.mv = 0;
        }
    }

    private void split(BoolEncoder b, Macroblock mb, Macroblock above, Macroblock left, int best) {
        mb.split = random.nextInt(4);
        b.tree(Mv.SPLIT_TREE, Mv.SPLIT, 0, mb.split);
        for (int p = 0; p < Mv.SPLIT_PARTS[mb.split]; p++) {
            int first = Mv.SPLIT_FIRST[mb.split][p];
            int l = (first & 3) == 0 ? left.blockMv(first + 3) : mb.blockMvs[first - 1];
            int a = first < 4 ? above.blockMv(first + 12) : mb.blockMvs[first - 4];
            int kind = random.nextInt(4);
            b.tree(Mv.PART_TREE, Mv.partContext(l, a), 0, kind);
            int mv = kind == Mv.LEFT_4X4
                    ? l
                    : kind == Mv.ABOVE_4X4 ? a : kind == Mv.ZERO_4X4 ? 0 : Mv.add(best, vector(b));
            for (int i = 0; i < 16; i++) {
                if (Mv.SPLIT_MAP[mb.split][i] == p) {
                    mb.blockMvs[i] = mv;
                }
            }
        }
        mb.mv = mb.blockMvs[15];
    }

    private int vector(BoolEncoder b) {
        int row = component(b, 0);
        int column = component(b, Mv.PROBABILITIES);
        return Mv.of(2 * row, 2 * column);
    }

    private int component(BoolEncoder b, int offset) {
        // With whole pixels of colour (version 3), libvpx leaves out the colours of macroblocks that lie almost, but
        // not quite, as far outside as it clamps vectors.
        int abs = version == 3
                ? random.nextInt(4)
                : chance(0.5) ? random.nextInt(16) : random.nextInt(1 << 1 + random.nextInt(10));
        int[] p = entropy.mv;
        b.write(abs > 7, p[offset + Mv.IS_SHORT]);
        if (abs < 8) {
            b.tree(Mv.SHORT_TREE, p, offset + Mv.SHORT, abs);
        } else {
            for (int i = 0; i < 3; i++) {
                b.write((abs >> i & 1) != 0, p[offset + Mv.LONG + i]);
            }
            for (int i = Mv.LONG_BITS - 1; i > 3; i--) {
                b.write((abs >> i & 1) != 0, p[offset + Mv.LONG + i]);
            }
            if (abs > 15) {
                b.write((abs & 8) != 0, p[offset + Mv.LONG + 3]);
            }
        }
        boolean negative = chance(0.5);
        if (abs > 0) {
            b.write(negative, p[offset + Mv.SIGN]);
        }
        return negative ? -abs : abs;
    }

    private byte[] assemble(BoolEncoder first, boolean keyFrame, boolean shown, BoolEncoder[] partitions) {
        first.finish();
        int start = keyFrame ? FrameHeader.KEY_FRAME_BYTES : FrameHeader.TAG_BYTES;
        int size = start + first.length() + 3 * (partitions.length - 1);
        for (BoolEncoder p : partitions) {
            p.finish();
            size += p.length();
        }
        byte[] d = new byte[size];
        int tag = (keyFrame ? 0 : 1) | version << 1 | (shown ? 16 : 0) | first.length() << 5;
        little(d, 0, tag, 3);
        if (keyFrame) {
            d[3] = (byte) 0x9D;
            d[4] = 0x01;
            d[5] = 0x2A;
            little(d, 6, width | random.nextInt(4) << 14, 2);
            little(d, 8, height | random.nextInt(4) << 14, 2);
        }
        first.copyTo(d, start);
        int at = start + first.length();
        for (int i = 0; i < partitions.length - 1; i++) {
            little(d, at, partitions[i].length(), 3);
            at += 3;
        }
        for (BoolEncoder p : partitions) {
            p.copyTo(d, at);
            at += p.length();
        }
        return d;
    }

    private static void little(byte[] d, int at, int value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            d[at + i] = (byte) (value >> 8 * i);
        }
    }
}
