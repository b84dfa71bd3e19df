package dev.jvmrtc.datachannel;

import io.netty.buffer.ByteBuf;

/**
 * What {@link DataChannels} has to tell. {@code channel} is the handle that names a channel here, not its stream id.
 */
public sealed interface DataChannelEvent {

    /**
     * Bytes of the receive buffer that it fills until the application has taken it; what the peer makes us hold for it.
     */
    default int held() {
        return 0;
    }

    /** Nobody takes it: gives back what it holds. */
    default void release() {}

    /** The peer was replaced: what was there has been reported closed, and a new association is on its way. */
    record TransportRestarted() implements DataChannelEvent {}

    /** The SCTP association is up; {@code maxChannels} is how many channels the peer may have open at once. */
    record TransportConnected(int maxChannels) implements DataChannelEvent {}

    /** The SCTP association is over; all its channels have been reported closed before. */
    record TransportClosed(String cause, Integer sctpCauseCode) implements DataChannelEvent {}

    /** A channel of the peer. It is open. */
    record Incoming(int channel, int streamId, ChannelParameters parameters) implements DataChannelEvent {
        @Override
        public int held() {
            return DataChannels.HELD_BY_OPENING;
        }
    }

    /** A channel of ours is open. */
    record Opened(int channel, int streamId) implements DataChannelEvent {}

    record Message(int channel, boolean binary, byte[] data) implements DataChannelEvent {
        @Override
        public int held() {
            return DataChannels.held(data.length);
        }
    }

    /**
     * A message of a channel whose {@linkplain DataChannels#takeBuffers messages are taken as buffers}.
     *
     * @param data to be released by whoever takes the event
     * @param held see {@link #held()}
     */
    record BufferMessage(int channel, boolean binary, ByteBuf data, int held) implements DataChannelEvent {
        @Override
        public void release() {
            data.release();
        }
    }

    /** Bytes of payload that have left the queue for the wire. */
    record BufferedAmountDecreased(int channel, long bytes) implements DataChannelEvent {}

    /**
     * The buffer of a message that was sent with this receipt is free.
     *
     * @param delivered whether the peer has acknowledged all of it; else it was given up
     */
    record Finished(long receipt, boolean delivered) implements DataChannelEvent {}

    /** The peer has begun to close the channel. */
    record Closing(int channel) implements DataChannelEvent {}

    /**
     * The channel is closed; {@code error} says why if that was nobody's wish. {@code held} is what the peer's label
     * and protocol filled.
     */
    record Closed(int channel, String error, Integer sctpCauseCode, int held) implements DataChannelEvent {
        public Closed(int channel, String error, Integer sctpCauseCode) {
            this(channel, error, sctpCauseCode, 0);
        }
    }
}
