package dev.jvmrtc.jsep;

/**
 * Signaling states (RFC 9429 §3.2). {@code CLOSED} belongs to the connection, not to negotiation, and is absent here.
 */
public enum SignalingState {
    /** To {@link #HAVE_LOCAL_OFFER} or {@link #HAVE_REMOTE_OFFER} with an offer. */
    STABLE,
    /**
     * To {@link #STABLE} with a remote answer or a rollback, to {@link #HAVE_REMOTE_PRANSWER} with a remote pranswer.
     */
    HAVE_LOCAL_OFFER,
    HAVE_REMOTE_OFFER,
    HAVE_LOCAL_PRANSWER,
    HAVE_REMOTE_PRANSWER;

    /** The state after a description, or null where it is not allowed now (RFC 9429 §5.5, §5.6). */
    public SignalingState after(boolean local, SdpType type) {
        return switch (type) {
            case ROLLBACK -> rollbackAllowed(local) ? STABLE : null;
            case OFFER ->
                local
                        ? this == STABLE || this == HAVE_LOCAL_OFFER ? HAVE_LOCAL_OFFER : null
                        : this == STABLE || this == HAVE_REMOTE_OFFER ? HAVE_REMOTE_OFFER : null;
            case ANSWER -> answerAllowed(local) ? STABLE : null;
            case PRANSWER -> answerAllowed(local) ? local ? HAVE_LOCAL_PRANSWER : HAVE_REMOTE_PRANSWER : null;
        };
    }

    private boolean answerAllowed(boolean local) {
        return local
                ? this == HAVE_REMOTE_OFFER || this == HAVE_LOCAL_PRANSWER
                : this == HAVE_LOCAL_OFFER || this == HAVE_REMOTE_PRANSWER;
    }

    /**
     * webrtc-pc §4.4.1.5: a local rollback undoes a local offer, a remote one a remote offer; pranswers cannot be
     * rolled back.
     */
    private boolean rollbackAllowed(boolean local) {
        return this == (local ? HAVE_LOCAL_OFFER : HAVE_REMOTE_OFFER);
    }
}
