package dev.jvmrtc.media;

/**
 * What an encoding's parameters ask of an encoder (webrtc-pc §5.2.7).
 *
 * @param scaleDownBy by how much width and height are divided, 1 or more
 * @param maxFramerate in frames per second; infinite where there is no limit
 */
public record EncodingLimits(double scaleDownBy, double maxFramerate) {
    public static final EncodingLimits NONE = new EncodingLimits(1, Double.POSITIVE_INFINITY);

    public EncodingLimits {
        if (!(scaleDownBy >= 1) || !(maxFramerate > 0)) {
            throw new IllegalArgumentException("a picture is scaled down by 1 or more, and has more than no frames a second");
        }
    }
}
