package dev.jvmrtc.jsep;

import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.jsep.SectionWriter.TransportLines;
import dev.jvmrtc.sdp.ExtMap;
import dev.jvmrtc.sdp.MediaDescription;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.SdpException;
import dev.jvmrtc.sdp.SdpSession;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Offer and answer (RFC 9429): holds the descriptions and the transceivers' place in them, makes offers and answers, applies descriptions and says what the
 * layers below must do. Not thread-safe; knows nothing of tracks, sockets or events.
 */
public final class Negotiator {

    /** Transceivers of a connection at most; a description of the peer cannot make more. */
    public static final int MAX_TRANSCEIVERS = 1_024;

    private final LocalSettings settings;
    private final Numbering numbering = new Numbering();
    private final SectionWriter writer;
    private final TransportTable transports;
    private final List<JsepTransceiver> transceivers = new ArrayList<>();

    private SignalingState state = SignalingState.STABLE;
    private Description currentLocal;
    private Description pendingLocal;
    private Description currentRemote;
    private Description pendingRemote;

    private boolean dataWanted;
    /** The ice-ufrag that restartIce() wants gone (webrtc-pc [[LocalIceCredentialsToReplace]]), or null. */
    private String ufragToReplace;
    private String[] credentials;
    private long sessionVersion = 1;
    private int nextMid;
    /** Which transceiver each mid of the offer last created stands for. */
    private Map<String, JsepTransceiver> offeredMids = Map.of();
    private Snapshot beforeOffer;
    /** Whether we made the offer of the negotiation in force, which gives the ICE role (RFC 8445 §6.1.1). */
    private Boolean initialOfferer;

    private record Association(JsepTransceiver transceiver, String mid, Integer mLineIndex) {
    }

    private record Snapshot(List<Association> associations, Set<JsepTransceiver> present, TransportTable transports) {
    }

    public Negotiator(LocalSettings settings) {
        this.settings = settings;
        this.writer = new SectionWriter(settings, numbering);
        this.transports = new TransportTable(settings.bundlePolicy());
        this.credentials = settings.newCredentials().get();
    }

    // ---------------------------------------------------------------- state

    public SignalingState state() {
        return state;
    }

    public Description currentLocal() {
        return currentLocal;
    }

    public Description pendingLocal() {
        return pendingLocal;
    }

    public Description currentRemote() {
        return currentRemote;
    }

    public Description pendingRemote() {
        return pendingRemote;
    }

    public Description local() {
        return pendingLocal != null ? pendingLocal : currentLocal;
    }

    public Description remote() {
        return pendingRemote != null ? pendingRemote : currentRemote;
    }

    /** In the order of their creation. */
    public List<JsepTransceiver> transceivers() {
        return Collections.unmodifiableList(transceivers);
    }

    public JsepTransceiver addTransceiver(String kind, Direction direction, boolean byAddTrack, String trackId) {
        JsepTransceiver t = new JsepTransceiver(kind, direction, byAddTrack, trackId == null ? settings.newTrackId().get() : trackId, settings.newSsrc().get(),
            settings.newSsrc().get());
        transceivers.add(t);
        return t;
    }

    /** A data channel was created: offers have a data section from now on. */
    public void wantData() {
        dataWanted = true;
    }

    public void wantIceRestart() {
        if (local() != null) {
            ufragToReplace = credentials[0];
        }
    }

    /** The transport of a mid, or null. */
    public Integer transportOf(String mid) {
        return mid == null ? null : transports.of(mid);
    }

    public Integer dataTransport() {
        Description d = local();
        if (d != null) {
            for (Section s : d.sections()) {
                if (s.isData() && !s.rejected()) {
                    return transports.of(s.mid());
                }
            }
        }
        return null;
    }

    /** RFC 8838: what the peer's description says of trickle; null before one. */
    public Boolean remoteTrickles() {
        return remote() == null ? null : remote().sections().stream().anyMatch(Section::trickle)
            || remote().session().attributes.value("ice-options") != null && remote().session().attributes.value("ice-options").contains("trickle");
    }

    // ---------------------------------------------------------------- offers

