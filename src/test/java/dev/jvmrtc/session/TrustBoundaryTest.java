package dev.jvmrtc.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.NoInternalErrors;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.sim.ForwardingDtls;
import dev.jvmrtc.sim.SimPeer;
import dev.jvmrtc.sim.StandInDtls;
import dev.jvmrtc.sim.VirtualNetwork;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where bytes come in that nobody has vouched for, a bug of ours costs these bytes; behind it, the connection. */
class TrustBoundaryTest {
    private static final long SECOND = 1_000_000_000L;
    private static final InetSocketAddress US = SimPeer.address("10.0.0.1", 5_000);
    private static final InetSocketAddress PEER = SimPeer.address("10.0.0.2", 5_000);
    /** A datagram of DTLS by its first byte, of no meaning to the stand-in. */
    private static final byte[] BREAKS_THE_RECORD_LAYER = {63, 1};

    private static final byte[] BREAKS_WHAT_IS_ABOVE = {63, 2};

    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final SimPeer a = peer("a", "10.0.0.1", 1);
    private final SimPeer b = peer("b", "10.0.0.2", 2);

    private SimPeer peer(String name, String ip, long seed) {
        RandomSource random = RandomSource.seeded(seed);
        return new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new Faulty(new StandInDtls(id, out, random)),
                BundlePolicy.BALANCED);
    }

    @BeforeEach
    void call() {
        a.connectTo(b);
        b.connectTo(a);
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        a.negotiate();
        assertTrue(SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> b.labels.containsValue("x")));
        assertNull(a.session.dropCounts().get(Counters.INTERNAL_ERROR));
    }

    @Test
    @NoInternalErrors.Provoked
    void anExceptionForBytesThatAreNotAuthenticatedIsACountedDrop() {
        for (int i = 0; i < 3; i++) {
            a.session.handleDatagram(network.now(), 1, US, PEER, LentBytes.of(BREAKS_THE_RECORD_LAYER, 0, 2));
        }
        assertEquals(3, a.session.dropCounts().get(Counters.INTERNAL_ERROR));
        a.session.data().sendMessage(network.now(), 1, false, "still here".getBytes());
        a.turn();
        assertTrue(SimPeer.runUntil(
                network, List.of(a, b), 10 * SECOND, () -> b.messagesOf("x").size() == 1));
    }

    @Test
    void anExceptionForWhatThePeerHasVouchedForIsNotHidden() {
        assertThrows(
                NullPointerException.class,
                () -> a.session.handleDatagram(network.now(), 1, US, PEER, LentBytes.of(BREAKS_WHAT_IS_ABOVE, 0, 2)));
        assertNull(a.session.dropCounts().get(Counters.INTERNAL_ERROR));
    }

    /** A stand-in with a bug before, and one behind the point where records are authentic. */
    private static final class Faulty extends ForwardingDtls {
        private boolean broken;

        Faulty(DtlsEngine inner) {
            super(inner);
        }

        @Override
        public void handleDatagram(long now, LentBytes datagram) {
            if (datagram.u8(0) == 63 && datagram.u8(1) == 1) {
                throw new ArrayIndexOutOfBoundsException("a bug");
            }
            broken = datagram.u8(0) == 63;
            super.handleDatagram(now, datagram);
        }

        @Override
        public DtlsEvent pollEvent() {
            if (broken) {
                broken = false;
                return new DtlsEvent.Data(null);
            }
            return super.pollEvent();
        }
    }
}
