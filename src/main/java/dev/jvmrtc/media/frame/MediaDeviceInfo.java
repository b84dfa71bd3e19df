package dev.jvmrtc.media.frame;

/**
 * A device (mediacapture-streams §9.2).
 *
 * @param kind {@code audioinput} or {@code videoinput}
 */
public record MediaDeviceInfo(String deviceId, String kind, String label, String groupId) {}
