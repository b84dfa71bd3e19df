package dev.jvmrtc.sim;

import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A seeded network on a virtual clock: latency, jitter (which reorders), loss and duplication. Nothing here reads the
 * real time.
 */
public final class VirtualNetwork {

    /** Takes what arrives at an address. */
    public interface Host {
        void receive(long now, InetSocketAddress local, InetSocketAddress remote, byte[] data);
    }

    /** @param lossPercent of 100 datagrams */
    public record Conditions(int lossPercent, int duplicatePercent, long latencyNanos, long jitterNanos) {
        public static final Conditions PERFECT = new Conditions(0, 0, 1_000_000, 0);
        public static final Conditions BAD = new Conditions(10, 5, 20_000_000, 15_000_000);
    }

    private record Delivery(long at, long order, Runnable task) implements Comparable<Delivery> {
        @Override
        public int compareTo(Delivery o) {
            return at != o.at ? Long.compare(at, o.at) : Long.compare(order, o.order);
        }
    }

    private final Random random;
    private final PriorityQueue<Delivery> queue = new PriorityQueue<>();
    private final Map<InetSocketAddress, Host> hosts = new HashMap<>();
    private final List<Nat> nats = new ArrayList<>();
    private final Map<InetSocketAddress, StreamServer> streamServers = new HashMap<>();
    private final java.util.Set<InetSocketAddress> servers = new java.util.HashSet<>();
    private WireTap tap;
    private Injector injector;
    private boolean traced = true;
    private int streams;
    private final MessageDigest trace;
    private Conditions conditions;
    private long now = 1_000_000_000L;
    private long order;
    private long datagrams;
    private long linkRate;
    private int linkQueue;
    private long overflows;
    private final Map<InetSocketAddress, Long> linkFree = new HashMap<>();

