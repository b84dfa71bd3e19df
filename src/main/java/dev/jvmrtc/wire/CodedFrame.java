package dev.jvmrtc.wire;

/**
 * A whole frame of any codec.
 *
 * @param keyFrame whether decoding can begin with it
 */
public record CodedFrame(byte[] data, boolean keyFrame) {}
