package dev.jvmrtc.jsep;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.jsep.JsepException.Kind;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Applies descriptions, which were validated before, and undoes an offer: what changes of the state with them, and what
 * of that the application is to hear of.
 */
final class Applier {
    private final JsepState state;
    private final Numbering numbering;
    private final OwnCredentials own;
    private final TlsIds tlsIds;
    private final Validation validation;
    private final Receptions receptions;
    /** Makes a transceiver of a kind that receives, for a section of the peer's. */
    private final Function<MediaKind, JsepTransceiver> newReceiver;

    Applier(
            JsepState state,
            Numbering numbering,
            OwnCredentials own,
            TlsIds tlsIds,
            Validation validation,
            Function<MediaKind, JsepTransceiver> newReceiver) {
        this.state = state;
        this.numbering = numbering;
        this.own = own;
        this.tlsIds = tlsIds;
        this.validation = validation;
        this.receptions = new Receptions(state);
        this.newReceiver = newReceiver;
    }

    /** Undoes the pending offer (RFC 9429 §4.1.10.2). */
    Changes rollback(boolean local) throws JsepException {
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
                undone && state.currentRemote != null ? receptions.of(state.currentRemote) : List.of(), removed, false);
    }

    /**
     * Applies a local description (RFC 9429 §5.9).
     *
     * @param offeredMids which transceiver each mid of the offer last created stands for
     */
    Changes applyLocal(Description d, Map<String, JsepTransceiver> offeredMids) throws JsepException {
        Description previous = state.local();
        List<JsepTransceiver> before = List.copyOf(state.transceivers);
        applyNewLocal(d, offeredMids);
        if (previous != null) {
            keepCandidates(previous, d);
        }
        return changes(d, before, d.type() == SdpType.OFFER ? List.of() : receptions.endedBy(d));
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

    private void applyNewLocal(Description d, Map<String, JsepTransceiver> offeredMids) throws JsepException {
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
     * Applies a remote description (RFC 9429 §5.10, §5.11). Transceivers that it makes are at the end of those that
     * there are.
     */
    Changes applyRemote(Description d) throws JsepException {
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
        return changes(d, before, receptions.of(d));
    }

    private void associate(Section s, Unassociated adoptable) {
        JsepTransceiver t = state.associations.of(s.mid());
        if (t == null && s.rejected()) {
            return;
        }
        if (t == null) {
            t = Direction.ofSdp(s.direction()).receives() ? adoptable.take(s.mediaKind()) : null;
            if (t == null) {
                t = newReceiver.apply(s.mediaKind());
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

    private Changes changes(Description d, List<JsepTransceiver> before, List<Changes.Reception> receptions) {
        Set<JsepTransceiver> left = new HashSet<>(state.transceivers);
        List<JsepTransceiver> stopped =
                before.stream().filter(t -> t.stopped && !left.contains(t)).toList();
        return new Changes(receptions, stopped, d.type() == SdpType.ANSWER && state.isDataRefused());
    }
}
