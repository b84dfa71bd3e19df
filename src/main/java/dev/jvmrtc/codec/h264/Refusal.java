package dev.jvmrtc.codec.h264;

import dev.jvmrtc.media.codec.CodecException;

/** Why a frame is not decoded. */
final class Refusal {
    private Refusal() {}

    /** Something that the standard forbids, or that ends too early. */
    static CodecException malformed() {
        return new CodecException("H.264: malformed");
    }

    static CodecException tooLarge() {
        return new CodecException("H.264: too large");
    }

    static CodecException noParameterSets() {
        return new CodecException("H.264: no parameter sets");
    }

    /** A picture that this one is predicted from is not there. */
    static CodecException noReference() {
        return new CodecException("H.264: a reference is missing");
    }

    /** What the standard allows and constrained baseline does not, or the decoder cannot do. */
    static CodecException unsupported() {
        return new CodecException("H.264: a feature that is not supported");
    }
}
