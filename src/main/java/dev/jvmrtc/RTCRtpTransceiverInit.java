package dev.jvmrtc;

import dev.jvmrtc.media.MediaStream;
import java.util.List;

/**
 * Options of addTransceiver (webrtc-pc §5.1).
 *
 * @param direction default sendrecv
 * @param streams streams of the sender; default none
 * @param sendEncodings at most one until simulcast is built
 */
public record RTCRtpTransceiverInit(
        RTCRtpTransceiverDirection direction, List<MediaStream> streams, List<RTCRtpEncodingParameters> sendEncodings) {

    /**
     * Copies the lists.
     *
     * @param direction default sendrecv
     * @param streams streams of the sender; default none
     * @param sendEncodings at most one until simulcast is built
     */
    public RTCRtpTransceiverInit {
        streams = streams == null ? null : List.copyOf(streams);
        sendEncodings = sendEncodings == null ? null : List.copyOf(sendEncodings);
    }

    /** {@return a builder with the specification's defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        return new Builder().direction(direction).streams(streams).sendEncodings(sendEncodings);
    }

    /** Builds a {@link RTCRtpTransceiverInit}; what is not set has the specification's default. */
    public static final class Builder {
        private RTCRtpTransceiverDirection direction = RTCRtpTransceiverDirection.SENDRECV;
        private List<MediaStream> streams = List.of();
        private List<RTCRtpEncodingParameters> sendEncodings = List.of();

        private Builder() {}

        /**
         * Sets the direction; default sendrecv.
         *
         * @param direction replaces what was set before
         * @return this builder
         */
        public Builder direction(RTCRtpTransceiverDirection direction) {
            this.direction = direction;
            return this;
        }

        /**
         * Sets the streams that the peer is told that the track is part of; default none.
         *
         * @param streams replaces what was set before
         * @return this builder
         */
        public Builder streams(List<MediaStream> streams) {
            this.streams = streams;
            return this;
        }

        /**
         * Sets the encoding: at most one until simulcast is built.
         *
         * @param sendEncodings replaces what was set before
         * @return this builder
         */
        public Builder sendEncodings(List<RTCRtpEncodingParameters> sendEncodings) {
            this.sendEncodings = sendEncodings;
            return this;
        }

        /** {@return a new {@link RTCRtpTransceiverInit} of what was set} */
        public RTCRtpTransceiverInit build() {
            return new RTCRtpTransceiverInit(direction, streams, sendEncodings);
        }
    }
}
