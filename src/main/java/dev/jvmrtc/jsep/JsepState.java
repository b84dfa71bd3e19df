package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a negotiation has come to: the descriptions, the transceivers and the sections they stand for, and the
 * transports. {@link Applier} and {@link Negotiator} change it; those who make and judge descriptions read it.
 */
final class JsepState {
    SignalingState signaling = SignalingState.STABLE;
    /** Ours of the last complete agreement (webrtc-pc [[CurrentLocalDescription]]), or null. */
    Description currentLocal;
    /** Ours on the way to the next one (webrtc-pc [[PendingLocalDescription]]), or null. */
    Description pendingLocal;

    Description currentRemote;
    Description pendingRemote;
    /** In the order of their creation. */
    final List<JsepTransceiver> transceivers = new ArrayList<>();

    final Associations associations = new Associations();
    final TransportTable transports;
    /** A data channel was made: offers have a data section. */
    boolean dataWanted;
    /** The ice-ufrag that restartIce() wants gone (webrtc-pc [[LocalIceCredentialsToReplace]]), or null. */
    String ufragToReplace;
    /** By these the generation of ICE goes: those of all transports, on a shared port of the first. */
    Credentials credentials;
    /**
     * Whether we made the offer of the negotiation in force, which gives the ICE role (RFC 8445 §6.1.1); null before
     * one.
     */
    Boolean initialOfferer;
    /** What an offer that is pending has changed, as it was before; null without one. */
    Snapshot beforeOffer;

    record Association(JsepTransceiver transceiver, String mid, Integer mLineIndex) {}

    record Snapshot(List<Association> associations, Set<JsepTransceiver> present, TransportTable transports) {}

    JsepState(TransportTable transports, Credentials credentials) {
        this.transports = transports;
        this.credentials = credentials;
    }

    /** Our latest description, or null. */
    Description local() {
        return pendingLocal != null ? pendingLocal : currentLocal;
    }

    /** The peer's latest description, or null. */
    Description remote() {
        return pendingRemote != null ? pendingRemote : currentRemote;
    }

    /** The transceiver of a media section, or null. */
    JsepTransceiver byIndex(int index) {
        return associations.at(index);
    }

    /**
     * Whether the last agreement has refused the data section of its offer: what waits for one waits in vain, and the
     * next channel asks again.
     */
    boolean isDataRefused() {
        return currentLocal != null
                && currentRemote != null
                && (currentLocal.type() == SdpType.OFFER
                        ? currentRemote.refusesDataOf(currentLocal)
                        : currentLocal.refusesDataOf(currentRemote));
    }

    void takeSnapshot() {
        if (beforeOffer == null) {
            beforeOffer = new Snapshot(
                    transceivers.stream()
                            .map(t -> new Association(t, t.mid, t.mLineIndex))
                            .toList(),
                    new LinkedHashSet<>(transceivers),
                    transports.copy());
        }
    }

    /** The mids of descriptions and transceivers. */
    Set<String> usedMids() {
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

    /**
     * The section of a description whose lines each transport goes by: the tagged one of its BUNDLE group, wherever it
     * stands (RFC 9143 §7.1.3). An offer may tag another one, which in the agreement before had lines, too, by which
     * nothing ever went: each first offer of ours has them.
     */
    Map<Integer, Section> taggedSections(Description d) {
        TransportTable table =
                beforeOffer != null && (d == currentLocal || d == currentRemote) ? beforeOffer.transports : transports;
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
}
