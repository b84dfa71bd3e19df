package dev.jvmrtc.ice;

/** State of one ICE transport: the words of RTCIceTransportState (webrtc-pc §5.6.4). */
public enum IceState {
    /** No remote candidates yet. To {@link #CHECKING} with the first pair. */
    NEW,
    /**
     * Pairs are checked, none works yet. To {@link #CONNECTED} with the first valid pair, to {@link #FAILED} when
     * patience ends.
     */
    CHECKING,
    /** A pair works; checks may go on. */
    CONNECTED,
    /** A pair works, nothing is left to check, and no more candidates will come. */
    COMPLETED,
    /**
     * The selected pair has not answered for a while. Back to {@link #CONNECTED} with an answer, to {@link #FAILED}
     * when consent expires.
     */
    DISCONNECTED,
    /** Nothing works, or consent has expired. Only a restart leaves this state. */
    FAILED,
    /** Closed by us. */
    CLOSED
}
