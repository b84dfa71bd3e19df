package dev.jvmrtc.jsep;

import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.sdp.Section;

/** What offer and answer together allow a media section to send and to receive (RFC 3264 §6.1). */
final class AgreedDirection {

    private AgreedDirection() {}

    /**
     * Refuses an answer by which we would send what the offer did not have us send. RFC 3264 §6.1: "If a stream is
     * offered as sendonly, the corresponding stream MUST be marked as recvonly or inactive in the answer. If a media
     * stream is listed as recvonly in the offer, the answer MUST be marked as sendonly or inactive in the answer. [...]
     * If an offered media stream is listed as inactive, it MUST be marked as inactive in the answer". Chromium and
     * Firefox refuse it as well. An answer that only wants to send more than was offered does no harm: nothing takes
     * it, see {@link #of}.
     *
     * @param local whether the answer is ours
     */
    static void requireCompatible(boolean local, Section offer, Section answer) throws JsepException {
        if (offer.rejected() || answer.rejected() || !answer.media().isMedia()) {
            return;
        }
        Direction offered = Direction.ofSdp(offer.direction());
        Direction answered = Direction.ofSdp(answer.direction());
        if (local ? answered.sends() && !offered.receives() : answered.receives() && !offered.sends()) {
            throw new JsepException(
                    local ? Kind.INVALID_MODIFICATION : Kind.INVALID_ACCESS,
                    "Incompatible send direction: media section " + answer.index()
                            + " was offered " + offered.toSdp() + " and is answered " + answered.toSdp() + ": "
                            + (local ? "the peer did not offer to receive" : "we did not offer to send"),
                    answer.media().line);
        }
    }

    /** From our view: what both have in common. */
    static Direction of(boolean local, Section offer, Section answer) {
        Direction offered = Direction.ofSdp(offer.direction());
        Direction answered = Direction.ofSdp(answer.direction());
        return local ? answered.and(offered.reversed()) : answered.reversed().and(offered);
    }
}
