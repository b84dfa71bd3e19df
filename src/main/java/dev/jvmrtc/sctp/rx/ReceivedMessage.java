package dev.jvmrtc.sctp.rx;

/** A whole message of the peer. The array belongs to whoever takes it. */
public record ReceivedMessage(int streamId, int payloadProtocolId, byte[] payload) {
}
