package dev.jvmrtc.sctp.tx;

/** How much may be in flight. Told of acknowledgements and losses; knows no TSNs. */
public interface CongestionController {

    /** Bytes that may be in flight. */
    long window();

    /** The slow-start threshold, for statistics. */
    long slowStartThreshold();

    /** The cumulative TSN moved and {@code bytes} left the flight, which held {@code flightBefore}. */
    void acknowledged(long bytes, long flightBefore, boolean inFastRecovery);

    /** So many bytes have arrived, in order or not; the flight held {@code flightBefore}. */
    default void delivered(long now, long bytes, long flightBefore) {
    }

    /** A round trip took so long. */
    default void rttMeasured(long now, long nanos) {
    }

    /** So many bytes have been lost. */
    default void lost(long bytes) {
    }

    /** Loss found by gap reports; called once per recovery. */
    void lossDetected();

    /** Packets may be so large from now on. */
    void packetSizeChanged(int bytes);

    /** The retransmission timer ran out. */
    void timeout();
}
