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

    public RTCSessionDescription(RTCSessionDescriptionInit init) {
        this(Objects.requireNonNull(init.type(), "type"), init.sdp() == null ? "" : init.sdp());
    }

    public RTCSdpType getType() {
        return type;
    }

    public String getSdp() {
        return sdp;
    }

    public RTCSessionDescriptionInit toJSON() {
        return new RTCSessionDescriptionInit(type, sdp);
    }

    /** What {@code JSON.stringify(description)} gives in a browser: {@code {"type":"offer","sdp":"v=0\\r\\n…"}}. */
    public String toJsonString() {
        return toJSON().toJsonString();
    }

    /**
     * Reads what {@link #toJsonString()} or a browser has written; throws as {@link RTCSessionDescriptionInit#ofJson}
     * does.
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
