package dev.jvmrtc.sctp;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.Extensions;
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

    private final SctpConfig config;
    private final byte[] cookieSecret = new byte[32];
    private final int localTag;
    private final int localInitialTsn;
    /** The cookie of the peer's INIT ACK; null before, and after the handshake. */
    private byte[] cookieToEcho;

    private long t1Nanos = NEVER;
    private long rtoNanos = RttEstimator.RTO_INITIAL_NANOS;
    private int retransmissions;

    Handshake(SctpConfig config, RandomSource random) {
        this.config = config;
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

    Chunk init(long now) {
        armT1(now);
        return init(false, null, retransmissions == 0);
    }

    /** Keeps no state for the peer: all of it is in the cookie. */
    Chunk initAck(long now, Chunk.Init init) {
        return init(
                true,
                StateCookie.of(localTag, localInitialTsn, init, now).write(cookieSecret),
                init.extensions().zeroChecksum());
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

    Chunk cookieEcho(long now, Chunk.Init ack) {
        cookieToEcho = ack.cookie();
        retransmissions = 0;
        rtoNanos = RttEstimator.RTO_INITIAL_NANOS;
        armT1(now);
        return new Chunk.CookieEcho(cookieToEcho);
    }

    /** What the peer's INIT said; null where the cookie is not ours, or too old. */
    StateCookie cookie(long now, Chunk.CookieEcho echo) throws MalformedException {
        StateCookie cookie = StateCookie.read(echo.cookie(), cookieSecret);
        return cookie == null || now - cookie.createdNanos() > StateCookie.LIFE_NANOS ? null : cookie;
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

    boolean isDue(long now) {
        return ProtocolCore.due(t1Nanos, now);
    }

    /** What has not been answered, once more; null where it has been said often enough. */
    Chunk again(long now) {
        if (++retransmissions > MAX_RETRANSMISSIONS) {
            return null;
        }
        if (cookieToEcho == null) {
            return init(now);
        }
        armT1(now);
        return new Chunk.CookieEcho(cookieToEcho);
    }

    long nextTimeoutNanos() {
        return t1Nanos;
    }
}
