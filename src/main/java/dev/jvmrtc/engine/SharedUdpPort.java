package dev.jvmrtc.engine;

import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.UdpSocket;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * UDP sockets on one port, one for each address of the machine, shared by any number of connections. A peer's authentic
 * check names the connection by its username fragment; from then on the peer's address does. Answers go by their
 * transaction. The reader's loop hands datagrams over to the loop of the connection that owns them, a batch at a time.
 *
 * <p>A check says what its sender likes of where it comes from: whoever has a connection of their own here can send
 * theirs from anybody's address. So the last authentic check has the address, unless its owner has <em>answered</em>
 * from there lately, which only somebody can who reads what we send there. An answer is one that the connection has
 * verified by its peer's password: anybody who is asked under a name of whatever kind refuses it from there, and an
 * attacker has us ask whom they like.
 */
public final class SharedUdpPort extends SharedPort<UdpSocket> {
    private static final Logger LOG = LoggerFactory.getLogger(SharedUdpPort.class);
    /**
     * Addresses that one transport's peer may come from; a peer checks from a few. At the limit the one that has been
     * silent longest is forgotten.
     */
    static final int MAX_ADDRESSES = 32;
    /** Checks of one transport that wait for an answer; the oldest are forgotten. */
    static final int MAX_CHECKS = 256;
    /**
     * An answer proves so long that the address is its owner's: consent is asked for every five seconds, and every
     * second while an answer is missing.
     */
    static final long ANSWERED_NANOS = 10_000_000_000L;
    /** Questions to STUN servers that wait for an answer; the oldest are forgotten. */
    private static final int MAX_QUERIES = 4_096;

    /** A transport of a connection on the port. */
    private static final class Member {
        final SessionDriver driver;
        final int transportId;
        final HandOver handOver;
        final Map<String, IceCredentials> credentials = new HashMap<>();
        final Map<Path, Owner> paths = new LinkedHashMap<>();
        /** Checks of ours without an answer yet, the oldest first. */
        final Map<TransactionId, Path> checks = new LinkedHashMap<>();

        Member(SessionDriver driver, int transportId, HandOver handOver) {
            this.driver = driver;
            this.transportId = transportId;
            this.handOver = handOver;
        }
    }

    /** Whose an address is. */
    private static final class Owner {
        final Member member;
        /** Whether it has been proved ever, and when last. */
        boolean proved;

        long provedNanos;

        Owner(Member member) {
            this.member = member;
        }

        void prove(long now) {
            proved = true;
            provedNanos = now;
        }

        boolean isProvedLately(long now) {
            return proved && now - provedNanos < ANSWERED_NANOS;
        }
    }

    private record Path(UdpSocket socket, InetSocketAddress remote) {}

    /** A datagram on its way to another loop, which releases it. */
    record Datagram(
            int transportId,
            InetSocketAddress local,
            InetSocketAddress remote,
            ByteBuf data,
            boolean answer,
            HandOver counted) {}

    private final NetworkSettings settings;
    private final Map<String, Member> byFragment = new HashMap<>();
    private final Map<UdpSocket, Map<InetSocketAddress, Owner>> byRemote = new HashMap<>();
    /** Who has sent a check, until it is answered. */
    private final Map<TransactionId, Member> byCheck = new HashMap<>();

