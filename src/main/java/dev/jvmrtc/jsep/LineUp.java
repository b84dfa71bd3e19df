package dev.jvmrtc.jsep;

import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.sdp.Section;

/**
 * Whether the media sections of a description stand where those of before stand. RFC 3264 §8: "if the previous SDP had
 * N "m=" lines, the new SDP MUST have at least N "m=" lines. The i-th media stream in the previous SDP, counting from
 * the top, matches the i-th media stream in the new SDP". Sections that are taken for others would send a track where
 * it was not meant to go.
 */
final class LineUp {
    private static final int MAX_QUOTED = 60;

    private LineUp() {}

    /** A mid as part of a sentence. */
    static String quoted(String mid) {
        return SafeText.quoted(mid, MAX_QUOTED);
    }

    /**
     * RFC 3264 §6: "The answer MUST contain exactly the same number of "m=" lines as the offer", and they are for those
     * of the offer by their order.
     */
    static void requireAnswer(Description answer, Description offer) throws JsepException {
        if (offer.sections().size() != answer.sections().size()) {
            throw new JsepException(
                    Kind.INVALID_ACCESS,
                    "the answer has " + answer.sections().size() + " media sections, the offer "
                            + offer.sections().size());
        }
        for (Section s : answer.sections()) {
            assert Steps.count();
            Section offered = offer.sections().get(s.index());
            if (!offered.kind().equals(s.kind())) {
                throw new JsepException(
                        Kind.INVALID_ACCESS,
                        "media section " + s.index() + " of the answer is of another kind than in the offer",
                        s.media().line);
            }
            if (s.hasMidLine() && !s.rejected() && !s.mid().equals(offered.mid())) {
                throw new JsepException(
                        Kind.INVALID_ACCESS,
                        "media section " + s.index() + " of the answer has the mid " + quoted(s.mid())
                                + ", that of the offer " + quoted(offered.mid()),
                        s.media().line);
            }
        }
    }

    /**
     * An offer that changes an agreement; the descriptions of that are null before the first. A section that was
     * rejected may become any other (RFC 9429 §5.2.2).
     */
    static void requireOffer(boolean local, Description offer, Description currentLocal, Description currentRemote)
            throws JsepException {
        if (currentLocal == null || currentRemote == null) {
            return;
        }
        Kind kind = local ? Kind.INVALID_MODIFICATION : Kind.INVALID_ACCESS;
        int count = Math.min(
                currentLocal.sections().size(), currentRemote.sections().size());
        if (offer.sections().size() < count) {
            throw new JsepException(
                    kind,
                    "the offer has " + offer.sections().size() + " media sections, the agreement before it " + count
                            + ": a section that is not wanted any more stays, with port 0");
        }
        for (Section s : offer.sections()) {
            assert Steps.count();
            Section before = s.rejected() ? null : currentRemote.byMid(s.mid());
            if (before != null
                    && before.index() != s.index()
                    && !before.rejected()
                    && !currentLocal.sections().get(before.index()).rejected()) {
                throw new JsepException(
                        kind,
                        "the mid " + quoted(s.mid()) + " was that of media section " + before.index()
                                + " before, and now is that of " + s.index() + ": sections keep their places and mids",
                        s.media().line);
            }
        }
        for (int i = 0; i < count; i++) {
            assert Steps.count();
            Section before = currentRemote.sections().get(i);
            Section s = offer.sections().get(i);
            if (before.rejected() || currentLocal.sections().get(i).rejected()) {
                continue;
            }
            if (!before.kind().equals(s.kind())) {
                throw new JsepException(
                        kind,
                        "media section " + i + " was of another kind before: sections keep their places",
                        s.media().line);
            }
            // Where the peer's last description was an answer, its mids were our words; one that knows none may offer
            // without.
            boolean lost = !local && !s.hasMidLine() && before.hasMidLine() && currentRemote.type() == SdpType.OFFER;
            if (!s.rejected() && (lost || !s.mid().equals(before.mid()))) {
                throw new JsepException(
                        kind,
                        "media section " + i + " had the mid " + quoted(before.mid()) + " before, and now has "
                                + (s.hasMidLine() ? quoted(s.mid()) : "none") + ": sections keep their places and mids",
                        s.media().line);
            }
        }
    }
}
