package dev.jvmrtc.ice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * Where addresses lie, and to which of them a remote party may make us send: it names them, and whoever listens there
 * has not asked for us. A function of the address alone.
 */
public final class Reach {
    /** Below it are the ports of the machine's own services (RFC 6335 §6, "System Ports"). */
    private static final int FIRST_USER_PORT = 1_024;

    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    /** RFC 6052 §2.1, the well-known prefix of translators: what follows is an IPv4 address. */
    private static final byte[] NAT64_PREFIX = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    private Reach() {}

    /**
     * Whether a datagram or stream can have this for its one other end at all: no multicast, broadcast or unspecified
     * address, and a port.
     */
    public static boolean isUsable(InetSocketAddress a) {
        return a.getPort() != 0 && isUsable(a.getAddress());
    }

    private static boolean isUsable(InetAddress a) {
        byte[] b = a.getAddress();
        boolean broadcast = b.length == 4 && (b[0] & b[1] & b[2] & b[3]) == -1;
        return !a.isMulticastAddress() && !a.isAnyLocalAddress() && !broadcast;
    }

    /**
     * Whether a peer may name the address as one of its own. Ports below 1,024 belong to services, of which a peer
     * could make us a client (a mail server takes what a TCP check has in it for lines of its protocol); only 80 and
     * 443 are what peers behind strict firewalls listen on, and those have public addresses. The rule is libwebrtc's.
     */
    static boolean mayBeAsked(InetSocketAddress a) {
        boolean web = a.getPort() == HTTP || a.getPort() == HTTPS;
        return a.getPort() >= FIRST_USER_PORT || web && !isPrivate(a.getAddress());
    }

    /** Loopback, link-local, RFC 1918, RFC 6598 and RFC 4193 addresses, and such ones behind a translator. */
    static boolean isPrivate(InetAddress a) {
        byte[] b = a.getAddress();
        boolean carrierGrade = b.length == 4 && (b[0] & 0xff) == 100 && (b[1] & 0xc0) == 64;
        boolean uniqueLocal = b.length == 16 && (b[0] & 0xfe) == 0xfc;
        return a.isLoopbackAddress()
                || a.isLinkLocalAddress()
                || a.isSiteLocalAddress()
                || carrierGrade
                || uniqueLocal
                || isTranslatedPrivate(b);
    }

    private static boolean isTranslatedPrivate(byte[] b) {
        if (b.length != 16 || !Arrays.equals(NAT64_PREFIX, 0, 12, b, 0, 12)) {
            return false;
        }
        int first = b[12] & 0xff;
        int second = b[13] & 0xff;
        return first == 10
                || first == 127
                || first == 172 && (second & 0xf0) == 16
                || first == 192 && second == 168
                || first == 169 && second == 254
                || first == 100 && (second & 0xc0) == 64;
    }
}
