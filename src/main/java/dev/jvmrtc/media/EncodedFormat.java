package dev.jvmrtc.media;

import java.util.Map;

/**
 * A codec that a source can deliver frames of.
 *
 * @param codec name as in SDP: {@code opus}, {@code PCMU}, {@code PCMA}, {@code G722}, {@code VP8}, {@code VP9}, {@code H264}; case does not matter
 * @param parameters format parameters that must match what is negotiated: {@code profile-level-id} of H.264, {@code profile-id} of VP9;
 *     empty where the source adapts
 */
public record EncodedFormat(String codec, Map<String, String> parameters) {

    public EncodedFormat {
        parameters = Map.copyOf(parameters);
    }

    public static EncodedFormat of(String codec) {
        return new EncodedFormat(codec, Map.of());
    }
}
