package dev.jvmrtc.codec.h264;

import dev.jvmrtc.core.Steps;
import java.nio.ByteBuffer;
import org.jcodec.codecs.common.biari.MDecoder;
import org.jcodec.codecs.h264.decode.MBlock;
import org.jcodec.codecs.h264.decode.SliceReader;
import org.jcodec.codecs.h264.decode.aso.FlatMBlockMapper;
import org.jcodec.codecs.h264.io.CABAC;
import org.jcodec.codecs.h264.io.CAVLC;
import org.jcodec.codecs.h264.io.model.MBType;
import org.jcodec.codecs.h264.io.model.NALUnit;
import org.jcodec.codecs.h264.io.model.NALUnitType;
import org.jcodec.codecs.h264.io.model.SliceHeader;
import org.jcodec.common.io.BitReader;

/**
 * JCodec's reader of macroblocks, kept within its slice and its picture: by itself it reads zeros behind the end of its
 * data, where some of its loops never end, and writes macroblocks behind the end of the picture. What it does for one
 * macroblock is bounded by the bits that it takes; after each, the stop bit must still be unread.
 */
final class BoundedSlice extends SliceReader {
    private static final int I_PCM = 25;
    private static final int FIRST_INTRA_IN_P = 5;

    /** What stops a slice. */
    static final class Overrun extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Overrun() {
            super("behind the end of a slice", null, false, false);
        }
    }

    /**
     * The arithmetic decoder, which stops a little behind its data: so far a conforming one may look ahead (§9.3.1.2).
     */
    private static final class Arithmetic extends MDecoder {
        private static final int MAX_AHEAD = 32;
        /** Codewords begin below 510 (§9.3.1.2); from above the decoder would read ones for ever. */
        private static final int MAX_FIRST = 510;

        private final ByteBuffer data;
        private int behind;

        Arithmetic(ByteBuffer data, int[][] models) {
            super(data, models);
            this.data = data;
        }

        static Arithmetic of(byte[] bytes, int from, int[][] models) {
            if (bytes.length - from < 2 || ((bytes[from] & 0xFF) << 1 | (bytes[from + 1] & 0xFF) >> 7) >= MAX_FIRST) {
                throw new Overrun();
            }
            return new Arithmetic(ByteBuffer.wrap(bytes, from, bytes.length - from), models);
        }

        /** Also called by the constructor of the superclass, when there is no field yet. */
        @Override
        protected void readOneByte() {
            assert Steps.count();
            if (data != null && !data.hasRemaining() && ++behind > MAX_AHEAD) {
                throw new Overrun();
            }
            super.readOneByte();
        }
    }

    private final BitReader bits;
    /** What {@link #bits} has not taken yet; null of an arithmetic slice. */
    private final ByteBuffer data;

    private final boolean arithmetic;
    private int left;
    private int decoded;

    private BoundedSlice(
            SliceHeader h,
            CABAC cabac,
            CAVLC[] cavlc,
            MDecoder arithmetic,
            BitReader bits,
            ByteBuffer data,
            boolean idr,
            boolean reference,
            int left) {
        super(
                h.pps,
                cabac,
                cavlc,
                arithmetic,
                bits,
                new FlatMBlockMapper(h.sps.picWidthInMbsMinus1 + 1, h.firstMbInSlice),
                h,
                new NALUnit(idr ? NALUnitType.IDR_SLICE : NALUnitType.NON_IDR_SLICE, reference ? 1 : 0));
        this.bits = bits;
        this.data = data;
        this.arithmetic = arithmetic != null;
        this.left = left;
    }

    /** {@code left}: macroblocks from its first to the end of the picture. */
    static BoundedSlice of(Slice s, int left) {
        SliceHeader h = s.header;
        CAVLC[] cavlc = {new CAVLC(h.sps, h.pps, 2, 2), new CAVLC(h.sps, h.pps, 1, 1), new CAVLC(h.sps, h.pps, 1, 1)};
        CABAC cabac = new CABAC(h.sps.picWidthInMbsMinus1 + 1);
        byte[] bytes = s.data.bytes();
        if (h.pps.entropyCodingModeFlag) {
            int[][] models = new int[2][1024];
            cabac.initModels(models, h.sliceType, h.cabacInitIdc, 26 + h.pps.picInitQpMinus26 + h.sliceQpDelta);
            Arithmetic a = Arithmetic.of(bytes, s.data.position() + 7 >> 3, models);
            return new BoundedSlice(
                    h,
                    cabac,
                    cavlc,
                    a,
                    BitReader.createBitReader(ByteBuffer.allocate(0)),
                    null,
                    s.idr,
                    s.reference,
                    left);
        }
        ByteBuffer data = ByteBuffer.wrap(bytes);
        BitReader bits = BitReader.createBitReader(data);
        bits.skip(s.data.position());
        return new BoundedSlice(h, cabac, cavlc, null, bits, data, s.idr, s.reference, left);
    }

    @Override
    public boolean readMacroblock(MBlock block) {
        assert Steps.count();
        if (left == 0 || !super.readMacroblock(block)) {
            return false;
        }
        if (!arithmetic && stopBitTaken()) {
            throw new Overrun();
        }
        left--;
        decoded++;
        return true;
    }

    /**
     * The last one bit of the data, which is none of a macroblock's (§7.3.2.11), has been read as one. What
     * {@code bits} says that remains does not tell: looking ahead, it fills itself with zeros at the end, and counts
     * them.
     */
    private boolean stopBitTaken() {
        return !data.hasRemaining() && bits.checkAllBits() == 0;
    }

    /**
     * Types beyond those that there are, and samples as they are in an arithmetic slice, which JCodec takes from the
     * wrong place.
     */
    private int checked(int type, int samples) {
        if (type > samples || arithmetic && type == samples) {
            throw new Overrun();
        }
        return type;
    }

    @Override
    public int decodeMBTypeI(int index, boolean leftAvailable, boolean topAvailable, MBType leftType, MBType topType) {
        return checked(super.decodeMBTypeI(index, leftAvailable, topAvailable, leftType, topType), I_PCM);
    }

    @Override
    public int readMBTypeP() {
        return checked(super.readMBTypeP(), FIRST_INTRA_IN_P + I_PCM);
    }

    /** Macroblocks so far. */
    int decoded() {
        return decoded;
    }
}
