package dev.jvmrtc.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/** The addresses of this machine that a peer might reach. */
public final class LocalAddresses {

    private LocalAddresses() {}

    /**
     * Unicast addresses of interfaces that are up, best first, IPv6 and IPv4 by turns: RFC 8421 §4 wants neither family
     * to wait until all of the other's have failed. Loopback ones are listed if asked for, or if there are no others:
     * then peers can only be on this machine.
     *
     * @param interfaces which interfaces to look at
     * @param addresses which addresses to list
     */
    public static List<InetAddress> list(
            boolean includeLoopback, Predicate<NetworkInterface> interfaces, Predicate<InetAddress> addresses)
            throws SocketException {
        List<InetAddress> usable = new ArrayList<>();
        List<InetAddress> loopback = new ArrayList<>();
        for (NetworkInterface i : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (!i.isUp() || !interfaces.test(i)) {
                continue;
            }
            for (InetAddress a : Collections.list(i.getInetAddresses())) {
                if (!addresses.test(a)) {
                    continue;
                }
                if (a.isLoopbackAddress()) {
                    loopback.add(a);
                } else if (isUsable(a)) {
                    usable.add(a);
                }
            }
        }
        if (includeLoopback || usable.isEmpty()) {
            usable.addAll(loopback);
        }
        return byTurns(usable);
    }

    /** As long as both families have addresses left; IPv6 first (RFC 6724 §2.1). */
    static List<InetAddress> byTurns(List<InetAddress> all) {
        List<InetAddress> six =
                all.stream().filter(a -> a instanceof Inet6Address).toList();
        List<InetAddress> four =
                all.stream().filter(a -> a instanceof Inet4Address).toList();
        List<InetAddress> mixed = new ArrayList<>(all.size());
        for (int i = 0; i < Math.max(six.size(), four.size()); i++) {
            if (i < six.size()) {
                mixed.add(six.get(i));
            }
            if (i < four.size()) {
                mixed.add(four.get(i));
            }
        }
        return mixed;
    }

    /**
     * What packets between two addresses go over first.
     *
     * @param mtu bytes of an IP packet, 0 where it is not known
     * @param insideMachine whether both addresses are of this machine, so that packets do not leave it
     */
    public record Link(int mtu, boolean insideMachine) {}

    public static Link linkTowards(InetAddress local, InetAddress remote) {
        try {
            boolean inside = remote.isLoopbackAddress() || NetworkInterface.getByInetAddress(remote) != null;
            NetworkInterface i = NetworkInterface.getByInetAddress(inside ? InetAddress.getLoopbackAddress() : local);
            return new Link(i == null ? 0 : i.getMTU(), inside);
        } catch (SocketException e) {
            return new Link(0, false);
        }
    }

    /** Link-local IPv6 addresses need a zone that means nothing to the peer; browsers leave them out as well. */
    private static boolean isUsable(InetAddress a) {
        boolean siteLocal6 = a instanceof Inet6Address && a.isSiteLocalAddress();
        return !a.isMulticastAddress()
                && !a.isAnyLocalAddress()
                && !siteLocal6
                && (a instanceof Inet4Address || !a.isLinkLocalAddress());
    }
}