    public VirtualNetwork(long seed, Conditions conditions) {
        this.random = new Random(seed ^ 0x5eed);
        this.conditions = conditions;
        try {
            this.trace = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public Conditions conditions() {
        return conditions;
    }

    public void setConditions(Conditions conditions) {
        this.conditions = conditions;
    }

    /** From now on somebody listens to all that is sent. */
    public void setTap(WireTap listener) {
        tap = listener;
    }

    /** From now on somebody on the path adds to what passes; see {@link Injector}. */
    public void setInjector(Injector attacker) {
        injector = attacker;
    }

    /** No {@link #traceHash()} is wanted, which costs more than all the rest of the network. */
    public void withoutTrace() {
        traced = false;
    }

    /** The address is a server's, not a peer's. */
    public void markServer(InetSocketAddress address) {
        servers.add(address);
    }

    boolean isServer(InetSocketAddress address) {
        return servers.contains(address);
    }

    /** Addresses at which somebody listens, servers apart. */
    List<InetSocketAddress> hosts() {
        List<InetSocketAddress> all = new ArrayList<>(hosts.keySet());
        all.addAll(streamServers.keySet());
        all.removeAll(servers);
        return all;
    }

    /**
     * From now on every sender's packets go through a link of its own with this rate, before which so many bytes may
     * wait; more are lost.
     */
    public void setLink(long bitsPerSecond, int queueBytes) {
        linkRate = bitsPerSecond;
        linkQueue = queueBytes;
    }

    /** Packets that found the queue of their link full. */
    public long overflows() {
        return overflows;
    }

    /** When the packet leaves its sender's link; −1 where it is lost before that. */
    private long leaves(InetSocketAddress from, int length) {
        if (linkRate == 0) {
            return now;
        }
        long free = Math.max(now, linkFree.getOrDefault(from, now));
        if ((free - now) * linkRate / 8 / 1_000_000_000L + length > linkQueue) {
            overflows++;
            return -1;
        }
        free += length * 8L * 1_000_000_000L / linkRate;
        linkFree.put(from, free);
        return free;
    }

    public long now() {
        return now;
    }

    public long datagrams() {
        return datagrams;
    }

    /** A hash of every datagram sent so far with its time: equal for equal seeds. */
    public String traceHash() {
        try {
            return java.util.HexFormat.of().formatHex(((MessageDigest) trace.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    public void attach(InetSocketAddress address, Host host) {
        hosts.put(address, host);
    }

    public void detach(InetSocketAddress address) {
        hosts.remove(address);
    }

    public void send(InetSocketAddress from, InetSocketAddress to, byte[] data, int offset, int length) {
        byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
        datagrams++;
        if (traced) {
            trace.update(Long.toString(now).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            trace.update(copy);
        }
        if (tap != null) {
            tap.listen(from.toString(), copy, 0, copy.length);
        }
        if (random.nextInt(100) < conditions.lossPercent) {
            return;
        }
        long leaves = leaves(from, length);
        if (leaves < 0) {
            return;
        }
        Nat ours = natOf(from);
        boolean within = ours != null && ours.isInside(to) && !ours.isolates;
        if (ours != null && !within && ours.blocksUdp) {
            return;
        }
        InetSocketAddress seen = ours == null || within ? from : ours.outbound(from, to);
        if (injector != null) {
            injector.passes(this, from, to, seen, copy);
        }
        int copies = random.nextInt(100) < conditions.duplicatePercent ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            long delay = conditions.latencyNanos
                    + (conditions.jitterNanos == 0 ? 0 : (long) (random.nextDouble() * conditions.jitterNanos));
            byte[] each = copy.clone();
            at(leaves + delay, () -> {
                InetSocketAddress at = within ? to : arrival(ours, to, seen);
                Host h = at == null ? null : hosts.get(at);
                if (h != null) {
                    h.receive(now, at, seen, each);
                }
            });
        }
    }

    /**
     * What an attacker on the path sends: it comes where a packet of {@code seen} to {@code to} would come, from
     * whatever address he says.
     */
    void inject(
            long delay,
            InetSocketAddress from,
            InetSocketAddress to,
            InetSocketAddress seen,
            InetSocketAddress claimed,
            byte[] data) {
        Nat ours = natOf(from);
        boolean within = ours != null && ours.isInside(to) && !ours.isolates;
        at(now + delay, () -> {
            InetSocketAddress at = within ? to : arrival(ours, to, seen);
            Host h = at == null ? null : hosts.get(at);
            if (h != null) {
                h.receive(now, at, claimed, data);
            }
        });
    }

    /** The same for the sender of what passes. */
    void injectBack(long delay, InetSocketAddress sender, InetSocketAddress claimed, byte[] data) {
        at(now + delay, () -> {
            Host h = hosts.get(sender);
            if (h != null) {
                h.receive(now, sender, claimed, data);
            }
        });
    }

    private Nat natOf(InetSocketAddress a) {
        for (Nat n : nats) {
            if (n.isInside(a)) {
                return n;
            }
        }
        return null;
    }

    /**
     * The host that a packet from outside its own network reaches: behind a translator only through its public address.
     */
    private InetSocketAddress arrival(Nat sender, InetSocketAddress to, InetSocketAddress from) {
        for (Nat n : nats) {
            if (n.publicIp.equals(to.getAddress().getHostAddress())) {
                return n.blocksUdp || n == sender && !n.hairpin ? null : n.inbound(to, from);
            }
        }
        return natOf(to) == null ? to : null;
    }

    /** Puts a translator before the hosts of its prefix. */
    public void addNat(Nat nat) {
        nats.add(nat);
    }

    // ---------------------------------------------------------------- streams: nothing is lost, and translators let
    // them out

    /** Accepts streams. The end of a stream is told as null, in either direction. */
    public interface StreamServer {
        /** Returns what takes the client's bytes. */
        Consumer<byte[]> accept(InetSocketAddress client, Consumer<byte[]> toClient);
    }

    public void listen(InetSocketAddress address, StreamServer server) {
        streamServers.put(address, server);
    }

    public void unlisten(InetSocketAddress address) {
        streamServers.remove(address);
    }

    /** Opens a stream after a round trip, and calls back with what takes its bytes; null where nobody listens. */
    public void connect(
            InetSocketAddress from,
            InetSocketAddress to,
            Consumer<byte[]> toClient,
            Consumer<Consumer<byte[]>> opened) {
        at(now + 2 * conditions.latencyNanos, () -> {
            StreamServer s = streamServers.get(to);
            if (s == null) {
                opened.accept(null);
                return;
            }
            Nat ours = natOf(from);
            InetSocketAddress seen = SimPeer.address(
                    ours == null ? from.getAddress().getHostAddress() : ours.publicIp, 40_000 + streams++);
            boolean ofServer = servers.contains(to);
            Consumer<byte[]> toServer = s.accept(seen, d -> flow(d, toClient, to, ofServer));
            if (toServer == null) {
                opened.accept(null);
                return;
            }
            opened.accept(d -> flow(d, toServer, seen, ofServer));
        });
    }

    private void flow(byte[] data, Consumer<byte[]> end, InetSocketAddress from, boolean ofServer) {
        at(now + conditions.latencyNanos, () -> end.accept(data));
        if (data != null && tap != null) {
            tap.listen("a stream of " + from, data, 0, data.length);
        }
        // What an attacker adds to a stream are whole messages: anything else ends it, which he can have by dropping.
        if (data != null && injector != null && !(ofServer && !servers.contains(from))) {
            byte[] more = injector.inStream(data, ofServer);
            if (more != null) {
                at(now + conditions.latencyNanos, () -> end.accept(more));
            }
        }
    }

    /** Runs a task at a time. */
    public void at(long when, Runnable task) {
        queue.add(new Delivery(when, order++, task));
    }

    /** The time of the next delivery, or Long.MAX_VALUE. */
    public long nextDelivery() {
        return queue.isEmpty() ? Long.MAX_VALUE : queue.peek().at;
    }

    /** Moves the clock to a time and runs what is due then. */
    public void advanceTo(long when) {
        now = Math.max(now, when);
        while (!queue.isEmpty() && queue.peek().at <= now) {
            queue.poll().task.run();
        }
    }
}
