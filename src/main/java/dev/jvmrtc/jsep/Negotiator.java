package dev.jvmrtc.jsep;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.sdp.SdpException;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Offer and answer (RFC 9429): holds the descriptions and the transceivers' place in them, makes offers and answers,
 * applies descriptions and says what the layers below must do. Not thread-safe; knows nothing of tracks, sockets or
 * events.
 */
public final class Negotiator {

    /** Transceivers of a connection at most; a description of the peer cannot make more. */
    public static final int MAX_TRANSCEIVERS = 1_024;
    /**
     * Transports of a connection that an offer of the peer can make; each costs sockets. Sections beyond have to be
     * bundled.
     */
    public static final int MAX_TRANSPORTS = 64;

    private final LocalSettings settings;
    private final JsepState state;
    private final Numbering numbering;
    private final OwnCredentials own;
    private final TlsIds tlsIds;
    private final Offers offers;
    private final Answers answers;
    private final Validation validation;
    private final CandidateSections candidates;
    private int lastTransceiverId;
    /** Which transceiver each mid of the offer last created stands for. */
    private Map<String, JsepTransceiver> offeredMids = new HashMap<>();

    public Negotiator(LocalSettings settings) {
        this.settings = settings;
        this.state = new JsepState(
                new TransportTable(settings.bundlePolicy()),
                settings.newCredentials().get());
        this.numbering = new Numbering(settings.codecs());
        this.own = new OwnCredentials(settings);
        this.tlsIds = new TlsIds(
                () -> settings.newCredentials().get().pwd()); // of the same letters, and as random as it has to be
        Mids mids = new Mids();
        SessionWriter session = new SessionWriter(settings);
        SectionWriter sections = new SectionWriter(settings, numbering);
        this.offers = new Offers(state, settings, session, sections, own, tlsIds, mids);
        this.answers = new Answers(state, settings, session, sections, own, tlsIds);
        this.validation = new Validation(state, mids);
        this.candidates = new CandidateSections(state);
    }

    // ---------------------------------------------------------------- state

    public SignalingState state() {
        return state.signaling;
    }

    public Description currentLocal() {
        return state.currentLocal;
    }

    public Description pendingLocal() {
        return state.pendingLocal;
    }

    public Description currentRemote() {
        return state.currentRemote;
    }

    public Description pendingRemote() {
        return state.pendingRemote;
    }

    /** Our latest description, or null. */
    public Description local() {
        return state.local();
    }

    /** The peer's latest description, or null. */
    public Description remote() {
        return state.remote();
    }

    /** In the order of their creation. */
    public List<JsepTransceiver> transceivers() {
        return Collections.unmodifiableList(state.transceivers);
    }

    /** The transceiver of a media section, or null. */
    public JsepTransceiver byIndex(int index) {
        return state.byIndex(index);
    }

    public JsepTransceiver addTransceiver(MediaKind kind, Direction direction, boolean byAddTrack, String trackId) {
        JsepTransceiver t = new JsepTransceiver(
                ++lastTransceiverId,
                kind,
                direction,
                byAddTrack,
                trackId == null ? settings.newTrackId().get() : trackId,
                settings.newSsrc().get(),
                settings.newSsrc().get());
        state.transceivers.add(t);
        return t;
    }

    /** A data channel was created: offers have a data section from now on. */
    public void wantData() {
        state.dataWanted = true;
    }

    public void wantIceRestart() {
        if (state.local() != null) {
            state.ufragToReplace = state.credentials.ufrag();
        }
    }

    /** The transport of a mid, or null. */
    public Integer transportOf(String mid) {
        return mid == null ? null : state.transports.of(mid);
    }

    public Integer dataTransport() {
        Description d = state.local();
        if (d != null) {
            for (Section s : d.sections()) {
                if (s.isData() && !s.rejected()) {
                    return state.transports.of(s.mid());
                }
            }
        }
        return null;
    }

    /** RFC 8838: what the peer's description says of trickle; null before one. */
    public Boolean remoteTrickles() {
        return state.remote() == null
                ? null
                : state.remote().sections().stream().anyMatch(Section::trickle)
                        || state.remote().session().attributes.value("ice-options") != null
                                && state.remote()
                                        .session()
                                        .attributes
                                        .value("ice-options")
                                        .contains("trickle");
    }

    /** What the descriptions in force ask of the layers below. */
    public Agreement plan() {
        return new Agreements(state, settings.codecs()).make();
    }

    /** webrtc-pc §4.7.3, "check if negotiation is needed". */
    public boolean isNegotiationNeeded() {
        return new NegotiationNeeded(state).check();
    }

    // ---------------------------------------------------------------- making descriptions

