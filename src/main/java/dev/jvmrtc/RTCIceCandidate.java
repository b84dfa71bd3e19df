package dev.jvmrtc;

import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.wire.MalformedException;
import java.util.Objects;

/** An ICE candidate (webrtc-pc §4.8.1). Immutable. The parts of a line that cannot be parsed are null. */
public final class RTCIceCandidate {
    private final RTCIceCandidateInit init;
    private final Candidate parsed;
    private final RTCIceServerTransportProtocol relayProtocol;
    private final String url;

    /** Throws {@link RTCTypeError} where neither sdpMid nor sdpMLineIndex is given. */
    public RTCIceCandidate(RTCIceCandidateInit init) {
        this(init, null, null);
        if (init.sdpMid() == null && init.sdpMLineIndex() == null) {
            throw new RTCTypeError("a candidate names its media section by sdpMid or sdpMLineIndex");
        }
    }

    /** A candidate line with the mid of its media section. */
    public RTCIceCandidate(String candidate, String sdpMid, Integer sdpMLineIndex) {
        this(new RTCIceCandidateInit(candidate, sdpMid, sdpMLineIndex, null));
    }

    RTCIceCandidate(RTCIceCandidateInit init, RTCIceServerTransportProtocol relayProtocol, String url) {
        Candidate c = null;
        if (init.candidate() != null && !init.candidate().isEmpty()) {
            try {
                c = Candidate.parse(init.candidate());
            } catch (MalformedException e) {
                // §4.8.1.1 constructor: "If any of the … attributes' parsing fails … leave them null".
            }
        }
        String ufrag =
                init.usernameFragment() != null ? init.usernameFragment() : c == null ? null : c.usernameFragment();
        this.init = new RTCIceCandidateInit(
                init.candidate() == null ? "" : init.candidate(), init.sdpMid(), init.sdpMLineIndex(), ufrag);
        this.parsed = c;
        this.relayProtocol = relayProtocol;
        this.url = url;
    }

    /** The line, {@code candidate:…}; empty for the end of candidates. */
    public String getCandidate() {
        return init.candidate();
    }

    public String getSdpMid() {
        return init.sdpMid();
    }

    public Integer getSdpMLineIndex() {
        return init.sdpMLineIndex();
    }

    public String getFoundation() {
        return parsed == null ? null : parsed.foundation();
    }

    public RTCIceComponent getComponent() {
        return parsed == null ? null : parsed.component() == 1 ? RTCIceComponent.RTP : RTCIceComponent.RTCP;
    }

    public Long getPriority() {
        return parsed == null ? null : (Long) parsed.priority();
    }

    /** IP address or, where the peer hides it, a name. */
    public String getAddress() {
        return parsed == null ? null : parsed.host();
    }

    public RTCIceProtocol getProtocol() {
        return parsed == null ? null : RTCIceProtocol.of(parsed.transport());
    }

    public Integer getPort() {
        return parsed == null ? null : (Integer) parsed.port();
    }

    public RTCIceCandidateType getType() {
        return parsed == null ? null : RTCIceCandidateType.of(parsed.type().toString());
    }

    public RTCIceTcpCandidateType getTcpType() {
        return parsed == null || parsed.tcpType() == null ? null : RTCIceTcpCandidateType.of(parsed.tcpType());
    }

    public String getRelatedAddress() {
        return parsed == null ? null : parsed.relatedHost();
    }

    public Integer getRelatedPort() {
        return parsed == null || parsed.relatedHost() == null ? null : (Integer) parsed.relatedPort();
    }

    public String getUsernameFragment() {
        return init.usernameFragment();
    }

    /** Of our own relayed candidates: how the server is reached; else null. */
    public RTCIceServerTransportProtocol getRelayProtocol() {
        return relayProtocol;
    }

    /** Of our own candidates: the server that it came from, or null. */
    public String getUrl() {
        return url;
    }

    public RTCIceCandidateInit toJSON() {
        return init;
    }

    /**
     * What {@code JSON.stringify(candidate)} gives in a browser:
     * {@code {"candidate":"candidate:…","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"…"}}.
     */
    public String toJsonString() {
        return init.toJsonString();
    }

    /**
     * Reads what {@link #toJsonString()} or a browser has written; throws as {@link RTCIceCandidateInit#ofJson} does,
     * and {@link RTCTypeError} where neither sdpMid nor sdpMLineIndex is given.
     *
     * @return null for {@code null}, which is how a page writes that there will be no more candidates, and which
     *     {@code addIceCandidate} takes as that
     */
    public static RTCIceCandidate ofJson(String json) {
        RTCIceCandidateInit init = RTCIceCandidateInit.ofJson(json);
        return init == null ? null : new RTCIceCandidate(init);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof RTCIceCandidate c && c.init.equals(init);
    }

    @Override
    public int hashCode() {
        return Objects.hash(init);
    }

    @Override
    public String toString() {
        return "RTCIceCandidate[" + init.candidate() + ", mid " + init.sdpMid() + "]";
    }
}
