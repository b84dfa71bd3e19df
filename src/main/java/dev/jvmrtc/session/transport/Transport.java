package dev.jvmrtc.session.transport;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.ice.CandidatePair;
import dev.jvmrtc.ice.IceAgent;
import dev.jvmrtc.ice.IceEvent;
import dev.jvmrtc.ice.IceState;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.plan.SessionSnapshot;
import dev.jvmrtc.session.plan.TransportHistory;
import dev.jvmrtc.srtp.ProtectedPacket;
import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.IntSupplier;

/**
 * ICE, DTLS and SRTP of one transport: turns datagrams into clear RTP, RTCP and SCTP and back. Knows no media sections
 * and no channels.
 */
public final class Transport {

    /** Takes what arrives in the clear; the bytes are lent. */
    public interface Upper {
        /** A transport has come to be. */
        void opened(Transport transport);

        /** A transport is gone. */
        void closed(Transport transport);

        void rtp(long now, Transport from, LentBytes packet);

        void rtcp(long now, Transport from, LentBytes packet);

        void applicationData(long now, Transport from, LentBytes packet);

        void dtlsConnected(long now, Transport from);

        void dtlsClosed(long now, Transport from);

        /** Whether media that is sent or received has been agreed on for the transport. */
        boolean carriesMedia(Transport transport);

        /** The transport goes over another path than before, or over its first. */
        void pathSelected(Transport from);

        /** The transport goes over another path, because the one before stopped working. */
        void pathChanged(long now, Transport from);

        /** The peer of the transport has been replaced by another; keys and data association are void. */
        void dtlsRestarted(long now, Transport from);
    }

    /** Encrypted packets held until the keys are there: the peer may finish its handshake first. */
    public static final int MAX_EARLY_PACKETS = 64;

    private static final String WITHOUT_KEYS = "SRTP without keys";
    /** Longest of them: nobody's path carries more, but loopback does. */
    static final int MAX_EARLY_PACKET = 2_048;
    /** RFC 6347 §4.1: a record has 2^14 bytes at the most, and what surrounds it of whatever cipher. */
    private static final int MAX_RECORD = 1 << 14;

    private static final int MAX_RECORD_OVERHEAD = 80;
    /** DTLS datagrams held while no pair works yet. */
    private static final int MAX_PENDING_DTLS = 64;

    /** Characters of what a server, or TLS about it, gives as its reason. */
    private static final int MAX_SERVER_TEXT = 256;

    public final int id;
    public final IceAgent ice;
    public final Relays relays;
    private final Map<Integer, StreamFraming> framings = new HashMap<>();
    private final boolean relayOnly;
    private final DtlsIdentity identity;
    private final DtlsEngine.Factory dtlsFactory;
    private final Upper upper;
    private final Queue<SessionEvent> events;
    private final Counters drops;
    /** What is lent of a packet once SRTP is off it, one packet after the other. */
    private final LentBytes clear = LentBytes.reusable();

    private final ArrayDeque<ByteBuf> earlyPackets = new ArrayDeque<>();
    private final ArrayDeque<byte[]> pendingDtls = new ArrayDeque<>();

    private DtlsEngine dtls;
    /** Whether something of what is being handled has proved to be the peer's own. */
    private boolean authentic;

    private DatagramSink sink;
    private long drainNow;
    private Boolean dtlsClient;
    private List<Fingerprint> fingerprints = List.of();
    /** The plan that had them, or null. */
    private SessionPlan.Transport described;

    private final TransportHistory history = new TransportHistory();
    private boolean dtlsStarted;
    private boolean dtlsRestarted;
    private SessionEvent.DtlsState dtlsState = SessionEvent.DtlsState.NEW;
    private DtlsEvent.Connected connected;
    private final SrtpSession srtp;
    private final LettingGo lettingGo;
    private boolean closed;
    private boolean restarting;
    private String localUfrag;
    /** Gathers ahead for a section to come; nobody is told before it is {@link #adopt}ed. */
    private boolean pooled;

