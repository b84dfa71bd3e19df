package dev.jvmrtc.codec.h264;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.codec.CodecException;
import java.util.ArrayList;
import java.util.List;
import org.jcodec.codecs.h264.io.model.PictureParameterSet;
import org.jcodec.codecs.h264.io.model.PredictionWeightTable;
import org.jcodec.codecs.h264.io.model.SliceHeader;
import org.jcodec.codecs.h264.io.model.SliceType;

/**
 * A slice: its header (H.264 §7.3.3), read and held to the ranges of §7.4.3, and where its macroblocks begin. Frames
 * only, I and P.
 */
final class Slice {
    static final int NON_IDR = 1;
    static final int IDR = 5;
    /** Pictures that a frame is predicted from (§7.4.3, num_ref_idx_l0_active_minus1). */
    static final int MAX_REFERENCES = 16;
    /** More commands than these are not needed to let go of sixteen pictures and to number them anew. */
    private static final int MAX_COMMANDS = 64;

    /** A command with its arguments: a change of the list of references, or of what is kept. */
    record Command(int code, int first, int second) {}

    final boolean idr;
    final boolean reference;
    final ParameterSets.Sequence sequence;
    final SliceHeader header = new SliceHeader();
    final Rbsp data;
    final int frameNumber;
    final boolean redundant;
    final int references;
    final List<Command> listChanges;
    /** Of an IDR picture: whether it is kept as a long-term reference. */
    final boolean longTerm;
    /** What becomes of the references; null where the oldest gives way. */
    final List<Command> marking;

    Slice(Rbsp r, int type, int refIdc, ParameterSets sets) throws CodecException {
        idr = type == IDR;
        reference = refIdc != 0;
        data = r;
        int first = r.ue(1 << 20);
        int kind = r.ue(9) % 5;
        ParameterSets.Pictures pictures = sets.pictures(r.ue(255));
        PictureParameterSet pps = pictures.forDecoder();
        sequence = sets.sequence(pictures);
        if (first >= sequence.macroblocks() || idr && (kind == 0 || !reference)) {
            throw Refusal.malformed();
        }
        if (kind != 0 && kind != 2) {
            throw Refusal.unsupported(); // B, SP, SI
        }
        header.sps = sequence.forDecoder();
        header.pps = pps;
        header.firstMbInSlice = first;
        header.sliceType = kind == 0 ? SliceType.P : SliceType.I;
        header.picParameterSetId = pps.picParameterSetId;
        header.deltaPicOrderCnt = new int[2];
        header.refPicReordering = new int[2][][]; // what JCodec is given is in order already
        frameNumber = r.bits(sequence.frameNumberBits());
        if (idr) {
            r.ue(65_535); // idr_pic_id
            if (frameNumber != 0) {
                throw Refusal.malformed();
            }
        }
        readOrder(r, pps);
        redundant = pps.redundantPicCntPresentFlag && r.ue(127) > 0;
        references = kind == 0 ? readReferenceCount(r, pps) : 0;
        listChanges = kind == 0 && r.flag() ? readCommands(r, false) : List.of();
        if (kind == 0 && pps.weightedPredFlag) {
            readWeights(r);
        }
        boolean keepLong = false;
        List<Command> commands = null;
        if (reference && idr) {
            r.flag(); // no_output_of_prior_pics
            keepLong = r.flag();
        } else if (reference && r.flag()) {
            commands = readCommands(r, true);
        }
        longTerm = keepLong;
        marking = commands;
        readQuality(r, pps, kind == 0);
    }

    private void readOrder(Rbsp r, PictureParameterSet pps) throws CodecException {
        if (sequence.pictureOrderType() == 0) {
            r.bits(sequence.pictureOrderBits());
        }
        boolean any = sequence.pictureOrderType() == 0
                ? pps.picOrderPresentFlag
                : sequence.pictureOrderType() == 1 && !sequence.deltaAlwaysZero();
        for (int n = any && sequence.pictureOrderType() == 1 && pps.picOrderPresentFlag ? 2 : any ? 1 : 0; n > 0; n--) {
            r.se(Integer.MIN_VALUE + 1, Integer.MAX_VALUE);
        }
    }

    private int readReferenceCount(Rbsp r, PictureParameterSet pps) throws CodecException {
        int n = r.flag() ? r.ue(MAX_REFERENCES - 1) + 1 : pps.numRefIdxActiveMinus1[0] + 1;
        if (n > MAX_REFERENCES) {
            throw Refusal.malformed();
        }
        header.numRefIdxActiveOverrideFlag = true;
        header.numRefIdxActiveMinus1 = new int[] {n - 1, 0};
        return n;
    }

    /** ref_pic_list_modification ends with 3 (§7.3.3.1), dec_ref_pic_marking with 0 (§7.3.3.3). */
    private List<Command> readCommands(Rbsp r, boolean mark) throws CodecException {
        List<Command> commands = new ArrayList<>();
        int most = mark ? MAX_COMMANDS : references;
        for (int code = r.ue(mark ? 6 : 3); code != (mark ? 0 : 3); code = r.ue(mark ? 6 : 3)) {
            assert Steps.count();
            if (commands.size() == most) {
                throw Refusal.malformed();
            }
            int first = mark && code == 5 ? 0 : r.ue(1 << 17);
            int second = mark && code == 3 ? r.ue(MAX_REFERENCES) : 0;
            commands.add(new Command(code, first, second));
        }
        return commands;
    }

    private void readWeights(Rbsp r) throws CodecException {
        PredictionWeightTable t = new PredictionWeightTable();
        t.lumaLog2WeightDenom = r.ue(7);
        t.chromaLog2WeightDenom = r.ue(7);
        for (int list = 0; list < 2; list++) {
            t.lumaWeight[list] = new int[references];
            t.lumaOffset[list] = new int[references];
            t.chromaWeight[list] = new int[2][references];
            t.chromaOffset[list] = new int[2][references];
        }
        for (int i = 0; i < references; i++) {
            assert Steps.count();
            boolean luma = r.flag();
            t.lumaWeight[0][i] = luma ? r.se(-128, 127) : 1 << t.lumaLog2WeightDenom;
            t.lumaOffset[0][i] = luma ? r.se(-128, 127) : 0;
            boolean chroma = r.flag();
            for (int c = 0; c < 2; c++) {
                t.chromaWeight[0][c][i] = chroma ? r.se(-128, 127) : 1 << t.chromaLog2WeightDenom;
                t.chromaOffset[0][c][i] = chroma ? r.se(-128, 127) : 0;
            }
        }
        header.predWeightTable = t;
    }

    private void readQuality(Rbsp r, PictureParameterSet pps, boolean inter) throws CodecException {
        header.cabacInitIdc = pps.entropyCodingModeFlag && inter ? r.ue(2) : 0;
        int qp = 26 + pps.picInitQpMinus26;
        header.sliceQpDelta = r.se(-qp, 51 - qp);
        if (pps.deblockingFilterControlPresentFlag) {
            header.disableDeblockingFilterIdc = r.ue(2);
            if (header.disableDeblockingFilterIdc != 1) {
                header.sliceAlphaC0OffsetDiv2 = r.se(-6, 6);
                header.sliceBetaOffsetDiv2 = r.se(-6, 6);
            }
        }
    }

    /** Whether it may be of the same picture as another (§7.4.1.2.4). */
    boolean belongsTo(Slice other) {
        return sequence == other.sequence
                && idr == other.idr
                && reference == other.reference
                && frameNumber == other.frameNumber;
    }
}
