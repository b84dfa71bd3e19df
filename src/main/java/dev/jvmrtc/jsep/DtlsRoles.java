package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.Section;

/** Who begins the DTLS handshake of each transport (RFC 8842 §5.3). */
final class DtlsRoles {

    private DtlsRoles() {
    }

    /**
     * Gives transports that have no role yet that of an answer, which has to say active or passive. Gateways that say nothing, or echo actpass or holdconn, are
     * taken for active, and expected to begin the handshake: so does Chromium where nothing is said. RFC 4145 §4.1 would have it otherwise: "the default value of
     * the setup attribute in an offer/answer exchange is 'active' in the offer and 'passive' in the answer".
     *
     * @param local whether the answer is ours
     */
    static void settle(boolean local, Description answer, TransportTable transports) {
        // What is said first: a section that BUNDLE joins to another has no setup of its own (RFC 9143 §7.1.3) and may stand before that.
        settle(local, answer, transports, true);
        settle(local, answer, transports, false);
    }

    private static void settle(boolean local, Description answer, TransportTable transports, boolean said) {
        for (Section s : answer.sections()) {
            assert Steps.count();
            Integer id = transports.of(s.mid());
            if (!s.rejected() && id != null && (s.setup() != null) == said && transports.dtlsClient(id) == null) {
                boolean answererIsClient = !"passive".equals(s.setup());
                transports.setDtlsClient(id, local == answererIsClient);
            }
        }
    }
}
