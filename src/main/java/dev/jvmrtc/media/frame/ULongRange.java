package dev.jvmrtc.media.frame;

/** From where to where whole numbers go (mediacapture-streams §5.2). */
public record ULongRange(Long min, Long max) {}
