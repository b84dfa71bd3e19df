package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.Section;
import dev.jvmrtc.sdp.Section.FingerprintLine;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Who begins the DTLS handshake of each transport (RFC 8842 §5.3). */
final class DtlsRoles {

    private DtlsRoles() {}

    /**
     * Forgets the roles of DTLS associations that end: RFC 8842 §3.1 has the roles of a new one negotiated again.
     *
     * @param before the section of the peer's description in force whose lines each transport goes by
     * @param now that of its next one
     */
    static void forget(Map<Integer, Section> before, Map<Integer, Section> now, TransportTable transports) {
        now.forEach((id, s) -> {
            Section old = before.get(id);
            if (old != null
                    && (TlsIds.isAnother(old, s)
                            || !s.fingerprints().isEmpty() && !haveOneInCommon(s.fingerprints(), old.fingerprints()))) {
                transports.setDtlsClient(id, null);
            }
        });
    }

    private static boolean haveOneInCommon(List<FingerprintLine> some, List<FingerprintLine> others) {
        Set<String> known = new HashSet<>();
        others.forEach(f -> known.add((f.algorithm() + " " + f.value()).toLowerCase(Locale.ROOT)));
        return some.stream().anyMatch(f -> known.contains((f.algorithm() + " " + f.value()).toLowerCase(Locale.ROOT)));
    }

    /**
     * Gives transports that have no role yet that of an answer, which has to say active or passive. Gateways that say
     * nothing, or echo actpass or holdconn, are taken for active, and expected to begin the handshake: so does Chromium
     * where nothing is said. RFC 4145 §4.1 would have it otherwise: "the default value of the setup attribute in an
     * offer/answer exchange is 'active' in the offer and 'passive' in the answer".
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
