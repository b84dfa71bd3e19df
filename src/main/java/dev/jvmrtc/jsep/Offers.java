package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.jsep.SectionWriter.TransportLines;
import dev.jvmrtc.sdp.MediaDescription;
import dev.jvmrtc.sdp.SdpSession;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes offers (RFC 9429 §5.2). Changes nothing that shows; applying the result does. */
final class Offers {

    /** @param offered which transceiver each of its mids stands for */
    record Made(String sdp, Map<String, JsepTransceiver> offered) {}

    private final JsepState state;
    private final LocalSettings settings;
    private final SessionWriter session;
    private final SectionWriter writer;
    private final OwnCredentials own;
    private final TlsIds tlsIds;
    private final Mids mids;
    /**
     * The section in whose transport the offer being made wants all to be (RFC 9143 §7.2): the first that goes on. A
     * new section that took the place of an old one before it has no transport yet, and would draw all the others out
     * of theirs.
     */
    private String offerTag;

    Offers(
            JsepState state,
            LocalSettings settings,
            SessionWriter session,
            SectionWriter writer,
            OwnCredentials own,
            TlsIds tlsIds,
            Mids mids) {
        this.state = state;
        this.settings = settings;
        this.session = session;
        this.writer = writer;
        this.own = own;
        this.tlsIds = tlsIds;
        this.mids = mids;
    }

    /** @param iceRestart whether all transports are to get new credentials, as they do where restartIce() was called */
    Made create(boolean iceRestart) {
        Map<String, JsepTransceiver> offered = new LinkedHashMap<>();
        boolean restart = iceRestart || state.credentials.ufrag().equals(state.ufragToReplace);
        Generation generation = new Generation(
                state,
                own,
                restart && state.local() != null && state.signaling == SignalingState.STABLE
                        ? settings.newCredentials().get()
                        : state.credentials);
        SdpSession s = session.begin();
        List<String> bundle = new ArrayList<>();
        Unassociated unassociated = new Unassociated(state.transceivers, t -> true);
        TransportTable trial = state.transports.copy();
        Set<String> usedMids = state.usedMids();
        List<Section> previous = previousSections();
        boolean dataPlaced = false;
        List<String> goingOn = previous.stream()
                .filter(old -> isLive(old) && trial.of(old.mid()) != null)
                .map(Section::mid)
                .toList();
        offerTag = goingOn.stream()
                .filter(mid -> mid.equals(trial.tagOf(trial.of(mid))))
                .findFirst()
                .orElse(goingOn.isEmpty() ? null : goingOn.get(0));
        for (Section old : previous) {
            assert Steps.count();
            String oldMid = old.mid();
            JsepTransceiver t = state.associations.of(oldMid);
            boolean gone = old.rejected() || old.media().isMedia() && (t == null || t.stopping || t.stopped);
            if (gone && old.media().isMedia()) {
                JsepTransceiver heir =
                        old.rejected() && isRecyclable(old.index()) ? unassociated.take(old.mediaKind()) : null;
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
                s.media.add(writer.data(
                        oldMid, null, lines(trial, oldMid, MediaDescription.APPLICATION, generation, bundle)));
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
        if (state.dataWanted && !dataPlaced) {
            String mid = mids.unused(usedMids);
            bundle.add(mid);
            s.media.add(writer.data(mid, null, lines(trial, mid, MediaDescription.APPLICATION, generation, bundle)));
        }
        if (bundle.remove(offerTag)) {
            bundle.add(0, offerTag);
        }
        if (!bundle.isEmpty()) {
            s.attributes.add("group", "BUNDLE " + String.join(" ", bundle));
        }
        session.finish(s, true);
        return new Made(s.toString(), offered);
    }

    /** Whether a section of before goes on in the next offer under its mid. */
    private boolean isLive(Section old) {
        JsepTransceiver t = state.associations.of(old.mid());
        return !old.rejected() && (old.isData() || t != null && !t.stopping && !t.stopped);
    }

    private void addOffered(
            SdpSession s, List<String> bundle, TransportTable trial, JsepTransceiver t, String mid, Generation g) {
        bundle.add(mid);
        s.media.add(writer.offerMedia(t, mid, lines(trial, mid, t.kind.toString(), g, bundle)));
    }

    private TransportLines lines(
            TransportTable trial, String mid, String kind, Generation generation, List<String> bundle) {
        boolean existed = trial.of(mid) != null;
        boolean created = trial.assignForOffer(mid, kind, offerTag != null ? offerTag : bundle.get(0));
        // RFC 9143 §7.2.1, §7.3.1: bundle-only is for sections that have no transport unless the peer bundles.
        boolean bundleOnly = !created && !existed && state.currentRemote == null;
        Credentials c = generation.credentialsOf(trial.of(mid));
        return new TransportLines(
                c.ufrag(),
                c.pwd(),
                "actpass",
                tlsIds.ofOffer(trial.of(mid), generation.ours(trial.of(mid))),
                bundleOnly);
    }

    /**
     * The sections of the latest description; of an agreement those of the answer, which says what is left of the
     * offer.
     */
    private List<Section> previousSections() {
        Description latest = null;
        boolean weAnswered = state.currentLocal != null && state.currentLocal.type() == SdpType.ANSWER;
        Description offer = weAnswered ? state.currentRemote : state.currentLocal;
        Description answer = weAnswered ? state.currentLocal : state.currentRemote;
        for (Description d : new Description[] {offer, answer, state.pendingLocal, state.pendingRemote}) {
            if (d != null
                    && (latest == null
                            || d.sections().size() >= latest.sections().size())) {
                latest = d;
            }
        }
        return latest == null ? List.of() : latest.sections();
    }

    private boolean isRecyclable(int index) {
        return isRejectedAt(state.currentLocal, index) && isRejectedAt(state.currentRemote, index);
    }

    private static boolean isRejectedAt(Description d, int index) {
        return d != null
                && index < d.sections().size()
                && d.sections().get(index).rejected();
    }
}