    private final ArrayDeque<IceEvent> untold = new ArrayDeque<>();
    private byte[] frame = {};
    private int packetLimit;
    private boolean insideMachine;

    /** @param streamIds numbers for the streams that the transport asks for, of which the session has each once */
    public Transport(
            SessionPlan.Transport plan,
            DtlsIdentity identity,
            DtlsEngine.Factory dtlsFactory,
            RandomSource random,
            IntSupplier streamIds,
            boolean relayOnly,
            boolean lite,
            boolean pooled,
            LettingGo lettingGo,
            Upper upper,
            Queue<SessionEvent> events,
            Counters drops) {
        this.pooled = pooled;
        this.lettingGo = lettingGo;
        this.id = plan.id();
        this.localUfrag = plan.local().usernameFragment();
        this.ice = new IceAgent(plan.local(), plan.controlling(), lite, random, streamIds);
        this.relayOnly = relayOnly;
        this.relays = new Relays(
                plan.id(),
                ice,
                random,
                streamIds,
                relayOnly,
                events,
                drops,
                this::receive,
                this::apart,
                this::serverFailed);
        this.identity = identity;
        this.dtlsFactory = dtlsFactory;
        this.dtls = dtlsFactory.create(identity, this::sendDtls);
        this.upper = upper;
        this.events = events;
        this.drops = drops;
        this.srtp = new SrtpSession(drops);
        events.add(new SessionEvent.TransportOpened(id));
        if (!pooled) {
            events.add(new SessionEvent.GatheringStarted(id));
        }
    }

    public boolean isPooled() {
        return pooled;
    }

    /** JSEP §3.5.4: what was gathered ahead is told, once there is a section that it is for. */
    public void adopt(long now, SessionPlan.Transport plan) {
        pooled = false;
        localUfrag = plan.local().usernameFragment();
        ice.setLocalCredentials(plan.local());
        ice.setControlling(plan.controlling());
        events.add(new SessionEvent.TransportAdopted(id));
        events.add(new SessionEvent.GatheringStarted(id));
        for (IceEvent e = untold.poll(); e != null; e = untold.poll()) {
            handle(
                    now,
                    e instanceof IceEvent.LocalCandidate c
                            ? new IceEvent.LocalCandidate(
                                    c.candidate().withUsernameFragment(localUfrag), c.url(), c.relayProtocol())
                            : e);
        }
    }

    /** Takes on what has been negotiated. */
    public void apply(long now, SessionPlan.Transport plan) {
        history.opened(now);
        if (!plan.local().usernameFragment().equals(localUfrag)) {
            history.restarted(now);
            lettingGo.note(now, false); // there will be sockets again
            localUfrag = plan.local().usernameFragment();
            events.add(new SessionEvent.GatheringStarted(id));
            events.add(new SessionEvent.TransportRestarted(
                    id, ice.selectedPair() == null ? null : ice.selectedPair().base()));
            restarting = true;
            relays.retire(
                    now, ice.selectedPair() == null ? null : ice.selectedPair().base());
            ice.restart(now, plan.local());
        }
        if (plan.remote() != null) {
            history.described(now);
            ice.setRemoteCredentials(now, plan.remote(), plan.remoteLite());
        }
        if (!plan.fingerprints().isEmpty()) {
            List<Fingerprint> before = fingerprints;
            fingerprints = plan.fingerprints();
            if (dtlsStarted && !closed && (isAnotherPeer(before) || isAnotherAssociation(plan))) {
                restartDtls(now);
            }
            described = plan;
        }
        if (plan.dtlsClient() != null) {
            dtlsClient = plan.dtlsClient();
        }
        afterChange(now);
    }

    private boolean isAnotherPeer(List<Fingerprint> before) {
        if (connected == null) {
            return !before.equals(fingerprints);
        }
        byte[] certificate = connected.peerCertificatesDer().get(0);
        return fingerprints.stream().noneMatch(f -> f.matches(certificate));
    }

