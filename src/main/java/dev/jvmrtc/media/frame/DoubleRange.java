package dev.jvmrtc.media.frame;

/** From where to where numbers go (mediacapture-streams §5.2). */
public record DoubleRange(Double min, Double max) {}
