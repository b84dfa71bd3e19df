package dev.jvmrtc.core;

import java.net.InetSocketAddress;

/** Takes datagrams of the data plane as they are made. The bytes are lent for the duration of the call. */
@FunctionalInterface
public interface DatagramSink {
    void send(InetSocketAddress local, InetSocketAddress remote, byte[] data, int offset, int length);

    /** Takes bytes for a stream that the core has asked for, and that has been opened. */
    default void sendToStream(int streamId, byte[] data, int offset, int length) {
        throw new UnsupportedOperationException("no streams here");
    }
}
