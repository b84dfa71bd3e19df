package dev.jvmrtc.rtp.format;

/** Cuts an encoded frame into RTP payloads. May keep state from frame to frame (picture ids); one per stream. */
public interface Packetizer {

    /**
     * Takes payloads in order; {@code last} marks the end of the frame. The bytes are lent for the duration of the
     * call.
     */
    @FunctionalInterface
    interface Output {
        void payload(byte[] head, int headLength, byte[] body, int bodyOffset, int bodyLength, boolean last);
    }

    /** {@code maxPayload} bounds head and body together. */
    void packetize(OutgoingFrame frame, int maxPayload, Output out);

    /** Whether a packet of this codec sets the marker bit at a frame's end; audio codecs set it only after silence. */
    default boolean marksFrameEnd() {
        return true;
    }
}
