package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.Section;
import java.util.Set;

/** Whether what the application wants differs from what has been negotiated (webrtc-pc §4.7.3). */
final class NegotiationNeeded {
    private final JsepState state;

    NegotiationNeeded(JsepState state) {
        this.state = state;
    }

    /** webrtc-pc §4.7.3, "check if negotiation is needed". */
    boolean check() {
        if (state.ufragToReplace != null) {
            return true;
        }
        if (state.dataWanted
                && (state.currentLocal == null
                        || state.currentLocal.sections().stream().noneMatch(s -> s.isData() && !s.rejected()))) {
            return true;
        }
        for (JsepTransceiver t : state.transceivers) {
            if (t.stopping && !t.stopped && t.mid != null || !t.stopped && !t.stopping && t.mid == null) {
                return true;
            }
            if (!t.stopped && t.mid != null && sectionIsOutdated(t)) {
                return true;
            }
        }
        return false;
    }

    private boolean sectionIsOutdated(JsepTransceiver t) {
        Section l = state.currentLocal == null
                        || t.mLineIndex >= state.currentLocal.sections().size()
                ? null
                : state.currentLocal.sections().get(t.mLineIndex);
        Section r = state.currentRemote == null
                        || t.mLineIndex >= state.currentRemote.sections().size()
                ? null
                : state.currentRemote.sections().get(t.mLineIndex);
        if (l == null || r == null) {
            return true;
        }
        if (t.direction.sends() && !Set.copyOf(l.streamIds()).equals(Set.copyOf(t.streamIds))) {
            return true;
        }
        Direction local = Direction.ofSdp(l.direction());
        Direction remote = Direction.ofSdp(r.direction());
        if (state.currentLocal.type() == SdpType.OFFER) {
            return t.direction != local && t.direction != remote.reversed();
        }
        return local != t.direction.and(remote.reversed());
    }
}