    /** RFC 8842 §3.1; only together with an ICE restart, see {@code jsep.TlsIds}. */
    private boolean isAnotherAssociation(SessionPlan.Transport plan) {
        return described != null
                && described.tlsId() != null
                && plan.tlsId() != null
                && !plan.tlsId().equals(described.tlsId())
                && !plan.remote().usernameFragment().equals(described.remote().usernameFragment());
    }

    /**
     * RFC 8842 §3.1: modified fingerprints mean a new DTLS association; nothing of the old one goes on. The old peer,
     * where it still listens, hears nothing of it here: it was told by signalling. A change of roles alone is no reason
     * for us, since answerers exist that name a role of their own each time.
     */
    private void restartDtls(long now) {
        dtls.close();
        pendingDtls.clear();
        forgetEarlyPackets();
        dtls = dtlsFactory.create(identity, this::sendDtls);
        dtlsStarted = false;
        dtlsRestarted = true;
        connected = null;
        srtp.forgetKeys();
        setDtlsState(SessionEvent.DtlsState.NEW, null);
        upper.dtlsRestarted(now, this);
    }

    /** A socket of ours; where only relays are wanted, it serves to ask them. */
    public void addLocalAddress(
            long now, InetSocketAddress address, InetSocketAddress advertised, int localPreference) {
        relays.addBase(address, localPreference);
        if (!relayOnly) {
            ice.addLocalAddress(now, address, advertised, localPreference);
        }
    }

    /** An address that TCP streams may be opened from, where peers are reached straight. */
    public void addActiveTcpAddress(long now, InetAddress address, InetAddress advertised, int localPreference) {
        if (!relayOnly) {
            ice.addActiveTcpAddress(now, address, advertised, localPreference);
        }
    }

    /** A TCP listener of ours. */
    public void addPassiveTcpAddress(
            long now, InetSocketAddress listener, InetSocketAddress advertised, int localPreference) {
        if (!relayOnly) {
            ice.addPassiveTcpAddress(now, listener, advertised, localPreference);
        }
    }

    /** What the link under a direct path takes; false where the path is another by now. */
    public boolean setLink(InetSocketAddress local, InetSocketAddress remote, int mtu, boolean inside) {
        CandidatePair pair = ice.selectedPair();
        if (pair == null || !pair.base().equals(local) || !pair.remoteAddress().equals(remote) || pair.isTcp()) {
            return false;
        }
        int headers = (remote.getAddress() instanceof Inet4Address ? 20 : 40) + 8;
        packetLimit = Math.max(
                0, Math.min(MAX_RECORD, mtu - headers) - MAX_RECORD_OVERHEAD); // the MTU may be unknown, which is 0
        insideMachine = inside;
        return true;
    }

    /** Bytes that may be tried in one packet of application data; 0 where the path is not known so well. */
    public int packetLimit() {
        return packetLimit;
    }

    /** Whether the peer is on this machine. */
    public boolean isInsideMachine() {
        return insideMachine;
    }

    public boolean isClosed() {
        return closed;
    }

    public Map<String, Long> dtlsDrops() {
        return dtls.dropCounts();
    }

    public boolean hasKeys() {
        return srtp.hasKeys();
    }

    /** The shortest round trip of the path in use that our own checks have taken, or −1. */
    public long roundTripNanos() {
        return ice.selectedPair() == null ? -1 : ice.selectedPair().shortestRoundTripNanos();
    }

    public DtlsEvent.Connected connection() {
        return connected;
    }

    public SessionEvent.DtlsState dtlsState() {
        return dtlsState;
    }

    public boolean isDtlsClient() {
        return Boolean.TRUE.equals(dtlsClient);
    }

    // ---------------------------------------------------------------- input

