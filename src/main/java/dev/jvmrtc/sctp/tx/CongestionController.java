package dev.jvmrtc.sctp.tx;

/** How much may be in flight. Told of acknowledgements and losses; knows no TSNs. */
public interface CongestionController {

    /** Bytes that may be in flight. */
    long window();

    /** The slow-start threshold. */
    long slowStartThreshold();

    /** Bytes a nanosecond that may leave, or 0 where the window decides, spread over the round trip. */
    default double pacingRate() {
        return 0;
    }

    /** What a SACK has told; one object serves for all, one after the other. */
    final class Arrival {
        /** Have arrived, in order or not. */
        long bytes;
        /** Was in flight until now. */
        long flightBefore;
        /** Whether a loss is being repaired. */
        boolean inRecovery;
        /** Bytes a nanosecond that arrive, measured over the last round trip, or 0. */
        double rate;
        /** Whether the rate is that of a sender that had too little to send. */
        boolean limited;
        /** Whether a round trip has passed since the last one ended. */
        boolean newRound;
    }

    void acknowledged(long now, Arrival arrival);

    /** A round trip took so long. */
    void rttMeasured(long now, long nanos);

    /** So many bytes have been found lost, other than by a timeout, which says nothing of how many. */
    void lost(long bytes);

    /** The first loss of a recovery, which ends when all that was in flight then has arrived. */
    void lossDetected(long now);

    /** The retransmission timer ran out. */
    void timeout(long now);

    /** Nothing was in flight for so many retransmission timeouts. */
    void idle(long now, long timeouts);

    /** Packets may be so large from now on. */
    void packetSizeChanged(int bytes);
}
