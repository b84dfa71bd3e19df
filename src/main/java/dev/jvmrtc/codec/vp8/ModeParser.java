package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/** Reads how each macroblock is predicted (RFC 6386 §8, §10, §11, §16, §17). */
final class ModeParser {
    private final FrameHeader header;
    private final EntropyState entropy;
    private final Mv.Candidates candidates = new Mv.Candidates();

    ModeParser(FrameHeader header, EntropyState entropy) {
        this.header = header;
        this.entropy = entropy;
    }

    void parse(BoolDecoder b, MacroblockMap map, int row, int column) {
        Macroblock mb = map.at(row, column);
        if (header.updateSegmentMap) {
            mb.segment = b.tree(Modes.SEGMENT_TREE, header.segmentProbabilities, 0);
        } else if (header.keyFrame) {
            mb.segment = 0;
        }
        mb.skip = header.skipFlags && b.read(header.skipProbability);
        if (header.keyFrame) {
            parseKeyFrameModes(b, mb, map.at(row - 1, column), map.at(row, column - 1));
        } else if (b.read(header.intraProbability)) {
            parseInter(b, mb, map, row, column);
        } else {
            parseIntra(b, mb);
        }
    }

    private void parseKeyFrameModes(BoolDecoder b, Macroblock mb, Macroblock above, Macroblock left) {
        mb.reference = Modes.INTRA;
        mb.mv = 0;
        mb.mode = b.tree(Modes.KEY_FRAME_Y_TREE, Modes.KEY_FRAME_Y, 0);
        if (mb.mode == Modes.BLOCKS) {
            for (int i = 0; i < 16; i++) {
                int a = i < 4 ? above.blockModes[i + 12] : mb.blockModes[i - 4];
                int l = (i & 3) == 0 ? left.blockModes[i + 3] : mb.blockModes[i - 1];
                mb.blockModes[i] = (byte) b.tree(Modes.BLOCK_TREE, Modes.KEY_FRAME_BLOCK, Modes.keyFrameBlock(a, l));
            }
        } else {
            Arrays.fill(mb.blockModes, (byte) Modes.asBlockMode(mb.mode));
        }
        mb.uvMode = b.tree(Modes.UV_TREE, Modes.KEY_FRAME_UV, 0);
    }

    private void parseIntra(BoolDecoder b, Macroblock mb) {
        mb.reference = Modes.INTRA;
        mb.mv = 0;
        mb.mode = b.tree(Modes.Y_TREE, entropy.y, 0);
        if (mb.mode == Modes.BLOCKS) {
            for (int i = 0; i < 16; i++) {
                mb.blockModes[i] = (byte) b.tree(Modes.BLOCK_TREE, Modes.BLOCK, 0);
            }
        }
        mb.uvMode = b.tree(Modes.UV_TREE, entropy.uv, 0);
    }

    private void parseInter(BoolDecoder b, Macroblock mb, MacroblockMap map, int row, int column) {
        mb.reference = !b.read(header.lastProbability)
                ? Modes.LAST
                : b.read(header.goldenProbability) ? Modes.ALTERNATE : Modes.GOLDEN;
        candidates.find(
                map.at(row - 1, column),
                map.at(row, column - 1),
                map.at(row - 1, column - 1),
                mb.reference,
                header.signBias);
        mb.mode = b.tree(Modes.REFERENCE_MODE_TREE, candidates.probabilities, 0);
        switch (mb.mode) {
            case Modes.NEAREST_MV:
                mb.mv = Mv.clamp(candidates.nearest(), row, column, map.rows, map.columns);
                break;
            case Modes.NEAR_MV:
                mb.mv = Mv.clamp(candidates.near(), row, column, map.rows, map.columns);
                break;
            case Modes.NEW_MV:
                mb.mv = Mv.add(Mv.clamp(candidates.best(), row, column, map.rows, map.columns), readMv(b));
                break;
            case Modes.SPLIT_MV:
                parseSplit(
                        b,
                        mb,
                        map.at(row - 1, column),
                        map.at(row, column - 1),
                        Mv.clamp(candidates.best(), row, column, map.rows, map.columns));
                break;
            default:
                mb.mv = 0;
                break;
        }
    }

    private void parseSplit(BoolDecoder b, Macroblock mb, Macroblock above, Macroblock left, int best) {
        mb.split = b.tree(Mv.SPLIT_TREE, Mv.SPLIT, 0);
        byte[] parts = Mv.SPLIT_MAP[mb.split];
        for (int p = 0; p < Mv.SPLIT_PARTS[mb.split]; p++) {
            int first = Mv.SPLIT_FIRST[mb.split][p];
            int l = (first & 3) == 0 ? left.blockMv(first + 3) : mb.blockMvs[first - 1];
            int a = first < 4 ? above.blockMv(first + 12) : mb.blockMvs[first - 4];
            int mv;
            switch (b.tree(Mv.PART_TREE, Mv.partContext(l, a), 0)) {
                case Mv.LEFT_4X4:
                    mv = l;
                    break;
                case Mv.ABOVE_4X4:
                    mv = a;
                    break;
                case Mv.NEW_4X4:
                    mv = Mv.add(best, readMv(b));
                    break;
                default:
                    mv = 0;
                    break;
            }
            for (int i = first; i < 16; i++) {
                if (parts[i] == p) {
                    mb.blockMvs[i] = mv;
                }
            }
        }
        mb.mv = mb.blockMvs[15];
    }

    private int readMv(BoolDecoder b) {
        int row = readComponent(b, 0);
        int column = readComponent(b, Mv.PROBABILITIES);
        return Mv.of(row * 2, column * 2);
    }

    private int readComponent(BoolDecoder b, int offset) {
        int[] p = entropy.mv;
        int x = 0;
        if (b.read(p[offset + Mv.IS_SHORT])) {
            for (int i = 0; i < 3; i++) {
                x += b.read(p[offset + Mv.LONG + i]) ? 1 << i : 0;
            }
            for (int i = Mv.LONG_BITS - 1; i > 3; i--) {
                x += b.read(p[offset + Mv.LONG + i]) ? 1 << i : 0;
            }
            // The fourth bit of a number with none above it is not sent: without it the number had been short.
            if ((x & 0xFFF0) == 0 || b.read(p[offset + Mv.LONG + 3])) {
                x += 8;
            }
        } else {
            x = b.tree(Mv.SHORT_TREE, p, offset + Mv.SHORT);
        }
        return x != 0 && b.read(p[offset + Mv.SIGN]) ? -x : x;
    }
}
