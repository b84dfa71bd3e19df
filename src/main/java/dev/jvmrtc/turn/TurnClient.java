package dev.jvmrtc.turn;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.Transaction;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One allocation on one TURN server (RFC 8656): gets it, keeps it, asks for permissions, binds channels, wraps what
 * goes to peers and unwraps what comes from them. Knows no sockets: what it gives out goes to the server, over UDP or
 * over a stream.
 */
public final class TurnClient implements ProtocolCore<TurnEvent> {

    /** Takes what goes to the server; the bytes are lent for the duration of the call. */
    @FunctionalInterface
    public interface ServerSink {
        void send(byte[] data, int offset, int length);
    }

    /** Takes what a peer sent to the relayed address; the bytes are lent for the duration of the call. */
    @FunctionalInterface
    public interface PeerSink {
        void received(long now, InetSocketAddress relayed, InetSocketAddress peer, LentBytes data);
    }

    static final int ALLOCATE = 0x003;
    static final int REFRESH = 0x004;
    static final int SEND = 0x006;
    static final int DATA = 0x007;
    static final int CREATE_PERMISSION = 0x008;
    static final int CHANNEL_BIND = 0x009;
    private static final int UDP = 17;
    private static final int IPV6 = 2;

    /** Peers that may be talked to at once, as many as remote candidates. */
    static final int MAX_PERMISSIONS = 100;
    /** Packets that wait for the permission of their peer. */
    static final int MAX_HELD_PER_PEER = 8;
    /** Channels, one for each peer that data goes to. */
    static final int MAX_CHANNELS = 100;

    static final int FIRST_CHANNEL = 0x4000;
    private static final int MAX_REQUESTS = 256;
    /** Challenges in a row that we answer before we take it that the credentials are wrong. */
    private static final int MAX_CHALLENGES = 3;

    private static final int CHANNEL_HEADER = 4;

    private static final long SECOND = 1_000_000_000L;
    /** Sent at 0, 0.5, 1.5, 3.1, 4.7, 6.3 and 7.9 s, given up at 9.5 s: as long as STUN servers are waited for. */
    private static final Transaction.Schedule OVER_UDP = new Transaction.Schedule(SECOND / 2, 1_600_000_000L, 7);
    /** Shorter than the 39.5 s of RFC 8489 §6.2.2: a call does not wait for that. */
    private static final Transaction.Schedule OVER_STREAM = Transaction.Schedule.reliable(10 * SECOND);
    /** RFC 8656 §9: a permission lives five minutes. */
    private static final long PERMISSION_REFRESH_NANOS = 240 * SECOND;
    /** RFC 8656 §12: a channel lives ten minutes. */
    private static final long CHANNEL_REFRESH_NANOS = 540 * SECOND;
    /** A permission that nothing was sent under for so long is left to expire. */
    private static final long IDLE_NANOS = 300 * SECOND;
    /** RFC 8656 §3.2: the lifetime that we ask for is the default of ten minutes. */
    private static final int LIFETIME_SECONDS = 600;

    private enum State {
        NEW,
        ALLOCATING,
        ALLOCATED,
        ENDED
    }

    private enum Kind {
        ALLOCATE,
        REFRESH,
        PERMISSION,
        CHANNEL
    }

    /** What the server is asked for; asked once more for each challenge that it answers with. */
    private static final class Request {
        final Kind kind;
        /** The peer of a permission (port 0) or a channel; null otherwise. */
        final InetSocketAddress peer;
        /** Seconds, of a refresh. */
        final int lifetime;
        /** Challenges to it so far. */
        int challenges;
        /** The one that waits for an answer. */
        Transaction transaction;

        Request(Kind kind, InetSocketAddress peer, int lifetime) {
            this.kind = kind;
            this.peer = peer;
            this.lifetime = lifetime;
        }

        Request(Kind kind, InetSocketAddress peer) {
            this(kind, peer, LIFETIME_SECONDS);
        }
    }

    private record Held(InetSocketAddress peer, byte[] data) {}

    private static final class Permission {
        boolean granted;
        boolean refused;
        /** When the permission is to be asked for again; NEVER while that is under way. */
        long refreshNanos = NEVER;

