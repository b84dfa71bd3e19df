package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.BehaviorDiscovery;
import dev.jvmrtc.stun.BehaviorDiscovery.Dependence;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Behaviour discovery through translators of every kind. */
class NatBehaviorTest {
    private static final String IP1 = "198.51.100.1";
    private static final String IP2 = "198.51.100.2";
    private static final InetSocketAddress CLIENT = SimPeer.address("10.0.0.1", 5_000);
    private static final Map<Nat.Dependence, Dependence> EXPECTED = Map.of(
            Nat.Dependence.ENDPOINT_INDEPENDENT,
            Dependence.ENDPOINT_INDEPENDENT,
            Nat.Dependence.ADDRESS,
            Dependence.ADDRESS_DEPENDENT,
            Nat.Dependence.ADDRESS_AND_PORT,
            Dependence.ADDRESS_AND_PORT_DEPENDENT);

    /** A server at two addresses with two ports each, or, where it knows nothing of RFC 5780, at one. */
    private static void serve(VirtualNetwork network, boolean full) {
        for (String ip : full ? new String[] {IP1, IP2} : new String[] {IP1}) {
            for (int port : full ? new int[] {3_478, 3_479} : new int[] {3_478}) {
                network.attach(
                        SimPeer.address(ip, port),
                        (now, local, from, data) -> answer(network, full, local, from, data));
            }
        }
    }

    private static void answer(
            VirtualNetwork network, boolean full, InetSocketAddress local, InetSocketAddress from, byte[] data) {
        try {
            StunMessage request = StunMessage.parse(data, 0, data.length);
            Long change = request.u32(StunAttribute.CHANGE_REQUEST);
            StunMessage.Writer w = StunMessage.write(
                            StunMessage.BINDING, StunClass.SUCCESS_RESPONSE, request.transactionId())
                    .xorMappedAddress(from);
            String ip = local.getAddress().getHostAddress();
            int port = local.getPort();
            if (full) {
                InetSocketAddress other = SimPeer.address(ip.equals(IP1) ? IP2 : IP1, port == 3_478 ? 3_479 : 3_478);
                w.attribute(
                        StunAttribute.OTHER_ADDRESS,
                        new ByteWriter(8)
                                .u8(0)
                                .u8(1)
                                .u16(other.getPort())
                                .bytes(other.getAddress().getAddress())
                                .toByteArray());
                ip = change != null && (change & 4) != 0 ? other.getAddress().getHostAddress() : ip;
                port = change != null && (change & 2) != 0 ? other.getPort() : port;
            }
            byte[] b = w.fingerprinted();
            network.send(SimPeer.address(ip, port), from, b, 0, b.length);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static BehaviorDiscovery.Result discover(VirtualNetwork network, InetSocketAddress second) {
        BehaviorDiscovery d =
                new BehaviorDiscovery(CLIENT, SimPeer.address(IP1, 3_478), second, RandomSource.seeded(1));
        network.attach(CLIENT, (now, local, from, data) -> d.handleDatagram(now, from, LentBytes.of(data)));
        d.start(network.now());
        long end = network.now() + 60_000_000_000L;
        while (d.result() == null && network.now() < end) {
            for (BehaviorDiscovery.Question q = d.pollQuestion(); q != null; q = d.pollQuestion()) {
                network.send(CLIENT, q.to(), q.data(), 0, q.data().length);
            }
            network.advanceTo(Math.min(network.nextDelivery(), d.nextTimeoutNanos()));
            d.handleTimeout(network.now());
        }
        assertNotNull(d.result(), "never ended");
        return d.result();
    }

    @Test
    void everyKindOfMappingAndFilteringIsRecognizedThroughLoss() {
        for (Nat.Dependence mapping : Nat.Dependence.values()) {
            for (Nat.Dependence filtering : Nat.Dependence.values()) {
                for (long seed = 0; seed < 20; seed++) {
                    VirtualNetwork network = new VirtualNetwork(
                            seed,
                            seed == 0
                                    ? VirtualNetwork.Conditions.PERFECT
                                    : new VirtualNetwork.Conditions(2, 0, 20_000_000, 10_000_000));
                    network.addNat(new Nat("10.0.0.", "203.0.113.1", mapping, filtering, false, false));
                    serve(network, true);
                    BehaviorDiscovery.Result r = discover(network, null);
                    String which = mapping + ", " + filtering + ", seed " + seed;
                    assertTrue(r.translated(), which);
                    assertEquals("203.0.113.1", r.mapped().getAddress().getHostAddress(), which);
                    assertEquals(EXPECTED.get(mapping), r.mapping(), which);
                    assertEquals(EXPECTED.get(filtering), r.filtering(), which);
                }
            }
        }
    }

    @Test
    void withoutATranslatorThatIsSaid() {
        VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
        serve(network, true);
        BehaviorDiscovery.Result r = discover(network, null);
        assertFalse(r.translated());
        assertEquals(Dependence.ENDPOINT_INDEPENDENT, r.mapping());
        assertEquals(Dependence.ENDPOINT_INDEPENDENT, r.filtering());
    }

    @Test
    void aPlainServerAndASecondOneTellWhetherTheMappingDepends() {
        for (Nat.Dependence mapping : Nat.Dependence.values()) {
            VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
            network.addNat(new Nat("10.0.0.", "203.0.113.1", mapping, Nat.Dependence.ADDRESS, false, false));
            serve(network, false);
            InetSocketAddress second = SimPeer.address("192.0.2.1", 3_478);
            network.attach(second, (now, local, from, data) -> answer(network, false, local, from, data));
            BehaviorDiscovery.Result r = discover(network, second);
            assertEquals(
                    mapping == Nat.Dependence.ENDPOINT_INDEPENDENT
                            ? Dependence.ENDPOINT_INDEPENDENT
                            : Dependence.DEPENDENT,
                    r.mapping());
            assertEquals(Dependence.UNKNOWN, r.filtering());
        }
    }

    @Test
    void aSilentServerLeavesEverythingUnknown() {
        BehaviorDiscovery.Result r = discover(new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT), null);
        assertNull(r.mapped());
        assertEquals(Dependence.UNKNOWN, r.mapping());
    }
}