    /** RFC 9429 §5.2. Changes nothing that shows; applying the result does. */
    public String createOffer(boolean iceRestart) {
        Map<String, JsepTransceiver> mids = new LinkedHashMap<>();
        boolean restart = iceRestart || credentials[0].equals(ufragToReplace);
        String[] creds = restart && local() != null && state == SignalingState.STABLE ? settings.newCredentials().get() : credentials;
        SdpSession s = newSession();
        List<String> bundle = new ArrayList<>();
        List<JsepTransceiver> unassociated = new ArrayList<>(transceivers.stream().filter(t -> t.mid == null && !t.stopping && !t.stopped).toList());
        TransportTable trial = transports.copy();
        Set<String> usedMids = usedMids();
        List<Section> previous = previousSections();
        boolean dataPlaced = false;
        for (Section old : previous) {
            JsepTransceiver t = byMid(old.mid());
            boolean gone = old.rejected() || old.media().isMedia() && (t == null || t.stopping || t.stopped);
            if (gone && old.media().isMedia()) {
                JsepTransceiver heir = old.rejected() && isRecyclable(old.index()) ? takeSameKind(unassociated, old.kind()) : null;
                if (heir == null) {
                    s.media.add(SectionWriter.rejected(old.media(), old.mid()));
                } else {
                    String mid = newMid(usedMids);
                    mids.put(mid, heir);
                    addOffered(s, bundle, trial, heir, mid, creds);
                }
            } else if (old.isData() && !old.rejected()) {
                dataPlaced = true;
                bundle.add(old.mid());
                s.media.add(writer.data(old.mid(), null, lines(trial, old.mid(), "application", creds, bundle, s)));
            } else if (gone || !old.media().isMedia()) {
                s.media.add(SectionWriter.rejected(old.media(), old.mid()));
            } else {
                mids.put(old.mid(), t);
                addOffered(s, bundle, trial, t, old.mid(), creds);
            }
        }
        for (JsepTransceiver t : unassociated) {
            String mid = newMid(usedMids);
            mids.put(mid, t);
            addOffered(s, bundle, trial, t, mid, creds);
        }
        if (dataWanted && !dataPlaced) {
            String mid = newMid(usedMids);
            bundle.add(mid);
            s.media.add(writer.data(mid, null, lines(trial, mid, "application", creds, bundle, s)));
        }
        if (!bundle.isEmpty()) {
            s.attributes.add("group", "BUNDLE " + String.join(" ", bundle));
        }
        finishSession(s);
        offeredMids = mids;
        return s.toString();
    }

    private void addOffered(SdpSession s, List<String> bundle, TransportTable trial, JsepTransceiver t, String mid, String[] creds) {
        bundle.add(mid);
        s.media.add(writer.offerMedia(t, mid, lines(trial, mid, t.kind, creds, bundle, s)));
    }

    private TransportLines lines(TransportTable trial, String mid, String kind, String[] creds, List<String> bundle, SdpSession s) {
        boolean existed = trial.of(mid) != null;
        boolean own = trial.assignForOffer(mid, kind, bundle.get(0));
        // RFC 9143 §7.2.1, §7.3.1: bundle-only is for sections that have no transport unless the peer bundles.
        boolean bundleOnly = !own && !existed && currentRemote == null;
        return new TransportLines(creds[0], creds[1], "actpass", bundleOnly);
    }

    private List<Section> previousSections() {
        Description latest = null;
        for (Description d : new Description[] {currentLocal, currentRemote, pendingLocal, pendingRemote}) {
            if (d != null && (latest == null || d.sections().size() >= latest.sections().size())) {
                latest = d;
            }
        }
        return latest == null ? List.of() : latest.sections();
    }

    private boolean isRecyclable(int index) {
        return isRejectedAt(currentLocal, index) && isRejectedAt(currentRemote, index);
    }

    private static boolean isRejectedAt(Description d, int index) {
        return d != null && index < d.sections().size() && d.sections().get(index).rejected();
    }

    private static JsepTransceiver takeSameKind(List<JsepTransceiver> from, String kind) {
        for (JsepTransceiver t : from) {
            if (t.kind.equals(kind)) {
                from.remove(t);
                return t;
            }
        }
        return null;
    }

    private Set<String> usedMids() {
        Set<String> used = new LinkedHashSet<>();
        for (Description d : new Description[] {currentLocal, currentRemote, pendingLocal, pendingRemote}) {
            if (d != null) {
                d.sections().forEach(s -> used.add(s.mid()));
            }
        }
        return used;
    }

    private String newMid(Set<String> used) {
        String mid;
        do {
            mid = Integer.toString(nextMid++);
        } while (!used.add(mid));
        return mid;
    }

    private SdpSession newSession() {
        SdpSession s = new SdpSession();
        s.sessionId = settings.sessionId();
        s.sessionVersion = Long.toString(++sessionVersion);
        return s;
    }

    private void finishSession(SdpSession s) {
        if (settings.iceLite()) {
            s.attributes.flag("ice-lite");
        }
        s.attributes.flag("extmap-allow-mixed").add("msid-semantic", " WMS *");
    }

    private JsepTransceiver byMid(String mid) {
        for (JsepTransceiver t : transceivers) {
            if (mid != null && mid.equals(t.mid)) {
                return t;
            }
        }
        return null;
    }

    // ---------------------------------------------------------------- answers