    public void handleDatagram(long now, InetSocketAddress local, InetSocketAddress remote, LentBytes datagram) {
        if (closed || datagram.length() == 0) {
            return;
        }
        authentic = false;
        try {
            if (!relays.handleDatagram(now, local, remote, datagram)) {
                receive(now, local, remote, datagram);
            }
            afterChange(now);
        } catch (RuntimeException e) {
            dropped(e);
        }
    }

    /**
     * The trust boundary: what has not proved to be the peer's is dropped, whatever it makes our code throw, and so is
     * all that a server says. What the peer has vouched for ends the connection, which then knows nothing certain any
     * more.
     */
    private void dropped(RuntimeException e) {
        if (authentic) {
            throw e;
        }
        InternalErrors.count(drops, e);
    }

    /** A datagram, straight from the peer or through a relay whose address {@code local} then is. */
    private void receive(long now, InetSocketAddress local, InetSocketAddress remote, LentBytes datagram) {
        if (datagram.length() == 0) {
            return;
        }
        CandidatePair pair = ice.selectedPair();
        if (pair != null && pair.stream() == 0 && pair.remoteAddress().equals(remote)) {
            pair.countReceived(datagram.length());
        }
        PacketKind kind = PacketKind.of(datagram);
        if (kind == PacketKind.STUN) {
            try {
                ice.handleDatagram(now, local, remote, datagram);
            } finally {
                authentic |= ice.wasAuthentic();
            }
        } else {
            receive(now, kind, ice.isPermitted(local, remote), datagram);
        }
    }

    /** A packet from a peer's TCP stream. */
    private void receive(long now, int streamId, LentBytes packet) {
        if (packet.length() == 0 || closed || !ice.hasStream(streamId)) {
            return;
        }
        CandidatePair pair = ice.selectedPair();
        if (pair != null && pair.stream() == streamId) {
            pair.countReceived(packet.length());
        }
        PacketKind kind = PacketKind.of(packet);
        if (kind == PacketKind.STUN) {
            try {
                ice.handleStream(now, streamId, packet);
            } finally {
                authentic |= ice.wasAuthentic();
            }
        } else {
            receive(now, kind, ice.isPermitted(streamId), packet);
        }
    }

    private void receive(long now, PacketKind kind, boolean permitted, LentBytes packet) {
        switch (kind) {
            case DTLS -> {
                if (permitted) {
                    dtls.handleDatagram(now, packet);
                } else {
                    drops.count("DTLS from an address that has not passed a check");
                }
            }
            case RTP -> {
                if (permitted) {
                    handleRtp(now, packet);
                } else {
                    drops.count("RTP from an address that has not passed a check");
                }
            }
            default -> drops.count("datagram of an unknown kind");
        }
    }

    // ---------------------------------------------------------------- streams of TURN servers and of peers (RFC 6544)

    public boolean hasStream(int streamId) {
        return relays.hasStream(streamId) || ice.hasStream(streamId);
    }

    /** Somebody has opened a stream to a listener of ours; its number, or 0 where it is to be closed. */
    public int streamAccepted(long now, InetSocketAddress listener, InetSocketAddress remote) {
        int id = ice.streamAccepted(now, listener, remote);
        afterChange(now);
        return id;
    }

    public void streamOpened(long now, int streamId) {
        if (relays.hasStream(streamId)) {
            relays.streamOpened(now, streamId);
        } else {
            ice.streamOpened(now, streamId);
        }
        afterChange(now);
    }

    public void streamReceived(long now, int streamId, LentBytes bytes) {
        authentic = false;
        try {
            if (relays.hasStream(streamId)) {
                relays.streamReceived(now, streamId, bytes);
            } else {
                framings.computeIfAbsent(streamId, id -> new StreamFraming())
                        .handle(bytes, p -> apart(() -> receive(now, streamId, p)));
            }
            afterChange(now);
        } catch (RuntimeException e) {
            dropped(e);
        }
    }