    /** RFC 9429 §5.2. Changes nothing that shows; applying the result does. */
    public String createOffer(boolean iceRestart) {
        Offers.Made made = offers.create(iceRestart);
        offeredMids = made.offered();
        return made.sdp();
    }

    /** RFC 9429 §5.3; only with a remote offer. */
    public String createAnswer() {
        return answers.create();
    }

    // ---------------------------------------------------------------- applying

    /** Undoes the pending offer (RFC 9429 §4.1.10.2). */
    public Changes rollback(boolean local) throws JsepException {
        boolean undone = !local && state.pendingRemote != null;
        if (state.signaling.after(local, SdpType.ROLLBACK) == null) {
            throw new JsepException(
                    Kind.INVALID_STATE,
                    "there is no " + (local ? "local" : "remote") + " offer to roll back in state " + state.signaling);
        }
        state.pendingLocal = null;
        state.pendingRemote = null;
        state.signaling = SignalingState.STABLE;
        if (state.currentLocal != null) {
            state.credentials = credentialsOf(state.currentLocal);
        }
        List<JsepTransceiver> removed = new ArrayList<>();
        for (JsepTransceiver t : state.transceivers) {
            assert Steps.count();
            if (!state.beforeOffer.present().contains(t)) {
                if (t.madeByRemoteOffer && !t.usedByAddTrack) {
                    t.stopped = true;
                    t.stopping = true;
                    removed.add(t);
                }
                state.associations.set(t, null, null);
            }
        }
        for (JsepState.Association a : state.beforeOffer.associations()) {
            assert Steps.count();
            state.associations.set(a.transceiver(), a.mid(), a.mLineIndex());
        }
        state.transceivers.removeAll(Set.copyOf(removed));
        state.transports.restore(state.beforeOffer.transports());
        state.beforeOffer = null;
        return new Changes(
                undone && state.currentRemote != null ? receptionsOf(state.currentRemote) : List.of(), removed, false);
    }

    /** Parses a description and checks it against the state; the error of webrtc-pc §4.4.1.5 otherwise. */
    public Description parse(boolean local, SdpType type, String sdp) throws JsepException {
        requireState(local, type);
        Description d = read(local, type, sdp);
        validation.require(local, d);
        return d;
    }

    /** Parses a description, which asks nothing of a negotiator: outside the connection's lock. */
    public static Description read(boolean local, SdpType type, String sdp) throws JsepException {
        try {
            return Description.parse(local, type, sdp);
        } catch (SdpException e) {
            throw new JsepException(Kind.SYNTAX, e.getMessage(), e.line());
        }
    }

