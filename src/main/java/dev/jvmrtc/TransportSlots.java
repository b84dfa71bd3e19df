package dev.jvmrtc;

import dev.jvmrtc.dom.Event;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.IceState;
import dev.jvmrtc.jsep.Agreement;
import dev.jvmrtc.sdp.Section;
import dev.jvmrtc.session.plan.SessionEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The transports of a connection, their states, and the connection's states that follow from them (webrtc-pc §4.3,
 * §5.6.4).
 */
final class TransportSlots {

    /** Candidates of the peer that wait for their transport. */
    static final int MAX_HELD_CANDIDATES = 256;

    /** A null candidate means the end of candidates; {@code ufrag} names the generation, null for the present one. */
    private record HeldCandidate(int transportId, Candidate candidate, String ufrag) {}

    private final ConnectionSlots slots;
    private final RTCPeerConnection connection;
    private final Map<Integer, RTCDtlsTransport> transports = new LinkedHashMap<>();
    private final List<HeldCandidate> held = new ArrayList<>();
    private Map<Integer, String> remoteUfrags = Map.of();
    RTCIceGatheringState gatheringState = RTCIceGatheringState.NEW;
    RTCIceConnectionState iceConnectionState = RTCIceConnectionState.NEW;
    RTCPeerConnectionState connectionState = RTCPeerConnectionState.NEW;

    TransportSlots(ConnectionSlots slots, RTCPeerConnection connection) {
        this.slots = slots;
        this.connection = connection;
    }

    RTCDtlsTransport dtls(int id) {
        return transports.computeIfAbsent(id, k -> new RTCDtlsTransport(slots.lock));
    }

    /** Takes on a plan: transports come, get their parameters, and go. Under the lock. */
    void update(Agreement plan) {
        Map<Integer, String> ufrags = new LinkedHashMap<>();
        for (Agreement.Transport t : plan.transports()) {
            RTCIceTransport ice = dtls(t.id()).getIceTransport();
            ice.setRole(t.controlling());
            ice.setParameters(
                    new RTCIceParameters(t.localUfrag(), t.localPwd()),
                    t.remoteUfrag() == null ? null : new RTCIceParameters(t.remoteUfrag(), t.remotePwd()));
            if (t.remoteUfrag() != null) {
                ufrags.put(t.id(), t.remoteUfrag());
            }
        }
        remoteUfrags = ufrags;
        transports
                .keySet()
                .retainAll(
                        plan.transports().stream().map(Agreement.Transport::id).collect(Collectors.toSet()));
        hold();
        slots.tasks.post(this::updateStates);
        slots.tasks.post(slots.gathered::check);
    }

    /**
     * A connection with a peer stays alive until it fails, or is closed; while an offer of ours with a restart waits,
     * it is the one agreed on. Under the lock.
     */
    private void hold() {
        boolean hasPeer = !remoteUfrags.isEmpty() || !transports.isEmpty() && slots.negotiator.currentRemote() != null;
        slots.tether.hold(!slots.isClosed() && hasPeer && connectionState != RTCPeerConnectionState.FAILED);
    }

    // ---------------------------------------------------------------- candidates of the peer

    /** A candidate may come before the description of its generation is in force; then it waits. Under the lock. */
    void addRemoteCandidate(int transportId, Candidate candidate, String ufrag) {
        String current = remoteUfrags.get(transportId);
        HeldCandidate c = new HeldCandidate(transportId, candidate, ufrag);
        boolean inForce = current != null && (ufrag == null || ufrag.equals(current));
        if (slots.log.isOn()) {
            slots.log.line("transport " + transportId + ": remote "
                    + (candidate == null ? "end of candidates" : candidate.toSdp())
                    + (inForce ? "" : ", waits for its description"));
        }
        if (inForce) {
            pass(c);
        } else if (held.size() < MAX_HELD_CANDIDATES) {
            held.add(c);
        } else {
            slots.driver.command(
                    (session, now) -> session.countDrop("remote candidate before its description, too many"));
        }
    }

    /** Those that waited for the plan that has just been applied. Under the lock. */
    void flushCandidates() {
        List<HeldCandidate> waiting = List.copyOf(held);
        held.clear();
        for (HeldCandidate h : waiting) {
            addRemoteCandidate(h.transportId, h.candidate, h.ufrag);
        }
    }

