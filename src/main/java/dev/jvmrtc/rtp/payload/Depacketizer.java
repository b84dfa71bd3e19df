package dev.jvmrtc.rtp.payload;

import dev.jvmrtc.wire.ByteWriter;

/** Reads RTP payloads of one codec. Stateless between frames; the caller brings packets of a frame in order and without gaps. */
public interface Depacketizer {

    /** What the first bytes of a payload say. */
    record Info(boolean startsFrame, boolean keyFrame, int temporalLayer, int spatialLayer) {
        public static final Info AUDIO = new Info(true, true, 0, 0);
    }

    /** Null where the payload is malformed. */
    Info inspect(byte[] data, int offset, int length);

    /** Appends the payload's part of the frame; false where it is malformed. */
    boolean append(byte[] data, int offset, int length, ByteWriter frame);

    /** Whether every packet is a frame of its own. */
    default boolean onePacketPerFrame() {
        return false;
    }
}
