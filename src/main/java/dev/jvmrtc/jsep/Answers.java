package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.jsep.SectionWriter.TransportLines;
import dev.jvmrtc.sdp.MediaDescription;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.SdpSession;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Makes answers (RFC 9429 §5.3). Changes nothing that shows; applying the result does. */
final class Answers {
    private final JsepState state;
    private final LocalSettings settings;
    private final SessionWriter session;
    private final SectionWriter writer;
    private final OwnCredentials own;
    private final TlsIds tlsIds;
    private final Codecs codecs;

    Answers(
            JsepState state,
            LocalSettings settings,
            SessionWriter session,
            SectionWriter writer,
            OwnCredentials own,
            TlsIds tlsIds) {
        this.state = state;
        this.settings = settings;
        this.session = session;
        this.writer = writer;
        this.own = own;
        this.tlsIds = tlsIds;
        this.codecs = settings.codecs();
    }

    /** Only with a remote offer. */
    String create() {
        Description offer = state.pendingRemote;
        Map<Integer, Section> tagged = state.taggedSections(offer);
        Map<Integer, Section> before = state.taggedSections(state.currentRemote);
        boolean peerRestarts = state.currentRemote != null && state.currentLocal != null && restarts(before, tagged);
        Generation generation = new Generation(
                state,
                own,
                peerRestarts && state.pendingLocal == null
                        ? settings.newCredentials().get()
                        : state.credentials);
        SdpSession s = session.begin();
        Map<Section, List<SdpCodec>> agreed = new IdentityHashMap<>();
        for (Section o : offer.sections()) {
            assert Steps.count();
            JsepTransceiver t = o.media().isMedia() && !o.rejected() ? transceiverOf(o) : null;
            List<SdpCodec> common = t == null || t.stopped ? List.of() : commonCodecs(t, o);
            if (!common.stream().allMatch(Codecs::isAuxiliary)) {
                agreed.put(o, common);
            }
        }
        Predicate<Section> wanted =
                o -> agreed.containsKey(o) ? !transceiverOf(o).stopping : o.isData() && !o.rejected();
        BundleAnswer bundle = new BundleAnswer(
                offer, wanted, agreed::containsKey, settings.bundlePolicy() == BundlePolicy.MAX_BUNDLE);
        bundle.groups().forEach(group -> s.attributes.add("group", "BUNDLE " + String.join(" ", group)));
        for (Section o : offer.sections()) {
            assert Steps.count();
            s.media.add(
                    bundle.takes(o)
                            ? answerSection(o, agreed.get(o), generation, tagged, before)
                            : SectionWriter.rejected(o.media(), o.media().mid()));
        }
        // RFC 8285 §6: "If an offer does not indicate support for mixed one- and two-byte header extensions ... the
        // answer MUST NOT".
        session.finish(s, offer.session().attributes.has("extmap-allow-mixed"));
        return s.toString();
    }

    private MediaDescription answerSection(
            Section o,
            List<SdpCodec> agreed,
            Generation generation,
            Map<Integer, Section> tagged,
            Map<Integer, Section> before) {
        int transport = state.transports.of(o.mid());
        Credentials c = generation.credentialsOf(transport);
        String tlsId =
                tlsIds.ofAnswer(transport, generation.ours(transport), before.get(transport), tagged.get(transport));
        TransportLines lines = new TransportLines(c.ufrag(), c.pwd(), answerSetup(o, transport), tlsId, false);
        if (o.isData()) {
            return writer.data(o.media().mid(), o, lines);
        }
        JsepTransceiver t = transceiverOf(o);
        Direction direction = t.stopping
                ? Direction.INACTIVE
                : t.direction.and(Direction.ofSdp(o.direction()).reversed());
        return writer.answerMedia(t, o, direction, agreed, lines);
    }

    private JsepTransceiver transceiverOf(Section o) {
        JsepTransceiver t = state.associations.at(o.index());
        return t != null && o.mid().equals(t.mid) ? t : null;
    }

    /** RFC 8842 §5.3: an offerer leaves the choice to us, and we begin; an existing association keeps its roles. */
    private String answerSetup(Section o, int transport) {
        String offered = state.pendingRemote.setupOf(o);
        if ("active".equals(offered)) {
            return "passive";
        }
        if ("passive".equals(offered)) {
            return "active";
        }
        Boolean client = state.transports.dtlsClient(transport);
        return client == null || client ? "active" : "passive";
    }

    /**
     * The offer's payload types that we can use, with our parameters: in the offer's order, or in that of
     * setCodecPreferences. RTX only with its codec.
     */
    private List<SdpCodec> commonCodecs(JsepTransceiver t, Section offer) {
        Map<String, SdpCodec> ours = new LinkedHashMap<>();
        codecs.of(t).forEach(c -> ours.putIfAbsent(codecs.key(c), c));
        boolean rtxAllowed = ours.remove(null) != null;
        Map<String, List<SdpCodec>> main = new LinkedHashMap<>();
        if (!t.preferences.isEmpty()) {
            ours.keySet().forEach(k -> main.put(k, new ArrayList<>()));
        }
        Map<Integer, List<SdpCodec>> repairs = new HashMap<>();
        List<SdpCodec> inOffersOrder = new ArrayList<>();
        for (SdpCodec theirs : offer.codecs()) {
            assert Steps.count();
            String key = codecs.key(theirs);
            if (key == null && rtxAllowed) {
                repairs.computeIfAbsent(theirs.associatedPayloadType(), k -> new ArrayList<>())
                        .add(theirs.withFeedback(List.of()));
            } else if (key != null && ours.containsKey(key)) {
                SdpCodec answered = codecs.answer(t.kind, ours.get(key), theirs);
                inOffersOrder.add(answered);
                main.computeIfAbsent(key, k -> new ArrayList<>()).add(answered);
            }
        }
        List<SdpCodec> all = new ArrayList<>();
        for (SdpCodec c : t.preferences.isEmpty()
                ? inOffersOrder
                : main.values().stream().flatMap(List::stream).toList()) {
            assert Steps.count();
            all.add(c);
            all.addAll(repairs.getOrDefault(c.payloadType(), List.of()));
        }
        return all;
    }

    /**
     * Whether an offer of the peer restarts ICE, for which RFC 8839 §4.4.1.1.1 has "both the ice-pwd and the ice-ufrag"
     * change. Transports are compared, not sections: RFC 9143 §10 wants each section of the first offer to "contain
     * unique ICE properties", of which only those of the tagged section are "applied to each bundled "m=" section" from
     * the answer on. That the others name these as well in the next offer is no restart, and who took it for one would
     * restart alone.
     */
    private static boolean restarts(Map<Integer, Section> before, Map<Integer, Section> offered) {
        for (Map.Entry<Integer, Section> e : offered.entrySet()) {
            assert Steps.count();
            Section old = before.get(e.getKey());
            Section now = e.getValue();
            if (old != null
                    && old.iceUfrag() != null
                    && now.iceUfrag() != null
                    && !old.iceUfrag().equals(now.iceUfrag())) {
                return true;
            }
        }
        return false;
    }
}
