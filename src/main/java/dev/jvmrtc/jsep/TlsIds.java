package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.Section;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Our names of DTLS associations (a=tls-id, RFC 8842 §4). One changes only where the peer begins a new association: RFC
 * 9429 §5.3.2, "Each "a=tls-id" line MUST stay the same, unless the offerer's "a=tls-id" line changed, in which case a
 * new tls-id value MUST be created". Those in use are in our description in force.
 */
final class TlsIds {
    private final Supplier<String> fresh;
    /** Of descriptions made since the last was set, by transport. */
    private final Map<Integer, Made> made = new HashMap<>();

    /** @param offered what it answers; empty for an offer of ours */
    private record Made(String offered, String ours) {}

    TlsIds(Supplier<String> fresh) {
        this.fresh = fresh;
    }

    /** @param ours the transport's section in our description in force, or null */
    String ofOffer(int transportId, Section ours) {
        String inForce = ours == null ? null : ours.tlsId();
        return inForce != null ? inForce : made(transportId, "");
    }

    /**
     * Null where the offer has none: its peer knows nothing of it.
     *
     * @param before the transport's section in the peer's description in force, or null
     */
    String ofAnswer(int transportId, Section ours, Section before, Section offered) {
        if (offered == null || offered.tlsId() == null) {
            return null;
        }
        return isAnother(before, offered) ? made(transportId, offered.tlsId()) : ofOffer(transportId, ours);
    }

    private String made(int transportId, String offered) {
        return made.compute(
                        transportId,
                        (id, m) -> m != null && m.offered.equals(offered) ? m : new Made(offered, fresh.get()))
                .ours;
    }

    /** A description of ours was set: what it has is in force. */
    void taken() {
        made.clear();
    }

    /**
     * Whether a section of the peer names another DTLS association than the one before. RFC 9429 §5.8.3 has it come
     * with "an ICE restart, together with new ufrag and password values"; without that it is the same association for
     * us, so that peers which make up a name for each description keep their calls.
     */
    static boolean isAnother(Section before, Section now) {
        return before != null
                && before.tlsId() != null
                && now.tlsId() != null
                && !before.tlsId().equals(now.tlsId())
                && now.iceUfrag() != null
                && !now.iceUfrag().equals(before.iceUfrag());
    }
}
