package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.session.plan.TurnServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How calls end: who stays has peace, and who closes leaves nothing behind. */
class CallEndTest {
    private static final long SECOND = 1_000_000_000L;

    private static SimPeer peer(String name, String ip, VirtualNetwork network, long seed) {
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

    private static void connect(VirtualNetwork network, SimPeer a, SimPeer b) {
        a.connectTo(b);
        b.connectTo(a);
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
    }

    @Test
    void whoStaysWhenThePeerHasClosedIsWokenForNothing() {
        for (long seed = 1; seed <= 20; seed++) {
            VirtualNetwork network = new VirtualNetwork(seed, VirtualNetwork.Conditions.BAD);
            SimPeer a = peer("a", "10.0.0.1", network, seed * 2);
            SimPeer b = peer("b", "10.0.0.2", network, seed * 2 + 1);
            connect(network, a, b);
            JsepTransceiver video = a.negotiator.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, "v");
            a.session.media().setSource(video.id, List.of(new SourceFormat("VP8", Map.of())));
            a.negotiate();
            assertTrue(
                    SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> a.keyFrameRequests.contains(video.id)),
                    "seed " + seed);
            for (int i = 0; i < 10; i++) {
                a.session
                        .media()
                        .sendFrame(
                                network.now(),
                                video.id,
                                OutgoingFrame.of(new byte[5_000], true, i * 9_000L),
                                network.now());
                a.turn();
                SimPeer.runUntil(network, List.of(a, b), SECOND / 20, () -> false);
            }
            a.close(); // its last packets are lost or not, and b would like to ask for them
            int[] woken = {0};
            long end = network.now() + 60 * SECOND;
            while (Math.min(network.nextDelivery(), b.session.nextTimeoutNanos()) < end) {
                network.advanceTo(Math.min(network.nextDelivery(), b.session.nextTimeoutNanos()));
                if (b.session.nextTimeoutNanos() <= network.now()) {
                    b.timeout();
                    assertTrue(++woken[0] < 2_000, "seed " + seed + ": woken again and again at " + network.now());
                }
            }
        }
    }

    @Test
    void aRelayedCallIsClosedWithoutAnErrorAndLeavesNothing() {
        VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
        TurnServerSim server = new TurnServerSim("10.9.9.9", network, RandomSource.seeded(3));
        network.addNat(new Nat(
                "192.168.1.",
                "10.1.0.1",
                Nat.Dependence.ADDRESS_AND_PORT,
                Nat.Dependence.ADDRESS_AND_PORT,
                false,
                false));
        network.addNat(new Nat(
                "192.168.2.",
                "10.2.0.1",
                Nat.Dependence.ADDRESS_AND_PORT,
                Nat.Dependence.ADDRESS_AND_PORT,
                false,
                false));
        SimPeer a = peer("a", "192.168.1.2", network, 4);
        SimPeer b = peer("b", "192.168.2.2", network, 5);
        for (SimPeer p : List.of(a, b)) {
            p.useStun(server.address);
            p.useTurn(server.address, TurnServer.Transport.UDP);
            p.useTurn(server.address, TurnServer.Transport.TCP);
        }
        connect(network, a, b);
        a.negotiate();
        assertTrue(SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> b.labels.containsValue("x")));
        SimPeer.runUntil(
                network,
                List.of(a, b),
                5 * SECOND,
                () -> false); // until more pairs work than the one in use, which take its place while it is given up
        a.close();
        b.close();
        assertEquals("", a.leftovers());
        assertEquals("", b.leftovers());
        assertEquals(
                1,
                a.events.stream()
                        .filter(SessionEvent.TransportClosed.class::isInstance)
                        .count());
        SimPeer.runUntil(network, List.of(a, b), 10 * SECOND, () -> false);
        assertEquals(0, server.allocations(), "all allocations are given back");
        assertEquals(List.of(), network.hosts(), "all sockets are closed");
    }
}
