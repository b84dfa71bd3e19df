package dev.jvmrtc;

/** Takes a channel's messages in place of its {@code message} event. Called in tasks of the connection. */
interface ChannelReader {

    /**
     * Takes a message; false where nobody will read it. One that is taken fills the receive window until
     * {@link RTCDataChannel#taken}.
     */
    boolean accept(boolean binary, byte[] message);

    /** No more will come; {@code error} is null where the channel was closed on purpose. */
    void end(RTCError error);
}
