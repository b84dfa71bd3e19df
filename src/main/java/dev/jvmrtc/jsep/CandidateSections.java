package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.sdp.Section;

/** Which section a candidate belongs to, in descriptions of ours and of the peer. */
final class CandidateSections {
    private final JsepState state;

    CandidateSections(JsepState state) {
        this.state = state;
    }

    /** Adds a candidate of ours to the local descriptions, in every section that its transport serves first. */
    void addLocalCandidate(int transportId, String candidate) {
        for (Description d : new Description[] {state.pendingLocal, state.currentLocal}) {
            Section s = d == null ? null : taggedSectionOf(d, transportId);
            if (s != null) {
                d.addCandidate(s.index(), candidate);
            }
        }
    }

    void addLocalEndOfCandidates(int transportId) {
        for (Description d : new Description[] {state.pendingLocal, state.currentLocal}) {
            Section s = d == null ? null : taggedSectionOf(d, transportId);
            if (s != null) {
                d.addEndOfCandidates(s.index());
            }
        }
    }

    /**
     * The section of a description whose lines a transport goes by, and that names its candidates. Null where none
     * does.
     */
    Section taggedSectionOf(Description d, int transportId) {
        return state.taggedSections(d).get(transportId);
    }

    /**
     * Finds the section that a candidate of the peer is for; null where it names none. One with an ice-ufrag of no
     * current or pending description of the peer is refused (webrtc-pc §4.4.1.7); one without belongs to the latest.
     */
    Section remoteSection(String mid, Integer mLineIndex, String usernameFragment) throws JsepException {
        Description d = state.remote();
        if (d == null) {
            throw new JsepException(
                    Kind.INVALID_STATE, "there is no remote description yet: set it first, then add candidates");
        }
        Section s = null;
        if (mid != null && !mid.isEmpty()) {
            s = d.byMid(mid);
            if (s == null) {
                throw new JsepException(Kind.OPERATION, "the remote description has no media section of this mid");
            }
        } else if (mLineIndex != null) {
            if (mLineIndex < 0 || mLineIndex >= d.sections().size()) {
                throw new JsepException(Kind.OPERATION, "the remote description has no media section " + mLineIndex);
            }
            s = d.sections().get(mLineIndex);
        }
        if (usernameFragment != null && !usernameFragment.isEmpty() && remoteWith(s, usernameFragment) == null) {
            throw new JsepException(
                    Kind.OPERATION, "no remote description in force has the ice-ufrag of this candidate");
        }
        return s;
    }

    /**
     * The remote description, the latest first, that has this ice-ufrag for a section, with null for any; null where
     * none has.
     */
    private Description remoteWith(Section s, String ufrag) {
        for (Description d : new Description[] {state.pendingRemote, state.currentRemote}) {
            if (d == null) {
                continue;
            }
            if (s == null
                    ? d.sections().stream().anyMatch(x -> ufrag.equals(x.iceUfrag()))
                    : s.index() < d.sections().size()
                            && ufrag.equals(d.ufragOf(d.sections().get(s.index())))) {
                return d;
            }
        }
        return null;
    }

    /**
     * Shows a candidate of the peer in the description that has its ice-ufrag, or in the latest, unless that shows too
     * many for its section already.
     */
    void addRemoteCandidate(Section s, String candidate, String ufrag) {
        Description of = ufrag == null || ufrag.isEmpty() ? null : remoteWith(s, ufrag);
        Description d = of != null ? of : state.remote();
        if (d != null && s.index() < d.sections().size()) {
            d.addCandidate(s.index(), candidate);
        }
    }

    void addRemoteEndOfCandidates(Section s) {
        Description d = state.remote();
        if (d != null && s.index() < d.sections().size()) {
            d.addEndOfCandidates(s.index());
        }
    }

    /**
     * The transport that candidates for this section are of; null for none: those of a section that BUNDLE joined to
     * another are of one that is not used.
     */
    Integer candidateTransport(Section s) {
        Description d = state.remote();
        if (d == null) {
            return null;
        }
        boolean joined = d.isBundledButNotTagged(s.mid());
        Integer id = state.transports.of(s.mid());
        if (id != null) {
            return joined && !s.mid().equals(state.transports.tagOf(id)) ? null : id;
        }
        // We have refused the section, or will: until the peer knows, it names candidates of the transport with which
        // others of the group go on by this one.
        if (s.iceUfrag() != null && !joined) {
            for (String other : d.joinedTo(s.mid())) {
                assert Steps.count();
                Integer goesOn = state.transports.of(other);
                if (goesOn != null) {
                    Section tagged = d.byMid(state.transports.tagOf(goesOn));
                    return tagged != null && s.iceUfrag().equals(tagged.iceUfrag()) ? goesOn : null;
                }
            }
        }
        return null;
    }
}
