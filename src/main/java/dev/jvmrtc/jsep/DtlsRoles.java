package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.Section;
import java.util.Map;

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
     * @param tagged the section of the answer whose lines each transport goes by
     */
    static void settle(boolean local, Map<Integer, Section> tagged, TransportTable transports) {
        tagged.forEach((id, s) -> {
            if (transports.dtlsClient(id) == null) {
                boolean answererIsClient = !"passive".equals(s.setup());
                transports.setDtlsClient(id, local == answererIsClient);
            }
        });
    }
}
