package dev.jvmrtc.codec.h264;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.codec.CodecException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jcodec.codecs.h264.decode.DeblockerInput;
import org.jcodec.codecs.h264.decode.SliceDecoder;
import org.jcodec.codecs.h264.decode.deblock.DeblockingFilter;
import org.jcodec.codecs.h264.io.model.Frame;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.common.IntObjectMap;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Rect;

/**
 * Decodes access units in Annex B form (H.264, annex B): constrained baseline, and of main and high profile what has no
 * B slices and no fields. JCodec does the work on macroblocks; what comes before and after (NAL units, parameter sets,
 * slice headers, the pictures that are kept) is done here, and held to the ranges of the standard, since JCodec's own
 * loops and allocations believe whatever they read. The work for an access unit is bounded by its bytes and the size of
 * its picture, each macroblock of which is decoded once. For one thread at a time.
 */
final class PictureDecoder {
    private static final int SPS = 7;
    private static final int PPS = 8;
    /** Each costs work by the picture's width. */
    static final int MAX_SLICES = 1_024;
    /** Parameter sets in one access unit; there are no more of them than ids. */
    static final int MAX_PARAMETER_SETS = 288;

    private static final int MAX_NUMBERS = 1 << ParameterSets.FRAME_NUMBER_BITS;

    private final ParameterSets sets;
    private final ReferencePictures references = new ReferencePictures(this::reuse);
    private final ArrayDeque<byte[][]> planes = new ArrayDeque<>();
    private ParameterSets.Sequence active;

    PictureDecoder(long maxPixels) {
        sets = new ParameterSets(maxPixels);
    }

    /** What is done with a picture, which is only lent. */
    interface Use<T> {
        T of(Frame picture);
    }

    /**
     * What {@code use} makes of the picture; null where there is none. After an exception it goes on with an IDR
     * picture.
     */
    <T> T decode(byte[] annexB, Use<T> use) throws CodecException {
        boolean whole = false;
        try {
            List<Slice> slices = read(annexB);
            T result = slices.isEmpty() ? null : decode(slices, use);
            whole = true;
            return result;
        } catch (RuntimeException e) {
            throw Refusal.malformed(); // by JCodec, or by a macroblock that leaves its bounds
        } finally {
            if (!whole) {
                references.clear();
            }
        }
    }

    private List<Slice> read(byte[] d) throws CodecException {
        List<Slice> slices = new ArrayList<>();
        int parameterSets = 0;
        for (int start = startCode(d, 0); start < d.length; ) {
            assert Steps.count();
            int next = startCode(d, start);
            int end = next == d.length ? d.length : next - 3;
            int type = d[start] & 31;
            if (end > start + 1 && (type == Slice.IDR || type == Slice.NON_IDR || type == SPS || type == PPS)) {
                Rbsp r = Rbsp.of(d, start + 1, end);
                if (type == SPS || type == PPS) {
                    if (++parameterSets > MAX_PARAMETER_SETS) {
                        throw Refusal.malformed();
                    }
                    addParameterSet(r, type);
                } else {
                    add(slices, new Slice(r, type, d[start] >> 5 & 3, sets));
                }
            }
            start = next;
        }
        return slices;
    }

    private void addParameterSet(Rbsp r, int type) throws CodecException {
        if (type == SPS) {
            sets.addSequence(r);
        } else {
            sets.addPictures(r);
        }
    }

    private static void add(List<Slice> slices, Slice s) throws CodecException {
        if (s.redundant) {
            return;
        }
        if (slices.size() == MAX_SLICES || !slices.isEmpty() && !s.belongsTo(slices.get(0))) {
            throw Refusal.malformed();
        }
        slices.add(s);
    }

    /** Behind the next start code at or behind {@code from}; the length where there is none. */
    private static int startCode(byte[] d, int from) {
        for (int i = from; i + 3 < d.length; i++) {
            assert Steps.count();
            if (d[i] == 0 && d[i + 1] == 0 && d[i + 2] == 1) {
                return i + 3;
            }
        }
        return d.length;
    }

