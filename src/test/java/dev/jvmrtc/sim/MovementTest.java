package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.ice.IceState;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.session.plan.SessionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A host that changes its address during a call. */
class MovementTest {
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

    @Test
    void theCallGoesOnFromTheNewAddressWhicheverSideMoves() {
        for (long seed = 1; seed <= 100; seed++) {
            VirtualNetwork network =
                    new VirtualNetwork(seed, new VirtualNetwork.Conditions(5, 2, 20_000_000, 10_000_000));
            SimPeer a = peer("a", "10.0.0.1", network, seed * 2);
            SimPeer b = peer("b", "10.0.0.2", network, seed * 2 + 1);
            a.connectTo(b);
            b.connectTo(a);
            a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
            a.negotiate();
            assertTrue(SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> b.labels.containsValue("x")));
            SimPeer.runUntil(network, List.of(a, b), 5 * SECOND, () -> false);
            for (int move = 0; move < 4; move++) {
                (move % 2 == 0 ? a : b).moveTo("10.0.1." + (10 + move));
                a.session.data().sendMessage(network.now(), 1, true, new byte[] {(byte) move});
                a.turn();
                int n = move + 1;
                assertTrue(
                        SimPeer.runUntil(
                                network,
                                List.of(a, b),
                                12 * SECOND,
                                () -> b.messagesOf("x").size() == n),
                        "move " + move + " of seed " + seed);
                SimPeer.runUntil(network, List.of(a, b), 8 * SECOND, () -> false);
            }
            for (SimPeer p : List.of(a, b)) {
                assertEquals(
                        0,
                        p.events.stream()
                                .filter(e ->
                                        e instanceof SessionEvent.IceStateChanged s && s.state() == IceState.FAILED)
                                .count(),
                        "seed " + seed);
            }
        }
    }
}
