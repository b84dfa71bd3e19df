package dev.jvmrtc.media.frame;

import java.util.Map;

/**
 * A codec that a source can deliver frames of.
 *
 * @param codec name as in SDP: {@code opus}, {@code PCMU}, {@code PCMA}, {@code G722}, {@code VP8}, {@code VP9},
 *     {@code H264}, {@code H265}, {@code AV1}; case does not matter
 * @param parameters format parameters that must match what is negotiated: {@code profile-level-id} of H.264,
 *     {@code profile-id} of VP9 and H.265; empty where the source adapts. What an encoder is made with are those that
 *     were negotiated, and {@code ptime}, the milliseconds of an audio packet that the peer asks for, where it does
 */
public record EncodedFormat(String codec, Map<String, String> parameters) {

    /**
     * Copies the parameters.
     *
     * @param codec its name in SDP
     * @param parameters may be empty
     */
    public EncodedFormat {
        parameters = Map.copyOf(parameters);
    }

    /**
     * A format without parameters.
     *
     * @param codec its name in SDP, such as {@code VP8}
     * @return the format
     */
    public static EncodedFormat of(String codec) {
        return new EncodedFormat(codec, Map.of());
    }
}
