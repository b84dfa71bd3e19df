package dev.jvmrtc.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.transport.Transport;
import dev.jvmrtc.sim.ForwardingDtls;
import dev.jvmrtc.sim.SimPeer;
import dev.jvmrtc.sim.StandInDtls;
import dev.jvmrtc.sim.VirtualNetwork;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session in a call while strangers and the peer's address throw everything at it. */
class HostileTrafficTest {
    private static final long SECOND = 1_000_000_000L;
    private static final InetSocketAddress US = SimPeer.address("10.0.0.1", 5_000);
    private static final InetSocketAddress PEER = SimPeer.address("10.0.0.2", 5_000);
    private static final InetSocketAddress STRANGER = SimPeer.address("10.0.0.66", 666);

    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final SimPeer a = peer("a", "10.0.0.1", network, 1);
    private final SimPeer b = peer("b", "10.0.0.2", network, 2);

    private void negotiate() {
        a.connectTo(b);
        b.connectTo(a);
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        a.negotiate();
    }

    @Test
    void aCallSurvivesRandomAndMutatedDatagramsFromPeerAndStrangers() {
        negotiate();
        assertTrue(SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> b.labels.containsValue("x")));
        Random random = new Random(9);
        for (int i = 0; i < 50_000; i++) {
            byte[] d = new byte[1 + random.nextInt(300)];
            random.nextBytes(d);
            if (i % 3 == 0) {
                d[0] = (byte) new int[] {0, 1, 20, 22, 23, 63, 64, 128, 144, 191}[random.nextInt(10)];
            }
            a.session.handleDatagram(network.now(), 1, US, i % 2 == 0 ? STRANGER : PEER, LentBytes.of(d));
            if (i % 100 == 0) {
                a.turn();
            }
        }
        assertTrue(a.session.dropCounts().get("DTLS from an address that has not passed a check") > 0);
        assertTrue(
                a.session.dropCounts().size() < 40,
                "reasons are a closed set: " + a.session.dropCounts().keySet());
        a.session.data().sendMessage(network.now(), 1, false, "still here".getBytes());
        a.turn();
        assertTrue(SimPeer.runUntil(
                network, List.of(a, b), 10 * SECOND, () -> b.messagesOf("x").size() == 1));
        assertEquals("still here", new String(b.messagesOf("x").get(0)));
    }

    @Test
    void aFloodOfClientHellosFromStrangersCostsNothing() {
        negotiate();
        byte[] hello = new byte[1_400];
        hello[0] = 22;
        Arrays.fill(hello, 1, 1_400, (byte) 1);
        a.turn();
        for (int i = 0; i < 100_000; i++) {
            a.session.handleDatagram(
                    network.now(),
                    1,
                    US,
                    SimPeer.address("10.0.1." + i % 250, 1_000 + i % 50_000),
                    LentBytes.of(hello));
        }
        assertEquals(100_000, a.session.dropCounts().get("DTLS from an address that has not passed a check"));
        assertTrue(
                SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> b.labels.containsValue("x")),
                "the real peer still connects");
    }

    @Test
    void mediaThatComesBeforeTheKeysIsHeldUpToTheBound() {
        negotiate();
        assertTrue(SimPeer.runUntil(
                network, List.of(a, b), 30 * SECOND, () -> a.has(SessionEvent.SelectedPairChanged.class)));
        byte[] rtp = new byte[50];
        rtp[0] = (byte) 0x80;
        for (int i = 0; i < Transport.MAX_EARLY_PACKETS + 7; i++) {
            a.session.handleDatagram(network.now(), 1, US, PEER, LentBytes.of(rtp));
        }
        assertEquals(7, a.session.dropCounts().get("SRTP before the keys"));
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void mediaThatComesBeforeAnAssociationWithoutSrtpIsLetGoOf() {
        InetSocketAddress ours = SimPeer.address("10.0.1.1", 5_000);
        InetSocketAddress theirs = SimPeer.address("10.0.1.2", 5_000);
        SimPeer d = withoutSrtp("d", "10.0.1.1", 3);
        SimPeer e = withoutSrtp("e", "10.0.1.2", 4);
        d.connectTo(e);
        e.connectTo(d);
        d.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        d.negotiate();
        assertTrue(SimPeer.runUntil(
                network, List.of(d, e), 30 * SECOND, () -> d.has(SessionEvent.SelectedPairChanged.class)));
        byte[] rtp = new byte[50];
        rtp[0] = (byte) 0x80;
        for (int i = 0; i < 5; i++) {
            d.session.handleDatagram(network.now(), 1, ours, theirs, LentBytes.of(rtp));
        }
        assertTrue(
                SimPeer.runUntil(network, List.of(d, e), 30 * SECOND, () -> e.labels.containsValue("x")),
                "the call goes on");
        d.session.handleDatagram(network.now(), 1, ours, theirs, LentBytes.of(rtp));
        assertEquals(6, d.session.dropCounts().get("SRTP without keys"));
    }

    /** Whose DTLS agrees on no SRTP profile, as with peers that have channels only. */
    private SimPeer withoutSrtp(String name, String ip, long seed) {
        RandomSource random = RandomSource.seeded(seed);
        return new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new WithoutSrtp(new StandInDtls(id, out, random)),
                BundlePolicy.BALANCED);
    }

    private static final class WithoutSrtp extends ForwardingDtls {
        WithoutSrtp(DtlsEngine inner) {
            super(inner);
        }

        @Override
        public DtlsEvent pollEvent() {
            DtlsEvent e = super.pollEvent();
            return e instanceof DtlsEvent.Connected c
                    ? new DtlsEvent.Connected(
                            null, c.keyingMaterial(), c.peerCertificatesDer(), c.role(), c.cipherSuite())
                    : e;
        }
    }

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
}
