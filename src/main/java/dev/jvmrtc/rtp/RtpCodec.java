package dev.jvmrtc.rtp;

import java.util.List;
import java.util.Map;

/**
 * A payload type in force.
 *
 * @param associatedPayloadType for RTX the payload type that it repairs, else −1
 * @param feedback "nack", "nack pli", "ccm fir", "transport-cc"
 */
public record RtpCodec(
        int payloadType,
        String name,
        int clockRate,
        int channels,
        Map<String, String> parameters,
        List<String> feedback,
        int associatedPayloadType) {

    public boolean isRtx() {
        return associatedPayloadType >= 0;
    }
}