    /** RFC 9429 §5.3; only with a remote offer. */
    public String createAnswer() {
        Description offer = pendingRemote;
        boolean peerRestarts = currentRemote != null && currentLocal != null && restarts(offer, currentRemote);
        String[] creds = peerRestarts && pendingLocal == null ? settings.newCredentials().get() : credentials;
        SdpSession s = newSession();
        List<List<String>> offeredGroups = offer.session().bundleGroups();
        Set<String> accepted = new LinkedHashSet<>();
        Map<Integer, MediaDescription> sections = new LinkedHashMap<>();
        for (Section o : offer.sections()) {
            MediaDescription m = answerSection(o, creds);
            sections.put(o.index(), m);
            if (m.port != 0 && o.mid() != null) {
                accepted.add(o.mid());
            }
        }
        for (List<String> group : offeredGroups) {
            List<String> kept = group.stream().filter(accepted::contains).toList();
            if (!kept.isEmpty()) {
                s.attributes.add("group", "BUNDLE " + String.join(" ", kept));
            }
        }
        s.media.addAll(sections.values());
        finishSession(s);
        return s.toString();
    }

    private MediaDescription answerSection(Section o, String[] creds) {
        TransportLines lines = new TransportLines(creds[0], creds[1], answerSetup(o), false);
        if (o.rejected() || !o.rtcpMux() && o.media().isMedia() && !o.media().isBundleOnly()) {
            return SectionWriter.rejected(o.media(), o.mid());
        }
        if (o.isData()) {
            return writer.data(o.mid(), o, lines);
        }
        JsepTransceiver t = o.media().isMedia() ? transceiverOf(o) : null;
        if (t == null || t.stopped || t.stopping) {
            return SectionWriter.rejected(o.media(), o.mid());
        }
        List<SdpCodec> codecs = commonCodecs(t, o);
        if (codecs.stream().allMatch(SdpCodec::isAuxiliary)) {
            return SectionWriter.rejected(o.media(), o.mid());
        }
        Direction direction = t.direction.and(Direction.ofSdp(o.direction()).reversed());
        return writer.answerMedia(t, o, direction, codecs, lines);
    }

    private JsepTransceiver transceiverOf(Section o) {
        for (JsepTransceiver t : transceivers) {
            if (t.mLineIndex != null && t.mLineIndex == o.index() && (o.mid() == null || o.mid().equals(t.mid))) {
                return t;
            }
        }
        return null;
    }

    /** RFC 8842 §5.3: an offerer leaves the choice to us, and we begin; an existing association keeps its roles. */
    private String answerSetup(Section o) {
        if ("active".equals(o.setup())) {
            return "passive";
        }
        if ("passive".equals(o.setup())) {
            return "active";
        }
        Integer id = o.mid() == null ? null : transports.of(o.mid());
        Boolean client = id == null ? null : transports.dtlsClient(id);
        return client == null || client ? "active" : "passive";
    }

    /** The offer's payload types that we can use, with our parameters: in the offer's order, or in that of setCodecPreferences. RTX only with its codec. */
    private static List<SdpCodec> commonCodecs(JsepTransceiver t, Section offer) {
        List<SdpCodec> main = new ArrayList<>();
        if (t.preferences.isEmpty()) {
            for (SdpCodec theirs : offer.codecs()) {
                SdpCodec ours = find(t.codecs(), theirs);
                if (ours != null) {
                    main.add(answerCodec(t.kind, ours, theirs));
                }
            }
        } else {
            for (SdpCodec ours : t.preferences) {
                for (SdpCodec theirs : offer.codecs()) {
                    if (Codecs.matches(ours, theirs) && main.stream().noneMatch(c -> c.payloadType() == theirs.payloadType())) {
                        main.add(answerCodec(t.kind, ours, theirs));
                    }
                }
            }
        }
        boolean rtxAllowed = t.codecs().stream().anyMatch(SdpCodec::isRtx);
        List<SdpCodec> all = new ArrayList<>();
        for (SdpCodec c : main) {
            all.add(c);
            for (SdpCodec rtx : offer.codecs()) {
                if (rtxAllowed && rtx.isRtx() && rtx.associatedPayloadType() == c.payloadType()) {
                    all.add(rtx.withFeedback(List.of()));
                }
            }
        }
        return all;
    }

    private static SdpCodec find(List<SdpCodec> ours, SdpCodec theirs) {
        for (SdpCodec c : ours) {
            if (Codecs.matches(c, theirs)) {
                return c;
            }
        }
        return null;
    }