    /**
     * One of several packets that come at once, behind a boundary of its own: the others are whole all the same, and
     * vouch for nothing in it.
     */
    private void apart(Runnable handling) {
        boolean before = authentic;
        authentic = false;
        try {
            handling.run();
        } catch (RuntimeException e) {
            dropped(e);
        }
        authentic |= before;
    }

    public void streamClosed(long now, int streamId, String reason) {
        if (relays.hasStream(streamId)) {
            relays.streamClosed(streamId, reason);
        } else {
            framings.remove(streamId);
            ice.streamClosed(now, streamId, reason);
        }
        afterChange(now);
    }

    private void handleRtp(long now, LentBytes packet) {
        if (!srtp.hasKeys()) {
            boolean awaited = dtlsState == SessionEvent.DtlsState.NEW || dtlsState == SessionEvent.DtlsState.CONNECTING;
            if (!awaited) {
                drops.count(WITHOUT_KEYS);
            } else if (packet.length() <= MAX_EARLY_PACKET && earlyPackets.size() < MAX_EARLY_PACKETS) {
                earlyPackets.add(packet.keep(0, packet.length()));
            } else {
                drops.count("SRTP before the keys");
            }
            return;
        }
        if (packet.length() < 12) {
            drops.count("SRTP too short");
            return;
        }
        boolean rtcp = RtpPacket.isRtcp(packet.array(), packet.offset(), packet.length());
        int n = srtp.unprotect(now, rtcp, packet);
        if (n < 0) {
            return;
        }
        authentic = true;
        if (rtcp) {
            upper.rtcp(now, this, clear.lend(packet, 0, n));
        } else {
            upper.rtp(now, this, clear.lend(packet, 0, n));
        }
    }

    // ---------------------------------------------------------------- events of the parts

    /** Passes on what the parts report, and starts DTLS when it can start. */
    public void afterChange(long now) {
        relays.pump(now);
        for (IceEvent e = ice.pollEvent(); e != null; e = ice.pollEvent()) {
            handle(now, e);
        }
        if (restarting && ice.isSelectedPairCurrent() && ice.selectedPair().isNominated()) {
            restarting = false;
            ice.closeRetiredStreams();
            relays.closeRetired();
            events.add(new SessionEvent.OldSocketsUnused(id));
        }
        if (!dtlsStarted
                && !closed
                && dtlsClient != null
                && !fingerprints.isEmpty()
                && ice.selectedPair() != null
                && !(dtlsRestarted && restarting)) { // the old path leads to the old peer
            dtlsStarted = true;
            history.handshakeBegan(now);
            setDtlsState(SessionEvent.DtlsState.CONNECTING, null);
            dtls.start(now, dtlsClient ? DtlsRole.CLIENT : DtlsRole.SERVER, fingerprints);
        }
        pumpDtls(now);
        lettingGo.note(now, ice.state() == IceState.FAILED || dtlsState == SessionEvent.DtlsState.FAILED);
    }

    /**
     * Nobody has mended what failed: what the transport holds of the machine's, and of servers', is given back. An ICE
     * restart opens anew.
     */
    private void letGo(long now) {
        ice.giveUp();
        relays.retire(now, null);
        relays.closeRetired();
        events.add(new SessionEvent.SocketsUnused(id));
    }

    /** Whether nothing is left to send from, until ICE restarts. */
    public boolean hasLetGo() {
        return lettingGo.isDone();
    }

