package dev.jvmrtc.net;

import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers multicast DNS queries for names that stand for addresses of this machine (RFC 6762;
 * draft-ietf-mmusic-mdns-ice-candidates §3.1). Needs no daemon, and shares the port with one that runs. The names are
 * random, so nobody else can have them, and they are not probed for.
 */
public final class MdnsResponder extends EventLoop.Timed implements EventLoop.Selectable {
    private static final Logger LOG = LoggerFactory.getLogger(MdnsResponder.class);
    private static final int READ_BATCH = 16;
    /** RFC 6762 §6: a record is not multicast again "until at least one second has elapsed since the last time". */
    private static final long MULTICAST_INTERVAL_NANOS = 1_000_000_000L;

    /** Questions of one message that are answered; a peer asks for one name, by two types. */
    private static final int MAX_ANSWERS = 8;
    /** Answers for a name to single askers, in a second: a peer asks on each of its interfaces, and again. */
    private static final int MAX_UNICAST_ANSWERS = 50;

    private static final class Name {
        final String name;
        final InetAddress address;
        long announcedNanos;
        /** RFC 6762 §8.3: "at least two unsolicited responses, one second apart". */
        int announcementsLeft = 2;

        private long secondNanos;
        private int answersInSecond;

        Name(String name, InetAddress address) {
            this.name = name;
            this.address = address;
        }

        /**
         * Whether one more may be told of it alone within the second: the address that asks may not be the sender's.
         */
        boolean mayAnswer(long now) {
            if (answersInSecond == 0 || now - secondNanos >= 1_000_000_000L) {
                secondNanos = now;
                answersInSecond = 0;
            }
            return ++answersInSecond <= MAX_UNICAST_ANSWERS;
        }
    }

    private final EventLoop loop;
    private final Map<String, Name> names = new HashMap<>();
    private final List<DatagramChannel> channels = new ArrayList<>();
    private boolean warned;

    public MdnsResponder(EventLoop loop) {
        this.loop = loop;
    }

    /** Answers for the name from now on. From any thread. */
    public void publish(String name, InetAddress address) {
        loop.execute(() -> {
            if (names.isEmpty()) {
                loop.retain(1);
                open();
            }
            Name n = new Name(name, address);
            names.put(name.toLowerCase(Locale.ROOT), n);
            announceDue(System.nanoTime());
        });
    }

    /** The name is void. From any thread. */
    public void withdraw(String name) {
        loop.execute(() -> {
            Name n = names.remove(name.toLowerCase(Locale.ROOT));
            if (n == null) {
                return;
            }
            multicast(MdnsMessage.announcement(n.name, n.address, 0));
            if (names.isEmpty()) {
                channels.forEach(MdnsResponder::closeQuietly);
                channels.clear();
                loop.schedule(this, ProtocolCore.NEVER);
                loop.retain(-1);
            }
        });
    }

    // ---------------------------------------------------------------- on the loop

    private void open() {
        for (InetAddress group : MdnsGroup.ALL) {
            try {
                channels.add(join(group));
            } catch (IOException | RuntimeException e) {
                LOG.debug("no multicast DNS on {}", group, e);
            }
        }
        if (channels.isEmpty() && !warned) {
            warned = true;
            LOG.warn(
                    "cannot answer multicast DNS queries here: peers cannot resolve the names that hide our addresses");
        }
    }

    private DatagramChannel join(InetAddress group) throws IOException {
        DatagramChannel c = DatagramChannel.open(
                group instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            c.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (c.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                c.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            bind(c, group);
            c.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 255);
            c.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            int joined = 0;
            for (NetworkInterface i : MdnsGroup.interfaces()) {
                try {
                    c.join(group, i);
                    joined++;
                } catch (IOException | RuntimeException e) {
                    LOG.trace("cannot join {} on {}", group, i.getName(), e);
                }
            }
            if (joined == 0) {
                throw new IOException("no interface takes part in " + group);
            }
            c.configureBlocking(false);
            c.register(loop.selector(), SelectionKey.OP_READ, this);
            return c;
        } catch (IOException | RuntimeException e) {
            closeQuietly(c);
            throw e;
        }
    }

    /**
     * Bound to the group where the system can, so that unicast answers to a daemon on the machine are not taken from
     * it.
     */
    private static void bind(DatagramChannel c, InetAddress group) throws IOException {
        try {
            c.bind(new InetSocketAddress(group, MdnsMessage.PORT));
        } catch (IOException e) {
            c.bind(new InetSocketAddress(MdnsMessage.PORT));
        }
    }