    /** Whether a description of that type can be set now; {@code InvalidStateError} otherwise. */
    public void requireState(boolean local, SdpType type) throws JsepException {
        if (state.signaling.after(local, type) == null) {
            throw new JsepException(
                    Kind.INVALID_STATE,
                    "a " + (local ? "local " : "remote ") + type.name().toLowerCase(Locale.ROOT)
                            + " cannot be set in signaling state "
                            + state.signaling.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
    }

    /** Whether a description fits the others in force. */
    public void validate(boolean local, Description d) throws JsepException {
        validation.require(local, d);
    }

    /** Applies a local description (RFC 9429 §5.9). */
    public Changes applyLocal(Description d) throws JsepException {
        Description previous = state.local();
        List<JsepTransceiver> before = List.copyOf(state.transceivers);
        applyNewLocal(d);
        if (previous != null) {
            keepCandidates(previous, d);
        }
        return changes(d, before, d.type() == SdpType.OFFER ? List.of() : receptionsEndedBy(d));
    }

    private Changes changes(Description d, List<JsepTransceiver> before, List<Changes.Reception> receptions) {
        Set<JsepTransceiver> left = new HashSet<>(state.transceivers);
        List<JsepTransceiver> stopped =
                before.stream().filter(t -> t.stopped && !left.contains(t)).toList();
        return new Changes(receptions, stopped, d.type() == SdpType.ANSWER && state.isDataRefused());
    }

    /** What a description of the peer has us receive. */
    private List<Changes.Reception> receptionsOf(Description d) {
        List<Changes.Reception> all = new ArrayList<>();
        for (Section s : d.sections()) {
            assert Steps.count();
            JsepTransceiver t = s.media().isMedia() ? state.byIndex(s.index()) : null;
            if (t != null) {
                // Once offer and answer are there, what they have in common counts: what only one of them wants does
                // not come.
                boolean agreed = d.type() != SdpType.OFFER || d == state.currentRemote;
                Direction direction = s.rejected()
                        ? Direction.INACTIVE
                        : agreed && t.currentDirection != null
                                ? t.currentDirection
                                : Direction.ofSdp(s.direction()).reversed();
                all.add(new Changes.Reception(t, direction.receives(), s.streamIds()));
            }
        }
        return all;
    }

    /** What an answer of ours has us receive no longer. */
    private List<Changes.Reception> receptionsEndedBy(Description answer) {
        List<Changes.Reception> all = new ArrayList<>();
        for (Section s : answer.sections()) {
            assert Steps.count();
            JsepTransceiver t = s.media().isMedia() ? state.byIndex(s.index()) : null;
            if (t != null && (s.rejected() || !Direction.ofSdp(s.direction()).receives())) {
                all.add(new Changes.Reception(t, false, List.of()));
            }
        }
        return all;
    }

    /**
     * RFC 9429 §5.2.2: candidates gathered already belong to later descriptions too, as long as they are of the same
     * generation.
     */
    private void keepCandidates(Description previous, Description d) {
        Map<Integer, Section> before = state.taggedSections(previous);
        for (Map.Entry<Integer, Section> e : state.taggedSections(d).entrySet()) {
            assert Steps.count();
            Section old = before.get(e.getKey());
            Section now = e.getValue();
            boolean sameGeneration =
                    old != null && old.iceUfrag() != null && old.iceUfrag().equals(now.iceUfrag());
            if (sameGeneration) {
                if (!now.media().attributes.has("candidate")) {
                    old.media().attributes.all("candidate").forEach(a -> d.addCandidate(now.index(), a.value()));
                }
                if (old.media().attributes.has("end-of-candidates")) {
                    d.addEndOfCandidates(now.index());
                }
            }
        }
    }

    private void applyNewLocal(Description d) throws JsepException {
        if (d.type() == SdpType.OFFER) {
            Map<String, JsepTransceiver> byMid = new HashMap<>();
            for (Section s : d.sections()) {
                assert Steps.count();
                JsepTransceiver t = state.associations.of(s.mid());
                t = t != null ? t : offeredMids.get(s.mid());
                if (t == null && s.media().isMedia() && !s.rejected()) {
                    throw new JsepException(
                            Kind.INVALID_MODIFICATION,
                            "the mid \"" + s.mid() + "\" was not made by createOffer",
                            s.media().line);
                }
                byMid.put(s.mid(), t);
            }
            state.takeSnapshot();
            for (Section s : d.sections()) {
                JsepTransceiver t = byMid.get(s.mid());
                assert Steps.count();
                if (t != null) {
                    state.associations.set(t, s.mid(), s.index());
                }
                if (!s.rejected()) {
                    state.transports.assignForOffer(s.mid(), s.kind(), d.tagOf(s.mid()));
                }
            }
            state.initialOfferer = state.initialOfferer == null ? Boolean.TRUE : state.initialOfferer;
            state.pendingLocal = d;
        } else {
            state.transports.bundle(d.bundleGroups(), liveMids(d));
            DtlsRoles.forget(
                    state.taggedSections(state.currentRemote),
                    state.taggedSections(state.pendingRemote),
                    state.transports);
            DtlsRoles.settle(true, state.taggedSections(d), state.transports);
            finishAnswer(d, true);
        }
        state.credentials =
                d.sections().stream().anyMatch(s -> s.iceUfrag() != null) ? credentialsOf(d) : state.credentials;
        own.retain(state.transports.ids());
        tlsIds.taken();
        state.signaling = state.signaling.after(true, d.type());
    }

    private Credentials credentialsOf(Description d) {
        for (Section s : d.sections()) {
            if (s.iceUfrag() != null && !s.rejected()) {
                return new Credentials(s.iceUfrag(), s.icePwd());
            }
        }
        return state.credentials;
    }

    private static Set<String> liveMids(Description d) {
        Set<String> live = new HashSet<>();
        for (Section s : d.sections()) {
            assert Steps.count();
            if (!s.rejected()) {
                live.add(s.mid());
            }
        }
        return live;
    }

    /**
     * Applies a remote description (RFC 9429 §5.10, §5.11). Transceivers that it makes are at the end of
     * {@link #transceivers()}.
     */
    public Changes applyRemote(Description d) throws JsepException {
        List<JsepTransceiver> before = List.copyOf(state.transceivers);
        if (d.type() == SdpType.OFFER) {
            validation.requireRoom(d);
            state.takeSnapshot();
            Unassociated adoptable = new Unassociated(state.transceivers, t -> t.byAddTrack);
            for (Section s : d.sections()) {
                assert Steps.count();
                if (s.media().isMedia()) {
                    associate(s, adoptable);
                }
                if (!s.rejected()) {
                    state.transports.assignForRemoteOffer(s.mid(), d.tagOf(s.mid()));
                }
            }
            state.initialOfferer = state.initialOfferer == null ? Boolean.FALSE : state.initialOfferer;
            state.pendingRemote = d;
        } else {
            state.transports.bundle(d.bundleGroups(), liveMids(d));
            DtlsRoles.forget(state.taggedSections(state.currentRemote), state.taggedSections(d), state.transports);
            DtlsRoles.settle(false, state.taggedSections(d), state.transports);
            finishAnswer(d, false);
        }
        state.signaling = state.signaling.after(false, d.type());
        return changes(d, before, receptionsOf(d));
    }

    private void associate(Section s, Unassociated adoptable) {
        JsepTransceiver t = state.associations.of(s.mid());
        if (t == null && s.rejected()) {
            return;
        }
        if (t == null) {
            t = Direction.ofSdp(s.direction()).receives() ? adoptable.take(s.mediaKind()) : null;
            if (t == null) {
                t = addTransceiver(s.mediaKind(), Direction.RECVONLY, false, null);
                t.madeByRemoteOffer = true;
            }
        }
        state.associations.set(t, s.mid(), s.index());
    }

    private void finishAnswer(Description answer, boolean local) {
        Description offer = local
                ? state.pendingRemote != null ? state.pendingRemote : state.currentRemote
                : state.pendingLocal != null ? state.pendingLocal : state.currentLocal;
        if (answer.type() == SdpType.PRANSWER) {
            if (local) {
                state.pendingLocal = answer;
            } else {
                state.pendingRemote = answer;
            }
        } else {
            state.currentLocal = local ? answer : offer;
            state.currentRemote = local ? offer : answer;
            state.pendingLocal = null;
            state.pendingRemote = null;
            state.beforeOffer = null;
            numbering.learn(state.currentRemote.sections(), state.currentLocal.sections());
            state.dataWanted &= !state.isDataRefused();
            if (!credentialsOf(state.currentLocal).ufrag().equals(state.ufragToReplace)) {
                state.ufragToReplace = null;
            }
        }
        for (Section s : answer.sections()) {
            assert Steps.count();
            JsepTransceiver t = s.media().isMedia() ? state.byIndex(s.index()) : null;
            if (t == null) {
                continue;
            }
            boolean rejected = s.rejected() || offer.sections().get(s.index()).rejected();
            if (rejected && answer.type() == SdpType.ANSWER) {
                t.stopped = true;
                t.stopping = true;
                t.currentDirection = null;
                state.associations.set(t, null, null);
            } else if (!rejected) {
                t.currentDirection = AgreedDirection.of(local, offer.sections().get(s.index()), s);
            }
        }
        if (answer.type() == SdpType.ANSWER) {
            for (JsepTransceiver t : state.transceivers) {
                // One that was stopped before it ever had a section has nothing to negotiate.
                t.stopped |= t.stopping && t.mid == null;
            }
            state.transceivers.removeIf(t -> t.stopped && t.mid == null);
        }
    }

    // ---------------------------------------------------------------- candidates

    /** Adds a candidate of ours to the local descriptions, in every section that its transport serves first. */
    public void addLocalCandidate(int transportId, String candidate) {
        candidates.addLocalCandidate(transportId, candidate);
    }

    public void addLocalEndOfCandidates(int transportId) {
        candidates.addLocalEndOfCandidates(transportId);
    }

    /**
     * The section of a description whose lines a transport goes by, and that names its candidates. Null where none
     * does.
     */
    public Section taggedSectionOf(Description d, int transportId) {
        return candidates.taggedSectionOf(d, transportId);
    }

    /**
     * Finds the section that a candidate of the peer is for; null where it names none. One with an ice-ufrag of no
     * current or pending description of the peer is refused (webrtc-pc §4.4.1.7); one without belongs to the latest.
     */
    public Section remoteSection(String mid, Integer mLineIndex, String usernameFragment) throws JsepException {
        return candidates.remoteSection(mid, mLineIndex, usernameFragment);
    }

    /**
     * Shows a candidate of the peer in the description that has its ice-ufrag, or in the latest, unless that shows too
     * many for its section already.
     */
    public void addRemoteCandidate(Section s, String candidate, String ufrag) {
        candidates.addRemoteCandidate(s, candidate, ufrag);
    }

    public void addRemoteEndOfCandidates(Section s) {
        candidates.addRemoteEndOfCandidates(s);
    }

    /**
     * The transport that candidates for this section are of; null for none: those of a section that BUNDLE joined to
     * another are of one that is not used.
     */
    public Integer candidateTransport(Section s) {
        return candidates.candidateTransport(s);
    }
}