    private void handle(long now, IceEvent e) {
        if (e instanceof IceEvent.OpenStream o) {
            events.add(new SessionEvent.OpenStream(id, o.streamId(), o.local(), o.remote(), null));
        } else if (e instanceof IceEvent.CloseStream c) {
            framings.remove(c.streamId());
            events.add(new SessionEvent.CloseStream(c.streamId()));
        } else if (pooled) {
            untold.add(e);
        } else if (e instanceof IceEvent.StateChanged s) {
            events.add(new SessionEvent.IceStateChanged(id, s.state()));
        } else if (e instanceof IceEvent.LocalCandidate c) {
            if (c.url() != null) {
                history.server(now, c.url(), null, c.candidate(), 0, "");
            }
            events.add(new SessionEvent.LocalCandidate(id, c.candidate(), c.url(), c.relayProtocol()));
        } else if (e instanceof IceEvent.GatheringComplete) {
            history.gathered(now);
            events.add(new SessionEvent.GatheringComplete(id));
        } else if (e instanceof IceEvent.ServerError err) {
            history.server(now, err.url(), err.base(), null, err.code(), err.reason());
            events.add(new SessionEvent.IceServerError(id, err.url(), err.base(), err.code(), err.reason()));
        } else if (e instanceof IceEvent.SelectedPairChanged p) {
            history.pathFound(now);
            events.add(new SessionEvent.SelectedPairChanged(id, p.local(), p.remote()));
            packetLimit = 0;
            insideMachine = false;
            upper.pathSelected(this);
            CandidatePair pair = ice.selectedPair();
            if (!pair.isRelayed() && !pair.isTcp()) {
                events.add(new SessionEvent.DirectPathSelected(id, pair.base(), pair.remoteAddress()));
            }
            if (p.oldPathLost()) {
                upper.pathChanged(now, this);
            }
            relays.bind(now, ice.selectedPair().base(), ice.selectedPair().remoteAddress());
        } else if (e instanceof IceEvent.RestartNeeded) {
            events.add(new SessionEvent.IceRestartNeeded(id));
        } else if (e instanceof IceEvent.RoleChanged r) {
            events.add(new SessionEvent.IceRoleChanged(id, r.controlling()));
        }
    }

    /** A server gave nothing. */
    public void serverFailed(long now, String url, InetSocketAddress base, int code, String text) {
        // Also what TLS says, which quotes certificates.
        handle(now, new IceEvent.ServerError(url, base, code, SafeText.line(text, MAX_SERVER_TEXT)));
    }

    public TransportHistory.Snapshot history() {
        return history.snapshot();
    }

    public boolean isRelayOnly() {
        return relayOnly;
    }

    private void pumpDtls(long now) {
        for (DtlsEvent e = dtls.pollEvent(); e != null; e = dtls.pollEvent()) {
            authentic = true;
            if (e instanceof DtlsEvent.Connected c) {
                connected = c;
                requireSrtp(now);
                if (dtlsState == SessionEvent.DtlsState.FAILED) {
                    continue;
                }
                history.connected(now);
                srtp.start(c);
                setDtlsState(SessionEvent.DtlsState.CONNECTED, null);
                upper.dtlsConnected(now, this);
                for (ByteBuf p = earlyPackets.poll(); p != null; p = earlyPackets.poll()) {
                    LentBytes early = LentBytes.of(p);
                    try {
                        apart(() -> handleRtp(now, early));
                    } finally {
                        p.release();
                    }
                }
            } else if (e instanceof DtlsEvent.Data d) {
                try {
                    upper.applicationData(now, this, d.plaintext());
                } finally {
                    d.plaintext().release();
                }
            } else if (e instanceof DtlsEvent.Closed c) {
                dtlsEnded(now, c);
            }
        }
    }

    private void dtlsEnded(long now, DtlsEvent.Closed c) {
        history.dtlsFailed(c.cause());
        setDtlsState(c.isFailure() ? SessionEvent.DtlsState.FAILED : SessionEvent.DtlsState.CLOSED, c);
        srtp.forgetKeys();
        forgetEarlyPackets();
        upper.dtlsClosed(now, this);
    }

    private void forgetEarlyPackets() {
        earlyPackets.forEach(ByteBuf::release);
        earlyPackets.clear();
    }

