package dev.jvmrtc.session.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.TurnServer;
import dev.jvmrtc.sim.SimPeer;
import dev.jvmrtc.sim.StandInDtls;
import dev.jvmrtc.sim.TurnServerSim;
import dev.jvmrtc.sim.VirtualNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelaysTest {
    private static final long SECOND = 1_000_000_000L;
    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final SimPeer a = peer("a", "10.0.0.1", 1);
    private final SimPeer b = peer("b", "10.0.0.2", 2);
    private final TurnServerSim first = new TurnServerSim("10.9.9.1", network, RandomSource.seeded(3));
    private final TurnServerSim second = new TurnServerSim("10.9.9.2", network, RandomSource.seeded(4));

    private SimPeer peer(String name, String ip, long seed) {
        RandomSource random = RandomSource.seeded(seed);
        SimPeer p = new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new StandInDtls(id, out, random),
                BundlePolicy.BALANCED);
        p.session.transports().setRelayOnly(true);
        return p;
    }

    private boolean call() {
        a.connectTo(b);
        b.connectTo(a);
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        a.negotiate();
        return SimPeer.runUntil(network, List.of(a, b), 20 * SECOND, () -> b.labels.containsValue("x"));
    }

    private List<SessionEvent.IceServerError> errors() {
        return a.events.stream()
                .filter(e -> e instanceof SessionEvent.IceServerError)
                .map(e -> (SessionEvent.IceServerError) e)
                .toList();
    }

    @Test
    void followsAServerThatRefersToAnotherOverUdpAndTcp() {
        first.alternate = second.address;
        a.useTurn(first.address, TurnServer.Transport.UDP);
        b.useTurn(first.address, TurnServer.Transport.TCP);
        assertTrue(call());
        assertEquals(0, first.allocations());
        assertEquals(2, second.allocations());
        assertEquals(List.of(), errors());
    }

    @Test
    void doesNotGoInCircles() {
        first.alternate = second.address;
        second.alternate = first.address;
        a.useTurn(first.address, TurnServer.Transport.UDP);
        call();
        assertEquals(
                List.of(300),
                errors().stream().map(SessionEvent.IceServerError::code).toList());
        assertTrue(a.has(SessionEvent.GatheringComplete.class));
    }

    @Test
    void doesNotGoToAnAddressThatNoServerCanHave() {
        first.alternate = SimPeer.address("224.0.0.1", 3_478);
        a.useTurn(first.address, TurnServer.Transport.UDP);
        call();
        assertEquals(
                List.of(300),
                errors().stream().map(SessionEvent.IceServerError::code).toList());
    }

    @Test
    void aServerThatIsConfiguredTwiceIsAskedOnceAndBoundsHold() {
        for (int i = 0; i < 3; i++) {
            a.useTurn(first.address, TurnServer.Transport.UDP);
        }
        for (int i = 0; i < Relays.MAX_RELAYS + 5; i++) {
            a.useTurn(first.address, TurnServer.Transport.TCP);
        }
        b.useTurn(first.address, TurnServer.Transport.UDP);
        assertTrue(call());
        assertEquals(
                6L,
                a.session.dropCounts().get("TURN: too many allocations"),
                "one over UDP, the others beyond the bound");
        assertEquals(List.of(), errors());
    }

    @Test
    void givesAllocationsBackWhenTheCallEnds() {
        a.useTurn(first.address, TurnServer.Transport.UDP);
        b.useTurn(second.address, TurnServer.Transport.TCP);
        assertTrue(call());
        for (SimPeer p : List.of(a, b)) {
            p.close();
        }
        SimPeer.runUntil(network, List.of(), SECOND, () -> false);
        assertEquals(1, first.allocationsReleased);
        assertEquals(1, second.allocationsReleased);
    }
}
