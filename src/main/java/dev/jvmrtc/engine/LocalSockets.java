package dev.jvmrtc.engine;

import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.MdnsResponder;
import dev.jvmrtc.net.TcpListener;
import dev.jvmrtc.net.UdpSocket;
import dev.jvmrtc.session.PeerSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP sockets and TCP listeners of one connection's transports, on the machine's addresses or on shared ports. On
 * the loop only.
 */
final class LocalSockets {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSockets.class);
    /** RFC 8445 §5.1.2.1: of the best of our addresses; the others follow. */
    private static final int MAX_PREFERENCE = 65_535;

    private final SessionDriver driver;
    private final EventLoop loop;
    private final NetworkSettings network;
    private final SharedUdpPort sharedUdp;
    private final SharedTcpPort sharedTcp;
    /** The machine's addresses that a transport uses, and those of the shared UDP port and of the shared TCP port. */
    private final Map<Integer, List<InetAddress>> addresses = new HashMap<>();
    /**
     * Those from which a transport reaches out by TCP: with no socket before it does, whether UDP could be bound or
     * not.
     */
    private final Map<Integer, Set<InetAddress>> activeTcp = new HashMap<>();
    /** The local preference of the address that a transport takes up next. */
    private final Map<Integer, Integer> preferences = new HashMap<>();

    private final Map<Integer, Set<InetSocketAddress>> udpAddresses = new HashMap<>();
    private final Map<Integer, Set<InetSocketAddress>> tcpAddresses = new HashMap<>();
    private final Map<Integer, List<UdpSocket>> sockets = new HashMap<>();
    /** Sockets from before an ICE restart, while they may still be in use. */
    private final Map<Integer, List<UdpSocket>> retiring = new HashMap<>();

    private final Map<InetSocketAddress, UdpSocket> byAddress = new HashMap<>();
    private final Map<Integer, List<TcpListener>> listeners = new HashMap<>();
    private final MdnsResponder responder;
    /** What our addresses are called; a name each for the time of the connection. */
    private final Map<InetAddress, String> names = new HashMap<>();

    LocalSockets(
            SessionDriver driver,
            EventLoop loop,
            NetworkSettings network,
            SharedUdpPort sharedUdp,
            SharedTcpPort sharedTcp,
            MdnsResponder responder) {
        this.responder = responder;
        this.driver = driver;
        this.loop = loop;
        this.network = network;
        this.sharedUdp = sharedUdp;
        this.sharedTcp = sharedTcp;
    }

    private List<SharedPort<?>> sharedPorts() {
        List<SharedPort<?>> ports = new ArrayList<>(2);
        if (sharedUdp != null) {
            ports.add(sharedUdp);
        }
        if (sharedTcp != null) {
            ports.add(sharedTcp);
        }
        return ports;
    }

    /** The connection begins: what it shares with others stays until {@link #exit}. From any thread. */
    void enter() {
        sharedPorts().forEach(SharedPort::entered);
    }

    /** It has ended. */
    void exit() {
        sharedPorts().forEach(SharedPort::exited);
    }

    // ---------------------------------------------------------------- opening

    /**
     * Opens what the transport's present generation needs, and tells the session. TURN servers need sockets of our own:
     * see {@link #openSocket}.
     */
    void open(long now, PeerSession session, int transportId, List<InetAddress> present, boolean forTurn) {
        addresses.put(transportId, new ArrayList<>());
        activeTcp.put(transportId, new HashSet<>());
        udpAddresses.put(transportId, new HashSet<>());
        tcpAddresses.put(transportId, new HashSet<>());
        sockets.put(transportId, new ArrayList<>());
        listeners.put(transportId, new ArrayList<>());
        sharedPorts()
                .forEach(p -> p.join(driver, transportId, session.transports().localCredentials(transportId)));
        useSharedPorts(now, session, transportId);
        for (InetAddress a : present) {
            openOn(now, session, transportId, a, forTurn);
        }
    }

    /**
     * Takes up the addresses of the shared ports that the transport does not use yet; returns whether there were any.
     */
    private boolean useSharedPorts(long now, PeerSession session, int transportId) {
        boolean any = false;
        if (sharedUdp != null) {
            Set<InetSocketAddress> used = udpAddresses.get(transportId);
            for (InetSocketAddress a : sharedUdp.addresses()) {
                int preference = MAX_PREFERENCE - used.size();
                if (used.add(a)) {
                    hide(session, transportId, a.getAddress());
                    session.transports().addSharedAddress(now, transportId, a, network.advertised(a), preference);
                    any = true;
                }
            }
        }
        if (sharedTcp != null) {
            Set<InetSocketAddress> used = tcpAddresses.get(transportId);
            for (InetSocketAddress a : sharedTcp.addresses()) {
                int preference = MAX_PREFERENCE - used.size();
                if (used.add(a)) {
                    hide(session, transportId, a.getAddress());
                    session.transports().addPassiveTcpAddress(now, transportId, a, network.advertised(a), preference);
                    any = true;
                }
            }
        }
        return any;
    }

    /**
     * Opens on an address what is not open there yet; returns whether there is anything new. An address whose UDP port
     * cannot be bound, such as one of IPv6 that the kernel still asks the network about (RFC 4862 §5.4), is tried again
     * at the next look; TCP does not wait for that, since it may be UDP alone that has no free port.
     */
    private boolean openOn(long now, PeerSession session, int transportId, InetAddress a, boolean forTurn) {
        hide(session, transportId, a);
        // RFC 8445 §5.1.2.1: a local preference is unique among candidates of one type; so it is given once, whoever
        // has gone or could not be bound.
        int preference = preferences.getOrDefault(transportId, MAX_PREFERENCE);
        boolean any = !(network.udp() && sharedUdp == null || forTurn)
                || openSocket(now, session, transportId, a, preference);
        if (any) {
            addresses.get(transportId).add(a);
        }
        if (network.activeTcp() && activeTcp.get(transportId).add(a)) {
            session.transports()
                    .addActiveTcpAddress(now, transportId, a, network.external().getOrDefault(a, a), preference);
            any = true;
        }
        if (network.passiveTcp()
                && sharedTcp == null
                && listeners.get(transportId).stream()
                        .noneMatch(l -> l.local().getAddress().equals(a))) {
            any |= listen(now, session, transportId, a, preference);
        }
        if (any) {
            preferences.put(transportId, Math.max(0, preference - 1));
        }
        return any;
    }

    /**
     * draft-ietf-mmusic-mdns-ice-candidates §3.1.1: a version 4 UUID and ".local". What clouds translate is no secret,
     * and is not ours to answer for.
     */
    private void hide(PeerSession session, int transportId, InetAddress address) {
        if (!network.hideAddresses() || network.external().containsKey(address)) {
            return;
        }
        String name = names.get(address);
        if (name == null) {
            name = UUID.randomUUID() + ".local";
            names.put(address, name);
            responder.publish(name, address);
        }
        session.transports().hideAddress(transportId, address, name);
    }

    /**
     * On a shared port, answers of a TURN server could not be told apart: a socket of our own asks it then, and is no
     * candidate.
     */
    private boolean openSocket(long now, PeerSession session, int transportId, InetAddress a, int preference) {
        try {
            UdpSocket s = inRange(port -> UdpSocket.bind(
                    loop,
                    new InetSocketAddress(a, port),
                    (at, socket, from, datagram) -> driver.receive(at, transportId, socket.local(), from, datagram)));
            if (network.dscp() != 0) {
                s.setDscp(network.dscp());
            }
            sockets.get(transportId).add(s);
            byAddress.put(s.local(), s);
            if (sharedUdp != null || !network.udp()) {
                session.transports().addRelayBase(transportId, s.local());
            } else {
                session.transports()
                        .addLocalAddress(now, transportId, s.local(), network.advertised(s.local()), preference);
            }
            return true;
        } catch (IOException e) {
            LOG.debug("cannot bind to {}", a, e);
            return false;
        }
    }

    private boolean listen(long now, PeerSession session, int transportId, InetAddress a, int preference) {
        try {
            TcpListener l = inRange(port -> TcpListener.open(
                    loop, new InetSocketAddress(a, port), s -> driver.accept(transportId, s, new byte[0])));
            l.register();
            listeners.get(transportId).add(l);
            session.transports()
                    .addPassiveTcpAddress(now, transportId, l.local(), network.advertised(l.local()), preference);
            return true;
        } catch (IOException e) {
            LOG.debug("cannot listen on {}", a, e);
            return false;
        }
    }

    private interface Binder<T> {
        T bind(int port) throws IOException;
    }

    /** Binds to a free port, of the range if there is one. */
    private <T> T inRange(Binder<T> binder) throws IOException {
        if (network.maxPort() == 0) {
            return binder.bind(0);
        }
        int ports = network.maxPort() - network.minPort() + 1;
        int first = ThreadLocalRandom.current().nextInt(ports);
        IOException last = null;
        for (int i = 0; i < ports; i++) {
            try {
                return binder.bind(network.minPort() + (first + i) % ports);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    /**
     * Takes up addresses that have come, and gives up those that have gone where addresses are followed: else the
     * socket may be of use again when its address comes back. Returns the transports that have new ones.
     */
    List<Integer> follow(long now, PeerSession session, List<InetAddress> present, boolean forTurn) {
        // Loopback is listed where a machine has nothing else, which is no news while its interfaces are away.
        List<InetAddress> usable = network.includeLoopback()
                ? present
                : present.stream().filter(a -> !a.isLoopbackAddress()).toList();
        sharedPorts().forEach(p -> p.follow(usable));
        List<Integer> changed = new ArrayList<>();
        for (Map.Entry<Integer, List<InetAddress>> e : addresses.entrySet()) {
            int transportId = e.getKey();
            List<InetAddress> known = e.getValue();
            Set<InetAddress> gone = new HashSet<>();
            if (network.continualGathering()) {
                gone.addAll(known);
                gone.addAll(activeTcp.get(transportId));
                listeners.get(transportId).forEach(l -> gone.add(l.local().getAddress()));
            }
            gone.removeAll(present);
            for (InetAddress a : gone) {
                known.remove(a);
                activeTcp.get(transportId).remove(a);
                giveUp(now, session, transportId, a);
            }
            boolean any = useSharedPorts(now, session, transportId);
            for (InetAddress a : usable) {
                if (!known.contains(a)) {
                    any |= openOn(now, session, transportId, a, forTurn);
                }
            }
            if (any) {
                changed.add(transportId);
            }
        }
        return changed;
    }

    private void giveUp(long now, PeerSession session, int transportId, InetAddress gone) {
        session.transports().removeTcpAddress(now, transportId, gone);
        listeners.get(transportId).removeIf(l -> l.local().getAddress().equals(gone) && close(l));
        for (UdpSocket s : List.copyOf(sockets.get(transportId))) {
            if (s.local().getAddress().equals(gone)) {
                sockets.get(transportId).remove(s);
                close(s);
                session.transports().removeLocalAddress(now, transportId, s.local());
            }
        }
    }

    // ---------------------------------------------------------------- sending

    void send(InetSocketAddress local, InetSocketAddress remote, byte[] data, int offset, int length) {
        UdpSocket s = byAddress.get(local);
        if (s != null) {
            s.send(remote, data, offset, length);
        } else if (sharedUdp != null) {
            sharedUdp.send(loop, driver, local, remote, data, offset, length);
        }
    }

    /** The peer has shown that it reads what is sent to the address. */
    void proved(int transportId, InetSocketAddress local, InetSocketAddress remote) {
        if (sharedUdp != null) {
            sharedUdp.proved(driver, transportId, local, remote);
        }
    }

    /** The transport has other credentials than when its sockets were opened. */
    void adopted(PeerSession session, int transportId) {
        IceCredentials credentials = session.transports().localCredentials(transportId);
        for (SharedPort<?> p : sharedPorts()) {
            p.join(driver, transportId, credentials);
            p.keepOnly(driver, transportId, credentials);
        }
    }

    // ---------------------------------------------------------------- closing

    /**
     * ICE restarts: today's sockets stay until {@link #closeRetired}; of older ones only the one bound to {@code keep},
     * if any.
     */
    void retire(int transportId, InetSocketAddress keep) {
        List<UdpSocket> older = retiring.remove(transportId);
        List<UdpSocket> kept = new ArrayList<>(sockets.getOrDefault(transportId, List.of()));
        if (older != null) {
            older.forEach(s -> {
                if (s.local().equals(keep)) {
                    kept.add(s);
                } else {
                    close(s);
                }
            });
        }
        sockets.remove(transportId);
        retiring.put(transportId, kept);
        closeListeners(transportId); // what they have accepted goes on
    }

    void closeRetired(PeerSession session, int transportId) {
        sharedPorts()
                .forEach(p ->
                        p.keepOnly(driver, transportId, session.transports().localCredentials(transportId)));
        closeAll(retiring.remove(transportId));
    }

    /** Whether no transport has any. */
    boolean isEmpty() {
        return addresses.isEmpty();
    }

    void close(int transportId) {
        sharedPorts().forEach(p -> p.leave(driver, transportId));
        addresses.remove(transportId);
        activeTcp.remove(transportId);
        preferences.remove(transportId);
        udpAddresses.remove(transportId);
        tcpAddresses.remove(transportId);
        closeAll(sockets.remove(transportId));
        closeAll(retiring.remove(transportId));
        closeListeners(transportId);
    }

    void close() {
        List.copyOf(sockets.keySet()).forEach(this::close);
        names.values().forEach(responder::withdraw);
        names.clear();
    }

    private void closeListeners(int transportId) {
        List<TcpListener> list = listeners.remove(transportId);
        if (list != null) {
            list.forEach(LocalSockets::close);
        }
    }

    private void closeAll(List<UdpSocket> list) {
        if (list != null) {
            list.forEach(this::close);
        }
    }

    private static boolean close(TcpListener l) {
        l.close();
        return true;
    }

    private void close(UdpSocket s) {
        byAddress.remove(s.local());
        s.close();
    }
}
