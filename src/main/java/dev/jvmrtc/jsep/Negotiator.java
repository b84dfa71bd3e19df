package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.jsep.SectionWriter.TransportLines;
import dev.jvmrtc.sdp.ExtMap;
import dev.jvmrtc.sdp.MediaDescription;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.SdpException;
import dev.jvmrtc.sdp.SdpSession;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Offer and answer (RFC 9429): holds the descriptions and the transceivers' place in them, makes offers and answers, applies descriptions and says what the
 * layers below must do. Not thread-safe; knows nothing of tracks, sockets or events.
 */
public final class Negotiator {

    /** Transceivers of a connection at most; a description of the peer cannot make more. */
    public static final int MAX_TRANSCEIVERS = 1_024;
    /** Transports of a connection that an offer of the peer can make; each costs sockets. Sections beyond have to be bundled. */
    public static final int MAX_TRANSPORTS = 64;

    private final LocalSettings settings;
    private final Numbering numbering = new Numbering();
    private final SectionWriter writer;
    private final TransportTable transports;
    private final List<JsepTransceiver> transceivers = new ArrayList<>();
    private int lastTransceiverId;
    private final Associations associations = new Associations();

    private SignalingState state = SignalingState.STABLE;
    private Description currentLocal;
    private Description pendingLocal;
    private Description currentRemote;
    private Description pendingRemote;

    private boolean dataWanted;
    /** The ice-ufrag that restartIce() wants gone (webrtc-pc [[LocalIceCredentialsToReplace]]), or null. */
    private String ufragToReplace;
    /** By these the generation of ICE goes: those of all transports, on a shared port of the first. */
    private String[] credentials;
    private final OwnCredentials own;
    private final TlsIds tlsIds;
    private long sessionVersion = 1;
    private final Mids mids = new Mids();
    /** Which transceiver each mid of the offer last created stands for. */
    private Map<String, JsepTransceiver> offeredMids = new HashMap<>();
    private Snapshot beforeOffer;
    /**
     * The section in whose transport the offer being made wants all to be (RFC 9143 §7.2): the first that goes on. A new section that took the place of an old one
     * before it has no transport yet, and would draw all the others out of theirs.
     */
    private String offerTag;
    /** Whether we made the offer of the negotiation in force, which gives the ICE role (RFC 8445 §6.1.1). */
    private Boolean initialOfferer;

    /** RFC 8285 §4.2: bytes of an element in the one-byte form. */
    private static final int ONE_BYTE_EXTENSION = 16;

    private record Association(JsepTransceiver transceiver, String mid, Integer mLineIndex) {
    }

    private record Snapshot(List<Association> associations, Set<JsepTransceiver> present, TransportTable transports) {
    }