    private final Map<EventLoop, AtomicLong> onTheirWay = new HashMap<>();
    private final Map<SessionDriver, Map<Integer, Member>> members = new HashMap<>();
    private boolean toldFailure;
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
            Member m = members.computeIfAbsent(driver, d -> new HashMap<>())
                    .computeIfAbsent(transportId, id -> new Member(driver, id, handOver(driver)));
            Member other = byFragment.putIfAbsent(fragment, m);
            if (other == null || other == m) {
                m.credentials.put(fragment, credentials);
            } else {
                refuseFragment(driver);
            }
        });
    }

    private HandOver handOver(SessionDriver driver) {
        return new HandOver(onTheirWay.computeIfAbsent(driver.loop(), l -> new AtomicLong()));
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
                m.paths.forEach((p, owner) -> byRemote.get(p.socket).remove(p.remote, owner));
                m.checks.keySet().forEach(byCheck::remove);
                if (members.get(driver).isEmpty()) {
                    members.remove(driver);
                    queries.values().removeIf(asker -> asker == driver);
                    releaseLoop();
                }
            }
        });
    }

    /** Sends from one of the addresses, on the caller's loop; false where it is none of the port's. */
    boolean send(
            EventLoop caller,
            SessionDriver sender,
            InetSocketAddress local,
            InetSocketAddress remote,
            byte[] data,
            int offset,
            int length) {
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

    /**
     * RFC 8489 §5: both class bits are clear. Answers, of which a peer can make us send many, are nothing to remember.
     */
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
        if (m != null) {
            if (m.checks.size() >= MAX_CHECKS) {
                TransactionId oldest = m.checks.keySet().iterator().next();
                m.checks.remove(oldest);
                byCheck.remove(oldest);
            }
            m.checks.put(s.transactionId(), path);
            byCheck.put(s.transactionId(), m);
        }
    }

    // ---------------------------------------------------------------- whose an address is; on the loop

    /** The address is the member's from now on. */
    private Owner own(Member m, Path path) {
        Map<InetSocketAddress, Owner> remotes = byRemote.get(path.socket);
        Owner before = remotes.get(path.remote);
        if (before != null) {
            before.member.paths.remove(path);
        }
        if (m.paths.size() >= MAX_ADDRESSES) {
            forgetOneOf(m);
        }
        Owner owner = new Owner(m);
        m.paths.put(path, owner);
        remotes.put(path.remote, owner);
        return owner;
    }

    private void forgetOneOf(Member m) {
        Path silent = null;
        for (Map.Entry<Path, Owner> e : m.paths.entrySet()) {
            Owner o = e.getValue();
            Owner least = silent == null ? null : m.paths.get(silent);
            if (least == null || least.proved && (!o.proved || o.provedNanos - least.provedNanos < 0)) {
                silent = e.getKey();
            }
        }
        m.paths.remove(silent);
        byRemote.get(silent.socket).remove(silent.remote);
    }

    /** The peer has shown that it reads what we send to the address. */
    private void proved(long now, Member m, Path path) {
        Owner owner = byRemote.get(path.socket).get(path.remote);
        if (owner == null || owner.member != m && !owner.isProvedLately(now)) {
            owner = own(m, path);
        }
        if (owner.member == m) {
            owner.prove(now);
        }
    }

    /**
     * The connection knows that its peer reads what we send there: it has verified an answer to a check, or a whole
     * handshake has gone that way, since a lite agent asks nothing that could be answered. From any thread.
     */
    void proved(SessionDriver driver, int transportId, InetSocketAddress local, InetSocketAddress remote) {
        UdpSocket s = socket(local);
        loop.execute(() -> {
            Member m = members.getOrDefault(driver, Map.of()).get(transportId);
            if (s != null && m != null) {
                proved(System.nanoTime(), m, new Path(s, remote));
            }
        });
    }

    // ---------------------------------------------------------------- receiving; on the loop

    /**
     * The trust boundary of the port: a datagram that makes our code throw is dropped. What a connection makes of its
     * own is that connection's affair.
     */
    private void receiveFromAnybody(long now, UdpSocket socket, InetSocketAddress from, LentBytes data) {
        try {
            receive(now, socket, from, data);
        } catch (RuntimeException e) {
            InternalErrors.count(drops, e);
        }
    }

    private void receive(long now, UdpSocket socket, InetSocketAddress from, LentBytes data) {
        Owner owner = byRemote.get(socket).get(from);
        Member to = owner == null ? null : owner.member;
        boolean answer = false;
        if (StunMessage.isStun(data.array(), data.offset(), data.length())) {
            StunMessage s;
            try {
                s = StunMessage.parse(data.array(), data.offset(), data.length());
            } catch (MalformedException e) {
                drops.count("malformed STUN: " + e.getMessage());
                return;
            }
            if (s.messageClass() != StunClass.REQUEST) {
                SessionDriver asker = queries.isEmpty() ? null : queries.remove(s.transactionId());
                if (asker != null) {
                    members.getOrDefault(asker, Map.of())
                            .values()
                            .forEach(asking -> pass(now, asking, socket, from, data, false));
                    return;
                }
                Member asking = answered(s, new Path(socket, from), owner);
                answer = asking != null;
                to = answer ? asking : to;
            } else {
                Member named = named(s, true);
                if (named != null && !mayHave(now, named, s, new Path(socket, from), owner)) {
                    return;
                }
                to = named == null ? to : named;
            }
        }
        if (to == null) {
            drops.count("datagram that no connection expects");
            return;
        }
        pass(now, to, socket, from, data, answer);
    }

    /**
     * Whose answer it is: of whoever sent the check, where that went; else null. Whether it proves anything, only the
     * session can tell, which has the password.
     */
    private Member answered(StunMessage s, Path path, Owner owner) {
        Member m = byCheck.get(s.transactionId());
        if (m == null || !path.equals(m.checks.get(s.transactionId()))) {
            return null;
        }
        byCheck.remove(s.transactionId());
        m.checks.remove(s.transactionId());
        if (owner == null && s.messageClass() == StunClass.SUCCESS_RESPONSE) {
            own(m, path); // as by a check: a lite peer sends none, and its handshake comes right behind its answer
        }
        return m;
    }

    /** Whether a check is authentic and its sender may have the address, which is theirs then; else counted. */
    private boolean mayHave(long now, Member named, StunMessage check, Path path, Owner owner) {
        boolean ours = owner != null && owner.member == named;
        if (ours && !(settings.iceLite() && owner.proved)) {
            return true; // whether it is authentic, the session sees
        }
        if (!named.credentials.get(fragmentOf(check, true)).authenticate(check)) {
            drops.count("check with wrong credentials"); // who knows the fragment only must not have the address
            return false;
        }
        if (ours) {
            owner.prove(now);
        } else if (owner != null && owner.isProvedLately(now)) {
            // Both would have the same addresses and ports on both ends, and what comes could not be told apart.
            drops.count("address of a peer that another connection has");
            named.driver.command((session, at) -> session.countDrop(
                    "the peer's address and port are in use by another connection on the shared port"));
            return false;
        } else {
            own(named, path);
        }
        return true;
    }

    /** @param answer whether it has the transaction of a check of the member, and comes from where that went */
    private void pass(long now, Member m, UdpSocket socket, InetSocketAddress from, LentBytes data, boolean answer) {
        if (m.driver.isOn(loop)) {
            m.driver.receive(now, m.transportId, socket.local(), from, data, answer);
            return;
        }
        if (!m.handOver.reserve(data.length())) {
            drops.count("datagram for a loop that does not keep up");
            return;
        }
        if (batch.isEmpty()) {
            loop.atEndOfTurn(at -> handOver());
        }
        ByteBuf kept = null;
        boolean added = false;
        try {
            kept = data.keep(0, data.length());
            added = batch.computeIfAbsent(m.driver, d -> new ArrayList<>())
                    .add(new Datagram(m.transportId, socket.local(), from, kept, answer, m.handOver));
        } finally {
            if (!added) {
                m.handOver.taken(data.length()); // no memory for it
                if (kept != null) {
                    kept.release();
                }
            }
        }
    }

    /**
     * Whatever goes wrong with one connection, a full heap too: the others have theirs, and the next turn finds nothing
     * left from this one.
     */
    private void handOver() {
        try {
            batch.forEach(this::handOver);
        } finally {
            batch.clear();
        }
    }

    private void handOver(SessionDriver driver, List<Datagram> datagrams) {
        try {
            driver.receive(datagrams);
        } catch (Throwable e) {
            for (Datagram d : datagrams) {
                d.counted.taken(d.data.readableBytes());
                d.data.release();
            }
            datagrams.clear(); // where the loop has the command, and only no thread, it finds nothing in it
            failed(e);
        }
    }

    private void failed(Throwable e) {
        try {
            drops.count("datagrams that could not be handed over");
            if (!toldFailure) {
                toldFailure = true; // the first: nobody is to fill a log from outside
                LOG.error("datagrams of a connection could not be handed over to its loop", e);
            }
        } catch (Throwable again) {
            // Where there is no memory even to tell, the others matter.
        }
    }

    /**
     * Whose check it is: the peer's names ours in the first half of its username, our own in the second (RFC 8445
     * §7.2.2). Null for what is no check.
     */
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
