package dev.jvmrtc.engine;

import dev.jvmrtc.ice.CandidatePair;
import dev.jvmrtc.session.plan.SessionEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Which way a handshake has gone: the pair that was selected from its beginning to its end. All that we sent went
 * there, and nobody ends a handshake without having read it, so the peer reads there. What was selected at the end
 * alone proves nothing: a lite agent goes where the last authentic check seems to come from.
 */
final class HandshakePaths {
    private final Map<Integer, CandidatePair> begun = new HashMap<>();

    /**
     * The pair over which a handshake has come to its end by the event, else null. All events of the session, in their
     * order.
     */
    CandidatePair proven(SessionEvent e, IntFunction<CandidatePair> selected) {
        if (e instanceof SessionEvent.SelectedPairChanged p) {
            begun.remove(p.transportId());
        } else if (e instanceof SessionEvent.DtlsStateChanged d) {
            CandidatePair from = begun.remove(d.transportId());
            CandidatePair now = selected.apply(d.transportId());
            if (d.state() == SessionEvent.DtlsState.CONNECTING && now != null) {
                begun.put(d.transportId(), now);
            }
            return d.state() == SessionEvent.DtlsState.CONNECTED && from == now ? now : null;
        }
        return null;
    }
}
