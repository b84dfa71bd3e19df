package dev.jvmrtc;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import java.util.List;

/** A sender and a receiver that share a media section (webrtc-pc §5.4). Any thread may call any method. */
public final class RTCRtpTransceiver {
    private final ConnectionSlots slots;
    private final JsepTransceiver jsep;
    private final RTCRtpSender sender;
    private final RTCRtpReceiver receiver;
    /** webrtc-pc [[FiredDirection]]: whether the last description that counted had the peer sending. */
    boolean firedReceiving;
    /** Whether the sender was ever negotiated to send: then addTrack leaves it alone (webrtc-pc §5.1). */
    boolean hasSent;

    RTCRtpTransceiver(
            ConnectionSlots slots,
            JsepTransceiver jsep,
            List<RTCRtpEncodingParameters> encodings,
            String remoteTrackId) {
        this.slots = slots;
        this.jsep = jsep;
        this.sender = new RTCRtpSender(slots, this, encodings);
        this.receiver = new RTCRtpReceiver(slots, this, jsep.kind, remoteTrackId);
    }

    /** {@return the media section's identification, or null before negotiation} (RFC 5888) */
    public String getMid() {
        synchronized (slots.lock) {
            return jsep.mid;
        }
    }

    /** {@return its sender, always the same} */
    public RTCRtpSender getSender() {
        return sender;
    }

    /** {@return its receiver, always the same} */
    public RTCRtpReceiver getReceiver() {
        return receiver;
    }

    /** {@return the direction that we want} What was agreed on is {@link #getCurrentDirection}. */
    public RTCRtpTransceiverDirection getDirection() {
        synchronized (slots.lock) {
            return jsep.stopping || jsep.stopped ? RTCRtpTransceiverDirection.STOPPED : of(jsep.direction);
        }
    }

    /**
     * Sets the direction that we want; negotiation follows.
     *
     * @param direction any but {@code stopped}
     * @throws RTCTypeError for {@code stopped}: call {@link #stop()}
     * @throws RTCException {@code InvalidStateError} where the transceiver is stopped or the connection closed
     */
    public void setDirection(RTCRtpTransceiverDirection direction) {
        slots.locked(() -> {
            slots.requireOpen();
            if (jsep.stopping || jsep.stopped) {
                throw new RTCException("InvalidStateError", "the transceiver is stopped");
            }
            if (direction == RTCRtpTransceiverDirection.STOPPED) {
                throw new RTCTypeError("call stop() to stop a transceiver");
            }
            Direction d = Direction.ofSdp(direction.toString());
            if (jsep.direction != d) {
                jsep.direction = d;
                slots.updateNegotiationNeeded();
            }
        });
    }

    /** {@return the direction that was negotiated; null before, {@code stopped} after the end} */
    public RTCRtpTransceiverDirection getCurrentDirection() {
        synchronized (slots.lock) {
            return jsep.stopped
                    ? RTCRtpTransceiverDirection.STOPPED
                    : jsep.currentDirection == null ? null : of(jsep.currentDirection);
        }
    }

    private static RTCRtpTransceiverDirection of(Direction d) {
        return RTCRtpTransceiverDirection.of(d.toSdp());
    }

    /** Stops sending and receiving at once, and the media section with the next negotiation. */
    public void stop() {
        slots.locked(() -> {
            slots.requireOpen();
            if (!jsep.stopping) {
                stopSendingAndReceiving();
                slots.updateNegotiationNeeded();
            }
        });
    }

    /**
     * Sets the order of codecs for later offers and answers; an empty list restores the default.
     *
     * @param codecs of those of {@link RTCPeerConnectionFactory#getCapabilities}, the best first
     * @throws RTCException {@code InvalidModificationError} for a codec that
     *     {@link RTCPeerConnectionFactory#getCapabilities} does not list
     */
    public void setCodecPreferences(List<RTCRtpCodec> codecs) {
        slots.locked(() -> jsep.preferences =
                codecs.isEmpty() ? List.of() : CodecTranslator.preferences(slots.factory.codecs(), jsep.kind, codecs));
    }

    @Override
    public String toString() {
        return "RTCRtpTransceiver[" + jsep.kind + ", mid " + getMid() + ", " + getDirection() + ", current "
                + getCurrentDirection() + "]";
    }

    // ---------------------------------------------------------------- the connection's side

    JsepTransceiver jsep() {
        return jsep;
    }

    MediaKind kind() {
        return jsep.kind;
    }

    boolean isStoppingOrStopped() {
        synchronized (slots.lock) {
            return jsep.stopping || jsep.stopped;
        }
    }

    /** webrtc-pc §5.4, "stop sending and receiving". Under the lock; the end of the track comes in a task. */
    void stopSendingAndReceiving() {
        jsep.stopping = true;
        jsep.direction = Direction.INACTIVE;
        sender.stopSending();
        slots.tasks.post(() -> receiver.end());
    }
}
