package dev.jvmrtc.ice;

import java.net.InetSocketAddress;

/**
 * The way that a message takes: from a socket of ours to an address of the peer, or over a TCP stream between the two.
 *
 * @param stream number of the TCP stream, or 0 for datagrams
 */
record Route(int stream, InetSocketAddress base, InetSocketAddress remote) {}
