package dev.jvmrtc.jsep;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.sdp.SdpException;
import dev.jvmrtc.sdp.Section;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    private final Offers offers;
    private final Answers answers;
    private final Validation validation;
    private final Applier applier;
    private final CandidateSections candidates;
    private int lastTransceiverId;
    /** Which transceiver each mid of the offer last created stands for. */
    private Map<String, JsepTransceiver> offeredMids = new HashMap<>();

    public Negotiator(LocalSettings settings) {
        this.settings = settings;
        this.state = new JsepState(
                new TransportTable(settings.bundlePolicy()),
                settings.newCredentials().get());
        Numbering numbering = new Numbering(settings.codecs());
        OwnCredentials own = new OwnCredentials(settings);
        TlsIds tlsIds = new TlsIds(
                () -> settings.newCredentials().get().pwd()); // of the same letters, and as random as it has to be
        Mids mids = new Mids();
        SessionWriter session = new SessionWriter(settings);
        SectionWriter sections = new SectionWriter(settings, numbering);
        this.offers = new Offers(state, settings, session, sections, own, tlsIds, mids);
        this.answers = new Answers(state, settings, session, sections, own, tlsIds);
        this.validation = new Validation(state, mids);
        this.applier = new Applier(
                state,
                numbering,
                own,
                tlsIds,
                validation,
                kind -> addTransceiver(kind, Direction.RECVONLY, false, null));
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
        return applier.rollback(local);
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
        return applier.applyLocal(d, offeredMids);
    }

    /**
     * Applies a remote description (RFC 9429 §5.10, §5.11). Transceivers that it makes are at the end of
     * {@link #transceivers()}.
     */
    public Changes applyRemote(Description d) throws JsepException {
        return applier.applyRemote(d);
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