    private void pass(HeldCandidate h) {
        if (h.candidate == null) {
            slots.driver.command((session, now) -> session.transports().endOfRemoteCandidates(now, h.transportId));
            return;
        }
        dtls(h.transportId)
                .getIceTransport()
                .addRemoteCandidate(new RTCIceCandidate(
                        new RTCIceCandidateInit(h.candidate.toSdp(), null, null, h.ufrag), null, null));
        slots.driver.command(
                (session, now) -> session.transports().addRemoteCandidate(now, h.transportId, h.candidate));
    }

    // ---------------------------------------------------------------- events of the session, as tasks

    void handle(SessionEvent e) {
        if (slots.isClosed()) {
            return;
        }
        if (e instanceof SessionEvent.LocalCandidate c) {
            localCandidate(c);
        } else if (e instanceof SessionEvent.GatheringStarted g) {
            gathering(g.transportId(), RTCIceGathererState.GATHERING);
        } else if (e instanceof SessionEvent.GatheringComplete g) {
            gatheringComplete(g.transportId());
        } else if (e instanceof SessionEvent.IceServerError err) {
            connection.fireEvent(
                    RTCPeerConnection.ICE_CANDIDATE_ERROR,
                    new RTCPeerConnectionIceErrorEvent(
                            err.base() == null
                                    ? null
                                    : Candidate.literal(err.base().getAddress()),
                            err.base() == null ? null : (Integer) err.base().getPort(),
                            err.url(),
                            err.code(),
                            err.text()));
        } else if (e instanceof SessionEvent.IceStateChanged s) {
            iceState(s);
        } else if (e instanceof SessionEvent.SelectedPairChanged p) {
            selectedPair(p);
        } else if (e instanceof SessionEvent.IceRestartNeeded r) {
            find(
                    r.transportId(),
                    t -> connection.fireEvent(
                            RTCPeerConnection.ICE_RESTART_NEEDED, new RTCIceRestartNeededEvent(t.getIceTransport())));
        } else if (e instanceof SessionEvent.IceRoleChanged r) {
            slots.locked(() -> find(r.transportId(), t -> t.getIceTransport().setRole(r.controlling())));
        } else if (e instanceof SessionEvent.DtlsStateChanged d) {
            dtlsState(d);
        }
    }

    private void find(int id, Consumer<RTCDtlsTransport> action) {
        RTCDtlsTransport t = transports.get(id);
        if (t != null) {
            action.accept(t);
        }
    }

    private RTCDtlsTransport get(int id) {
        synchronized (slots.lock) {
            return transports.get(id);
        }
    }

    /** The mid and index under which a transport's candidates are signalled; null where it has no section. */
    private Section section(int transportId) {
        return slots.negotiator.local() == null
                ? null
                : slots.negotiator.taggedSectionOf(slots.negotiator.local(), transportId);
    }

    private void localCandidate(SessionEvent.LocalCandidate c) {
        RTCIceCandidate candidate = slots.call(() -> {
            Section s = section(c.transportId());
            RTCDtlsTransport t = transports.get(c.transportId());
            if (s == null || t == null) {
                return null;
            }
            RTCIceCandidate made = new RTCIceCandidate(
                    new RTCIceCandidateInit(
                            c.candidate().toSdp(),
                            s.mid(),
                            s.index(),
                            c.candidate().usernameFragment()),
                    c.relayProtocol() == null ? null : RTCIceServerTransportProtocol.of(c.relayProtocol()),
                    c.url());
            slots.negotiator.addLocalCandidate(c.transportId(), c.candidate().toSdp());
            t.getIceTransport().addLocalCandidate(made);
            return made;
        });
        if (candidate != null) {
            connection.fireEvent(RTCPeerConnection.ICE_CANDIDATE, new RTCPeerConnectionIceEvent(candidate, c.url()));
        }
    }

    private void gathering(int transportId, RTCIceGathererState state) {
        RTCDtlsTransport t = get(transportId);
        boolean changed = t != null && slots.call(() -> t.getIceTransport().setGatheringState(state));
        if (changed) {
            t.getIceTransport().fireEvent(RTCIceTransport.GATHERING_STATE_CHANGE);
            updateGathering();
        }
    }

