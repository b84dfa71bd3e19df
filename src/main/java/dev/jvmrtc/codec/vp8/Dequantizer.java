package dev.jvmrtc.codec.vp8;

/** The steps of the quantizer for the blocks of a segment (RFC 6386 §14.1). */
final class Dequantizer {
    int y1Dc;
    int y1Ac;
    int y2Dc;
    int y2Ac;
    int uvDc;
    int uvAc;

    void set(FrameHeader h, int segment) {
        int q = h.quantizerOf(segment);
        y1Dc = Quantizers.y1Dc(q + h.y1DcDelta);
        y1Ac = Quantizers.y1Ac(q);
        y2Dc = Quantizers.y2Dc(q + h.y2DcDelta);
        y2Ac = Quantizers.y2Ac(q + h.y2AcDelta);
        uvDc = Quantizers.uvDc(q + h.uvDcDelta);
        uvAc = Quantizers.uvAc(q + h.uvAcDelta);
    }
}
