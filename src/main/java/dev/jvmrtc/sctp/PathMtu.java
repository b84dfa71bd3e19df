package dev.jvmrtc.sctp;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;

/**
 * How large packets may be: packetization layer path MTU discovery (RFC 8899), whose probes are heartbeats with padding
 * (§6.2; RFC 4820). Begins with what passes nearly everywhere and tries what the own link would take; what is not
 * answered was too large. Knows no chunks and sends nothing.
 *
 * <p>A chunk, once it has a TSN, cannot be cut again. So chunks stay as small as at the beginning, and larger packets
 * only carry more of them; except on a path inside the machine, which cannot shrink.
 */
final class PathMtu {
    /** RFC 8899 §5.1.2, MAX_PROBES. */
    private static final int MAX_PROBES = 3;
    /**
     * On a path that leaves the machine a lost probe is not repeated: Linux, told by a router that it was too large,
     * would cut the second into fragments, and its answer would lie.
     */
    private static final int MAX_PROBES_OUTSIDE = 1;
    /** RFC 8899 §5.1.1, PMTU_RAISE_TIMER: ten minutes. */
    static final long RAISE_NANOS = 600_000_000_000L;
    /** Timeouts of data in a row after which larger packets are thought to vanish (RFC 8899 §4.3). */
    private static final int BLACK_HOLE_TIMEOUTS = 2;
    /**
     * Packets of data that wait or are on their way before it is worth the trouble: many connections never send more
     * than one at a time.
     */
    private static final int WORTHWHILE_PACKETS = 8;

    /** What every path takes. */
    private final int base;
    /** What a packet may have now. */
    private int current;
    /** What our own link takes, and what is tried. */
    private int limit;
    /** Whether the path stays inside this machine. */
    private boolean insideMachine;
    /** Probes of this search so far. */
    private int probes;
    /** Whether a probe has left and was not answered. */
    private boolean outstanding;
    /** What the answer to it repeats. */
    private long nonce;
    /** When the probe counts as lost, or NEVER. */
    private long probeUntilNanos = NEVER;
    /** When a larger size is tried again, or NEVER. */
    private long raiseAtNanos = NEVER;
    /** Whether a larger size is to be tried. */
    private boolean searching;
    /** Timeouts of data in a row. */
    private int timeouts;

    /** @param base bytes of an SCTP packet that every path takes */
    PathMtu(int base) {
        this.base = base;
        this.current = base;
        this.limit = base;
    }

    /** Bytes that a packet may have. */
    int packetSize() {
        return current;
    }

    /** Bytes that a packet with one chunk of user data may have. */
    int chunkedPacketSize() {
        return insideMachine ? current : base;
    }

    /**
     * Another path: all begins anew.
     *
     * @param newLimit what our own link would take; not larger than at the beginning where nothing is to be tried
     * @param inside whether the path stays inside this machine
     */
    void newPath(int newLimit, boolean inside) {
        limit = Math.max(base, newLimit & ~3);
        current = base;
        insideMachine = inside;
        // Fewer than two chunks more in a packet are not worth a lost one.
        searching = inside ? limit > base : limit >= 2 * base;
        probes = 0;
        outstanding = false;
        probeUntilNanos = NEVER;
        raiseAtNanos = NEVER;
        timeouts = 0;
    }

    /** The size to probe now, or 0. */
    int probeSize(long now, long waitingBytes) {
        if (ProtocolCore.due(raiseAtNanos, now)) {
            raiseAtNanos = NEVER;
            searching = true;
            probes = 0;
        }
        return searching && !outstanding && waitingBytes >= (long) WORTHWHILE_PACKETS * base ? limit : 0;
    }

    /** A probe of {@link #probeSize} has left. */
    void probeSent(long now, long probeNonce, long timeoutNanos) {
        outstanding = true;
        nonce = probeNonce;
        probes++;
        probeUntilNanos = now + timeoutNanos;
    }

    /** Takes the answer to a probe; false where it is none. */
    boolean answered(long probeNonce) {
        if (!outstanding || probeNonce != nonce) {
            return false;
        }
        current = limit;
        outstanding = false;
        searching = false;
        probeUntilNanos = NEVER;
        timeouts = 0;
        return true;
    }

    void handleTimeout(long now) {
        if (ProtocolCore.due(probeUntilNanos, now)) {
            outstanding = false;
            probeUntilNanos = NEVER;
            if (probes >= (insideMachine ? MAX_PROBES : MAX_PROBES_OUTSIDE)) {
                giveUp(now);
            }
        }
    }

    /** Data was not acknowledged in time; true where packets are smaller from now on. */
    boolean dataTimedOut(long now) {
        if (current == base || ++timeouts < BLACK_HOLE_TIMEOUTS) {
            return false;
        }
        current = base;
        giveUp(now);
        return true;
    }

    void dataAcknowledged() {
        timeouts = 0;
    }

    private void giveUp(long now) {
        searching = false;
        timeouts = 0;
        raiseAtNanos = now + RAISE_NANOS;
    }

    long nextTimeoutNanos() {
        return probeUntilNanos;
    }
}