    public Negotiator(LocalSettings settings) {
        this.settings = settings;
        this.writer = new SectionWriter(settings, numbering);
        this.transports = new TransportTable(settings.bundlePolicy());
        this.credentials = settings.newCredentials().get();
        this.own = new OwnCredentials(settings);
        this.tlsIds = new TlsIds(() -> settings.newCredentials().get()[1]); // of the same letters, and as random as it has to be
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
        JsepTransceiver t = new JsepTransceiver(++lastTransceiverId, kind, direction, byAddTrack, trackId == null ? settings.newTrackId().get() : trackId, settings.newSsrc().get(),
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

    /** Whether the last agreement has refused the data section of its offer: what waits for one waits in vain, and the next channel asks again. */
    public boolean isDataRefused() {
        return currentLocal != null && currentRemote != null
            && (currentLocal.type() == SdpType.OFFER ? currentRemote.refusesDataOf(currentLocal) : currentLocal.refusesDataOf(currentRemote));
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
        Map<String, JsepTransceiver> offered = new LinkedHashMap<>();
        boolean restart = iceRestart || credentials[0].equals(ufragToReplace);
        Generation generation = new Generation(restart && local() != null && state == SignalingState.STABLE ? settings.newCredentials().get() : credentials);
        SdpSession s = newSession();
        List<String> bundle = new ArrayList<>();
        Unassociated unassociated = new Unassociated(t -> true);
        TransportTable trial = transports.copy();
        Set<String> usedMids = usedMids();
        List<Section> previous = previousSections();
        boolean dataPlaced = false;
        List<String> goingOn = previous.stream().filter(old -> isLive(old) && trial.of(old.mid()) != null).map(Section::mid).toList();
        offerTag = goingOn.stream().filter(mid -> mid.equals(trial.tagOf(trial.of(mid)))).findFirst().orElse(goingOn.isEmpty() ? null : goingOn.get(0));
        for (Section old : previous) {
            assert Steps.count();
            String oldMid = old.mid();
            JsepTransceiver t = associations.of(oldMid);
            boolean gone = old.rejected() || old.media().isMedia() && (t == null || t.stopping || t.stopped);
            if (gone && old.media().isMedia()) {
                JsepTransceiver heir = old.rejected() && isRecyclable(old.index()) ? unassociated.take(old.kind()) : null;
                if (heir == null) {
                    s.media.add(SectionWriter.rejected(old.media(), old.mid()));
                } else {
                    String mid = mids.unused(usedMids);
                    offered.put(mid, heir);
                    addOffered(s, bundle, trial, heir, mid, generation);
                }
            } else if (old.isData() && !old.rejected()) {
                dataPlaced = true;
                bundle.add(oldMid);
                s.media.add(writer.data(oldMid, null, lines(trial, oldMid, "application", generation, bundle)));
            } else if (gone || !old.media().isMedia()) {
                s.media.add(SectionWriter.rejected(old.media(), old.mid()));
            } else {
                offered.put(oldMid, t);
                addOffered(s, bundle, trial, t, oldMid, generation);
            }
        }
        for (JsepTransceiver t : unassociated.rest()) {
            String mid = mids.unused(usedMids);
            offered.put(mid, t);
            addOffered(s, bundle, trial, t, mid, generation);
        }
        if (dataWanted && !dataPlaced) {
            String mid = mids.unused(usedMids);
            bundle.add(mid);
            s.media.add(writer.data(mid, null, lines(trial, mid, "application", generation, bundle)));
        }
        if (bundle.remove(offerTag)) {
            bundle.add(0, offerTag);
        }
        if (!bundle.isEmpty()) {
            s.attributes.add("group", "BUNDLE " + String.join(" ", bundle));
        }
        finishSession(s, true);
        offeredMids = offered;
        return s.toString();
    }

    /** Whether a section of before goes on in the next offer under its mid. */
    private boolean isLive(Section old) {
        JsepTransceiver t = associations.of(old.mid());
        return !old.rejected() && (old.isData() || t != null && !t.stopping && !t.stopped);
    }

    private void addOffered(SdpSession s, List<String> bundle, TransportTable trial, JsepTransceiver t, String mid, Generation g) {
        bundle.add(mid);
        s.media.add(writer.offerMedia(t, mid, lines(trial, mid, t.kind, g, bundle)));
    }

    private TransportLines lines(TransportTable trial, String mid, String kind, Generation generation, List<String> bundle) {
        boolean existed = trial.of(mid) != null;
        boolean created = trial.assignForOffer(mid, kind, offerTag != null ? offerTag : bundle.get(0));
        // RFC 9143 §7.2.1, §7.3.1: bundle-only is for sections that have no transport unless the peer bundles.
        boolean bundleOnly = !created && !existed && currentRemote == null;
        String[] c = generation.credentialsOf(trial.of(mid));
        return new TransportLines(c[0], c[1], "actpass", tlsIds.ofOffer(trial.of(mid), generation.ours.get(trial.of(mid))), bundleOnly);
    }

    /** Our credentials of each transport in a description that is being made. */
    private final class Generation {
        private final String[] generation;
        private final Map<Integer, Section> ours;
        private final Map<Integer, Section> goingOn;
        private final boolean inUse;

        Generation(String[] generation) {
            Description d = local();
            this.generation = generation;
            this.ours = taggedSections(d);
            this.goingOn = generation == credentials ? ours : Map.of();
            this.inUse = d != null && d.sections().stream().anyMatch(s -> generation[0].equals(s.iceUfrag()));
        }

        String[] credentialsOf(int transportId) {
            return own.of(transportId, generation, goingOn.get(transportId), inUse);
        }
    }

    /** The sections of the latest description; of an agreement those of the answer, which says what is left of the offer. */
    private List<Section> previousSections() {
        Description latest = null;
        boolean weAnswered = currentLocal != null && currentLocal.type() == SdpType.ANSWER;
        Description offer = weAnswered ? currentRemote : currentLocal;
        Description answer = weAnswered ? currentLocal : currentRemote;
        for (Description d : new Description[] {offer, answer, pendingLocal, pendingRemote}) {
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

    /** Transceivers without a section, in the order of their creation, to be taken by kind. */
    private final class Unassociated {
        private final Map<String, ArrayDeque<JsepTransceiver>> byKind = new HashMap<>();
        private final Set<JsepTransceiver> all = new LinkedHashSet<>();

        Unassociated(Predicate<JsepTransceiver> which) {
            for (JsepTransceiver t : transceivers) {
                assert Steps.count();
                if (t.mid == null && !t.stopping && !t.stopped && which.test(t)) {
                    all.add(t);
                    byKind.computeIfAbsent(t.kind, k -> new ArrayDeque<>()).add(t);
                }
            }
        }

        /** The first of a kind, or null. */
        JsepTransceiver take(String kind) {
            ArrayDeque<JsepTransceiver> ofKind = byKind.get(kind);
            JsepTransceiver t = ofKind == null ? null : ofKind.poll();
            all.remove(t);
            return t;
        }

        Set<JsepTransceiver> rest() {
            return all;
        }
    }

    private Set<String> usedMids() {
        Set<String> used = new LinkedHashSet<>();
        for (Description d : new Description[] {currentLocal, currentRemote, pendingLocal, pendingRemote}) {
            if (d != null) {
                d.sections().forEach(s -> used.add(s.mid()));
            }
        }
        // A peer that renames a section leaves a transceiver whose mid no description has any more.
        for (JsepTransceiver t : transceivers) {
            assert Steps.count();
            used.add(t.mid);
        }
        return used;
    }

    private SdpSession newSession() {
        SdpSession s = new SdpSession();
        s.sessionId = settings.sessionId();
        s.sessionVersion = Long.toString(++sessionVersion);
        return s;
    }

    private void finishSession(SdpSession s, boolean mixedExtensions) {
        if (settings.iceLite()) {
            s.attributes.flag("ice-lite");
        }
        if (mixedExtensions) {
            s.attributes.flag("extmap-allow-mixed");
        }
        s.attributes.add("msid-semantic", " WMS *");
    }

    // ---------------------------------------------------------------- answers

    /** RFC 9429 §5.3; only with a remote offer. */
    public String createAnswer() {
        Description offer = pendingRemote;
        Map<Integer, Section> tagged = taggedSections(offer);
        Map<Integer, Section> before = taggedSections(currentRemote);
        boolean peerRestarts = currentRemote != null && currentLocal != null && restarts(before, tagged);
        Generation generation = new Generation(peerRestarts && pendingLocal == null ? settings.newCredentials().get() : credentials);
        SdpSession s = newSession();
        Map<Section, List<SdpCodec>> codecs = new IdentityHashMap<>();
        for (Section o : offer.sections()) {
            assert Steps.count();
            JsepTransceiver t = o.media().isMedia() && !o.rejected() ? transceiverOf(o) : null;
            List<SdpCodec> common = t == null || t.stopped ? List.of() : commonCodecs(t, o);
            if (!common.stream().allMatch(Codecs::isAuxiliary)) {
                codecs.put(o, common);
            }
        }
        Predicate<Section> wanted = o -> codecs.containsKey(o) ? !transceiverOf(o).stopping : o.isData() && !o.rejected();
        BundleAnswer bundle = new BundleAnswer(offer, wanted, codecs::containsKey, settings.bundlePolicy().equals("max-bundle"));
        bundle.groups().forEach(group -> s.attributes.add("group", "BUNDLE " + String.join(" ", group)));
        for (Section o : offer.sections()) {
            assert Steps.count();
            s.media.add(bundle.takes(o) ? answerSection(o, codecs.get(o), generation, tagged, before) : SectionWriter.rejected(o.media(), o.media().mid()));
        }
        // RFC 8285 §6: "If an offer does not indicate support for mixed one- and two-byte header extensions ... the answer MUST NOT".
        finishSession(s, offer.session().attributes.has("extmap-allow-mixed"));
        return s.toString();
    }

    private MediaDescription answerSection(Section o, List<SdpCodec> codecs, Generation generation, Map<Integer, Section> tagged,
                                           Map<Integer, Section> before) {
        int transport = transports.of(o.mid());
        String[] c = generation.credentialsOf(transport);
        String tlsId = tlsIds.ofAnswer(transport, generation.ours.get(transport), before.get(transport), tagged.get(transport));
        TransportLines lines = new TransportLines(c[0], c[1], answerSetup(o, transport), tlsId, false);
        if (o.isData()) {
            return writer.data(o.media().mid(), o, lines);
        }
        JsepTransceiver t = transceiverOf(o);
        Direction direction = t.stopping ? Direction.INACTIVE : t.direction.and(Direction.ofSdp(o.direction()).reversed());
        return writer.answerMedia(t, o, direction, codecs, lines);
    }

    private JsepTransceiver transceiverOf(Section o) {
        JsepTransceiver t = associations.at(o.index());
        return t != null && o.mid().equals(t.mid) ? t : null;
    }

    /** RFC 8842 §5.3: an offerer leaves the choice to us, and we begin; an existing association keeps its roles. */
    private String answerSetup(Section o, int transport) {
        String offered = pendingRemote.setupOf(o);
        if ("active".equals(offered)) {
            return "passive";
        }
        if ("passive".equals(offered)) {
            return "active";
        }
        Boolean client = transports.dtlsClient(transport);
        return client == null || client ? "active" : "passive";
    }

    /** The offer's payload types that we can use, with our parameters: in the offer's order, or in that of setCodecPreferences. RTX only with its codec. */
    private static List<SdpCodec> commonCodecs(JsepTransceiver t, Section offer) {
        Map<String, SdpCodec> ours = new LinkedHashMap<>();
        t.codecs().forEach(c -> ours.putIfAbsent(Codecs.key(c), c));
        boolean rtxAllowed = ours.remove(null) != null;
        Map<String, List<SdpCodec>> main = new LinkedHashMap<>();
        if (!t.preferences.isEmpty()) {
            ours.keySet().forEach(k -> main.put(k, new ArrayList<>()));
        }
        Map<Integer, List<SdpCodec>> repairs = new HashMap<>();
        List<SdpCodec> inOffersOrder = new ArrayList<>();
        for (SdpCodec theirs : offer.codecs()) {
            assert Steps.count();
            String key = Codecs.key(theirs);
            if (key == null && rtxAllowed) {
                repairs.computeIfAbsent(theirs.associatedPayloadType(), k -> new ArrayList<>()).add(theirs.withFeedback(List.of()));
            } else if (key != null && ours.containsKey(key)) {
                SdpCodec answered = answerCodec(t.kind, ours.get(key), theirs);
                inOffersOrder.add(answered);
                main.computeIfAbsent(key, k -> new ArrayList<>()).add(answered);
            }
        }
        List<SdpCodec> all = new ArrayList<>();
        for (SdpCodec c : t.preferences.isEmpty() ? inOffersOrder : main.values().stream().flatMap(List::stream).toList()) {
            assert Steps.count();
            all.add(c);
            all.addAll(repairs.getOrDefault(c.payloadType(), List.of()));
        }
        return all;
    }

    private static SdpCodec answerCodec(String kind, SdpCodec ours, SdpCodec theirs) {
        // Parameters that both sides must share are the offerer's words; those that describe a receiver are ours (RFC 7587 §7, RFC 6184 §8.2.2).
        Map<String, String> parameters = ours.name().equalsIgnoreCase("opus") ? ours.parameters() : Codecs.ofBothSides(theirs.parameters());
        return new SdpCodec(theirs.payloadType(), theirs.name(), theirs.clockRate(), theirs.channels(), parameters,
            Codecs.acceptedFeedback(kind, theirs.feedback()));
    }

    /**
     * Whether an offer of the peer restarts ICE, for which RFC 8839 §4.4.1.1.1 has "both the ice-pwd and the ice-ufrag" change. Transports are compared, not
     * sections: RFC 9143 §10 wants each section of the first offer to "contain unique ICE properties", of which only those of the tagged section are "applied to
     * each bundled "m=" section" from the answer on. That the others name these as well in the next offer is no restart, and who took it for one would restart
     * alone.
     */
    private static boolean restarts(Map<Integer, Section> before, Map<Integer, Section> offered) {
        for (Map.Entry<Integer, Section> e : offered.entrySet()) {
            assert Steps.count();
            Section old = before.get(e.getKey());
            Section now = e.getValue();
            if (old != null && old.iceUfrag() != null && now.iceUfrag() != null && !old.iceUfrag().equals(now.iceUfrag())) {
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
        for (JsepTransceiver t : transceivers) {
            assert Steps.count();
            if (!beforeOffer.present.contains(t)) {
                if (t.madeByRemoteOffer && !t.usedByAddTrack) {
                    t.stopped = true;
                    t.stopping = true;
                    removed.add(t);
                }
                associations.set(t, null, null);
            }
        }
        for (Association a : beforeOffer.associations) {
            assert Steps.count();
            associations.set(a.transceiver, a.mid, a.mLineIndex);
        }
        transceivers.removeAll(Set.copyOf(removed));
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

    /** Parses a description and checks it against the state; the error of webrtc-pc §4.4.1.5 otherwise. */
    public Description parse(boolean local, SdpType type, String sdp) throws JsepException {
        requireState(local, type);
        Description d = read(local, type, sdp);
        validate(local, d);
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
        if (state.after(local, type) == null) {
            throw new JsepException(Kind.INVALID_STATE, "a " + (local ? "local " : "remote ") + type.name().toLowerCase(java.util.Locale.ROOT)
                + " cannot be set in signaling state " + state.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        }
    }

    /** Whether a description fits the others in force. */
    public void validate(boolean local, Description d) throws JsepException {
        boolean answer = d.type() == SdpType.ANSWER || d.type() == SdpType.PRANSWER;
        Description offer = local ? pendingRemote : pendingLocal;
        mids.nameSections(d, answer ? offer : currentRemote, answer ? null : local ? pendingLocal : pendingRemote, this::usedMids);
        Set<String> named = new LinkedHashSet<>();
        for (Section s : d.sections()) {
            assert Steps.count();
            if (!named.add(s.mid())) {
                throw new JsepException(Kind.INVALID_ACCESS, "two media sections have the mid \"" + s.mid() + "\"", s.media().line);
            }
            if (!s.hasMidLine() && local && !s.rejected() && d.type() == SdpType.OFFER) {
                throw new JsepException(Kind.INVALID_MODIFICATION, "a local offer has a mid in each media section", s.media().line);
            }
        }
        validateGroups(d);
        if (!answer) {
            LineUp.requireOffer(local, d, currentLocal, currentRemote);
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
                // An answer is for the sections of the offer, whose mids it names; what we call the sections of an offer without mids, no peer can name.
                if (s == null || !s.hasMidLine() && d.type() == SdpType.OFFER) {
                    throw new JsepException(Kind.INVALID_ACCESS, "BUNDLE names the mid " + LineUp.quoted(mid) + ", which no media section has");
                }
                // RFC 9143 §5: "Any given bundled "m=" section MUST NOT be associated with more than one BUNDLE group at any given time."
                if (!grouped.add(mid)) {
                    throw new JsepException(Kind.INVALID_ACCESS, "BUNDLE names the mid " + LineUp.quoted(mid) + " twice");
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
            throw new JsepException(Kind.INVALID_ACCESS, "media section " + s.index() + " has no a=ice-ufrag or a=ice-pwd", s.media().line);
        }
        if (s.fingerprints().isEmpty()) {
            throw new JsepException(Kind.INVALID_ACCESS, "media section " + s.index() + " has no a=fingerprint: only DTLS is spoken here", s.media().line);
        }
        if (!local && s.media().isMedia() && !s.rtcpMux()) {
            // RFC 9429 §5.8.3: "If the RTP/RTCP multiplexing policy is "require", each "m=" section MUST contain an "a=rtcp-mux" attribute." Chromium and
            // Firefox refuse it, too. Sections that BUNDLE joins to another may leave it to that one (§5.2.2).
            throw new JsepException(Kind.INVALID_ACCESS, "media section " + s.index() + " has no a=rtcp-mux: rtcpMuxPolicy is \"require\", the only one here, "
                + "and the peer would take RTCP on a port of its own", s.media().line);
        }
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
        Map<Integer, Section> before = taggedSections(previous);
        for (Map.Entry<Integer, Section> e : taggedSections(d).entrySet()) {
            assert Steps.count();
            Section old = before.get(e.getKey());
            Section now = e.getValue();
            boolean sameGeneration = old != null && old.iceUfrag() != null && old.iceUfrag().equals(now.iceUfrag());
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
                JsepTransceiver t = associations.of(s.mid());
                t = t != null ? t : offeredMids.get(s.mid());
                if (t == null && s.media().isMedia() && !s.rejected()) {
                    throw new JsepException(Kind.INVALID_MODIFICATION, "the mid \"" + s.mid() + "\" was not made by createOffer", s.media().line);
                }
                byMid.put(s.mid(), t);
            }
            takeSnapshot();
            for (Section s : d.sections()) {
                JsepTransceiver t = byMid.get(s.mid());
                assert Steps.count();
                if (t != null) {
                    associations.set(t, s.mid(), s.index());
                }
                if (!s.rejected()) {
                    transports.assignForOffer(s.mid(), s.kind(), d.tagOf(s.mid()));
                }
            }
            initialOfferer = initialOfferer == null ? Boolean.TRUE : initialOfferer;
            pendingLocal = d;
        } else {
            transports.bundle(d.bundleGroups(), liveMids(d));
            DtlsRoles.forget(taggedSections(currentRemote), taggedSections(pendingRemote), transports);
            DtlsRoles.settle(true, taggedSections(d), transports);
            finishAnswer(d, true);
        }
        credentials = d.sections().stream().anyMatch(s -> s.iceUfrag() != null) ? credentialsOf(d) : credentials;
        own.retain(transports.ids());
        tlsIds.taken();
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

    /** Applies a remote description (RFC 9429 §5.10, §5.11). Transceivers that it makes are at the end of {@link #transceivers()}. */
    public void applyRemote(Description d) throws JsepException {
        if (d.type() == SdpType.OFFER) {
            requireRoom(d);
            takeSnapshot();
            Unassociated adoptable = new Unassociated(t -> t.byAddTrack);
            for (Section s : d.sections()) {
                assert Steps.count();
                if (s.media().isMedia()) {
                    associate(s, adoptable);
                }
                if (!s.rejected()) {
                    transports.assignForRemoteOffer(s.mid(), d.tagOf(s.mid()));
                }
            }
            initialOfferer = initialOfferer == null ? Boolean.FALSE : initialOfferer;
            pendingRemote = d;
        } else {
            transports.bundle(d.bundleGroups(), liveMids(d));
            DtlsRoles.forget(taggedSections(currentRemote), taggedSections(d), transports);
            DtlsRoles.settle(false, taggedSections(d), transports);
            finishAnswer(d, false);
        }
        state = state.after(false, d.type());
    }

    /** A peer cannot make any number of transceivers and transports. */
    private void requireRoom(Description d) throws JsepException {
        int newTransceivers = 0;
        Set<String> newTransports = new HashSet<>();
        for (Section s : d.sections()) {
            assert Steps.count();
            if (s.rejected()) {
                continue;
            }
            if (s.media().isMedia() && associations.of(s.mid()) == null) {
                newTransceivers++;
            }
            String tag = d.tagOf(s.mid());
            if (transports.of(s.mid()) == null && transports.of(tag) == null) {
                newTransports.add(tag);
            }
        }
        if (transceivers.size() + newTransceivers > MAX_TRANSCEIVERS) {
            throw new JsepException(Kind.OPERATION, "the offer would make more than " + MAX_TRANSCEIVERS + " transceivers");
        }
        if (!newTransports.isEmpty() && transports.count() + newTransports.size() > MAX_TRANSPORTS) {
            throw new JsepException(Kind.OPERATION, "the offer would make more than " + MAX_TRANSPORTS + " transports: bundle its media sections");
        }
    }

    private void associate(Section s, Unassociated adoptable) {
        JsepTransceiver t = associations.of(s.mid());
        if (t == null && s.rejected()) {
            return;
        }
        if (t == null) {
            t = Direction.ofSdp(s.direction()).receives() ? adoptable.take(s.kind()) : null;
            if (t == null) {
                t = addTransceiver(s.kind(), Direction.RECVONLY, false, null);
                t.madeByRemoteOffer = true;
            }
        }
        associations.set(t, s.mid(), s.index());
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
            numbering.learn(currentRemote.sections(), currentLocal.sections());
            dataWanted &= !isDataRefused();
            if (!credentialsOf(currentLocal)[0].equals(ufragToReplace)) {
                ufragToReplace = null;
            }
        }
        for (Section s : answer.sections()) {
            assert Steps.count();
            JsepTransceiver t = s.media().isMedia() ? byIndex(s.index()) : null;
            if (t == null) {
                continue;
            }
            boolean rejected = s.rejected() || offer.sections().get(s.index()).rejected();
            if (rejected && answer.type() == SdpType.ANSWER) {
                t.stopped = true;
                t.stopping = true;
                t.currentDirection = null;
                associations.set(t, null, null);
            } else if (!rejected) {
                t.currentDirection = AgreedDirection.of(local, offer.sections().get(s.index()), s);
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
        return associations.at(index);
    }

    // ---------------------------------------------------------------- candidates

    /** Adds a candidate of ours to the local descriptions, in every section that its transport serves first. */
    public void addLocalCandidate(int transportId, String candidate) {
        for (Description d : new Description[] {pendingLocal, currentLocal}) {
            Section s = d == null ? null : taggedSectionOf(d, transportId);
            if (s != null) {
                d.addCandidate(s.index(), candidate);
            }
        }
    }

    public void addLocalEndOfCandidates(int transportId) {
        for (Description d : new Description[] {pendingLocal, currentLocal}) {
            Section s = d == null ? null : taggedSectionOf(d, transportId);
            if (s != null) {
                d.addEndOfCandidates(s.index());
            }
        }
    }

    /**
     * The section of a description whose lines each transport goes by: the tagged one of its BUNDLE group, wherever it stands (RFC 9143 §7.1.3). An offer may tag another
     * one, which in the agreement before had lines, too, by which nothing ever went: each first offer of ours has them.
     */
    private Map<Integer, Section> taggedSections(Description d) {
        TransportTable table = beforeOffer != null && (d == currentLocal || d == currentRemote) ? beforeOffer.transports : transports;
        Map<Integer, Section> tagged = new LinkedHashMap<>();
        for (Section s : d == null ? List.<Section>of() : d.sections()) {
            assert Steps.count();
            Integer id = table.of(s.mid());
            if (!s.rejected() && id != null) {
                tagged.merge(id, s, (x, y) -> rank(table, id, y) > rank(table, id, x) ? y : x);
            }
        }
        return tagged;
    }

    /** Descriptions of other times may have had the lines in another section. */
    private static int rank(TransportTable table, int transportId, Section s) {
        return (s.iceUfrag() != null ? 2 : 0) + (s.mid().equals(table.tagOf(transportId)) ? 1 : 0);
    }

    /** The section of a description whose lines a transport goes by, and that names its candidates. Null where none does. */
    public Section taggedSectionOf(Description d, int transportId) {
        return taggedSections(d).get(transportId);
    }

    /**
     * Finds the section that a candidate of the peer is for; null where it names none. One with an ice-ufrag of no current or pending description of the peer is
     * refused (webrtc-pc §4.4.1.7); one without belongs to the latest.
     */
    public Section remoteSection(String mid, Integer mLineIndex, String usernameFragment) throws JsepException {
        Description d = remote();
        if (d == null) {
            throw new JsepException(Kind.INVALID_STATE, "there is no remote description yet: set it first, then add candidates");
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
            throw new JsepException(Kind.OPERATION, "no remote description in force has the ice-ufrag of this candidate");
        }
        return s;
    }

    /** The remote description, the latest first, that has this ice-ufrag for a section, with null for any; null where none has. */
    private Description remoteWith(Section s, String ufrag) {
        for (Description d : new Description[] {pendingRemote, currentRemote}) {
            if (d == null) {
                continue;
            }
            if (s == null ? d.sections().stream().anyMatch(x -> ufrag.equals(x.iceUfrag()))
                : s.index() < d.sections().size() && ufrag.equals(d.ufragOf(d.sections().get(s.index())))) {
                return d;
            }
        }
        return null;
    }

    /** Shows a candidate of the peer in the description that has its ice-ufrag, or in the latest, unless that shows too many for its section already. */
    public void addRemoteCandidate(Section s, String candidate, String ufrag) {
        Description of = ufrag == null || ufrag.isEmpty() ? null : remoteWith(s, ufrag);
        Description d = of != null ? of : remote();
        if (d != null && s.index() < d.sections().size()) {
            d.addCandidate(s.index(), candidate);
        }
    }

    public void addRemoteEndOfCandidates(Section s) {
        Description d = remote();
        if (d != null && s.index() < d.sections().size()) {
            d.addEndOfCandidates(s.index());
        }
    }

    /** The transport that candidates for this section are of; null for none: those of a section that BUNDLE joined to another are of one that is not used. */
    public Integer candidateTransport(Section s) {
        Description d = remote();
        if (d == null) {
            return null;
        }
        boolean joined = d.isBundledButNotTagged(s.mid());
        Integer id = transports.of(s.mid());
        if (id != null) {
            return joined && !s.mid().equals(transports.tagOf(id)) ? null : id;
        }
        // We have refused the section, or will: until the peer knows, it names candidates of the transport with which others of the group go on by this one.
        if (s.iceUfrag() != null && !joined) {
            for (String other : d.joinedTo(s.mid())) {
                assert Steps.count();
                Integer goesOn = transports.of(other);
                if (goesOn != null) {
                    Section tagged = d.byMid(transports.tagOf(goesOn));
                    return tagged != null && s.iceUfrag().equals(tagged.iceUfrag()) ? goesOn : null;
                }
            }
        }
        return null;
    }

    // ---------------------------------------------------------------- plans

    /** What the descriptions in force ask of the layers below. */
    public Agreement plan() {
        Description local = local();
        if (local == null) {
            return new Agreement(List.of(), List.of(), null);
        }
        boolean answered = currentLocal != null && pendingLocal == null && pendingRemote == null || local.type() != SdpType.OFFER
            || pendingRemote != null && pendingRemote.type() == SdpType.PRANSWER;
        Description remote = local == pendingLocal && local.type() == SdpType.OFFER && !answered ? currentRemote : answeredRemote();
        Map<Integer, List<String>> midsByTransport = new LinkedHashMap<>();
        for (Section s : local.sections()) {
            assert Steps.count();
            Integer id = transports.of(s.mid());
            if (!s.rejected() && id != null) {
                midsByTransport.computeIfAbsent(id, k -> new ArrayList<>()).add(s.mid());
            }
        }
        List<Agreement.Transport> planned = new ArrayList<>();
        boolean restartable = local == pendingLocal && local.type() == SdpType.OFFER && currentLocal != null && remote == currentRemote;
        Map<Integer, Section> ours = taggedSections(local);
        Map<Integer, Section> theirs = taggedSections(remote);
        Map<Integer, Section> before = restartable ? taggedSections(currentLocal) : Map.of();
        midsByTransport.forEach((id, mids) -> planned.add(planTransport(id, mids, ours.get(id), theirs.get(id), before.get(id))));
        List<Agreement.Media> media = new ArrayList<>();
        Agreement.Data data = null;
        // Media and data run by the last complete agreement; a pending offer changes transports only.
        Description agreedLocal = local.type() == SdpType.OFFER && remote == currentRemote && pendingLocal == local ? currentLocal : local;
        if (agreedLocal != null && remote != null) {
            for (int i = 0; i < Math.min(agreedLocal.sections().size(), remote.sections().size()); i++) {
                assert Steps.count();
                Section l = agreedLocal.sections().get(i);
                Section r = remote.sections().get(i);
                Integer id = transports.of(l.mid());
                if (l.rejected() || r.rejected() || id == null) {
                    continue;
                }
                if (l.isData()) {
                    data = new Agreement.Data(id, l.sctpPort() == null ? LocalSettings.SCTP_PORT : l.sctpPort(), r.sctpPort(), r.maxMessageSize());
                } else if (l.media().isMedia()) {
                    JsepTransceiver t = byIndex(i);
                    if (t != null && !t.stopped && t.currentDirection != null) {
                        media.add(planMedia(t, l, r, id));
                    }
                }
            }
        }
        return new Agreement(planned, media, data);
    }

    private Description answeredRemote() {
        return pendingRemote != null && (pendingRemote.type() != SdpType.OFFER || pendingLocal != null && pendingLocal.type() == SdpType.PRANSWER)
            ? pendingRemote : currentRemote;
    }

    /** {@code before} is our section in the agreement that a pending offer of ours wants to change, or null. */
    private Agreement.Transport planTransport(int id, List<String> mids, Section l, Section r, Section before) {
        String ufrag = l.iceUfrag() != null ? l.iceUfrag() : credentials[0];
        String pwd = l.icePwd() != null ? l.icePwd() : credentials[1];
        // While our offer with a restart is pending, the peer's old credentials belong to the generation that ends.
        boolean restartPending = before != null && !ufrag.equals(before.iceUfrag());
        boolean known = r != null && r.iceUfrag() != null && !restartPending;
        return new Agreement.Transport(id, mids, ufrag, pwd, known ? r.iceUfrag() : null, known ? r.icePwd() : null, known && r.iceLite(),
            initialOfferer == null || initialOfferer, transports.dtlsClient(id), known ? r.fingerprints() : List.of(), known ? r.tlsId() : null);
    }

    /** The extensions of one side that the other has, too, with the numbers of the first. */
    private static List<ExtMap> common(Section of, Section with) {
        Set<String> uris = new HashSet<>();
        with.extensions().forEach(e -> uris.add(e.uri()));
        List<ExtMap> common = new ArrayList<>();
        for (ExtMap e : of.extensions()) {
            assert Steps.count();
            if (e.isUsable() && uris.contains(e.uri())) {
                common.add(e);
            }
        }
        return common;
    }

    private static Agreement.Media planMedia(JsepTransceiver t, Section l, Section r, int transportId) {
        Set<String> ours = new HashSet<>();
        l.codecs().forEach(c -> ours.add(Codecs.key(c)));
        Map<String, SdpCodec> theirs = new HashMap<>();
        List<SdpCodec> send = new ArrayList<>();
        for (SdpCodec c : r.codecs()) {
            assert Steps.count();
            theirs.putIfAbsent(Codecs.key(c), c);
            if (c.isRtx() || ours.contains(Codecs.key(c))) {
                send.add(c.withFeedback(Codecs.acceptedFeedback(t.kind, c.feedback())));
            }
        }
        // All that we announced, also what the answer left out: Chromium goes on sending the offer's first codec when its own preferences name another.
        List<SdpCodec> receive = new ArrayList<>();
        for (SdpCodec c : l.codecs()) {
            assert Steps.count();
            SdpCodec agreed = c.isRtx() ? null : theirs.get(Codecs.key(c));
            receive.add(Codecs.asSentBy(agreed, c).withFeedback(Codecs.acceptedFeedback(t.kind, agreed == null ? c.feedback() : agreed.feedback())));
        }
        List<ExtMap> sendExtensions = common(r, l);
        if (!l.hasMidLine() || !r.hasMidLine() || l.mid().length() > ONE_BYTE_EXTENSION && !(l.mixedExtensions() && r.mixedExtensions())) {
            // RFC 8285 §4.1.2: only two-byte extensions can carry it, and they do not go together with others unless both sides have agreed to that.
            sendExtensions = sendExtensions.stream().filter(e -> !e.uri().equals(ExtMap.MID)).toList();
        }
        List<ExtMap> receiveExtensions = common(l, r);
        return new Agreement.Media(t, l.mid(), transportId, t.currentDirection.sends(), t.currentDirection.receives(), send, receive, sendExtensions,
            receiveExtensions, r.ssrcs(), r.fidGroups(), r.rtcpReducedSize(), r.maxBitrate(), r.ptime());
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