    private static SdpCodec answerCodec(String kind, SdpCodec ours, SdpCodec theirs) {
        // Parameters that both sides must share are the offerer's words; those that describe a receiver are ours (RFC 7587 §7, RFC 6184 §8.2.2).
        Map<String, String> parameters = ours.name().equalsIgnoreCase("opus") ? ours.parameters() : theirs.parameters();
        return new SdpCodec(theirs.payloadType(), theirs.name(), theirs.clockRate(), theirs.channels(), parameters,
            Codecs.acceptedFeedback(kind, theirs.feedback()));
    }

    private static boolean restarts(Description offer, Description previous) {
        for (Section s : offer.sections()) {
            Section before = previous.byMid(s.mid());
            if (before != null && !before.rejected() && !s.rejected() && before.iceUfrag() != null && s.iceUfrag() != null
                && !before.iceUfrag().equals(s.iceUfrag())) {
                return true;
            }
        }
        return false;
    }

    // ---------------------------------------------------------------- applying

    /** Undoes the pending offer (RFC 9429 §4.1.10.2). Returns the transceivers that ceased to exist. */
    public List<JsepTransceiver> rollback(boolean local) throws JsepException {
        if (state.after(local, SdpType.ROLLBACK) == null) {
            throw new JsepException(Kind.INVALID_STATE, "there is no " + (local ? "local" : "remote") + " offer to roll back in state " + state);
        }
        pendingLocal = null;
        pendingRemote = null;
        state = SignalingState.STABLE;
        if (currentLocal != null) {
            credentials = credentialsOf(currentLocal);
        }
        List<JsepTransceiver> removed = new ArrayList<>();
        for (Association a : beforeOffer.associations) {
            a.transceiver.mid = a.mid;
            a.transceiver.mLineIndex = a.mLineIndex;
        }
        for (JsepTransceiver t : List.copyOf(transceivers)) {
            if (!beforeOffer.present.contains(t)) {
                if (t.madeByRemoteOffer && !t.usedByAddTrack) {
                    transceivers.remove(t);
                    t.stopped = true;
                    t.stopping = true;
                    removed.add(t);
                }
                t.mid = null;
                t.mLineIndex = null;
            }
        }
        transports.restore(beforeOffer.transports);
        beforeOffer = null;
        return removed;
    }

    private void takeSnapshot() {
        if (beforeOffer == null) {
            beforeOffer = new Snapshot(transceivers.stream().map(t -> new Association(t, t.mid, t.mLineIndex)).toList(), new LinkedHashSet<>(transceivers),
                transports.copy());
        }
    }

