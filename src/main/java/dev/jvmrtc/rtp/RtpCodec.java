package dev.jvmrtc.rtp;

import dev.jvmrtc.rtp.format.Codec;
import dev.jvmrtc.rtp.format.CodecRegistry;
import java.util.List;
import java.util.Map;

/**
 * A payload type in force.
 *
 * @param associatedPayloadType for RTX the payload type that it repairs, else −1
 * @param feedback "nack", "nack pli", "ccm fir", "transport-cc"
 * @param codec what is known of it; null for what carries no codec of its own, as RTX
 */
public record RtpCodec(
        int payloadType,
        String name,
        int clockRate,
        int channels,
        Map<String, String> parameters,
        List<String> feedback,
        int associatedPayloadType,
        Codec codec) {

    /** What the library itself knows of the name goes with it. */
    public RtpCodec(
            int payloadType,
            String name,
            int clockRate,
            int channels,
            Map<String, String> parameters,
            List<String> feedback,
            int associatedPayloadType) {
        this(
                payloadType,
                name,
                clockRate,
                channels,
                parameters,
                feedback,
                associatedPayloadType,
                CodecRegistry.STANDARD.find(name));
    }

    public boolean isRtx() {
        return associatedPayloadType >= 0;
    }

    public RtpCodec withParameters(Map<String, String> newParameters) {
        return new RtpCodec(
                payloadType, name, clockRate, channels, newParameters, feedback, associatedPayloadType, codec);
    }
}
