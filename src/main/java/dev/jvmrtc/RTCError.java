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

    public RTCErrorDetailType getErrorDetail() {
        return errorDetail;
    }

    /** For {@code sdp-syntax-error}: the line, counted from 1; else null. */
    public Integer getSdpLineNumber() {
        return sdpLineNumber;
    }

    /** For {@code sctp-failure}: the cause code of the ABORT; else null. */
    public Integer getSctpCauseCode() {
        return sctpCauseCode;
    }

    /** For {@code dtls-failure}: the alert that came from the peer; else null. */
    public Integer getReceivedAlert() {
        return receivedAlert;
    }

    /** For {@code dtls-failure}: the alert that we sent; else null. */
    public Integer getSentAlert() {
        return sentAlert;
    }
}