    /** Checks a description against the state; the error of webrtc-pc §4.4.1.5 otherwise. */
    public Description parse(boolean local, SdpType type, String sdp) throws JsepException {
        if (state.after(local, type) == null) {
            throw new JsepException(Kind.INVALID_STATE, "a " + (local ? "local " : "remote ") + type.name().toLowerCase(java.util.Locale.ROOT)
                + " cannot be set in signaling state " + state.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        }
        try {
            Description d = Description.parse(type, sdp);
            validate(local, d);
            return d;
        } catch (SdpException e) {
            throw new JsepException(Kind.SYNTAX, e.getMessage(), e.line());
        }
    }

    private void validate(boolean local, Description d) throws JsepException {
        Set<String> mids = new LinkedHashSet<>();
        for (Section s : d.sections()) {
            if (s.mid() != null && !mids.add(s.mid())) {
                throw new JsepException(Kind.INVALID_ACCESS, "two media sections have the mid \"" + s.mid() + "\"", s.media().line);
            }
            if (s.mid() == null && local && !s.rejected()) {
                throw new JsepException(Kind.INVALID_MODIFICATION, "a local description has a mid in each media section", s.media().line);
            }
        }
        for (List<String> group : d.session().bundleGroups()) {
            for (String mid : group) {
                if (!mids.contains(mid)) {
                    throw new JsepException(Kind.INVALID_ACCESS, "BUNDLE names the mid \"" + mid + "\", which no media section has");
                }
            }
        }
        boolean answer = d.type() == SdpType.ANSWER || d.type() == SdpType.PRANSWER;
        Description offer = local ? pendingRemote : pendingLocal;
        if (answer && offer != null && offer.type() == SdpType.OFFER && offer.sections().size() != d.sections().size()) {
            throw new JsepException(Kind.INVALID_ACCESS, "the answer has " + d.sections().size() + " media sections, the offer " + offer.sections().size());
        }
        for (Section s : d.sections()) {
            validateSection(local, d, s, answer ? offer : null);
        }
    }

    private void validateSection(boolean local, Description d, Section s, Description offer) throws JsepException {
        if (offer != null && offer.type() == SdpType.OFFER && !offer.sections().get(s.index()).kind().equals(s.kind())) {
            throw new JsepException(Kind.INVALID_ACCESS, "media section " + s.index() + " of the answer is of another kind than in the offer", s.media().line);
        }
        boolean bundledElsewhere = isBundledButNotTagged(d, s.mid());
        if (s.rejected() || bundledElsewhere || s.media().isBundleOnly()) {
            return;
        }
        if (s.iceUfrag() == null || s.icePwd() == null) {
            throw new JsepException(Kind.INVALID_ACCESS, "media section " + s.index() + " has no a=ice-ufrag or a=ice-pwd", s.media().line);
        }
        if (s.fingerprints().isEmpty()) {
            throw new JsepException(Kind.INVALID_ACCESS, "media section " + s.index() + " has no a=fingerprint: only DTLS is spoken here", s.media().line);
        }
        if (!local && offer != null && s.media().isMedia() && !s.rtcpMux()) {
            // RFC 8858: with rtcpMuxPolicy "require" an answer without rtcp-mux cannot be used.
            throw new JsepException(Kind.INVALID_ACCESS, "media section " + s.index() + " of the answer has no a=rtcp-mux", s.media().line);
        }
    }

    private static boolean isBundledButNotTagged(Description d, String mid) {
        for (List<String> group : d.session().bundleGroups()) {
            if (group.indexOf(mid) > 0) {
                return true;
            }
        }
        return false;
    }

    /** Applies a local description (RFC 9429 §5.9). */
    public void applyLocal(Description d) throws JsepException {
        Description previous = local();
        applyNewLocal(d);
        if (previous != null) {
            keepCandidates(previous, d);
        }
    }

    /** RFC 9429 §5.2.2: candidates gathered already belong to later descriptions too, as long as they are of the same generation. */
    private void keepCandidates(Description previous, Description d) {
        Set<Integer> ids = new LinkedHashSet<>();
        d.sections().stream().map(s -> transports.of(midOf(s))).filter(java.util.Objects::nonNull).forEach(ids::add);
        for (int id : ids) {
            Section old = firstSectionOf(previous, id);
            Section now = firstSectionOf(d, id);
            boolean sameGeneration = old != null && now != null && old.iceUfrag() != null && old.iceUfrag().equals(now.iceUfrag());
            if (sameGeneration && !now.media().attributes.has("candidate")) {
                old.media().attributes.all("candidate").forEach(a -> d.addCandidate(now.index(), a.value()));
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
                JsepTransceiver t = byMid(s.mid());
                t = t != null ? t : offeredMids.get(s.mid());
                if (t == null && s.media().isMedia() && !s.rejected()) {
                    throw new JsepException(Kind.INVALID_MODIFICATION, "the mid \"" + s.mid() + "\" was not made by createOffer", s.media().line);
                }
                byMid.put(s.mid(), t);
            }
            takeSnapshot();
            for (Section s : d.sections()) {
                JsepTransceiver t = byMid.get(s.mid());
                if (t != null) {
                    t.mid = s.mid();
                    t.mLineIndex = s.index();
                }
                if (!s.rejected()) {
                    transports.assignForOffer(s.mid(), s.kind(), firstBundled(d, s.mid()));
                }
            }
            initialOfferer = initialOfferer == null ? Boolean.TRUE : initialOfferer;
            pendingLocal = d;
        } else {
            transports.bundle(d.session().bundleGroups(), liveMids(d));
            setDtlsRoles(d, true);
            finishAnswer(d, true);
        }
        credentials = d.sections().stream().anyMatch(s -> s.iceUfrag() != null) ? credentialsOf(d) : credentials;
        state = state.after(true, d.type());
    }

    private String[] credentialsOf(Description d) {
        for (Section s : d.sections()) {
            if (s.iceUfrag() != null && !s.rejected()) {
                return new String[] {s.iceUfrag(), s.icePwd()};
            }
        }
        return credentials;
    }

    private static String firstBundled(Description d, String mid) {
        for (List<String> group : d.session().bundleGroups()) {
            if (group.contains(mid)) {
                return group.get(0);
            }
        }
        return mid;
    }

    private static List<String> liveMids(Description d) {
        return d.sections().stream().filter(s -> !s.rejected()).map(Negotiator::midOf).toList();
    }

    /** The mid, or for a peer without RFC 5888 a name of our own for the section. */
    public static String midOf(Section s) {
        return s.mid() != null ? s.mid() : "#" + s.index();
    }

    /** Applies a remote description (RFC 9429 §5.10, §5.11). Transceivers that it makes are at the end of {@link #transceivers()}. */
    public void applyRemote(Description d) throws JsepException {
        if (d.type() == SdpType.OFFER) {
            long unknown = d.sections().stream().filter(s -> s.media().isMedia() && !s.rejected() && byMid(midOf(s)) == null).count();
            if (transceivers.size() + unknown > MAX_TRANSCEIVERS) {
                throw new JsepException(Kind.OPERATION, "the offer would make more than " + MAX_TRANSCEIVERS + " transceivers");
            }
            takeSnapshot();
            for (Section s : d.sections()) {
                if (s.media().isMedia()) {
                    associate(s);
                }
                if (!s.rejected()) {
                    transports.assignForRemoteOffer(midOf(s), firstBundled(d, midOf(s)));
                }
            }
            initialOfferer = initialOfferer == null ? Boolean.FALSE : initialOfferer;
            pendingRemote = d;
        } else {
            transports.bundle(d.session().bundleGroups(), liveMids(d));
            setDtlsRoles(d, false);
            finishAnswer(d, false);
        }
        numbering.learn(d.sections());
        state = state.after(false, d.type());
    }

    private void associate(Section s) {
        JsepTransceiver t = byMid(midOf(s));
        if (t == null && s.rejected()) {
            return;
        }
        if (t == null) {
            Direction theirs = Direction.ofSdp(s.direction());
            if (theirs.receives()) {
                for (JsepTransceiver candidate : transceivers) {
                    if (t == null && candidate.byAddTrack && candidate.mid == null && !candidate.stopping && !candidate.stopped
                        && candidate.kind.equals(s.kind())) {
                        t = candidate;
                    }
                }
            }
            if (t == null) {
                t = addTransceiver(s.kind(), Direction.RECVONLY, false, null);
                t.madeByRemoteOffer = true;
            }
            t.mid = midOf(s);
        }
        t.mLineIndex = s.index();
    }

    private void finishAnswer(Description answer, boolean local) {
        Description offer = local ? pendingRemote != null ? pendingRemote : currentRemote : pendingLocal != null ? pendingLocal : currentLocal;
        if (answer.type() == SdpType.PRANSWER) {
            if (local) {
                pendingLocal = answer;
            } else {
                pendingRemote = answer;
            }
        } else {
            currentLocal = local ? answer : offer;
            currentRemote = local ? offer : answer;
            pendingLocal = null;
            pendingRemote = null;
            beforeOffer = null;
            if (!credentialsOf(currentLocal)[0].equals(ufragToReplace)) {
                ufragToReplace = null;
            }
        }
        for (Section s : answer.sections()) {
            JsepTransceiver t = s.media().isMedia() ? byIndex(s.index()) : null;
            if (t == null) {
                continue;
            }
            boolean rejected = s.rejected() || offer.sections().get(s.index()).rejected();
            if (rejected && answer.type() == SdpType.ANSWER) {
                t.stopped = true;
                t.stopping = true;
                t.currentDirection = null;
                t.mid = null;
                t.mLineIndex = null;
            } else if (!rejected) {
                Direction d = Direction.ofSdp(s.direction());
                t.currentDirection = local ? d : d.reversed();
            }
        }
        if (answer.type() == SdpType.ANSWER) {
            for (JsepTransceiver t : transceivers) {
                // One that was stopped before it ever had a section has nothing to negotiate.
                t.stopped |= t.stopping && t.mid == null;
            }
            transceivers.removeIf(t -> t.stopped && t.mid == null);
        }
    }

    /** The transceiver of a media section, or null. */
    public JsepTransceiver byIndex(int index) {
        for (JsepTransceiver t : transceivers) {
            if (t.mLineIndex != null && t.mLineIndex == index) {
                return t;
            }
        }
        return null;
    }

    private void setDtlsRoles(Description answer, boolean local) {
        for (Section s : answer.sections()) {
            Integer id = transports.of(midOf(s));
            if (!s.rejected() && id != null && s.setup() != null && transports.dtlsClient(id) == null) {
                boolean answererIsClient = !"passive".equals(s.setup());
                transports.setDtlsClient(id, local == answererIsClient);
            }
        }
    }

    // ---------------------------------------------------------------- candidates

    /** Adds a candidate of ours to the local descriptions, in every section that its transport serves first. */
    public void addLocalCandidate(int transportId, String candidate) {
        for (Description d : new Description[] {pendingLocal, currentLocal}) {
            Section s = d == null ? null : firstSectionOf(d, transportId);
            if (s != null) {
                d.addCandidate(s.index(), candidate);
            }
        }
    }

    public void addLocalEndOfCandidates(int transportId) {
        for (Description d : new Description[] {pendingLocal, currentLocal}) {
            Section s = d == null ? null : firstSectionOf(d, transportId);
            if (s != null) {
                d.addEndOfCandidates(s.index());
            }
        }
    }

    /** The section that names a transport's candidates: the first that uses it. Null where none does. */
    public Section firstSectionOf(Description d, int transportId) {
        for (Section s : d.sections()) {
            Integer id = transports.of(midOf(s));
            if (!s.rejected() && id != null && id == transportId) {
                return s;
            }
        }
        return null;
    }

    /** Finds the section that a candidate of the peer is for; null where it is for a generation that is not (or no more) known. */
    public Section remoteSection(String mid, Integer mLineIndex, String usernameFragment) throws JsepException {
        Description d = remote();
        if (d == null) {
            throw new JsepException(Kind.INVALID_STATE, "there is no remote description yet: set it first, then add candidates");
        }
        Section s = null;
        if (mid != null && !mid.isEmpty()) {
            s = d.byMid(mid);
            if (s == null) {
                throw new JsepException(Kind.OPERATION, "the remote description has no media section with mid \"" + mid + "\"");
            }
        } else if (mLineIndex != null) {
            if (mLineIndex < 0 || mLineIndex >= d.sections().size()) {
                throw new JsepException(Kind.OPERATION, "the remote description has no media section " + mLineIndex);
            }
            s = d.sections().get(mLineIndex);
        }
        if (s != null && usernameFragment != null && !usernameFragment.isEmpty()) {
            boolean known = usernameFragment.equals(effectiveUfrag(d, s))
                || pendingRemote != null && currentRemote != null && s.index() < currentRemote.sections().size()
                && usernameFragment.equals(effectiveUfrag(currentRemote, currentRemote.sections().get(s.index())));
            if (!known) {
                throw new JsepException(Kind.OPERATION, "the remote description has no ice-ufrag \"" + usernameFragment + "\"");
            }
        }
        return s;
    }

    private static String effectiveUfrag(Description d, Section s) {
        if (s.iceUfrag() != null) {
            return s.iceUfrag();
        }
        Section tagged = d.byMid(firstBundled(d, s.mid()));
        return tagged == null ? null : tagged.iceUfrag();
    }

    public void addRemoteCandidate(Section s, String candidate) {
        for (Description d : new Description[] {pendingRemote, currentRemote}) {
            if (d != null && s.index() < d.sections().size()) {
                d.addCandidate(s.index(), candidate);
                return;
            }
        }
    }

    public void addRemoteEndOfCandidates(Section s) {
        Description d = remote();
        if (d != null && s.index() < d.sections().size()) {
            d.addEndOfCandidates(s.index());
        }
    }

    /** Whether candidates for this section go anywhere: those of a section that BUNDLE joined to another are of a transport that does not exist. */
    public boolean isTagged(Section s) {
        Description d = remote();
        return d != null && !isBundledButNotTagged(d, s.mid());
    }

    // ---------------------------------------------------------------- plans

    /** What the descriptions in force ask of the layers below. */
    public SessionPlan plan() {
        Description local = local();
        if (local == null) {
            return new SessionPlan(List.of(), List.of(), null);
        }
        boolean answered = currentLocal != null && pendingLocal == null && pendingRemote == null || local.type() != SdpType.OFFER
            || pendingRemote != null && pendingRemote.type() == SdpType.PRANSWER;
        Description remote = local == pendingLocal && local.type() == SdpType.OFFER && !answered ? currentRemote : answeredRemote();
        Map<Integer, List<String>> midsByTransport = new LinkedHashMap<>();
        for (Section s : local.sections()) {
            Integer id = transports.of(midOf(s));
            if (!s.rejected() && id != null) {
                midsByTransport.computeIfAbsent(id, k -> new ArrayList<>()).add(midOf(s));
            }
        }
        List<SessionPlan.Transport> planned = new ArrayList<>();
        midsByTransport.forEach((id, mids) -> planned.add(planTransport(id, mids, local, remote)));
        List<SessionPlan.Media> media = new ArrayList<>();
        SessionPlan.Data data = null;
        // Media and data run by the last complete agreement; a pending offer changes transports only.
        Description agreedLocal = local.type() == SdpType.OFFER && remote == currentRemote && pendingLocal == local ? currentLocal : local;
        if (agreedLocal != null && remote != null) {
            for (int i = 0; i < Math.min(agreedLocal.sections().size(), remote.sections().size()); i++) {
                Section l = agreedLocal.sections().get(i);
                Section r = remote.sections().get(i);
                Integer id = transports.of(midOf(l));
                if (l.rejected() || r.rejected() || id == null) {
                    continue;
                }
                if (l.isData()) {
                    data = new SessionPlan.Data(id, l.sctpPort() == null ? LocalSettings.SCTP_PORT : l.sctpPort(), r.sctpPort(), r.maxMessageSize());
                } else if (l.media().isMedia()) {
                    JsepTransceiver t = byIndex(i);
                    if (t != null && !t.stopped && t.currentDirection != null) {
                        media.add(planMedia(t, l, r, id));
                    }
                }
            }
        }
        return new SessionPlan(planned, media, data);
    }

    private Description answeredRemote() {
        return pendingRemote != null && (pendingRemote.type() != SdpType.OFFER || pendingLocal != null && pendingLocal.type() == SdpType.PRANSWER)
            ? pendingRemote : currentRemote;
    }

    private SessionPlan.Transport planTransport(int id, List<String> mids, Description local, Description remote) {
        Section l = firstSectionOf(local, id);
        Section r = remote == null ? null : firstSectionOf(remote, id);
        String ufrag = l.iceUfrag() != null ? l.iceUfrag() : credentials[0];
        String pwd = l.icePwd() != null ? l.icePwd() : credentials[1];
        // While our offer with a restart is pending, the peer's old credentials belong to the generation that ends.
        boolean restartPending = local == pendingLocal && local.type() == SdpType.OFFER && currentLocal != null && remote == currentRemote
            && firstSectionOf(currentLocal, id) != null && !ufrag.equals(firstSectionOf(currentLocal, id).iceUfrag());
        boolean known = r != null && r.iceUfrag() != null && !restartPending;
        return new SessionPlan.Transport(id, mids, ufrag, pwd, known ? r.iceUfrag() : null, known ? r.icePwd() : null, known && r.iceLite(),
            initialOfferer == null || initialOfferer, transports.dtlsClient(id), known ? r.fingerprints() : List.of());
    }

    private static SessionPlan.Media planMedia(JsepTransceiver t, Section l, Section r, int transportId) {
        List<SdpCodec> send = new ArrayList<>();
        for (SdpCodec theirs : r.codecs()) {
            boolean ours = theirs.isRtx() || l.codecs().stream().anyMatch(c -> Codecs.matches(c, theirs));
            if (ours) {
                send.add(theirs.withFeedback(Codecs.acceptedFeedback(t.kind, theirs.feedback())));
            }
        }
        // All that we announced, also what the answer left out: Chromium goes on sending the offer's first codec when its own preferences name another.
        List<SdpCodec> receive = new ArrayList<>();
        for (SdpCodec c : l.codecs()) {
            SdpCodec theirs = c.isRtx() ? null : r.codecs().stream().filter(x -> Codecs.matches(x, c)).findFirst().orElse(null);
            receive.add(c.withFeedback(Codecs.acceptedFeedback(t.kind, theirs == null ? c.feedback() : theirs.feedback())));
        }
        List<ExtMap> sendExtensions = r.extensions().stream().filter(e -> l.extensions().stream().anyMatch(x -> x.uri().equals(e.uri()))).toList();
        List<ExtMap> receiveExtensions = l.extensions().stream().filter(e -> r.extensions().stream().anyMatch(x -> x.uri().equals(e.uri()))).toList();
        List<String> rids = r.rids().entrySet().stream().filter(e -> e.getValue().startsWith("send")).map(Map.Entry::getKey).toList();
        return new SessionPlan.Media(t, l.mid(), transportId, t.currentDirection.sends(), t.currentDirection.receives(), send, receive, sendExtensions,
            receiveExtensions, r.ssrcs(), r.fidGroups(), rids, r.rtcpReducedSize(), r.maxBitrate(), r.ptime());
    }

    // ---------------------------------------------------------------- negotiation needed

    /** webrtc-pc §4.7.3, "check if negotiation is needed". */
    public boolean isNegotiationNeeded() {
        if (ufragToReplace != null) {
            return true;
        }
        if (dataWanted && (currentLocal == null || currentLocal.sections().stream().noneMatch(s -> s.isData() && !s.rejected()))) {
            return true;
        }
        for (JsepTransceiver t : transceivers) {
            if (t.stopping && !t.stopped && t.mid != null || !t.stopped && !t.stopping && t.mid == null) {
                return true;
            }
            if (!t.stopped && t.mid != null && sectionIsOutdated(t)) {
                return true;
            }
        }
        return false;
    }

    private boolean sectionIsOutdated(JsepTransceiver t) {
        Section l = currentLocal == null || t.mLineIndex >= currentLocal.sections().size() ? null : currentLocal.sections().get(t.mLineIndex);
        Section r = currentRemote == null || t.mLineIndex >= currentRemote.sections().size() ? null : currentRemote.sections().get(t.mLineIndex);
        if (l == null || r == null) {
            return true;
        }
        if (t.direction.sends() && !Set.copyOf(l.streamIds()).equals(Set.copyOf(t.streamIds))) {
            return true;
        }
        Direction local = Direction.ofSdp(l.direction());
        Direction remote = Direction.ofSdp(r.direction());
        if (currentLocal.type() == SdpType.OFFER) {
            return t.direction != local && t.direction != remote.reversed();
        }
        return local != t.direction.and(remote.reversed());
    }
}