        long usedNanos;
        final ArrayDeque<Held> held = new ArrayDeque<>();
    }

    private static final class Channel {
        final int number;
        boolean bound;
        /** When the channel is to be bound again; NEVER while that is under way. */
        long refreshNanos = NEVER;

        Channel(int number) {
            this.number = number;
        }
    }

    private final LongTermCredentials credentials;
    /** Whether the server is reached over TCP or TLS. */
    private final boolean stream;

    private final RandomSource random;
    /** What was dropped or ignored, by reason. */
    private final Counters drops = new Counters();
    /** What has not been polled. */
    private final ArrayDeque<TurnEvent> events = new ArrayDeque<>();
    /** What has not been sent, the oldest first. */
    private final ArrayDeque<byte[]> toServer = new ArrayDeque<>();
    /** Those that wait for an answer, the oldest first. */
    private final Map<TransactionId, Request> requests = new LinkedHashMap<>();
    /** By the address of the peer: RFC 8656 §9 has ports not matter. */
    private final Map<InetAddress, Permission> permissions = new HashMap<>();
    /** By the peer. */
    private final Map<InetSocketAddress, Channel> channels = new HashMap<>();
    /** The channels that are bound, by number. */
    private final Map<Integer, InetSocketAddress> peersByChannel = new HashMap<>();
    /** What has become of the allocation. */
    private State state = State.NEW;
    /** The addresses that peers may send to, one for each family. */
    private List<InetSocketAddress> relayed = List.of();
    /** When the allocation is to be refreshed; NEVER while that is under way, or there is none. */
    private long refreshNanos = NEVER;

    /** Where a packet gets its channel header; as large as the largest so far. */
    private byte[] wrapped = new byte[2_048];

    /**
     * @param stream whether the server is reached over TCP or TLS, where nothing is lost and messages are padded (RFC
     *     8656 §12.5)
     */
    public TurnClient(String username, String password, boolean stream, RandomSource random) {
        this.credentials = new LongTermCredentials(username, password);
        this.stream = stream;
        this.random = random;
    }

    public Counters drops() {
        return drops;
    }

    /** Addresses that peers may send to; empty before {@link TurnEvent.Allocated}. */
    public List<InetSocketAddress> relayed() {
        return relayed;
    }

    public boolean isAllocated() {
        return state == State.ALLOCATED;
    }

    /** Asks for an allocation. */
    public void start(long now) {
        if (state == State.NEW) {
            state = State.ALLOCATING;
            begin(now, new Request(Kind.ALLOCATE, null));
        }
    }

    /** Gives the allocation back; the request is left in {@link #pollTransmit()}, and its answer is not waited for. */
    public void close() {
        if (state == State.ALLOCATED) {
            toServer.add(build(new Request(Kind.REFRESH, null, 0), TransactionId.random(random)));
        }
        end();
    }

    /** The way to the server is gone: the stream has closed, or never opened. */
    public void serverLost(String reason) {
        fail(701, reason);
    }

    // ---------------------------------------------------------------- to the server

    private void begin(long now, Request r) {
        if (requests.size() >= MAX_REQUESTS) {
            drops.count("TURN: too many requests at once");
            return;
        }
        TransactionId id = TransactionId.random(random);
        r.transaction = new Transaction(now, id, build(r, id), stream ? OVER_STREAM : OVER_UDP);
        requests.put(id, r);
        toServer.add(r.transaction.pollRequest(now));
    }

    private byte[] build(Request r, TransactionId id) {
        StunMessage.Writer w = switch (r.kind) {
            case ALLOCATE ->
                StunMessage.write(ALLOCATE, StunClass.REQUEST, id)
                        .u32(StunAttribute.REQUESTED_TRANSPORT, (long) UDP << 24)
                        .u32(StunAttribute.LIFETIME, LIFETIME_SECONDS)
                        // RFC 8656 §7.1: one allocation for both families. An older server does not know the attribute
                        // and gives IPv4 alone.
                        .u32(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, (long) IPV6 << 24);
            case REFRESH -> StunMessage.write(REFRESH, StunClass.REQUEST, id).u32(StunAttribute.LIFETIME, r.lifetime);
            case PERMISSION ->
                StunMessage.write(CREATE_PERMISSION, StunClass.REQUEST, id)
                        .xorAddress(StunAttribute.XOR_PEER_ADDRESS, r.peer);
            case CHANNEL ->
                StunMessage.write(CHANNEL_BIND, StunClass.REQUEST, id)
                        .u32(StunAttribute.CHANNEL_NUMBER, (long) channels.get(r.peer).number << 16)
                        .xorAddress(StunAttribute.XOR_PEER_ADDRESS, r.peer);
        };
        if (credentials.isChallenged()) {
            credentials.sign(w);
        }
        return w.fingerprinted();
    }