    private void gatheringComplete(int transportId) {
        RTCIceCandidate end = slots.call(() -> {
            Section s = section(transportId);
            RTCDtlsTransport t = transports.get(transportId);
            if (s == null || t == null) {
                return null;
            }
            slots.negotiator.addLocalEndOfCandidates(transportId);
            return new RTCIceCandidate(
                    new RTCIceCandidateInit(
                            "",
                            s.mid(),
                            s.index(),
                            t.getIceTransport().getLocalParameters().usernameFragment()),
                    null,
                    null);
        });
        if (end != null) {
            // §5.6.1: the end of a generation is a candidate with an empty line.
            connection.fireEvent(RTCPeerConnection.ICE_CANDIDATE, new RTCPeerConnectionIceEvent(end, null));
        }
        gathering(transportId, RTCIceGathererState.COMPLETE);
        slots.gathered.check();
    }

    private void updateGathering() {
        RTCIceGatheringState next = slots.call(() -> {
            List<RTCIceGathererState> all = transports.values().stream()
                    .map(t -> t.getIceTransport().getGatheringState())
                    .toList();
            RTCIceGatheringState s = all.contains(RTCIceGathererState.GATHERING)
                    ? RTCIceGatheringState.GATHERING
                    : !all.isEmpty() && all.stream().allMatch(x -> x == RTCIceGathererState.COMPLETE)
                            ? RTCIceGatheringState.COMPLETE
                            : RTCIceGatheringState.NEW;
            if (s == gatheringState) {
                return null;
            }
            gatheringState = s;
            return s;
        });
        if (next != null) {
            connection.fireEvent(RTCPeerConnection.ICE_GATHERING_STATE_CHANGE, new Event("icegatheringstatechange"));
            if (next == RTCIceGatheringState.COMPLETE) {
                // The older sign of the same (§4.8.2), which many applications wait for.
                connection.fireEvent(RTCPeerConnection.ICE_CANDIDATE, new RTCPeerConnectionIceEvent(null, null));
            }
        }
    }

    private void iceState(SessionEvent.IceStateChanged s) {
        RTCDtlsTransport t = get(s.transportId());
        boolean changed = t != null && slots.call(() -> t.getIceTransport().setState(of(s.state())));
        if (changed) {
            t.getIceTransport().fireEvent(RTCIceTransport.STATE_CHANGE);
            updateStates();
        }
    }

    private static RTCIceTransportState of(IceState s) {
        return RTCIceTransportState.valueOf(s.name());
    }

    private void selectedPair(SessionEvent.SelectedPairChanged p) {
        RTCDtlsTransport t = slots.call(() -> {
            RTCDtlsTransport found = transports.get(p.transportId());
            Section s = section(p.transportId());
            if (found != null) {
                found.getIceTransport().setSelectedPair(p.local(), p.remote(), s == null ? null : s.mid());
            }
            return found;
        });
        if (t != null) {
            t.getIceTransport().fireEvent(RTCIceTransport.SELECTED_CANDIDATE_PAIR_CHANGE);
        }
    }

    private void dtlsState(SessionEvent.DtlsStateChanged d) {
        RTCDtlsTransport t = get(d.transportId());
        boolean changed = t != null
                && slots.call(
                        () -> t.setState(RTCDtlsTransportState.valueOf(d.state().name()), d.remoteCertificates()));
        if (!changed) {
            return;
        }
        t.fireStateChange();
        if (d.failure() != null) {
            t.fireError(new RTCError(
                    d.fingerprintMismatch() ? RTCErrorDetailType.FINGERPRINT_FAILURE : RTCErrorDetailType.DTLS_FAILURE,
                    null,
                    null,
                    d.receivedAlert(),
                    d.sentAlert(),
                    d.failure()));
        }
        updateStates();
    }

    /** The session has ended by a fault of ours: each transport fails, and tells the cause. */
    void allFailed(Throwable cause) {
        for (RTCDtlsTransport t : slots.call(() -> List.copyOf(transports.values()))) {
            boolean changed =
                    slots.call(() -> !slots.isClosed() && t.setState(RTCDtlsTransportState.FAILED, List.of()));
            if (changed) {
                t.fireStateChange();
                t.fireError(new RTCError(
                        RTCErrorDetailType.DTLS_FAILURE,
                        null,
                        null,
                        null,
                        null,
                        "the connection failed by an error of the library: " + cause));
            }
        }
        updateStates();
    }

