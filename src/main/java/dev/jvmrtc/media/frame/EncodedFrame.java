package dev.jvmrtc.media.frame;

import java.util.Objects;

/**
 * A whole encoded frame: one of video, or a packet's worth of audio.
 *
 * <p>H.264 is in Annex B form, NAL units behind start codes. The array is shared, not copied: do not change it once it
 * has been pushed or received.
 *
 * @param data the encoded bytes
 * @param codec name as in SDP, see {@link EncodedFormat}
 * @param rtpTimestamp in units of the codec's RTP clock (90,000 Hz for video, 48,000 for Opus, 8,000 for G.711 and
 *     G.722), of any origin; only differences count
 * @param captureTimeMillis when it was captured, by the sender's clock in milliseconds since 1970, or null where that
 *     is not known (yet). What is sent without is taken to be captured when it is pushed; audio and video are kept in
 *     step by it
 * @param keyFrame whether it can be decoded by itself; true for audio
 * @param rid of the simulcast layer, or null
 * @param temporalLayer 0 where there is one only
 * @param spatialLayer 0 where there is one only
 * @param temporalLayers how many temporal layers the stream has; 1 where it is not layered, or where that is not known:
 *     of a received frame
 * @param layerSync predicted from temporal layer 0 alone, so that a receiver may begin to take its layer here; false
 *     where that is not known
 * @param rotation by how many degrees the frame has to be turned clockwise to stand upright: 0, 90, 180 or 270. Sent
 *     where the video-orientation header extension was negotiated, else lost
 */
public record EncodedFrame(
        byte[] data,
        String codec,
        long rtpTimestamp,
        Long captureTimeMillis,
        boolean keyFrame,
        String rid,
        int temporalLayer,
        int spatialLayer,
        int temporalLayers,
        boolean layerSync,
        int rotation) {

    /** VP9 has so many (RFC 9628 §4.2); VP8 has four. */
    private static final int MAX_LAYERS = 8;

    /**
     * Checks the arguments.
     *
     * @param data the encoded bytes, not copied
     * @param codec its name in SDP
     * @param rtpTimestamp of any origin
     * @param captureTimeMillis may be null
     * @param keyFrame whether it can be decoded by itself
     * @param rid may be null
     * @param temporalLayer 0 to 7
     * @param spatialLayer 0 where there is one only
     * @param temporalLayers 1 to 8
     * @param layerSync false where that is not known
     * @param rotation 0, 90, 180 or 270
     * @throws IllegalArgumentException where layers or rotation are none that a frame can have
     */
    public EncodedFrame {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(codec, "codec");
        if (temporalLayers < 1
                || temporalLayers > MAX_LAYERS
                || temporalLayer < 0
                || temporalLayer >= MAX_LAYERS
                || rotation % 90 != 0
                || rotation < 0
                || rotation > 270) {
            throw new IllegalArgumentException(
                    "a frame is of one of at most eight temporal layers, and turned by 0, 90, 180 or 270 degrees");
        }
    }

    /**
     * A frame of a stream that is not layered, upright.
     *
     * @param data the encoded frame
     * @param codec its name in SDP, such as {@code VP8}
     * @param rtpTimestamp in the clock of its codec
     * @param captureTimeMillis when it was captured, in milliseconds since 1970; null where that is not known
     * @param keyFrame whether it can be decoded by itself
     * @param rid of its simulcast layer; null without simulcast
     */
    public EncodedFrame(
            byte[] data, String codec, long rtpTimestamp, Long captureTimeMillis, boolean keyFrame, String rid) {
        this(data, codec, rtpTimestamp, captureTimeMillis, keyFrame, rid, 0, 0, 1, false, 0);
    }

    /**
     * A frame of a stream that is not layered, upright, of unknown capture time.
     *
     * @param data the encoded frame
     * @param codec its name in SDP, such as {@code VP8}
     * @param rtpTimestamp in the clock of its codec
     * @param keyFrame whether it can be decoded by itself
     * @return the frame
     */
    public static EncodedFrame of(byte[] data, String codec, long rtpTimestamp, boolean keyFrame) {
        return new EncodedFrame(data, codec, rtpTimestamp, null, keyFrame, null);
    }

    @Override
    public String toString() {
        return "EncodedFrame[" + codec + (keyFrame ? " key " : " ") + data.length + " bytes at " + rtpTimestamp + "]";
    }
}
