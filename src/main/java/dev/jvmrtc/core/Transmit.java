package dev.jvmrtc.core;

import java.net.InetSocketAddress;

/**
 * A control-plane message to send; the array belongs to the receiver.
 *
 * @param stream the stream that it goes over, or 0 for a datagram
 * @param local the address of the socket it leaves from
 */
public record Transmit(int stream, InetSocketAddress local, InetSocketAddress remote, byte[] data) {

    public Transmit(InetSocketAddress local, InetSocketAddress remote, byte[] data) {
        this(0, local, remote, data);
    }
}
