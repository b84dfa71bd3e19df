package dev.jvmrtc.ice;

import dev.jvmrtc.stun.TransactionId;
import java.net.InetSocketAddress;

/**
 * A local base and a remote address, with the state of the checks between them (RFC 8445 §6.1.2) and its figures for
 * statistics.
 */
public final class CandidatePair {

    /**
     * RFC 8445 §6.1.2.6; frozen pairs do not exist here, because with one component no pair waits for another's
     * foundation.
     */
    public enum State {
        WAITING,
        IN_PROGRESS,
        SUCCEEDED,
        FAILED
    }

    /** The address of ours that its checks leave from. */
    final InetSocketAddress base;
    /** Where they go. */
    final InetSocketAddress remoteAddress;
    /** Ours: the base's own until an answer shows that the peer sees us as another. */
    Candidate local;
    /** The peer's: one learnt from a check until it is signalled. */
    Candidate remote;
    /** The TCP stream of the pair; 0 for UDP, and while there is none. */
    int stream;
    /** What its checks have come to. */
    State state = State.WAITING;
    /** Why they failed, or null. */
    String failure;

    /** RFC 8445 §7.2.5.3.2: "Each valid pair within the valid list has a flag, called the 'nominated flag'." */
    boolean nominated;
    /** As controlling agent: its next check, or the one under way, is to nominate it. */
    boolean nominating;
    /** As controlled agent: select this pair as soon as our own check of it succeeds. */
    boolean nominateOnSuccess;
    /** The transaction by which the peer nominated the pair last. */
    TransactionId lastNomination;
    /** The how-manieth of the peer's nominations that was. */
    long nominationOrder;

    /** Checks that we have sent, those sent again and questions after consent included. */
    int requestsSent;
    /** Checks of the peer's. */
    int requestsReceived;
    /** Our answers to them. */
    int responsesSent;
    /** The peer's answers to ours. */
    int responsesReceived;
    /** Questions after consent. */
    int consentRequestsSent;
    /** The round trip that was measured last; −1 before the first. */
    long currentRttNanos = -1;
    /** The shortest so far; −1 before the first. */
    private long shortestRttNanos = -1;
    /** Of all answers, measured or not. */
    long totalRttNanos;
    /** Of the session's packets; checks do not count. */
    long bytesSent;

    long bytesReceived;
    long packetsSent;
    long packetsReceived;

    CandidatePair(InetSocketAddress base, Candidate local, InetSocketAddress remoteAddress, Candidate remote) {
        this.base = base;
        this.local = local;
        this.remoteAddress = remoteAddress;
        this.remote = remote;
    }

    /** RFC 8445 §6.1.2.3. */
    long priority(boolean controlling) {
        long g = controlling ? local.priority() : remote.priority();
        long d = controlling ? remote.priority() : local.priority();
        return (Math.min(g, d) << 32) + 2 * Math.max(g, d) + (g > d ? 1 : 0);
    }

    Route route() {
        return new Route(stream, base, remoteAddress);
    }

    /** Whether what takes this way belongs to the pair. */
    boolean isOn(Route r) {
        return r.stream() == stream
                && (stream != 0
                        || !isTcp() && r.base().equals(base) && r.remote().equals(remoteAddress));
    }

    /** Whether either end of it is a TURN server's. */
    public boolean isRelayed() {
        return local.type() == CandidateType.RELAYED || remote.type() == CandidateType.RELAYED;
    }

    /**
     * The shortest round trip that our checks on this pair have taken, or −1 before the first that could be measured. A
     * peer can make it longer only.
     */
    public long shortestRoundTripNanos() {
        return shortestRttNanos;
    }

    /**
     * A request has been answered so long after it was sent first. RFC 8489 §6.2.1: "RTT estimates SHOULD NOT be
     * computed from STUN transactions that result in the retransmission of a request". Their answers are half a second
     * late at the least, and lost media would be sent again no sooner than that.
     */
    void answered(long nanos, boolean sentOnce) {
        if (sentOnce) {
            currentRttNanos = nanos;
            shortestRttNanos = shortestRttNanos < 0 ? nanos : Math.min(shortestRttNanos, nanos);
        }
        totalRttNanos += nanos;
        responsesReceived++;
    }

    /** Counts a packet of ours that the session sends over this pair. */
    public void countSent(int bytes) {
        packetsSent++;
        bytesSent += bytes;
    }

    public void countReceived(int bytes) {
        packetsReceived++;
        bytesReceived += bytes;
    }

    /** The TCP stream to send over; 0 for UDP, and where the stream has broken. */
    public int stream() {
        return stream;
    }

    /** Whether it goes over a TCP stream, which {@link #stream()} may not be there for. */
    public boolean isTcp() {
        return local.isTcp();
    }

    /** The address of the socket to send from. */
    public InetSocketAddress base() {
        return base;
    }

    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    public boolean isNominated() {
        return nominated;
    }

    public Candidate local() {
        return local;
    }

    public Candidate remote() {
        return remote;
    }

    /** An unchanging copy for statistics. */
    public record Snapshot(
            Candidate local,
            Candidate remote,
            State state,
            boolean nominated,
            int requestsSent,
            int requestsReceived,
            int responsesSent,
            int responsesReceived,
            int consentRequestsSent,
            long currentRttNanos,
            long totalRttNanos,
            long bytesSent,
            long bytesReceived,
            long packetsSent,
            long packetsReceived,
            String failure) {}

    public Snapshot snapshot() {
        return new Snapshot(
                local,
                remote,
                state,
                nominated,
                requestsSent,
                requestsReceived,
                responsesSent,
                responsesReceived,
                consentRequestsSent,
                currentRttNanos,
                totalRttNanos,
                bytesSent,
                bytesReceived,
                packetsSent,
                packetsReceived,
                failure);
    }

    @Override
    public String toString() {
        return base + " > " + remoteAddress + " " + state + (nominated ? " nominated" : "");
    }
}
