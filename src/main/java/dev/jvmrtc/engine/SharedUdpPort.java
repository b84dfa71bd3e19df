package dev.jvmrtc.engine;

import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.UdpSocket;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * UDP sockets on one port, one for each address of the machine, shared by any number of connections. A peer's first check names the connection by its username
 * fragment; from then on the peer's address does. An answer to a check of ours may come before the peer's own: it goes to whoever asked that
 * address last; one of a STUN server goes by its transaction. The reader's loop hands datagrams over to the loop of the connection that owns them, a batch at a
 * time.
 */
public final class SharedUdpPort extends SharedPort<UdpSocket> {
    /** Addresses that one transport's peer may come from; a peer checks from a few. */
    static final int MAX_ADDRESSES = 32;
    /** Questions to STUN servers that wait for an answer; the oldest are forgotten. */
    private static final int MAX_QUERIES = 4_096;

    /** A transport of a connection on the port. */
    private static final class Member {
        final SessionDriver driver;
        final int transportId;
        final Map<String, IceCredentials> credentials = new HashMap<>();
        final Set<Path> paths = new HashSet<>();
        final Set<Path> asked = new HashSet<>();

        Member(SessionDriver driver, int transportId) {
            this.driver = driver;
            this.transportId = transportId;
        }
    }

    private record Path(UdpSocket socket, InetSocketAddress remote) {
    }

    /** A datagram on its way to another loop. */
    record Datagram(int transportId, InetSocketAddress local, InetSocketAddress remote, byte[] data) {
    }

