package dev.jvmrtc.session.plan;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.sim.Nat;
import dev.jvmrtc.sim.SimPeer;
import dev.jvmrtc.sim.StandInDtls;
import dev.jvmrtc.sim.TurnServerSim;
import dev.jvmrtc.sim.VirtualNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectivityVerdictTest {
    private static final long SECOND = 1_000_000_000L;
    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final TurnServerSim server = new TurnServerSim("10.9.9.9", network, RandomSource.seeded(9));
    private final SimPeer a = peer("a", "10.0.0.1", 1);
    private SimPeer b = peer("b", "10.0.0.2", 2);

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

    private void call(long seconds) {
        a.connectTo(b);
        b.connectTo(a);
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        a.negotiate();
        SimPeer.runUntil(network, List.of(a, b), seconds * SECOND, () -> false);
    }

    private String verdict(SimPeer p) {
        SessionSnapshot s = p.session.snapshot();
        return ConnectivityVerdict.of(s.transports().get(0), s.drops());
    }

    private void assertSays(String expected, SimPeer p) {
        assertTrue(verdict(p).startsWith(expected), verdict(p));
    }

    private Nat nat(String prefix, String publicIp, boolean blocksUdp) {
        return new Nat(
                prefix, publicIp, Nat.Dependence.ADDRESS_AND_PORT, Nat.Dependence.ADDRESS_AND_PORT, false, blocksUdp);
    }

    @Test
    void saysWhatAConnectedCallGoesOver() {
        call(3);
        assertSays("Connected: host 10.0.0.1:5000 to host 10.0.0.2:5000, round trip 2.0 ms", a);
    }

    @Test
    void blamesAFirewallWhereNothingIsAnsweredAndNoTurnServerIsThere() {
        network.addNat(nat("10.0.0.1", "10.1.1.1", true));
        call(60);
        assertSays("All ", a);
        assertTrue(verdict(a).contains("no TURN server is configured: a firewall that drops UDP"), verdict(a));
        assertTrue(verdict(a).endsWith("add a turns: server to iceServers."), verdict(a));
    }

    @Test
    void namesTheTurnServersErrorWhereThatIsWhyThereIsNoPath() {
        network.addNat(nat("10.0.0.1", "10.1.1.1", false));
        network.addNat(nat("10.0.0.2", "10.1.1.2", false));
        server.nonce = "x";
        a.useTurn(SimPeer.address("10.9.9.1", 3_478), TurnServer.Transport.UDP);
        call(60);
        assertTrue(
                verdict(a)
                        .contains(
                                "there is no relay: turn:/10.9.9.1:3478?transport=udp failed with 701 the TURN server does not answer"),
                verdict(a));
    }

    @Test
    void tellsAPeerThatWentAwayFromOneThatWasNeverThere() {
        call(3);
        network.detach(SimPeer.address("10.0.0.2", 5_000));
        SimPeer.runUntil(network, List.of(a), 10 * SECOND, () -> false);
        assertSays("The path worked and does not any more", a);
        SimPeer.runUntil(network, List.of(a), 40 * SECOND, () -> false);
        assertSays("The path was lost", a);
    }

    @Test
    void asksForTheAnswerOrTheCandidatesWhereSignallingLacksThem() {
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        SimPeer deaf = peer("deaf", "10.0.0.3", 3);
        a.connectTo(deaf);
        deaf.connectTo(b); // its answer goes to somebody else
        a.negotiate();
        SimPeer.runUntil(network, List.of(a), SECOND / 100, () -> false);
        assertSays("The peer's description is not known yet", a);
    }

    @Test
    void saysThatOnlyRelaysAreAllowedAndNoneIsThere() {
        a.session.transports().setRelayOnly(true);
        call(3);
        assertSays("Only relays are allowed (iceTransportPolicy \"relay\"), but no TURN server is configured", a);
    }

    @Test
    void saysWhyThePeersCandidatesAreRefused() {
        a.session.transports().setRemoteFilter(address -> false);
        b.session.transports().setRemoteFilter(address -> false);
        call(60);
        assertSays("None of the peer's candidates can be used, for this side refuses them: ", a);
        assertTrue(verdict(a).endsWith(" that remoteCandidateFilter refuses."), verdict(a));
    }

    @Test
    void namesAHandshakeThatFailed() {
        RandomSource random = RandomSource.seeded(5);
        // Its certificate is another one than it signals.
        b = new SimPeer(
                "b",
                "10.0.0.2",
                network,
                random,
                SimPeer.fakeIdentity(RandomSource.seeded(6)),
                (id, out) -> new StandInDtls(SimPeer.fakeIdentity(RandomSource.seeded(7)), out, random),
                BundlePolicy.BALANCED);
        call(3);
        assertSays("A path was found, but the DTLS handshake failed: fingerprint", a);
        assertTrue(verdict(a).contains("not the one whose description was signalled"), verdict(a));
    }

    @Test
    void doesNotBlameTheAddressFamilyWhereOneSideHasLoopbackOnly() {
        b = peer("b", "127.0.0.1", 2);
        call(3);
        assertSays("The peer has loopback addresses only, which mean its own machine", a);
        assertSays("This machine has loopback addresses only, by which the peer cannot be reached", b);
    }

    @Test
    void neitherWhereTheFamiliesOfLoopbackAndOtherAddressesDiffer() {
        b = peer("b", "::1", 2);
        call(3);
        assertSays("The peer has loopback addresses only, which mean its own machine", a);
        assertSays("This machine has loopback addresses only, by which the peer cannot be reached", b);
    }

    @Test
    void blamesTheAddressFamilyWhereThatIsWhyNothingCanBeTried() {
        b = peer("b", "2001:db8::2", 2);
        call(3);
        assertSays("No address of ours can reach any of the peer's: one side has IPv4 only, the other IPv6 only.", a);
    }
}