    /** The oldest message for the server, or null. May be non-null after any other call. */
    public byte[] pollTransmit() {
        return toServer.poll();
    }

    // ---------------------------------------------------------------- to peers

    /** Sends to a peer through the server; held until the server permits it, dropped and counted beyond the bounds. */
    public void send(long now, InetSocketAddress peer, byte[] data, int offset, int length, ServerSink sink) {
        if (state != State.ALLOCATED) {
            drops.count("TURN: packet to send without an allocation");
            return;
        }
        Permission p = permissions.get(peer.getAddress());
        if (p == null) {
            if (permissions.size() >= MAX_PERMISSIONS) {
                drops.count("TURN: too many peers");
                return;
            }
            p = new Permission();
            permissions.put(peer.getAddress(), p);
            begin(now, new Request(Kind.PERMISSION, new InetSocketAddress(peer.getAddress(), 0)));
        }
        p.usedNanos = now;
        if (p.granted) {
            wrap(peer, data, offset, length, sink);
        } else if (p.refused) {
            drops.count("TURN: the server forbids this peer");
        } else if (p.held.size() < MAX_HELD_PER_PEER) {
            p.held.add(new Held(peer, Arrays.copyOfRange(data, offset, offset + length)));
        } else {
            drops.count("TURN: packet before the permission");
        }
    }

    /** Binds a channel to the peer, which makes every packet 32 bytes shorter: for peers that data goes to. */
    public void bind(long now, InetSocketAddress peer) {
        if (state == State.ALLOCATED && !channels.containsKey(peer) && channels.size() < MAX_CHANNELS) {
            channels.put(peer, new Channel(FIRST_CHANNEL + channels.size()));
            begin(now, new Request(Kind.CHANNEL, peer));
        }
    }

