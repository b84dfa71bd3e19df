package dev.jvmrtc.media.frame;

/**
 * What an encoding's parameters ask of an encoder (webrtc-pc §5.2.7).
 *
 * @param scaleDownBy by how much width and height are divided, 1 or more
 * @param maxFramerate in frames per second; infinite where there is no limit
 * @param temporalLayers 1 to 3
 * @param orientationSent whether the peer is told how a frame is turned; else it is turned before it is encoded
 */
public record EncodingLimits(double scaleDownBy, double maxFramerate, int temporalLayers, boolean orientationSent) {
    /** Nothing is limited. */
    public static final EncodingLimits NONE = new EncodingLimits(1, Double.POSITIVE_INFINITY, 1, false);

    /**
     * Checks the arguments.
     *
     * @param scaleDownBy 1 or more
     * @param maxFramerate more than 0, may be infinite
     * @param temporalLayers 1 to 3
     * @param orientationSent false where a frame is turned before it is encoded
     * @throws IllegalArgumentException where one of them is out of range
     */
    public EncodingLimits {
        if (!(scaleDownBy >= 1) || !(maxFramerate > 0) || temporalLayers < 1 || temporalLayers > 3) {
            throw new IllegalArgumentException(
                    "a frame is scaled down by 1 or more, has more than no frames a second, and one to three layers");
        }
    }
}
