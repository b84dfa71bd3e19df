package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.sdp.Section;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a description can be taken, before anything changes: in itself, beside those in force, and as an answer to
 * its offer.
 */
final class Validation {
    private final JsepState state;
    private final Mids mids;

    Validation(JsepState state, Mids mids) {
        this.state = state;
        this.mids = mids;
    }

    /** Whether a description fits the others in force. */
    void require(boolean local, Description d) throws JsepException {
        boolean answer = d.type() == SdpType.ANSWER || d.type() == SdpType.PRANSWER;
        Description offer = local ? state.pendingRemote : state.pendingLocal;
        mids.nameSections(
                d,
                answer ? offer : state.currentRemote,
                answer ? null : local ? state.pendingLocal : state.pendingRemote,
                state::usedMids);
        Set<String> named = new LinkedHashSet<>();
        for (Section s : d.sections()) {
            assert Steps.count();
            if (!named.add(s.mid())) {
                throw new JsepException(
                        Kind.INVALID_ACCESS, "two media sections have the mid \"" + s.mid() + "\"", s.media().line);
            }
            if (!s.hasMidLine() && local && !s.rejected() && d.type() == SdpType.OFFER) {
                throw new JsepException(
                        Kind.INVALID_MODIFICATION, "a local offer has a mid in each media section", s.media().line);
            }
        }
        validateGroups(d);
        if (!answer) {
            LineUp.requireOffer(local, d, state.currentLocal, state.currentRemote);
        } else if (offer != null && offer.type() == SdpType.OFFER) {
            LineUp.requireAnswer(d, offer);
        }
        for (Section s : d.sections()) {
            validateSection(local, d, s);
            if (answer && offer != null && offer.type() == SdpType.OFFER) {
                AgreedDirection.requireCompatible(local, offer.sections().get(s.index()), s);
            }
        }
    }

    private static void validateGroups(Description d) throws JsepException {
        Set<String> grouped = new HashSet<>();
        for (List<String> group : d.bundleGroups()) {
            for (String mid : group) {
                assert Steps.count();
                Section s = d.byMid(mid);
                // An answer is for the sections of the offer, whose mids it names; what we call the sections of an
                // offer without mids, no peer can name.
                if (s == null || !s.hasMidLine() && d.type() == SdpType.OFFER) {
                    throw new JsepException(
                            Kind.INVALID_ACCESS,
                            "BUNDLE names the mid " + LineUp.quoted(mid) + ", which no media section has");
                }
                // RFC 9143 §5: "Any given bundled "m=" section MUST NOT be associated with more than one BUNDLE group
                // at any given time."
                if (!grouped.add(mid)) {
                    throw new JsepException(
                            Kind.INVALID_ACCESS, "BUNDLE names the mid " + LineUp.quoted(mid) + " twice");
                }
            }
        }
    }

    private static void validateSection(boolean local, Description d, Section s) throws JsepException {
        boolean bundledElsewhere = d.isBundledButNotTagged(s.mid());
        if (s.rejected() || bundledElsewhere || s.media().isBundleOnly()) {
            return;
        }
        if (s.iceUfrag() == null || s.icePwd() == null) {
            throw new JsepException(
                    Kind.INVALID_ACCESS,
                    "media section " + s.index() + " has no a=ice-ufrag or a=ice-pwd",
                    s.media().line);
        }
        if (s.fingerprints().isEmpty()) {
            throw new JsepException(
                    Kind.INVALID_ACCESS,
                    "media section " + s.index() + " has no a=fingerprint: only DTLS is spoken here",
                    s.media().line);
        }
        if (!local && s.media().isMedia() && !s.rtcpMux()) {
            // RFC 9429 §5.8.3: "If the RTP/RTCP multiplexing policy is "require", each "m=" section MUST contain an
            // "a=rtcp-mux" attribute." Chromium and
            // Firefox refuse it, too. Sections that BUNDLE joins to another may leave it to that one (§5.2.2).
            throw new JsepException(
                    Kind.INVALID_ACCESS,
                    "media section " + s.index()
                            + " has no a=rtcp-mux: rtcpMuxPolicy is \"require\", the only one here, "
                            + "and the peer would take RTCP on a port of its own",
                    s.media().line);
        }
    }

    /** A peer cannot make any number of transceivers and transports. */
    void requireRoom(Description d) throws JsepException {
        int newTransceivers = 0;
        Set<String> newTransports = new HashSet<>();
        for (Section s : d.sections()) {
            assert Steps.count();
            if (s.rejected()) {
                continue;
            }
            if (s.media().isMedia() && state.associations.of(s.mid()) == null) {
                newTransceivers++;
            }
            String tag = d.tagOf(s.mid());
            if (state.transports.of(s.mid()) == null && state.transports.of(tag) == null) {
                newTransports.add(tag);
            }
        }
        if (state.transceivers.size() + newTransceivers > Negotiator.MAX_TRANSCEIVERS) {
            throw new JsepException(
                    Kind.OPERATION, "the offer would make more than " + Negotiator.MAX_TRANSCEIVERS + " transceivers");
        }
        if (!newTransports.isEmpty() && state.transports.count() + newTransports.size() > Negotiator.MAX_TRANSPORTS) {
            throw new JsepException(
                    Kind.OPERATION,
                    "the offer would make more than " + Negotiator.MAX_TRANSPORTS
                            + " transports: bundle its media sections");
        }
    }
}
