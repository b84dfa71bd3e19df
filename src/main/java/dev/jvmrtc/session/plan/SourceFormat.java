package dev.jvmrtc.session.plan;

import java.util.Map;

/**
 * A codec that a track's source can deliver.
 *
 * @param parameters those that matter: H.264 profile-level-id, VP9 profile-id; empty for "any"
 */
public record SourceFormat(String codec, Map<String, String> parameters) {

    /** What a source delivers that forwards, and does not know yet what will come. */
    public static final SourceFormat ANY = new SourceFormat("*", Map.of());
}
