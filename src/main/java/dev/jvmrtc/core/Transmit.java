package dev.jvmrtc.core;

import java.net.InetSocketAddress;

/** A control-plane datagram to send. {@code local} is the address of the socket it leaves from; the array belongs to the receiver. */
public record Transmit(InetSocketAddress local, InetSocketAddress remote, byte[] data) {
}
