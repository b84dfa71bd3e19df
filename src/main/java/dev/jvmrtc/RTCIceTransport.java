package dev.jvmrtc;

import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.EventTarget;
import dev.jvmrtc.dom.EventType;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.IceAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An ICE transport (webrtc-pc §5.6). Any thread may call any method. */
public final class RTCIceTransport extends EventTarget {
    /** {@link #getState} has changed. */
    public static final EventType<Event> STATE_CHANGE = EventType.of("statechange", Event.class);
    /** {@link #getGatheringState} has changed. */
    public static final EventType<Event> GATHERING_STATE_CHANGE = EventType.of("gatheringstatechange", Event.class);
    /** {@link #getSelectedCandidatePair} has changed. */
    public static final EventType<Event> SELECTED_CANDIDATE_PAIR_CHANGE =
            EventType.of("selectedcandidatepairchange", Event.class);

    private final Object lock;
    private final List<RTCIceCandidate> localCandidates = new ArrayList<>();
    private final List<RTCIceCandidate> remoteCandidates = new ArrayList<>();
    private RTCIceRole role = RTCIceRole.UNKNOWN;
    private RTCIceTransportState state = RTCIceTransportState.NEW;
    private RTCIceGathererState gatheringState = RTCIceGathererState.NEW;
    private RTCIceCandidatePair selectedPair;
    private RTCIceParameters localParameters;
    private RTCIceParameters remoteParameters;

    RTCIceTransport(Object lock) {
        this.lock = lock;
    }

    /** {@return whether we are the controlling agent (RFC 8445 §6.1.1); {@code unknown} before negotiation} */
    public RTCIceRole getRole() {
        synchronized (lock) {
            return role;
        }
    }

    /** {@return always {@code rtp}: RTCP is multiplexed with it} */
    public RTCIceComponent getComponent() {
        return RTCIceComponent.RTP;
    }

    /** {@return how far checks are; {@code new} at first} */
    public RTCIceTransportState getState() {
        synchronized (lock) {
            return state;
        }
    }

    /** {@return how far gathering is; {@code new} at first} */
    public RTCIceGathererState getGatheringState() {
        synchronized (lock) {
            return gatheringState;
        }
    }

    /** {@return candidates of this generation that have been signalled in {@code icecandidate} events} */
    public List<RTCIceCandidate> getLocalCandidates() {
        synchronized (lock) {
            return List.copyOf(localCandidates);
        }
    }

    /** {@return candidates given to addIceCandidate or found in the peer's description} */
    public List<RTCIceCandidate> getRemoteCandidates() {
        synchronized (lock) {
            return List.copyOf(remoteCandidates);
        }
    }

    /** {@return the pair that packets are sent over, or null} */
    public RTCIceCandidatePair getSelectedCandidatePair() {
        synchronized (lock) {
            return selectedPair;
        }
    }

    /** {@return our ufrag and password, or null before the local description} */
    public RTCIceParameters getLocalParameters() {
        synchronized (lock) {
            return localParameters;
        }
    }

    /** {@return the peer's ufrag and password, or null before its description} */
    public RTCIceParameters getRemoteParameters() {
        synchronized (lock) {
            return remoteParameters;
        }
    }

    /**
     * Sets the one handler of {@code statechange}: {@link #getState} has changed.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onStateChange(Consumer<? super Event> handler) {
        setHandler(STATE_CHANGE, handler);
    }

    /**
     * Sets the one handler of {@code gatheringstatechange}: {@link #getGatheringState} has changed.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onGatheringStateChange(Consumer<? super Event> handler) {
        setHandler(GATHERING_STATE_CHANGE, handler);
    }

    /**
     * Sets the one handler of {@code selectedcandidatepairchange}: {@link #getSelectedCandidatePair} has changed.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onSelectedCandidatePairChange(Consumer<? super Event> handler) {
        setHandler(SELECTED_CANDIDATE_PAIR_CHANGE, handler);
    }

    // Below: the connection's side. Slots under the lock, events from tasks.

    void setRole(boolean controlling) {
        role = controlling ? RTCIceRole.CONTROLLING : RTCIceRole.CONTROLLED;
    }

    boolean setState(RTCIceTransportState newState) {
        boolean changed = state != newState;
        state = newState;
        return changed;
    }

    boolean setGatheringState(RTCIceGathererState newState) {
        boolean changed = gatheringState != newState;
        gatheringState = newState;
        if (changed && newState == RTCIceGathererState.GATHERING) {
            localCandidates.clear();
        }
        return changed;
    }

    void addLocalCandidate(RTCIceCandidate c) {
        localCandidates.add(c);
    }

    void addRemoteCandidate(RTCIceCandidate c) {
        if (remoteCandidates.size() < IceAgent.MAX_REMOTE_CANDIDATES) {
            remoteCandidates.add(c);
        }
    }

    void setParameters(RTCIceParameters local, RTCIceParameters remote) {
        localParameters = local;
        if (remote != null && !remote.equals(remoteParameters)) {
            if (remoteParameters != null) {
                remoteCandidates.clear();
            }
            remoteParameters = remote;
        }
    }

    void setSelectedPair(Candidate local, Candidate remote, String mid) {
        selectedPair = new RTCIceCandidatePair(
                new RTCIceCandidate(new RTCIceCandidateInit(local.toSdp(), mid, null, null), null, null),
                new RTCIceCandidate(new RTCIceCandidateInit(remote.toSdp(), mid, null, null), null, null));
    }

    void fireEvent(EventType<Event> type) {
        fire(type, new Event(type.name()));
    }

    void release() {
        clearListeners();
    }
}