    private <T> T decode(List<Slice> slices, Use<T> use) throws CodecException {
        Slice first = slices.get(0);
        if (first.idr) {
            activate(first.sequence);
        } else if (first.sequence != active) {
            throw Refusal.noReference(); // the size changes with IDR pictures only
        }
        references.fillGap(first);
        SeqParameterSet sps = first.sequence.forDecoder();
        DeblockerInput input = new DeblockerInput(sps);
        Frame picture = new Frame(
                sps.picWidthInMbsMinus1 + 1 << 4,
                sps.picHeightInMapUnitsMinus1 + 1 << 4,
                freePlanes(first.sequence.macroblocks()),
                ColorSpace.YUV420,
                crop(sps),
                0,
                first.header.sliceType,
                input.mvs,
                null,
                0);
        boolean kept = false;
        try {
            decodeMacroblocks(slices, input, picture);
            T result = use.of(picture);
            if (first.reference) {
                references.keep(picture, first);
                kept = true;
            }
            return result;
        } finally {
            if (!kept) {
                reuse(picture);
            }
        }
    }

    /**
     * Slices follow one another without gaps: constrained baseline has them in order, and a frame with a gap is not
     * one.
     */
    private void decodeMacroblocks(List<Slice> slices, DeblockerInput input, Frame picture) throws CodecException {
        int total = slices.get(0).sequence.macroblocks();
        int done = 0;
        boolean filtered = false;
        for (Slice s : slices) {
            assert Steps.count();
            if (s.header.firstMbInSlice != done || done == total) {
                throw Refusal.malformed();
            }
            BoundedSlice bounded = BoundedSlice.of(s, total - done);
            new SliceDecoder(s.header.sps, numbered(s), new IntObjectMap<>(), input, picture).decodeFromReader(bounded);
            done += bounded.decoded();
            filtered |= s.header.disableDeblockingFilterIdc != 1;
        }
        if (done != total) {
            throw Refusal.malformed();
        }
        if (filtered) {
            new DeblockingFilter(slices.get(0).header.sps.picWidthInMbsMinus1 + 1, 8, input).deblockFrame(picture);
        }
    }

    /**
     * JCodec lists pictures by their numbers, from that of the current one, 0, downwards: numbered so, they stand in
     * its list as in ours.
     */
    private Frame[] numbered(Slice s) throws CodecException {
        Frame[] numbers = new Frame[MAX_NUMBERS];
        if (s.references > 0) {
            Frame[] list = references.list(s);
            for (int i = 0; i < list.length; i++) {
                numbers[MAX_NUMBERS - 1 - i] = list[i];
            }
        }
        return numbers;
    }

    private void activate(ParameterSets.Sequence s) {
        if (active == null || active.macroblocks() != s.macroblocks()) {
            references.clear();
            planes.clear();
        }
        active = s;
    }

    private byte[][] freePlanes(int macroblocks) {
        byte[][] free = planes.poll();
        return free != null
                ? free
                : new byte[][] {
                    new byte[macroblocks * 256], new byte[macroblocks * 64], new byte[macroblocks * 64], null
                };
    }

    private void reuse(Frame picture) {
        if (picture.getPlaneData(0).length == active.macroblocks() * 256) {
            planes.add(picture.getData());
        }
    }

    private static Rect crop(SeqParameterSet s) {
        if (!s.frameCroppingFlag) {
            return null;
        }
        int x = s.frameCropLeftOffset * 2;
        int y = s.frameCropTopOffset * 2;
        return new Rect(
                x,
                y,
                (s.picWidthInMbsMinus1 + 1) * 16 - s.frameCropRightOffset * 2 - x,
                (s.picHeightInMapUnitsMinus1 + 1) * 16 - s.frameCropBottomOffset * 2 - y);
    }
}
