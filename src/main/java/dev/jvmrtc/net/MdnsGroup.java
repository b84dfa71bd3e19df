package dev.jvmrtc.net;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;

/** Where multicast DNS takes place (RFC 6762 §3). */
final class MdnsGroup {
    static final InetAddress IPV4 = literal("224.0.0.251");
    static final InetAddress IPV6 = literal("ff02::fb");
    static final List<InetAddress> ALL = List.of(IPV4, IPV6);

    private MdnsGroup() {}

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    /** Loopback too, for peers on this machine. */
    static List<NetworkInterface> interfaces() throws SocketException {
        return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                .filter(MdnsGroup::isUsable)
                .toList();
    }

    private static boolean isUsable(NetworkInterface i) {
        try {
            return i.isUp() && (i.supportsMulticast() || i.isLoopback());
        } catch (SocketException e) {
            return false;
        }
    }
}
