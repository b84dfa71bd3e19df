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

    /**
     * A candidate as it was signalled. A line that cannot be understood is kept; what it would tell is null.
     *
     * @param init the line and where it belongs
     * @throws RTCTypeError where neither sdpMid nor sdpMLineIndex is given
     */
    public RTCIceCandidate(RTCIceCandidateInit init) {
        this(init, null, null);
        if (init.sdpMid() == null && init.sdpMLineIndex() == null) {
            throw new RTCTypeError("a candidate names its media section by sdpMid or sdpMLineIndex");
        }
    }

    /**
     * A candidate line with the place that it belongs to.
     *
     * @param candidate {@code candidate:…}; empty for the end of candidates
     * @param sdpMid mid of its media section, or null
     * @param sdpMLineIndex index of its media section, from 0, or null
     * @throws RTCTypeError where neither sdpMid nor sdpMLineIndex is given
     */
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

    /** {@return the line, {@code candidate:…}; empty for the end of candidates} */
    public String getCandidate() {
        return init.candidate();
    }

    /** {@return the mid of its media section, or null where only the index is known} */
    public String getSdpMid() {
        return init.sdpMid();
    }

    /** {@return the index of its media section, from 0, or null where only the mid is known} */
    public Integer getSdpMLineIndex() {
        return init.sdpMLineIndex();
    }

    /**
     * {@return what candidates of one kind, base and server have in common (RFC 8445 §5.1.1.3)} Null where the line is
     * not understood.
     */
    public String getFoundation() {
        return parsed == null ? null : parsed.foundation();
    }

    /** {@return {@code rtp}, or {@code rtcp} of peers that do not multiplex} Null where the line is not understood. */
    public RTCIceComponent getComponent() {
        return parsed == null ? null : parsed.component() == 1 ? RTCIceComponent.RTP : RTCIceComponent.RTCP;
    }

    /** {@return its priority (RFC 8445 §5.1.2), 1 … 2^31 − 1} Null where the line is not understood. */
    public Long getPriority() {
        return parsed == null ? null : (Long) parsed.priority();
    }

    /** {@return the IP address or, where it is hidden, a name} Null where the line is not understood. */
    public String getAddress() {
        return parsed == null ? null : parsed.host();
    }

    /** {@return {@code udp} or {@code tcp}} Null where the line is not understood. */
    public RTCIceProtocol getProtocol() {
        return parsed == null ? null : RTCIceProtocol.of(parsed.transport());
    }

    /** {@return the port, 1 … 65535; 9 of active TCP candidates} Null where the line is not understood. */
    public Integer getPort() {
        return parsed == null ? null : (Integer) parsed.port();
    }

    /**
     * {@return where it is from: the host, a STUN server, a check or a relay} Null where the line is not understood.
     */
    public RTCIceCandidateType getType() {
        return parsed == null ? null : RTCIceCandidateType.of(parsed.type().toString());
    }

    /** {@return of TCP candidates, who opens the stream (RFC 6544 §4.5); else null} */
    public RTCIceTcpCandidateType getTcpType() {
        return parsed == null || parsed.tcpType() == null ? null : RTCIceTcpCandidateType.of(parsed.tcpType());
    }

    /**
     * {@return of candidates that are not the host's, the address that they are derived from; else null} In the
     * candidates of those who hide it, it is {@code 0.0.0.0}.
     */
    public String getRelatedAddress() {
        return parsed == null ? null : parsed.relatedHost();
    }

    /** {@return of candidates that are not the host's, the port that they are derived from; else null} */
    public Integer getRelatedPort() {
        return parsed == null || parsed.relatedHost() == null ? null : (Integer) parsed.relatedPort();
    }

    /** {@return the ice-ufrag of its generation, or null where it is not told} */
    public String getUsernameFragment() {
        return init.usernameFragment();
    }

    /** {@return of our own relayed candidates, how the server is reached; else null} */
    public RTCIceServerTransportProtocol getRelayProtocol() {
        return relayProtocol;
    }

    /** {@return of our own candidates from a server, its URL; else null} */
    public String getUrl() {
        return url;
    }

    /** {@return the line and where it belongs, as it is signalled} */
    public RTCIceCandidateInit toJSON() {
        return init;
    }

    /**
     * {@return what {@code JSON.stringify(candidate)} gives in a browser}
     * {@code {"candidate":"candidate:…","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"…"}}
     */
    public String toJsonString() {
        return init.toJsonString();
    }

    /**
     * Reads what {@link #toJsonString()} or a browser has written; throws as {@link RTCIceCandidateInit#ofJson} does.
     *
     * @param json the text of an object, or {@code null}
     * @return null for {@code null}, which is how a page writes that there will be no more candidates, and which
     *     {@code addIceCandidate} takes as that
     * @throws RTCTypeError where neither sdpMid nor sdpMLineIndex is given
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