    /**
     * Fails where media has been agreed on and DTLS, now or before, has not agreed on SRTP: it would be connected and
     * silent. RFC 5764 §4.1.1: "If there is no shared profile and that is not acceptable, the server SHOULD return an
     * appropriate DTLS alert."
     */
    public void requireSrtp(long now) {
        boolean up = dtlsState == SessionEvent.DtlsState.CONNECTING || dtlsState == SessionEvent.DtlsState.CONNECTED;
        if (up && connected != null && connected.srtpProfile() == null && upper.carriesMedia(this)) {
            dtls.close();
            dtlsEnded(now, new DtlsEvent.Closed(SrtpSession.NO_PROFILE, false, null, null));
        }
    }

    private void setDtlsState(SessionEvent.DtlsState state, DtlsEvent.Closed end) {
        dtlsState = state;
        events.add(new SessionEvent.DtlsStateChanged(
                id,
                state,
                dtlsClient == null ? null : dtlsClient ? DtlsRole.CLIENT : DtlsRole.SERVER,
                connected == null ? List.of() : connected.peerCertificatesDer(),
                connected == null ? null : connected.cipherSuite(),
                connected == null || connected.srtpProfile() == null
                        ? null
                        : connected.srtpProfile().name(),
                end == null ? null : end.cause(),
                end != null && end.fingerprintMismatch(),
                end == null ? null : end.sentAlert(),
                end == null ? null : end.receivedAlert()));
    }

    // ---------------------------------------------------------------- output

    /** Opens the sink for the packets of this turn, and sends what has gathered so far. */
    public void beginDrain(long now, DatagramSink datagramSink) {
        sink = datagramSink;
        drainNow = now;
        relays.beginDrain(now, datagramSink);
        for (Transmit t = ice.pollTransmit(); t != null; t = ice.pollTransmit()) {
            if (t.stream() != 0) {
                sendToStream(t.stream(), t.data(), 0, t.data().length);
            } else {
                sendFrom(t.local(), t.remote(), t.data(), 0, t.data().length);
            }
        }
        if (ice.selectedPair() != null) {
            for (byte[] d = pendingDtls.poll(); d != null; d = pendingDtls.poll()) {
                send(d, 0, d.length);
            }
        }
    }

    public void endDrain() {
        relays.endDrain();
        sink = null;
    }

    private void sendFrom(InetSocketAddress base, InetSocketAddress remote, byte[] data, int offset, int length) {
        if (!relays.send(drainNow, base, remote, data, offset, length)) {
            sink.send(base, remote, data, offset, length);
        }
    }

    private void sendToStream(int streamId, byte[] data, int offset, int length) {
        if (frame.length < StreamFraming.PREFIX + length) {
            frame = new byte[StreamFraming.PREFIX + length];
        }
        sink.sendToStream(streamId, frame, 0, StreamFraming.frame(data, offset, length, frame));
    }

    private void send(byte[] data, int offset, int length) {
        CandidatePair pair = ice.selectedPair();
        if (pair == null) {
            drops.count("packet to send without a working pair");
            return;
        }
        if (pair.stream() != 0) {
            sendToStream(pair.stream(), data, offset, length);
        } else if (!pair.isTcp()) {
            sendFrom(pair.base(), pair.remoteAddress(), data, offset, length);
        } else {
            drops.count("packet to send while the TCP stream is broken");
            return;
        }
        pair.countSent(length);
    }

    private void sendDtls(byte[] data, int offset, int length) {
        if (sink != null && ice.selectedPair() != null) {
            send(data, offset, length);
        } else if (pendingDtls.size() < MAX_PENDING_DTLS) {
            pendingDtls.add(Arrays.copyOfRange(data, offset, offset + length));
        } else {
            drops.count("DTLS to send without a working pair");
        }
    }

    public boolean sendApplicationData(byte[] data, int offset, int length) {
        return dtls.send(data, offset, length);
    }

    /**
     * Protects a packet in place and sends it; the array needs room for the overhead. {@code keep} as for
     * {@link SrtpSession#protectRtp}.
     */
    public void sendRtp(byte[] data, int length, boolean keep) {
        sendMedia(srtp.protectRtp(data, length, keep));
    }

