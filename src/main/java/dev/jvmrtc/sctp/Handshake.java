package dev.jvmrtc.sctp;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.sctp.tx.RttEstimator;
import dev.jvmrtc.wire.MalformedException;

/**
 * What we say while an association comes up (RFC 9260 §5): INIT, INIT ACK and COOKIE ECHO, with the T1 timer that has
 * them said again.
 */
final class Handshake {
    /** Streams of either direction that we ask for: all that there are (RFC 8831 §6.2). */
    static final int STREAMS = 65_535;
    /** RFC 9260 §16 says 8. A peer may open its transport late, and an unanswered INIT costs nothing. */
    private static final int MAX_RETRANSMISSIONS = 20;

    private static final long MAX_RTO_NANOS = 3_000_000_000L;
    /** Bytes of a packet with a COOKIE ECHO that are not the cookie. */
    private static final int COOKIE_OVERHEAD = PacketFormat.HEADER_LENGTH + PacketFormat.CHUNK_HEADER_LENGTH;

    /** What we announce. */
    private final SctpConfig config;
    /** What waits to be said. */
    private final ControlQueue control;
    /** Why chunks were dropped. */
    private final Counters drops;
    /** The key of the MAC under which cookies are ours. */
    private final byte[] cookieSecret = new byte[32];
    /** The verification tag of all packets to us. */
    private final int localTag;
    /** Of our first chunk of data. */
    private final int localInitialTsn;
    /** The cookie of the peer's INIT ACK; null before, and after the handshake. */
    private byte[] cookieToEcho;

    /** T1: when INIT or COOKIE ECHO leaves again. */
    private long t1Nanos = NEVER;
    /** How long T1 waits when it is started next. */
    private long rtoNanos = RttEstimator.RTO_INITIAL_NANOS;
    /** How often what waits for an answer has been said again. */
    private int retransmissions;

    Handshake(SctpConfig config, RandomSource random, ControlQueue control, Counters drops) {
        this.config = config;
        this.control = control;
        this.drops = drops;
        int tag;
        do {
            tag = random.nextInt();
        } while (tag == 0);
        this.localTag = tag;
        this.localInitialTsn = random.nextInt();
        random.nextBytes(cookieSecret);
    }

    int localTag() {
        return localTag;
    }

    int localInitialTsn() {
        return localInitialTsn;
    }

    /** Says INIT. */
    void start(long now) {
        control.add(0, init(now));
    }

    private Chunk init(long now) {
        armT1(now);
        return init(false, null, retransmissions == 0);
    }

    /**
     * Some peers drop an INIT or INIT ACK with a parameter that is new to them, so the newest one is told only at
     * first, or to one that has told it.
     */
    private Chunk.Init init(boolean ack, byte[] cookie, boolean zeroChecksum) {
        Extensions announced =
                zeroChecksum ? config.extensions() : config.extensions().withoutZeroChecksum();
        return new Chunk.Init(
                ack, localTag, config.receiveWindow(), STREAMS, STREAMS, localInitialTsn, announced, cookie);
    }

    /**
     * Answers the peer's INIT, without keeping any state for the peer: all of it is in the cookie.
     *
     * @param peerTag the verification tag of the peer that we know, or 0
     */
    void handleInit(long now, AssociationState state, int peerTag, Chunk.Init init) {
        Peer peer = Peer.of(init);
        if (!peer.isValid()) {
            drops.count("INIT with a zero tag or no streams");
            return;
        }
        if (!state.isOpening() && peer.tag() != peerTag) {
            // A restart (§5.2.2) would need a peer that lost its state but kept the DTLS association; no implementation
            // does that.
            drops.count("INIT that would restart the association");
            return;
        }
        byte[] cookie = new StateCookie(localTag, localInitialTsn, peer, now).write(cookieSecret);
        // §5.2.2: "The outbound SCTP packet containing this INIT ACK chunk MUST carry a Verification Tag value equal to
        // the Initiate Tag found in the unexpected INIT chunk."
        control.add(peer.tag(), init(true, cookie, peer.extensions().zeroChecksum()));
    }

    /** Answers the peer's INIT ACK, of which we know the peer now; returns null where it is of no use. */
    Peer handleInitAck(long now, AssociationState state, Chunk.Init ack) {
        // §5.2.3: "If an INIT ACK chunk is received by an endpoint in any state other than the COOKIE-WAIT or CLOSED
        // state, the endpoint SHOULD discard the INIT ACK chunk."
        if (state != AssociationState.COOKIE_WAIT) {
            drops.count("INIT ACK that was not awaited");
            return null;
        }
        Peer peer = Peer.of(ack);
        if (ack.cookie() == null || !peer.isValid()) {
            drops.count("INIT ACK without what it must have"); // T1 goes on: the peer's own may still come
            return null;
        }
        if (ack.cookie().length > config.maxPacketSize() - COOKIE_OVERHEAD) {
            drops.count("INIT ACK with a cookie larger than a packet");
            return null;
        }
        cookieToEcho = ack.cookie();
        retransmissions = 0;
        rtoNanos = RttEstimator.RTO_INITIAL_NANOS;
        armT1(now);
        control.add(peer.tag(), new Chunk.CookieEcho(cookieToEcho));
        return peer;
    }

    /** The peer whose INIT we have answered by this cookie; null where it is not ours, or too old. */
    Peer handleCookieEcho(long now, Chunk.CookieEcho echo) throws MalformedException {
        StateCookie cookie = StateCookie.read(echo.cookie(), cookieSecret);
        if (cookie == null || now - cookie.createdNanos() > StateCookie.LIFE_NANOS) {
            drops.count("COOKIE ECHO with a bad or stale cookie");
            return null;
        }
        return cookie.peer();
    }

    /** The association is up, or never will be. */
    void end() {
        t1Nanos = NEVER;
        cookieToEcho = null;
    }

    private void armT1(long now) {
        t1Nanos = now + rtoNanos;
        rtoNanos = Math.min(2 * rtoNanos, MAX_RTO_NANOS);
    }

    /**
     * What has not been answered is said once more, when it is time for that; false where it has been said often
     * enough.
     *
     * @param peerTag the verification tag of the peer that we know, or 0
     */
    boolean handleTimeout(long now, int peerTag) {
        if (!ProtocolCore.due(t1Nanos, now)) {
            return true;
        }
        if (++retransmissions > MAX_RETRANSMISSIONS) {
            return false;
        }
        if (cookieToEcho == null) {
            control.add(peerTag, init(now));
        } else {
            armT1(now);
            control.add(peerTag, new Chunk.CookieEcho(cookieToEcho));
        }
        return true;
    }

    long nextTimeoutNanos() {
        return t1Nanos;
    }
}