    @Override
    public void ready(long now, SelectionKey key) {
        DatagramChannel channel = (DatagramChannel) key.channel();
        ByteBuffer b = loop.receiveBuffer();
        for (int i = 0; i < READ_BATCH && channel.isOpen(); i++) {
            b.clear();
            try {
                InetSocketAddress from = (InetSocketAddress) channel.receive(b);
                if (from == null) {
                    return;
                }
                MdnsMessage m = MdnsMessage.parse(b.array(), 0, b.position());
                if (!m.response()) {
                    answer(now, channel, from, m);
                }
            } catch (MalformedException e) {
                LOG.trace("malformed multicast DNS query", e);
            } catch (IOException e) {
                LOG.debug("receiving multicast DNS failed", e);
                return;
            } catch (RuntimeException e) {
                InternalErrors.note(e);
            }
        }
    }

    /** Answers a few of the questions: each answer is longer than its question may be. */
    private void answer(long now, DatagramChannel channel, InetSocketAddress from, MdnsMessage m) {
        m.questions().stream().distinct().limit(MAX_ANSWERS).forEach(q -> answer(now, channel, from, m.id(), q));
    }

    private void answer(long now, DatagramChannel channel, InetSocketAddress from, int id, MdnsMessage.Question q) {
        Name n = names.get(q.name().toLowerCase(Locale.ROOT));
        if (n == null || !q.asksFor(n.address)) {
            return;
        }
        boolean unicast = from.getPort() != MdnsMessage.PORT || q.wantsUnicast();
        if (unicast && !n.mayAnswer(now)) {
            return;
        }
        if (from.getPort() != MdnsMessage.PORT) {
            send(channel, MdnsMessage.legacyAnswer(id, q, n.address), from);
        } else if (q.wantsUnicast()) {
            send(channel, MdnsMessage.announcement(n.name, n.address, MdnsMessage.TTL_SECONDS), from);
        } else if (now - n.announcedNanos >= MULTICAST_INTERVAL_NANOS) {
            announce(now, n);
        } else {
            n.announcementsLeft = Math.max(1, n.announcementsLeft); // as soon as the second is over
            loop.schedule(this, ProtocolCore.soonest(deadline, n.announcedNanos + MULTICAST_INTERVAL_NANOS));
        }
    }

    private void announce(long now, Name n) {
        n.announcedNanos = now;
        n.announcementsLeft = Math.max(0, n.announcementsLeft - 1);
        multicast(MdnsMessage.announcement(n.name, n.address, MdnsMessage.TTL_SECONDS));
        schedule(now);
    }

    @Override
    protected void onDeadline(long now) {
        announceDue(now);
    }

    private void announceDue(long now) {
        for (Name n : names.values()) {
            if (n.announcementsLeft == 2
                    || n.announcementsLeft > 0 && now - n.announcedNanos >= MULTICAST_INTERVAL_NANOS) {
                announce(now, n);
            }
        }
        schedule(now);
    }

    private void schedule(long now) {
        long next = ProtocolCore.NEVER;
        for (Name n : names.values()) {
            if (n.announcementsLeft > 0) {
                next = ProtocolCore.soonest(next, n.announcedNanos + MULTICAST_INTERVAL_NANOS);
            }
        }
        loop.schedule(this, next);
    }

    private void multicast(byte[] message) {
        List<NetworkInterface> interfaces;
        try {
            interfaces = MdnsGroup.interfaces();
        } catch (IOException e) {
            LOG.debug("cannot list the network interfaces", e);
            return;
        }
        for (DatagramChannel c : channels) {
            InetAddress group = groupOf(c);
            for (NetworkInterface i : interfaces) {
                try {
                    c.setOption(StandardSocketOptions.IP_MULTICAST_IF, i);
                } catch (IOException | RuntimeException e) {
                    continue; // an interface without addresses of the family
                }
                send(c, message, new InetSocketAddress(group, MdnsMessage.PORT));
            }
        }
    }

    private static InetAddress groupOf(DatagramChannel c) {
        try {
            return ((InetSocketAddress) c.getLocalAddress()).getAddress() instanceof Inet4Address
                    ? MdnsGroup.IPV4
                    : MdnsGroup.IPV6;
        } catch (IOException e) {
            return MdnsGroup.IPV4;
        }
    }

    private void send(DatagramChannel c, byte[] message, InetSocketAddress to) {
        try {
            c.send(ByteBuffer.wrap(message), to);
        } catch (IOException | RuntimeException e) {
            LOG.trace("cannot send multicast DNS to {}", to, e);
        }
    }

    private static void closeQuietly(DatagramChannel c) {
        try {
            c.close();
        } catch (IOException e) {
            LOG.debug("closing multicast DNS", e);
        }
    }
}
