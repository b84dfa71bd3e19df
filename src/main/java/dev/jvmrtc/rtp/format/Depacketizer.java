package dev.jvmrtc.rtp.format;

import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.CodedFrame;

/**
 * Reads RTP payloads of one codec. The caller brings packets of a frame in order and without gaps; what outlasts a
 * frame is said by {@link #whole}.
 */
public interface Depacketizer {

    /** Where in a frame a payload can stand, by what is in it. */
    enum Position {
        /** A frame begins here. */
        FIRST,
        /** It tells nothing: what came before has to. */
        ANY,
        /** Never at the beginning. */
        INNER
    }

    /**
     * What the first bytes of a payload say.
     *
     * @param media whether a part of coded audio or video is in it, and not only what is said about it
     */
    record Info(Position position, boolean keyFrame, int temporalLayer, int spatialLayer, boolean media) {
        /** A frame that needs no other. */
        public static final Info WHOLE = new Info(true, true, 0, 0);

        /** For formats that mark where a frame begins. */
        public Info(boolean startsFrame, boolean keyFrame, int temporalLayer, int spatialLayer) {
            this(startsFrame ? Position.FIRST : Position.INNER, keyFrame, temporalLayer, spatialLayer, true);
        }

        public boolean startsFrame() {
            return position == Position.FIRST;
        }
    }

    /** Null where the payload is malformed. */
    Info inspect(byte[] data, int offset, int length);

    /** Appends the payload's part of the frame; false where it is malformed. */
    boolean append(byte[] data, int offset, int length, ByteWriter frame);

    /**
     * Completes a frame all of whose payloads were appended, in the order in which frames arrive; null where no media
     * is in it.
     *
     * @param keyFrame whether a payload of it was said to be a key frame's
     */
    default CodedFrame whole(byte[] frame, boolean keyFrame) {
        return new CodedFrame(frame, keyFrame);
    }

    /** Whether every packet is a frame of its own. */
    default boolean onePacketPerFrame() {
        return false;
    }

    /**
     * Whether a payload that is {@link Position#FIRST} begins a frame even if one with the same timestamp was lost
     * before it.
     */
    default boolean marksFrameStart() {
        return true;
    }
}