    /** Protects a packet whose payload is shared with others, and only read, and sends it. */
    public void sendRtp(
            byte[] header, int headerLength, byte[] payload, int payloadOffset, int payloadLength, boolean keep) {
        sendMedia(srtp.protectRtp(header, headerLength, payload, payloadOffset, payloadLength, keep));
    }

    /** Sends what was kept once more, as it was; nothing where it is gone, as it is with its keys. */
    public void repeatRtp(int ssrc, int sequence) {
        sendMedia(srtp.sentBefore(ssrc, sequence));
    }

    public void sendRtcp(byte[] data, int length) {
        sendMedia(srtp.protectRtcp(data, length));
    }

    /** The only way by which media leaves: no packet in the clear has this type. */
    private void sendMedia(ProtectedPacket p) {
        if (p != null) {
            send(p.array(), p.offset(), p.length());
        }
    }

    // ---------------------------------------------------------------- time and end

    public void handleTimeout(long now) {
        if (!closed) {
            ice.handleTimeout(now);
            relays.handleTimeout(now);
            dtls.handleTimeout(now);
            if (lettingGo.isDue(now)) {
                letGo(now);
            }
            afterChange(now);
        }
    }

    public long nextTimeoutNanos() {
        if (closed) {
            return ProtocolCore.NEVER;
        }
        // A handshake that has not ended by then ends at its own time: it holds a thread.
        return hasLetGo()
                ? dtls.nextTimeoutNanos()
                : ProtocolCore.soonest(
                        ProtocolCore.soonest(lettingGo.nextTimeoutNanos(), relays.nextTimeoutNanos()),
                        ProtocolCore.soonest(ice.nextTimeoutNanos(), dtls.nextTimeoutNanos()));
    }

    /**
     * Ends a handshake without a word, so that its thread does not wait for ever; can be called again, and throws
     * nothing.
     */
    public void abandon() {
        dtls.abandon();
        forgetEarlyPackets();
    }

    /** Says goodbye where possible and ends; the sockets are the driver's to close. */
    public void close(long now, DatagramSink lastSink) {
        if (closed) {
            return;
        }
        try {
            if (lastSink != null) {
                beginDrain(now, lastSink);
            }
            dtls.close();
        } finally {
            abandon();
        }
        relays.close(now);
        endDrain();
        ice.close();
        closed = true;
        if (!pooled && dtlsState != SessionEvent.DtlsState.FAILED && dtlsState != SessionEvent.DtlsState.CLOSED) {
            setDtlsState(SessionEvent.DtlsState.CLOSED, null);
        }
        for (IceEvent e = ice.pollEvent(); e != null; e = ice.pollEvent()) {
            // The loss of a relay may have been answered by another pair, which is gone as well by now.
            if (!(e instanceof IceEvent.LocalCandidate
                    || e instanceof IceEvent.GatheringComplete
                    || e instanceof IceEvent.SelectedPairChanged)) {
                handle(now, e);
            }
        }
        events.add(new SessionEvent.TransportClosed(id));
    }

    /**
     * @param certificate ours, as DER
     * @param sendBitrate what the path is believed to carry, in bits per second; −1 where no media is sent
     */
    public SessionSnapshot.Transport snapshot(byte[] certificate, long sendBitrate) {
        CandidatePair selected = ice.selectedPair();
        DtlsEvent.Connected c = connection();
        return new SessionSnapshot.Transport(
                id,
                ice.state(),
                ice.isControlling(),
                dtlsState(),
                c == null ? null : c.role().name(),
                c == null ? null : c.cipherSuite(),
                c == null || c.srtpProfile() == null ? null : c.srtpProfile().name(),
                certificate,
                c == null ? List.of() : c.peerCertificatesDer(),
                ice.localCredentials().usernameFragment(),
                selected == null ? null : selected.snapshot(), // during an ICE restart it is none of the pairs
                ice.pairs(),
                ice.localCandidates(),
                ice.remoteCandidates(),
                sendBitrate,
                isRelayOnly(),
                history());
    }
}
