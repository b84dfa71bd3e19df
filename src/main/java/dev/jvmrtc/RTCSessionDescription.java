package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;
import java.util.Objects;

/** An offer or answer (webrtc-pc §4.6.2). Immutable. */
public final class RTCSessionDescription {
    private final RTCSdpType type;
    private final String sdp;

    /**
     * @param type may be null only for setLocalDescription, which then chooses
     * @param sdp may be empty for setLocalDescription, which then makes it; may be null for a rollback and without a
     *     type
     * @throws RTCTypeError where an offer or answer has null for its text, which is likely to be lost signalling
     */
    public RTCSessionDescription(RTCSdpType type, String sdp) {
        if (sdp == null && type != null && type != RTCSdpType.ROLLBACK) {
            throw new RTCTypeError("the text of the " + type
                    + " is null: give what the peer has signalled, or \"\" for setLocalDescription to make it");
        }
        this.type = type;
        this.sdp = sdp == null ? "" : sdp;
    }

    /**
     * A description as it was signalled.
     *
     * @param init type and text
     */
    public RTCSessionDescription(RTCSessionDescriptionInit init) {
        this(Objects.requireNonNull(init.type(), "type"), init.sdp() == null ? "" : init.sdp());
    }

    /** {@return whether it is an offer, an answer, a provisional answer or a rollback} */
    public RTCSdpType getType() {
        return type;
    }

    /** {@return the session description (RFC 8866); empty for a rollback} */
    public String getSdp() {
        return sdp;
    }

    /** {@return type and text, as it is signalled} */
    public RTCSessionDescriptionInit toJSON() {
        return new RTCSessionDescriptionInit(type, sdp);
    }

    /**
     * {@return what {@code JSON.stringify(description)} gives in a browser} {@code {"type":"offer","sdp":"v=0\\r\\n…"}}
     */
    public String toJsonString() {
        return toJSON().toJsonString();
    }

    /**
     * Reads what {@link #toJsonString()} or a browser has written; throws as {@link RTCSessionDescriptionInit#ofJson}
     * does.
     *
     * @param json the text of an object
     * @return the description
     */
    public static RTCSessionDescription ofJson(String json) {
        return new RTCSessionDescription(RTCSessionDescriptionInit.ofJson(json));
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof RTCSessionDescription d && d.type == type && d.sdp.equals(sdp);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, sdp);
    }

    @Override
    public String toString() {
        return "RTCSessionDescription[" + type + ", " + sdp.length() + " characters]";
    }
}