    private final NetworkSettings settings;
    private final Map<String, Member> byFragment = new HashMap<>();
    private final Map<UdpSocket, Map<InetSocketAddress, Member>> byRemote = new HashMap<>();
    /** By addresses that have been asked and have not checked themselves. */
    private final Map<Path, Member> byAsked = new HashMap<>();
    private final Map<SessionDriver, Map<Integer, Member>> members = new HashMap<>();
    private final Map<SessionDriver, List<Datagram>> batch = new LinkedHashMap<>();
    /** Who has asked a STUN server, until it answers. */
    private final Map<TransactionId, SessionDriver> queries = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TransactionId, SessionDriver> eldest) {
            return size() > MAX_QUERIES;
        }
    };

    /** Binds the port on every address; throws where one of them is taken. */
    public SharedUdpPort(EventLoop loop, int port, NetworkSettings settings) throws IOException {
        super(loop);
        this.settings = settings;
        bind(port, settings);
    }

    @Override
    UdpSocket open(InetSocketAddress address) throws IOException {
        UdpSocket s = UdpSocket.open(loop, address, this::receiveFromAnybody);
        if (settings.dscp() != 0) {
            s.setDscp(settings.dscp());
        }
        byRemote.put(s, new HashMap<>());
        return s;
    }

    @Override
    InetSocketAddress localAddress(UdpSocket socket) {
        return socket.local();
    }

    @Override
    void register(UdpSocket socket) throws IOException {
        socket.register();
    }

    @Override
    void closeSocket(UdpSocket socket) {
        socket.close();
    }

    @Override
    boolean isUnused() {
        return members.isEmpty();
    }

    // ---------------------------------------------------------------- members; from any thread

    @Override
    void join(SessionDriver driver, int transportId, IceCredentials credentials) {
        String fragment = credentials.usernameFragment();
        loop.execute(() -> {
            Member m = members.computeIfAbsent(driver, d -> new HashMap<>()).computeIfAbsent(transportId, id -> new Member(driver, id));
            m.credentials.put(fragment, credentials);
            byFragment.put(fragment, m);
        });
    }

    @Override
    void keepOnly(SessionDriver driver, int transportId, IceCredentials credentials) {
        String fragment = credentials.usernameFragment();
        loop.execute(() -> {
            Member m = members.getOrDefault(driver, Map.of()).get(transportId);
            if (m != null) {
                m.credentials.keySet().stream().filter(f -> !f.equals(fragment)).forEach(f -> byFragment.remove(f, m));
                m.credentials.keySet().removeIf(f -> !f.equals(fragment));
            }
        });
    }

    @Override
    void leave(SessionDriver driver, int transportId) {
        loop.execute(() -> {
            Member m = members.getOrDefault(driver, new HashMap<>()).remove(transportId);
            if (m != null) {
                m.credentials.keySet().forEach(f -> byFragment.remove(f, m));
                m.paths.forEach(p -> byRemote.get(p.socket).remove(p.remote, m));
                m.asked.forEach(p -> byAsked.remove(p, m));
                if (members.get(driver).isEmpty()) {
                    members.remove(driver);
                    releaseLoop();
                }
            }
        });
    }

    /** Sends from one of the addresses, on the caller's loop; false where it is none of the port's. */
    boolean send(EventLoop caller, SessionDriver sender, InetSocketAddress local, InetSocketAddress remote, byte[] data, int offset, int length) {
        UdpSocket s = socket(local);
        if (s != null && isStunRequest(data, offset, length)) {
            // Commands come before datagrams in a turn of the loop: this is known when the answer comes.
            byte[] check = Arrays.copyOfRange(data, offset, offset + length);
            loop.execute(() -> asked(sender, new Path(s, remote), check));
        }
        if (s != null) {
            s.send(caller, remote, data, offset, length);
        }
        return s != null;
    }

    /** RFC 8489 §5: both class bits are clear. Answers, of which a peer can make us send many, are nothing to remember. */
    private static boolean isStunRequest(byte[] data, int offset, int length) {
        return StunMessage.isStun(data, offset, length) && (data[offset] & 1) == 0 && (data[offset + 1] & 0x10) == 0;
    }

    private void asked(SessionDriver sender, Path path, byte[] request) {
        StunMessage s;
        try {
            s = StunMessage.parse(request, 0, request.length);
        } catch (MalformedException e) {
            throw new IllegalStateException("a request of our own", e);
        }
        if (!s.has(StunAttribute.USERNAME)) {
            queries.put(s.transactionId(), sender);
            return;
        }
        Member m = named(s, false);
        if (m != null && (m.asked.contains(path) || m.asked.size() < MAX_ADDRESSES)) {
            m.asked.add(path);
            byAsked.put(path, m);
        }
    }

    // ---------------------------------------------------------------- receiving; on the loop

    /** The trust boundary of the port: a datagram that makes our code throw is dropped. What a connection makes of its own is that connection's affair. */
    private void receiveFromAnybody(long now, UdpSocket socket, InetSocketAddress from, byte[] data, int offset, int length) {
        try {
            receive(now, socket, from, data, offset, length);
        } catch (RuntimeException e) {
            InternalErrors.count(drops, e);
        }
    }

    private void receive(long now, UdpSocket socket, InetSocketAddress from, byte[] data, int offset, int length) {
        Map<InetSocketAddress, Member> remotes = byRemote.get(socket);
        Member m = remotes.get(from);
        if (StunMessage.isStun(data, offset, length)) {
            StunMessage s;
            try {
                s = StunMessage.parse(data, offset, length);
            } catch (MalformedException e) {
                drops.count("malformed STUN: " + e.getMessage());
                return;
            }
            SessionDriver asker = queries.isEmpty() || s.messageClass() == StunClass.REQUEST ? null : queries.remove(s.transactionId());
            if (asker != null) {
                members.getOrDefault(asker, Map.of()).values().forEach(asking -> pass(now, asking, socket, from, data, offset, length));
                return;
            }
            Member named = named(s, true);
            if (named != null && named != m && !named.credentials.get(fragmentOf(s, true)).authenticate(s)) {
                drops.count("check with wrong credentials"); // who knows the fragment only must not have the address
                return;
            }
            if (m == null && named != null) {
                m = named;
                if (m.paths.size() < MAX_ADDRESSES) {
                    m.paths.add(new Path(socket, from));
                    remotes.put(from, m);
                }
            } else if (named != null && named != m) {
                // Both would have the same addresses and ports on both ends, and what comes could not be told apart.
                drops.count("address of a peer that another connection has");
                named.driver.command((session, at) -> session.countDrop("the peer's address and port are in use by another connection on the shared port"));
                return;
            }
        }
        m = m == null ? byAsked.get(new Path(socket, from)) : m;
        if (m == null) {
            drops.count("datagram that no connection expects");
            return;
        }
        pass(now, m, socket, from, data, offset, length);
    }

    private void pass(long now, Member m, UdpSocket socket, InetSocketAddress from, byte[] data, int offset, int length) {
        if (m.driver.isOn(loop)) {
            m.driver.receive(now, m.transportId, socket.local(), from, data, offset, length);
            return;
        }
        if (batch.isEmpty()) {
            loop.atEndOfTurn(at -> handOver());
        }
        batch.computeIfAbsent(m.driver, d -> new ArrayList<>()).add(new Datagram(m.transportId, socket.local(), from, Arrays.copyOfRange(data, offset, offset + length)));
    }

    private void handOver() {
        batch.forEach((driver, datagrams) -> driver.receive(datagrams));
        batch.clear();
    }

    /** Whose check it is: the peer's names ours in the first half of its username, our own in the second (RFC 8445 §7.2.2). Null for what is no check. */
    private Member named(StunMessage s, boolean ofThePeer) {
        String fragment = fragmentOf(s, ofThePeer);
        return fragment == null ? null : byFragment.get(fragment);
    }

    private static String fragmentOf(StunMessage s, boolean ofThePeer) {
        String username = s.messageClass() == StunClass.REQUEST ? s.text(StunAttribute.USERNAME) : null;
        int colon = username == null ? -1 : username.indexOf(':');
        return colon < 0 ? null : ofThePeer ? username.substring(0, colon) : username.substring(colon + 1);
    }
}
