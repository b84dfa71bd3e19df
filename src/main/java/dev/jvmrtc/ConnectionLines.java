package dev.jvmrtc;

import dev.jvmrtc.core.ConnectionLog;
import dev.jvmrtc.dom.EventType;
import dev.jvmrtc.jsep.Description;
import dev.jvmrtc.jsep.SdpType;

/**
 * What of a connection's news is a change of a state or a decision, as lines of its log. What its transports do is told
 * where they do it.
 */
final class ConnectionLines {

    private ConnectionLines() {}

    /** An event that is fired. */
    static void fired(ConnectionLog log, RTCPeerConnection pc, EventType<?> type, Object event) {
        if (!log.isOn()) {
            return;
        }
        if (type == RTCPeerConnection.SIGNALING_STATE_CHANGE) {
            log.line("signalingState " + pc.getSignalingState());
        } else if (type == RTCPeerConnection.ICE_GATHERING_STATE_CHANGE) {
            log.line("iceGatheringState " + pc.getIceGatheringState());
        } else if (type == RTCPeerConnection.ICE_CONNECTION_STATE_CHANGE) {
            log.line("iceConnectionState " + pc.getIceConnectionState());
        } else if (type == RTCPeerConnection.CONNECTION_STATE_CHANGE) {
            log.line("connectionState " + pc.getConnectionState());
        } else if (type == RTCPeerConnection.NEGOTIATION_NEEDED) {
            log.line("negotiation needed");
        } else if (event instanceof RTCTrackEvent t) {
            log.line("track of the peer: " + t.track().getKind() + ", mid "
                    + t.transceiver().getMid());
        }
    }

    /** A description is in force. */
    static void applied(ConnectionLog log, boolean local, SdpType type, Description d) {
        if (log.isOn()) {
            long rejected = d == null
                    ? 0
                    : d.sections().stream().filter(s -> s.rejected()).count();
            log.line((local ? "local " : "remote ")
                    + word(type)
                    + (d == null
                            ? ""
                            : " with " + d.sections().size() + " media sections"
                                    + (rejected == 0 ? "" : ", " + rejected + " of them with port 0")));
        }
    }

    static void refused(ConnectionLog log, boolean local, SdpType type, Exception cause) {
        if (log.isOn()) {
            log.line((local ? "local " : "remote ") + word(type) + " refused: " + cause.getMessage());
        }
    }

    private static String word(SdpType type) {
        return RTCSdpType.valueOf(type.name()).toString();
    }
}
