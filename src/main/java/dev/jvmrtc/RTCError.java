package dev.jvmrtc;

import dev.jvmrtc.dom.RTCException;

/**
 * An error of a transport or channel with its particulars (webrtc-pc §11.1). {@link #getName()} is
 * {@code OperationError}.
 */
public final class RTCError extends RTCException {
    private static final long serialVersionUID = 1;
    private final RTCErrorDetailType errorDetail;
    private final Integer sdpLineNumber;
    private final Integer sctpCauseCode;
    private final Integer receivedAlert;
    private final Integer sentAlert;

    /**
     * An error with its particulars; null for those that do not belong to its kind.
     *
     * @param errorDetail what kind of error it is
     * @param sdpLineNumber for {@code sdp-syntax-error}: the line, counted from 1
     * @param sctpCauseCode for {@code sctp-failure}: the cause code of the ABORT
     * @param receivedAlert for {@code dtls-failure}: the alert that came from the peer
     * @param sentAlert for {@code dtls-failure}: the alert that we sent
     * @param message what is wrong, and what to do about it
     */
    public RTCError(
            RTCErrorDetailType errorDetail,
            Integer sdpLineNumber,
            Integer sctpCauseCode,
            Integer receivedAlert,
            Integer sentAlert,
            String message) {
        super("OperationError", message);
        this.errorDetail = errorDetail;
        this.sdpLineNumber = sdpLineNumber;
        this.sctpCauseCode = sctpCauseCode;
        this.receivedAlert = receivedAlert;
        this.sentAlert = sentAlert;
    }

    /** {@return what kind of error it is} */
    public RTCErrorDetailType getErrorDetail() {
        return errorDetail;
    }

    /** {@return for {@code sdp-syntax-error}: the line, counted from 1; else null} */
    public Integer getSdpLineNumber() {
        return sdpLineNumber;
    }

    /** {@return for {@code sctp-failure}: the cause code of the ABORT (RFC 9260 §3.3.10); else null} */
    public Integer getSctpCauseCode() {
        return sctpCauseCode;
    }

    /** {@return for {@code dtls-failure}: the alert that came from the peer (RFC 5246 §7.2); else null} */
    public Integer getReceivedAlert() {
        return receivedAlert;
    }

    /** {@return for {@code dtls-failure}: the alert that we sent (RFC 5246 §7.2); else null} */
    public Integer getSentAlert() {
        return sentAlert;
    }
}
