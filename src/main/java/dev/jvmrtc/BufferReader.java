package dev.jvmrtc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands a channel's messages to a handler of buffers, for the duration of its call. */
final class BufferReader implements ChannelReader {
    private static final Logger LOG = LoggerFactory.getLogger(BufferReader.class);

    private final RTCDataChannel.MessageBufferHandler handler;

    BufferReader(RTCDataChannel.MessageBufferHandler handler) {
        this.handler = handler;
    }

    /** The message stays the caller's. */
    void lend(boolean binary, ByteBuf message) {
        try {
            handler.message(message, binary);
        } catch (Throwable e) { // what one throws costs itself that message only
            LOG.error("a handler of message buffers threw", e);
        }
    }

    @Override
    public boolean accept(boolean binary, byte[] message) {
        lend(binary, Unpooled.wrappedBuffer(message));
        return false; // it holds nothing
    }

    @Override
    public void end(RTCError error) {
        // close and error are events
    }
}
