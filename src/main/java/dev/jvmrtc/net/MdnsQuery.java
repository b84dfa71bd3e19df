package dev.jvmrtc.net;

import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One-shot multicast DNS (RFC 6762 §5.1): asks every interface for a host's addresses and takes what the first to
 * answer tells. Needs no daemon on the machine.
 */
final class MdnsQuery {
    private static final Logger LOG = LoggerFactory.getLogger(MdnsQuery.class);
    private static final String SUFFIX = ".local";
    /** RFC 1035 §2.3.4. */
    private static final int MAX_LABEL = 63;

    private static final int ATTEMPTS = 4;
    /** Addresses taken of one host, whatever answers come. */
    private static final int MAX_ADDRESSES = 8;

    private static final int ATTEMPT_MILLIS = 500;
    /** After the first address, for others of the host. */
    private static final long OTHERS_NANOS = 30_000_000L;

    private MdnsQuery() {}

    /**
     * Whether a name is one for multicast DNS: one label and {@code .local}, as draft-ietf-mmusic-mdns-ice-candidates
     * §3.2.1 has it.
     */
    static boolean isName(String host) {
        int label = host.length() - SUFFIX.length();
        return label > 0
                && label <= MAX_LABEL
                && host.regionMatches(true, label, SUFFIX, 0, SUFFIX.length())
                && host.indexOf('.') == label
                && host.chars().allMatch(c -> c > ' ' && c < 127);
    }

    static List<InetAddress> resolve(String host) {
        return resolve(host, () -> false);
    }

    /** @param unwanted asked before each attempt, whether the answer is of no use any more */
    static List<InetAddress> resolve(String host, BooleanSupplier unwanted) {
        try (MulticastSocket socket = new MulticastSocket(0)) {
            socket.setTimeToLive(255);
            byte[] query = MdnsMessage.query(host);
            for (int i = 0; i < ATTEMPTS && !unwanted.getAsBoolean(); i++) {
                sendOnEachInterface(socket, query);
                List<InetAddress> found = receive(socket, host, System.nanoTime() + ATTEMPT_MILLIS * 1_000_000L);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        } catch (IOException e) {
            LOG.debug("multicast DNS for {} failed", host, e);
        }
        return List.of();
    }

    private static void sendOnEachInterface(MulticastSocket socket, byte[] query) throws IOException {
        for (NetworkInterface i : MdnsGroup.interfaces()) {
            for (InetAddress group : MdnsGroup.ALL) {
                try {
                    socket.setNetworkInterface(i);
                    socket.send(
                            new DatagramPacket(query, query.length, new InetSocketAddress(group, MdnsMessage.PORT)));
                } catch (IOException e) {
                    LOG.trace("no multicast to {} on {}", group, i.getName(), e);
                }
            }
        }
    }

    private static List<InetAddress> receive(MulticastSocket socket, String host, long until) throws IOException {
        byte[] buffer = new byte[1500];
        Set<InetAddress> found = new LinkedHashSet<>();
        long end = until;
        while (true) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return List.copyOf(found);
            }
            socket.setSoTimeout((int) left);
            DatagramPacket p = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(p);
                for (MdnsMessage.Address a :
                        MdnsMessage.parse(p.getData(), 0, p.getLength()).addresses()) {
                    // A link-local address says nothing without its link.
                    if (found.size() < MAX_ADDRESSES
                            && a.name().equalsIgnoreCase(host)
                            && !a.address().isLinkLocalAddress()
                            && found.add(a.address())
                            && found.size() == 1) {
                        end = Math.min(until, System.nanoTime() + OTHERS_NANOS);
                    }
                }
            } catch (SocketTimeoutException e) {
                return List.copyOf(found);
            } catch (MalformedException e) {
                LOG.trace("malformed multicast DNS answer", e);
            } catch (RuntimeException e) {
                InternalErrors.note(e);
            }
        }
    }
}
