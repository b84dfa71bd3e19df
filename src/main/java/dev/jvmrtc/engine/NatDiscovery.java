package dev.jvmrtc.engine;

import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.Resolver;
import dev.jvmrtc.net.UdpSocket;
import dev.jvmrtc.stun.BehaviorDiscovery;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Asks STUN servers what kind of NAT is between them and this machine (RFC 5780), once, from a socket of its own on an
 * event loop. It ends by itself: names may take {@link #NAMES_NANOS}, and then {@link BehaviorDiscovery} asks at most
 * six questions, each of which is given up after two seconds. On the loop.
 */
public final class NatDiscovery extends EventLoop.Timed {
    /** What the names of the servers may take. */
    static final long NAMES_NANOS = 10_000_000_000L;

    /**
     * What was found.
     *
     * @param mapped how the first server sees us
     * @param translated whether that is another address than the socket's
     * @param mapping a name of {@link BehaviorDiscovery.Dependence}
     * @param filtering likewise
     */
    public record Found(InetSocketAddress mapped, boolean translated, String mapping, String filtering) {}

    /** Is called once, on the loop. */
    public interface Listener {
        /** All is known that can be. */
        void found(Found found);

        /** Nothing is known; says why, and what to do about it. */
        void failed(String reason);
    }

    private final EventLoop loop;
    private final List<IceServerUrl> servers;
    private final Listener listener;
    /** For each server what its name stands for; none while that is not known. */
    private final List<List<InetAddress>> addresses;
    /** How many names are not resolved yet. */
    private int unresolved;
    /** Null while names are being resolved. */
    private BehaviorDiscovery discovery;

    private UdpSocket socket;
    private boolean ended;

    private NatDiscovery(EventLoop loop, List<IceServerUrl> servers, Listener listener) {
        this.loop = loop;
        this.servers = servers;
        this.listener = listener;
        this.addresses = new ArrayList<>(Collections.nCopies(servers.size(), List.of()));
        this.unresolved = servers.size();
    }

    /**
     * Begins; from any thread.
     *
     * @param servers a STUN server, and another one for where the first has one address only
     */
    public static void start(EventLoop loop, Resolver resolver, List<IceServerUrl> servers, Listener listener) {
        NatDiscovery d = new NatDiscovery(loop, servers, listener);
        loop.execute(() -> d.begin(resolver));
    }

    private void begin(Resolver resolver) {
        loop.retain(1);
        loop.schedule(this, System.nanoTime() + NAMES_NANOS);
        for (int i = 0; i < servers.size(); i++) {
            int number = i;
            resolver.resolve(servers.get(i).host(), found -> loop.execute(() -> resolved(number, found)));
        }
    }

    private void resolved(int number, List<InetAddress> found) {
        addresses.set(number, found);
        unresolved--;
        if (unresolved == 0 && !ended) {
            ask();
        }
    }

    private void ask() {
        InetSocketAddress server = address(0, Inet4Address.class);
        server = server != null ? server : address(0, InetAddress.class);
        if (server == null) {
            fail("the name of " + servers.get(0).url()
                    + " is not known: check the name, and this machine's name servers");
            return;
        }
        InetSocketAddress second =
                servers.size() > 1 ? address(1, server.getAddress().getClass()) : null;
        try {
            socket =
                    UdpSocket.bind(loop, new InetSocketAddress(addressTowards(server), 0), (now, s, from, datagram) -> {
                        discovery.handleDatagram(now, from, datagram);
                        proceed();
                    });
            discovery = new BehaviorDiscovery(socket.local(), server, second, SessionDriver.secureRandom());
            discovery.start(System.nanoTime());
            proceed();
        } catch (IOException | RuntimeException e) {
            fail("this machine cannot send to " + servers.get(0).url() + ": " + e.getMessage());
        }
    }

    /** The first address of a server in a family, or null. */
    private InetSocketAddress address(int number, Class<? extends InetAddress> family) {
        return addresses.get(number).stream()
                .filter(family::isInstance)
                .findFirst()
                .map(a -> new InetSocketAddress(a, servers.get(number).port()))
                .orElse(null);
    }

    /** The address of ours that the operating system would send from: it routes, and sends nothing. */
    private static InetAddress addressTowards(InetSocketAddress server) throws IOException {
        try (DatagramSocket s = new DatagramSocket()) {
            s.connect(server);
            return s.getLocalAddress();
        }
    }

    @Override
    protected void onDeadline(long nowNanos) {
        if (discovery == null) {
            fail("the names of the servers are not known after " + NAMES_NANOS / 1_000_000_000
                    + " s: check this machine's name servers");
        } else {
            discovery.handleTimeout(nowNanos);
            proceed();
        }
    }

    private void proceed() {
        if (ended) {
            return; // a datagram of the batch in which the last answer came
        }
        for (BehaviorDiscovery.Question q = discovery.pollQuestion(); q != null; q = discovery.pollQuestion()) {
            socket.send(q.to(), q.data(), 0, q.data().length);
        }
        BehaviorDiscovery.Result r = discovery.result();
        if (r == null) {
            loop.schedule(this, discovery.nextTimeoutNanos());
        } else if (r.mapped() == null) {
            fail(servers.get(0).url()
                    + " does not answer: it is no STUN server, or a firewall lets no UDP through to it");
        } else {
            end();
            listener.found(new Found(
                    r.mapped(),
                    r.translated(),
                    r.mapping().name(),
                    r.filtering().name()));
        }
    }

    private void fail(String reason) {
        end();
        listener.failed(reason);
    }

    private void end() {
        ended = true;
        loop.cancel(this);
        if (socket != null) {
            socket.close();
        }
        loop.retain(-1);
    }
}
