package dev.jvmrtc.session;

import java.util.Map;

/** A codec that a track's source can deliver. Parameters that matter: H.264 profile-level-id and packetization-mode, VP9 profile-id. */
public record SourceFormat(String codec, Map<String, String> parameters) {
}
