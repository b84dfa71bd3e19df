package dev.jvmrtc.engine;

import dev.jvmrtc.net.LocalAddresses;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.session.transport.Transports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How a factory's connections use the machine's network.
 *
 * @param minPort with {@code maxPort} the ports to bind to, both 0 for any
 * @param external addresses that peers reach instead of ours, by ours
 * @param continualGathering whether addresses that come and go during a call are followed
 * @param udp whether there are UDP candidates
 * @param activeTcp whether TCP streams are opened to peers
 * @param passiveTcp whether peers may open TCP streams to us, on ports of each connection's own
 * @param hideAddresses whether peers are told names in place of our addresses
 * @param dscp the code point of UDP packets to peers, 0 … 63
 * @param remoteFilter which addresses of peers are wanted
 * @param releaseAfterNanos how long after its failure a transport keeps its sockets
 * @param congestionControl who decides how much data of channels may be in flight
 * @param receiveBuffer bytes of a connection's messages that may wait for the application
 * @param maxDataChannels channels that the peer of a connection may have open at once
 */
public record NetworkSettings(
        boolean includeLoopback,
        int minPort,
        int maxPort,
        Predicate<NetworkInterface> interfaces,
        Predicate<InetAddress> addresses,
        Map<InetAddress, InetAddress> external,
        boolean iceLite,
        boolean continualGathering,
        boolean udp,
        boolean activeTcp,
        boolean passiveTcp,
        boolean hideAddresses,
        int dscp,
        Predicate<InetSocketAddress> remoteFilter,
        long releaseAfterNanos,
        SctpConfig.CongestionControl congestionControl,
        int receiveBuffer,
        int maxDataChannels) {
    /** What {@code releaseAfterNanos} is where nobody says otherwise. */
    public static final long DEFAULT_RELEASE_AFTER_NANOS = Transports.DEFAULT_RELEASE_AFTER_NANOS;

    List<InetAddress> localAddresses() throws SocketException {
        return LocalAddresses.list(includeLoopback, interfaces, addresses);
    }

    /** The address to tell peers for a socket of ours. */
    InetSocketAddress advertised(InetSocketAddress local) {
        InetAddress e = external.get(local.getAddress());
        return e == null ? local : new InetSocketAddress(e, local.getPort());
    }
}
