package dev.jvmrtc.session.media;

import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.receive.ReceivedFrame;

/**
 * Changes the frames of a sender before they are cut into packets, and those of its receiver when they are whole (what
 * webrtc-encoded-transform has for pages). Called on the loop; not to be exported yet.
 */
public interface FrameTransform {

    /** @return what is sent in its place; null drops it, and it is counted */
    default OutgoingFrame outgoing(OutgoingFrame frame) {
        return frame;
    }

    /** @return what is delivered in its place; null drops it, and it is counted */
    default ReceivedFrame incoming(ReceivedFrame frame) {
        return frame;
    }
}
