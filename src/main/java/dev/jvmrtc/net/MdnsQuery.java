package dev.jvmrtc.net;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One-shot multicast DNS (RFC 6762 §5.1): asks every interface for a host's addresses and takes the first answer. Needs no daemon on the machine. */
final class MdnsQuery {
    private static final Logger LOG = LoggerFactory.getLogger(MdnsQuery.class);
    private static final int PORT = 5353;
    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;
    /** The top bit of the class asks for a unicast answer (§5.4). */
    private static final int CLASS_IN_UNICAST = 0x8001;
    private static final int ATTEMPTS = 4;
    private static final int ATTEMPT_MILLIS = 500;

    private MdnsQuery() {
    }

    static List<InetAddress> resolve(String host) {
        try (MulticastSocket socket = new MulticastSocket(0)) {
            socket.setTimeToLive(255);
            byte[] query = query(host);
            InetSocketAddress group = new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 224, 0, 0, (byte) 251}), PORT);
            for (int i = 0; i < ATTEMPTS; i++) {
                sendOnEachInterface(socket, query, group);
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

    private static void sendOnEachInterface(MulticastSocket socket, byte[] query, InetSocketAddress group) throws IOException {
        for (NetworkInterface i : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (i.isUp() && (i.supportsMulticast() || i.isLoopback())) {
                try {
                    socket.setNetworkInterface(i);
                    socket.send(new DatagramPacket(query, query.length, group));
                } catch (IOException e) {
                    LOG.trace("no multicast on {}", i.getName(), e);
                }
            }
        }
    }

    private static List<InetAddress> receive(MulticastSocket socket, String host, long until) throws IOException {
        byte[] buffer = new byte[1500];
        while (true) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return List.of();
            }
            socket.setSoTimeout((int) left);
            DatagramPacket p = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(p);
                List<InetAddress> found = answers(p.getData(), p.getLength(), host);
                if (!found.isEmpty()) {
                    return found;
                }
            } catch (SocketTimeoutException e) {
                return List.of();
            } catch (MalformedException e) {
                LOG.trace("malformed multicast DNS answer", e);
            }
        }
    }

    static byte[] query(String host) {
        ByteWriter w = new ByteWriter(64).u16(0).u16(0).u16(2).u16(0).u16(0).u16(0);
        for (int type : new int[] {TYPE_A, TYPE_AAAA}) {
            for (String label : host.split("\\.")) {
                byte[] b = label.getBytes(StandardCharsets.UTF_8);
                w.u8(b.length).bytes(b);
            }
            w.u8(0).u16(type).u16(CLASS_IN_UNICAST);
        }
        return w.toByteArray();
    }

    /** The addresses of the host in an answer's records. */
    static List<InetAddress> answers(byte[] data, int length, String host) throws MalformedException, IOException {
        ByteReader r = new ByteReader(data, 0, length);
        r.u16();
        boolean response = (r.u16() & 0x8000) != 0;
        int questions = r.u16();
        int records = r.u16() + r.u16() + r.u16();
        List<InetAddress> found = new ArrayList<>();
        if (!response) {
            return found;
        }
        for (int i = 0; i < questions; i++) {
            name(r, data, length);
            r.skip(4);
        }
        for (int i = 0; i < records && r.remaining() > 0; i++) {
            String name = name(r, data, length);
            int type = r.u16();
            r.skip(6);
            byte[] value = r.bytes(r.u16());
            if (name.equalsIgnoreCase(host) && (type == TYPE_A && value.length == 4 || type == TYPE_AAAA && value.length == 16)) {
                found.add(InetAddress.getByAddress(value));
            }
        }
        return found;
    }

    /** RFC 1035 §4.1.4: labels, or a pointer to earlier ones; at most 32 jumps. */
    private static String name(ByteReader r, byte[] data, int length) throws MalformedException {
        StringBuilder s = new StringBuilder();
        ByteReader at = r;
        for (int jumps = 0; jumps < 32; ) {
            int n = at.u8();
            if (n == 0) {
                return s.toString();
            }
            if ((n & 0xc0) == 0xc0) {
                int offset = (n & 0x3f) << 8 | at.u8();
                if (offset >= length) {
                    throw new MalformedException("DNS pointer");
                }
                at = new ByteReader(data, offset, length - offset);
                jumps++;
            } else {
                s.append(s.length() == 0 ? "" : ".").append(at.utf8(n));
                if (s.length() > 255) {
                    throw new MalformedException("DNS name");
                }
            }
        }
        throw new MalformedException("DNS pointer loop");
    }
}
