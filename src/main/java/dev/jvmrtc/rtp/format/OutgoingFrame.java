package dev.jvmrtc.rtp.format;

/**
 * An encoded frame to be cut into packets, with what its packets tell besides.
 *
 * @param rtpTimestamp in units of the codec's clock, of any origin
 * @param temporalLayer from 0
 * @param temporalLayers how many the stream has; 1 where it is not layered
 * @param layerSync predicted from layer 0 alone, so that a receiver may begin to take its layer here
 * @param rotation by how many degrees the frame has to be turned clockwise: 0, 90, 180 or 270
 */
public record OutgoingFrame(
        byte[] data,
        boolean keyFrame,
        long rtpTimestamp,
        int temporalLayer,
        int temporalLayers,
        boolean layerSync,
        int rotation) {

    /** A frame of a stream without layers, upright. */
    public static OutgoingFrame of(byte[] data, boolean keyFrame, long rtpTimestamp) {
        return new OutgoingFrame(data, keyFrame, rtpTimestamp, 0, 1, false, 0);
    }
}
