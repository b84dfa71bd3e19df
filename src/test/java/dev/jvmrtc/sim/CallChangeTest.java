package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.SignalingState;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.TurnServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes in the middle of a call. */
class CallChangeTest {
    private static final long SECOND = 1_000_000_000L;

    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final SimPeer a = peer("a", "192.168.1.2", 4);
    private final SimPeer b = peer("b", "192.168.2.2", 5);

    private SimPeer peer(String name, String ip, long seed) {
        RandomSource random = RandomSource.seeded(seed);
        return new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new StandInDtls(id, out, random),
                BundlePolicy.BALANCED);
    }

    private void renegotiate(SimPeer offerer) {
        offerer.negotiate();
        assertTrue(SimPeer.runUntil(
                network,
                List.of(a, b),
                SECOND,
                () -> a.negotiator.state() == SignalingState.STABLE
                        && b.negotiator.state() == SignalingState.STABLE
                        && a.negotiator.remote() != null));
        SimPeer.runUntil(network, List.of(a, b), SECOND, () -> false);
    }

    private void connect() {
        a.connectTo(b);
        b.connectTo(a);
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
    }

    private static long opened(SimPeer p) {
        return p.events.stream()
                .filter(SessionEvent.TransportOpened.class::isInstance)
                .count();
    }

    @Test
    void aSectionInThePlaceOfAStoppedOneJoinsTheTransportOfTheOthers() {
        connect();
        JsepTransceiver first = a.negotiator.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, "v");
        renegotiate(a);
        assertTrue(b.labels.containsValue("x"));
        long before = opened(a) + opened(b);
        first.stopping = true;
        renegotiate(a);
        a.negotiator.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, "w");
        renegotiate(a);
        assertEquals(before, opened(a) + opened(b), "no transport is opened");
        a.session.data().sendMessage(network.now(), 1, true, new byte[7]);
        a.turn();
        assertTrue(
                SimPeer.runUntil(
                        network, List.of(a, b), SECOND, () -> b.messagesOf("x").size() == 1),
                "and data flows at once");
    }

    @Test
    void iceIsRestartedAgainAndAgainWhereNoPathWasFound() {
        TurnServerSim server = new TurnServerSim("10.9.9.9", network, RandomSource.seeded(3));
        for (SimPeer p : List.of(a, b)) {
            p.useTurn(server.address, TurnServer.Transport.UDP);
        }
        connect();
        network.setConditions(new VirtualNetwork.Conditions(100, 0, 1_000_000, 0));
        renegotiate(a);
        for (int i = 0; i < 3; i++) {
            a.negotiator.wantIceRestart();
            renegotiate(a);
        }
        network.setConditions(VirtualNetwork.Conditions.PERFECT);
        a.negotiator.wantIceRestart();
        renegotiate(a);
        assertTrue(
                SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> b.labels.containsValue("x")),
                "the last one finds a path");
    }
}
