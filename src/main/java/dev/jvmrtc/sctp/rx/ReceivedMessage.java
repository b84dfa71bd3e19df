package dev.jvmrtc.sctp.rx;

/** A whole message of the peer. The array belongs to whoever takes it. */
public record ReceivedMessage(int streamId, int payloadProtocolId, byte[] payload) {
    /**
     * What a message costs beside its payload: without this, a window of tiny ones would be many times its size on the
     * heap.
     */
    static final int OVERHEAD = 64;

    /** Bytes of the receive window that it fills until it has been taken. */
    public int held() {
        return held(payload.length);
    }

    /** The same for a payload of so many bytes. */
    public static int held(int payloadLength) {
        return payloadLength + OVERHEAD;
    }
}