    // ---------------------------------------------------------------- the connection's states

    /** Recomputes both states; events in the order of §5.6.4. */
    private void updateStates() {
        boolean[] changed = new boolean[2];
        slots.locked(() -> {
            if (slots.isClosed()) {
                return;
            }
            RTCIceConnectionState ice = iceConnectionState();
            RTCPeerConnectionState whole = connectionState();
            changed[0] = ice != iceConnectionState;
            changed[1] = whole != connectionState;
            iceConnectionState = ice;
            connectionState = whole;
            hold();
        });
        if (changed[0]) {
            connection.fireEvent(RTCPeerConnection.ICE_CONNECTION_STATE_CHANGE, new Event("iceconnectionstatechange"));
        }
        if (changed[1]) {
            connection.fireEvent(RTCPeerConnection.CONNECTION_STATE_CHANGE, new Event("connectionstatechange"));
        }
    }

    private boolean anyIce(RTCIceTransportState state) {
        return transports.values().stream().anyMatch(t -> t.getIceTransport().getState() == state);
    }

    private boolean allIce(Predicate<RTCIceTransportState> test) {
        return transports.values().stream()
                .allMatch(t -> test.test(t.getIceTransport().getState()));
    }

    private boolean allDtls(Predicate<RTCDtlsTransportState> test) {
        return transports.values().stream().allMatch(t -> test.test(t.getState()));
    }

    /** §4.3.4. */
    private RTCIceConnectionState iceConnectionState() {
        if (anyIce(RTCIceTransportState.FAILED)) {
            return RTCIceConnectionState.FAILED;
        }
        if (anyIce(RTCIceTransportState.DISCONNECTED)) {
            return RTCIceConnectionState.DISCONNECTED;
        }
        if (allIce(s -> s == RTCIceTransportState.NEW || s == RTCIceTransportState.CLOSED)) {
            return RTCIceConnectionState.NEW;
        }
        if (anyIce(RTCIceTransportState.NEW) || anyIce(RTCIceTransportState.CHECKING)) {
            return RTCIceConnectionState.CHECKING;
        }
        return allIce(s -> s == RTCIceTransportState.COMPLETED || s == RTCIceTransportState.CLOSED)
                ? RTCIceConnectionState.COMPLETED
                : RTCIceConnectionState.CONNECTED;
    }

    /** §4.3.3. */
    private RTCPeerConnectionState connectionState() {
        if (anyIce(RTCIceTransportState.FAILED)
                || transports.values().stream().anyMatch(t -> t.getState() == RTCDtlsTransportState.FAILED)) {
            return RTCPeerConnectionState.FAILED;
        }
        if (anyIce(RTCIceTransportState.DISCONNECTED)) {
            return RTCPeerConnectionState.DISCONNECTED;
        }
        if (allIce(s -> s == RTCIceTransportState.NEW || s == RTCIceTransportState.CLOSED)
                && allDtls(s -> s == RTCDtlsTransportState.NEW || s == RTCDtlsTransportState.CLOSED)) {
            return RTCPeerConnectionState.NEW;
        }
        boolean connected = allIce(s -> s == RTCIceTransportState.CONNECTED
                        || s == RTCIceTransportState.COMPLETED
                        || s == RTCIceTransportState.CLOSED)
                && allDtls(s -> s == RTCDtlsTransportState.CONNECTED || s == RTCDtlsTransportState.CLOSED);
        return connected ? RTCPeerConnectionState.CONNECTED : RTCPeerConnectionState.CONNECTING;
    }

    Map<Integer, RTCDtlsTransport> all() {
        return transports;
    }

    /** The connection was closed: states change, events do not come (§4.4.2). Under the lock. */
    void close() {
        for (RTCDtlsTransport t : transports.values()) {
            t.setState(RTCDtlsTransportState.CLOSED, List.of());
            t.getIceTransport().setState(RTCIceTransportState.CLOSED);
            t.release();
        }
        iceConnectionState = RTCIceConnectionState.CLOSED;
        connectionState = RTCPeerConnectionState.CLOSED;
    }
}
