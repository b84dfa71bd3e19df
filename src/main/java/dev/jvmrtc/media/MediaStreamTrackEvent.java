package dev.jvmrtc.media;

/**
 * MediaStreamTrackEvent (mediacapture-streams §4.4): a track that came to or left a stream by the user agent's doing.
 */
public record MediaStreamTrackEvent(MediaStreamTrack track) {}