    private void wrap(InetSocketAddress peer, byte[] data, int offset, int length, ServerSink sink) {
        Channel c = channels.get(peer);
        if (c != null && c.bound) {
            // RFC 8656 §12.4. §12.5: over a stream the message is padded to a multiple of four, which its length does
            // not count.
            int total = CHANNEL_HEADER + (stream ? length + 3 & ~3 : length);
            if (wrapped.length < total) {
                wrapped = new byte[total];
            }
            Bytes.put16(wrapped, 0, c.number);
            Bytes.put16(wrapped, 2, length);
            System.arraycopy(data, offset, wrapped, CHANNEL_HEADER, length);
            Arrays.fill(wrapped, CHANNEL_HEADER + length, total, (byte) 0);
            sink.send(wrapped, 0, total);
        } else {
            byte[] m = StunMessage.write(SEND, StunClass.INDICATION, TransactionId.random(random))
                    .xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer)
                    .attribute(StunAttribute.DATA, data, offset, length)
                    .bytes();
            sink.send(m, 0, m.length);
        }
    }

    // ---------------------------------------------------------------- from the server

    /**
     * A datagram, or a whole message of a stream, that came from the server. False where it is none of ours: a server
     * may be asked by STUN from the same address.
     */
    public boolean handleMessage(long now, LentBytes data, PeerSink peers, ServerSink sink) {
        if (state == State.ENDED || data.length() < CHANNEL_HEADER) {
            return false;
        }
        int first = data.u8(0);
        if (first >= 0x40 && first <= 0x4f) {
            handleChannelData(now, data, peers);
            return true;
        }
        try {
            StunMessage m = StunMessage.parse(data.array(), data.offset(), data.length());
            if (m.messageClass() == StunClass.INDICATION && m.method() == DATA) {
                handleData(now, m, peers);
                return true;
            }
            Request r = requests.get(m.transactionId());
            if (r == null || m.messageClass() == StunClass.REQUEST || m.messageClass() == StunClass.INDICATION) {
                return false;
            }
            handleResponse(now, m, r, sink);
        } catch (MalformedException e) {
            drops.count("malformed TURN: " + e.getMessage());
        }
        return true;
    }

    private void handleChannelData(long now, LentBytes data, PeerSink peers) {
        InetSocketAddress peer = peersByChannel.get(Bytes.u16(data.array(), data.offset()));
        int n = Bytes.u16(data.array(), data.offset() + 2);
        if (peer == null || n > data.length() - CHANNEL_HEADER) {
            drops.count("TURN: data on an unknown channel");
            return;
        }
        peers.received(now, relayedOf(peer), peer, data.slice(CHANNEL_HEADER, n));
    }

    private void handleData(long now, StunMessage m, PeerSink peers) throws MalformedException {
        List<InetSocketAddress> from = m.xorAddresses(StunAttribute.XOR_PEER_ADDRESS);
        byte[] data = m.value(StunAttribute.DATA);
        // RFC 8656 §11.4: "the client SHOULD also check that the XOR-PEER-ADDRESS attribute value contains an IP
        // address with which the client believes there is an active permission".
        if (from.size() != 1
                || data == null
                || !permissions.containsKey(from.get(0).getAddress())) {
            drops.count("TURN: data of a peer without permission");
            return;
        }
        peers.received(now, relayedOf(from.get(0)), from.get(0), LentBytes.of(data));
    }

    /** The relayed address of the peer's family. */
    private InetSocketAddress relayedOf(InetSocketAddress peer) {
        for (InetSocketAddress r : relayed) {
            if (r.getAddress().getClass() == peer.getAddress().getClass()) {
                return r;
            }
        }
        return relayed.get(0);
    }

    private void handleResponse(long now, StunMessage m, Request r, ServerSink sink) throws MalformedException {
        boolean success = m.messageClass() == StunClass.SUCCESS_RESPONSE;
        // An answer to a signed request is signed too, or it is not the server's; errors may be unsigned (RFC 8489
        // §9.2.5).
        if (success && !credentials.isAuthentic(m)) {
            drops.count("TURN: answer with wrong integrity");
            return;
        }
        requests.remove(m.transactionId());
        if (success) {
            handleSuccess(now, m, r, sink);
            return;
        }
        int code = m.errorCode();
        if ((code == 401 && !credentials.isChallenged()
                        || code == 438
                        || code == 401 && r.challenges == 0 && r.kind != Kind.ALLOCATE)
                && r.challenges < MAX_CHALLENGES
                && credentials.challenge(m)) {
            r.challenges++;
            begin(now, r);
        } else if (code == 300 && r.kind == Kind.ALLOCATE && m.alternateServer() != null) {
            InetSocketAddress alternate = m.alternateServer();
            String domain = m.text(StunAttribute.ALTERNATE_DOMAIN);
            end();
            events.add(new TurnEvent.Redirected(alternate, domain));
        } else {
            handleError(now, r, code == 0 ? 400 : code, m.errorReason());
        }
    }

    private void handleSuccess(long now, StunMessage m, Request r, ServerSink sink) throws MalformedException {
        switch (r.kind) {
            case ALLOCATE -> {
                List<InetSocketAddress> addresses = m.xorAddresses(StunAttribute.XOR_RELAYED_ADDRESS);
                if (addresses.isEmpty() || addresses.size() > 2) {
                    fail(400, "the server's answer names no relayed address");
                    return;
                }
                relayed = List.copyOf(addresses);
                state = State.ALLOCATED;
                keep(now, m);
                events.add(new TurnEvent.Allocated(relayed, m.mappedAddress()));
            }
            case REFRESH -> keep(now, m);
            case PERMISSION -> {
                Permission p = permissions.get(r.peer.getAddress());
                p.granted = true;
                p.refreshNanos = now + PERMISSION_REFRESH_NANOS;
                for (Held h = p.held.poll(); h != null; h = p.held.poll()) {
                    wrap(h.peer, h.data, 0, h.data.length, sink);
                }
            }
            case CHANNEL -> {
                Channel c = channels.get(r.peer);
                c.bound = true;
                c.refreshNanos = now + CHANNEL_REFRESH_NANOS;
                peersByChannel.put(c.number, r.peer);
            }
        }
    }

    /** RFC 8656 §8: refreshed well before the lifetime is over. */
    private void keep(long now, StunMessage m) {
        Long lifetime = m.u32(StunAttribute.LIFETIME);
        long seconds = lifetime == null ? LIFETIME_SECONDS : Math.max(2, Math.min(lifetime, 3_600));
        refreshNanos = now + Math.max(seconds - 60, seconds / 2) * SECOND;
    }

    private void handleError(long now, Request r, int code, String reason) {
        switch (r.kind) {
            case ALLOCATE, REFRESH -> fail(code, reason);
            case PERMISSION -> {
                Permission p = permissions.get(r.peer.getAddress());
                p.refused = true;
                p.granted = false;
                p.held.forEach(h -> drops.count("TURN: the server forbids this peer"));
                p.held.clear();
                suspect(now, code, reason);
            }
            case CHANNEL -> {
                drops.count("TURN: channel refused");
                suspect(now, code, reason);
            }
        }
    }

    /**
     * The server refuses something for the allocation. If that is not the peer's address or a quota, the allocation
     * itself may be gone: a refresh tells.
     */
    private void suspect(long now, int code, String reason) {
        if (code == 437) {
            fail(code, reason);
        } else if (code != 403
                && code != 443
                && code != 486
                && code != 508
                && refreshNanos != NEVER) { // else one is under way
            refreshNanos = NEVER;
            begin(now, new Request(Kind.REFRESH, null));
        }
    }

    private void fail(int code, String reason) {
        if (state != State.ENDED) {
            end();
            events.add(new TurnEvent.Failed(code, reason));
        }
    }

    private void end() {
        state = State.ENDED;
        requests.clear();
        permissions.clear();
        channels.clear();
        peersByChannel.clear();
        refreshNanos = NEVER;
    }

    // ---------------------------------------------------------------- time

    @Override
    public void handleTimeout(long now) {
        for (Request r : List.copyOf(requests.values())) {
            TransactionId id = r.transaction.id();
            if (!requests.containsKey(id)) {
                continue; // the failure of one before has ended all
            }
            if (r.transaction.hasFailed(now)) {
                requests.remove(id);
                handleError(now, r, 701, "the TURN server does not answer");
                continue;
            }
            byte[] again = r.transaction.pollRequest(now);
            if (again != null) {
                toServer.add(again);
            }
        }
        if (ProtocolCore.due(refreshNanos, now)) {
            refreshNanos = NEVER;
            begin(now, new Request(Kind.REFRESH, null));
        }
        for (Map.Entry<InetAddress, Permission> e : List.copyOf(permissions.entrySet())) {
            Permission p = e.getValue();
            if (ProtocolCore.due(p.refreshNanos, now)) {
                p.refreshNanos = NEVER;
                if (now - p.usedNanos < IDLE_NANOS) {
                    begin(now, new Request(Kind.PERMISSION, new InetSocketAddress(e.getKey(), 0)));
                } else {
                    permissions.remove(e.getKey());
                }
            }
        }
        for (Map.Entry<InetSocketAddress, Channel> e : channels.entrySet()) {
            if (ProtocolCore.due(e.getValue().refreshNanos, now)) {
                e.getValue().refreshNanos = NEVER;
                begin(now, new Request(Kind.CHANNEL, e.getKey()));
            }
        }
    }

    @Override
    public long nextTimeoutNanos() {
        long next = refreshNanos;
        for (Request r : requests.values()) {
            next = ProtocolCore.soonest(next, r.transaction.nextTimeoutNanos());
        }
        for (Permission p : permissions.values()) {
            next = ProtocolCore.soonest(next, p.refreshNanos);
        }
        for (Channel c : channels.values()) {
            next = ProtocolCore.soonest(next, c.refreshNanos);
        }
        return next;
    }

    @Override
    public TurnEvent pollEvent() {
        return events.poll();
    }
}
