package dev.jvmrtc.sctp;

import dev.jvmrtc.sctp.tx.CongestionController;
import dev.jvmrtc.sctp.tx.CubicCongestionController;
import dev.jvmrtc.sctp.tx.ModelCongestionController;
import dev.jvmrtc.sctp.tx.RttEstimator;

/**
 * What is known of the way to the peer: the data that RFC 9260 §14.3 keeps for each transport address, of which there
 * is one here. Is there before the peer has said anything, and when the way has become another.
 */
final class Path {
    /** RFC 9260 §16: Association.Max.Retrans. */
    static final int MAX_RETRANSMISSIONS = 10;

    /** How long answers take, and how long they are waited for. */
    private final RttEstimator rtt = new RttEstimator();
    /** How much may be in flight. */
    private final CongestionController congestion;
    /** How large packets may be. */
    private final PathMtu mtu;
    /** Whether the peer is on this machine. */
    private boolean insideMachine;
    /** What the peer has left unanswered in a row. */
    private int errors;

    Path(SctpConfig config) {
        mtu = new PathMtu(config.maxPacketSize());
        congestion = switch (config.congestionControl()) {
            case CUBIC -> new CubicCongestionController(config.maxPacketSize());
            case MODEL -> new ModelCongestionController(config.maxPacketSize());
        };
    }

    RttEstimator rtt() {
        return rtt;
    }

    CongestionController congestion() {
        return congestion;
    }

    PathMtu mtu() {
        return mtu;
    }

    boolean isInsideMachine() {
        return insideMachine;
    }

    /** Packets go another way from now on. */
    void set(int packetLimit, boolean inside) {
        insideMachine = inside;
        mtu.newPath(packetLimit, inside);
        packetSizeChanged();
    }

    /** The way is another one, of which nothing has been measured. */
    void forget() {
        rtt.reset();
        errors = 0; // what did not arrive over the old path says nothing of a peer that is reached by another
    }

    /**
     * The peer has answered.
     *
     * <p>RFC 9260 §8.1: "When a HEARTBEAT ACK chunk is received from the peer endpoint, the counter SHOULD also be
     * reset."
     */
    void answered() {
        errors = 0;
    }

    /** Something was not answered in time; whether it was once too often (RFC 9260 §8.1). */
    boolean failed() {
        return ++errors > MAX_RETRANSMISSIONS;
    }

    /** The peer has acknowledged data. */
    void dataAcknowledged() {
        answered();
        mtu.dataAcknowledged();
    }

    /** Data was not acknowledged in time: it may have been in packets that are too large by now. */
    void dataTimedOut(long now) {
        if (mtu.dataTimedOut(now)) {
            packetSizeChanged();
        }
    }

    /** Takes the answer to a probe of the MTU; false where it is none. */
    boolean probeAnswered(long nonce) {
        boolean answered = mtu.answered(nonce);
        if (answered) {
            packetSizeChanged();
        }
        return answered;
    }

    private void packetSizeChanged() {
        congestion.packetSizeChanged(mtu.packetSize());
    }
}
