package dev.jvmrtc.session.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.ice.IceState;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.TurnServer;
import dev.jvmrtc.sim.SimPeer;
import dev.jvmrtc.sim.StandInDtls;
import dev.jvmrtc.sim.TurnServerSim;
import dev.jvmrtc.sim.VirtualNetwork;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A call whose peer falls silent holds nothing of the machine's for ever. */
class LettingGoTest {
    private static final long SECOND = 1_000_000_000L;
    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final TurnServerSim server = new TurnServerSim("10.9.9.9", network, RandomSource.seeded(9));
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
                (id, out) -> new StandInDtls(id, out, random),
                BundlePolicy.BALANCED);
    }

    private void connect() {
        a.connectTo(b);
        b.connectTo(a);
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        a.negotiate();
        assertTrue(run(10, () -> a.connectedTransports() == 1 && b.connectedTransports() == 1));
    }

    private boolean run(long seconds, BooleanSupplier until) {
        return SimPeer.runUntil(network, List.of(a, b), seconds * SECOND, until);
    }

    private IceState state(SimPeer p) {
        return p.session.snapshot().transports().get(0).iceState();
    }

    @Test
    void socketsAndRelaysAreGivenBackAWhileAfterTheFailureAndNoTimerIsLeft() {
        a.useTurn(SimPeer.address("10.9.9.9", 3_478), TurnServer.Transport.UDP);
        connect();
        assertTrue(server.allocations() > 0);
        long silent = network.now();
        b.vanish();
        assertTrue(run(60, () -> state(a) == IceState.FAILED));
        assertFalse(a.has(SessionEvent.SocketsUnused.class));
        long failed = network.now();
        assertTrue(run(60, () -> a.has(SessionEvent.SocketsUnused.class)));
        assertEquals(30, Math.round((network.now() - failed) / 1e9), "silent at " + silent);
        run(1, () -> false);
        assertEquals(0, server.allocations());
        run(600, () -> false);
        assertEquals(ProtocolCore.NEVER, a.session.nextTimeoutNanos());
    }

    @Test
    void aTransportThatNeverFoundItsPeerLetsGoToo() {
        a.connectTo(b);
        b.connectTo(a);
        a.session.transports().setRemoteFilter(address -> false);
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        a.negotiate();
        assertTrue(run(60, () -> state(a) == IceState.FAILED));
        assertTrue(run(40, () -> a.has(SessionEvent.SocketsUnused.class)));
    }

    /** A handshake that waits for its peer and holds a thread meanwhile; two minutes long. */
    private static final class Waiting implements DtlsEngine {
        private final boolean broken;
        private long endsNanos = NEVER;
        private DtlsEvent event;
        private boolean holdsThread;

        Waiting(boolean broken) {
            this.broken = broken;
        }

        @Override
        public void start(long now, DtlsRole role, List<Fingerprint> peerFingerprints) {
            holdsThread = true;
            endsNanos = now + 120 * SECOND;
        }

        @Override
        public void handleTimeout(long now) {
            if (ProtocolCore.due(endsNanos, now)) {
                abandon();
                event = new DtlsEvent.Closed("nobody has answered", false, null, null);
            }
        }

        @Override
        public long nextTimeoutNanos() {
            return endsNanos;
        }

        @Override
        public DtlsEvent pollEvent() {
            DtlsEvent e = event;
            event = null;
            return e;
        }

        @Override
        public void close() {
            if (broken) {
                throw new IllegalStateException("a bug");
            }
            abandon();
        }

        @Override
        public void abandon() {
            holdsThread = false;
            endsNanos = NEVER;
        }

        @Override
        public void handleDatagram(long now, LentBytes datagram) {}

        @Override
        public boolean send(byte[] data, int offset, int length) {
            return false;
        }
    }

    private final List<Throwable> thrown = new ArrayList<>();

    /** One whose handshake waits, and its peer. */
    private SimPeer withWaiting(Waiting engine) {
        RandomSource random = RandomSource.seeded(5);
        SimPeer p = new SimPeer(
                "w",
                "10.0.0.5",
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> engine,
                BundlePolicy.BALANCED);
        p.connectTo(b);
        b.connectTo(p);
        p.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        p.negotiate();
        assertTrue(SimPeer.runUntil(network, List.of(p, b), 10 * SECOND, () -> engine.holdsThread));
        return p;
    }

    @Test
    void aHandshakeEndsAtItsTimeAlthoughItsTransportHasLetGo() {
        Waiting engine = new Waiting(false);
        SimPeer p = withWaiting(engine);
        b.vanish();
        assertTrue(
                SimPeer.runUntil(network, List.of(p, b), 100 * SECOND, () -> p.has(SessionEvent.SocketsUnused.class)));
        assertTrue(engine.holdsThread);
        assertEquals(engine.endsNanos, p.session.nextTimeoutNanos());
        SimPeer.runUntil(network, List.of(p, b), 130 * SECOND, () -> false);
        assertFalse(engine.holdsThread);
        assertEquals(ProtocolCore.NEVER, p.session.nextTimeoutNanos());
    }

    @Test
    void aSessionThatIsAbandonedEndsItsHandshakesWithoutAWordAndMoreThanOnce() {
        Waiting engine = new Waiting(false);
        SimPeer p = withWaiting(engine);
        p.session.abandon(thrown::add);
        assertFalse(engine.holdsThread);
        p.session.abandon(thrown::add);
        assertEquals(List.of(), thrown);
        p.session.close(network.now(), null);
        assertEquals(ProtocolCore.NEVER, p.session.nextTimeoutNanos());
    }

    @Test
    void aSessionWhoseCloseFailsHasEndedItsHandshakesAllTheSame() {
        Waiting engine = new Waiting(true);
        SimPeer p = withWaiting(engine);
        assertThrows(IllegalStateException.class, () -> p.session.close(network.now(), null));
        assertFalse(engine.holdsThread);
        p.session.abandon(thrown::add);
    }
}
