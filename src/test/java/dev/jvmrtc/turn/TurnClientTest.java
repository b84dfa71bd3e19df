package dev.jvmrtc.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sim.SimPeer;
import dev.jvmrtc.sim.TurnServerSim;
import dev.jvmrtc.sim.VirtualNetwork;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TurnClientTest {
    private static final long SECOND = 1_000_000_000L;
    private static final InetSocketAddress US = SimPeer.address("10.0.0.1", 1_000);
    private static final InetSocketAddress PEER = SimPeer.address("10.0.0.2", 2_000);

    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final TurnServerSim server = new TurnServerSim("10.9.9.9", network, RandomSource.seeded(1));
    private final List<TurnEvent> events = new ArrayList<>();
    private final List<String> received = new ArrayList<>();
    private final List<String> atPeer = new ArrayList<>();
    private TurnClient client =
            new TurnClient(TurnServerSim.USER, TurnServerSim.PASSWORD, false, RandomSource.seeded(2));

    private void toServer(byte[] d, int o, int n) {
        network.send(US, server.address, d, o, n);
    }

    private void attach() {
        network.attach(
                US,
                (now, local, from, data) -> client.handleMessage(
                        now,
                        LentBytes.of(data),
                        (at, relayed, peer, d) -> received.add(peer + " " + new String(d.copy())),
                        this::toServer));
        network.attach(PEER, (now, local, from, data) -> atPeer.add(new String(data)));
    }

    private void runFor(long nanos) {
        long end = network.now() + nanos;
        while (true) {
            for (byte[] m = client.pollTransmit(); m != null; m = client.pollTransmit()) {
                toServer(m, 0, m.length);
            }
            for (TurnEvent e = client.pollEvent(); e != null; e = client.pollEvent()) {
                events.add(e);
            }
            long next = Math.min(network.nextDelivery(), client.nextTimeoutNanos());
            if (next > end) {
                network.advanceTo(end);
                return;
            }
            network.advanceTo(next);
            client.handleTimeout(network.now());
        }
    }

    private InetSocketAddress allocate() {
        attach();
        client.start(network.now());
        runFor(SECOND);
        assertTrue(events.get(0) instanceof TurnEvent.Allocated, events.toString());
        TurnEvent.Allocated a = (TurnEvent.Allocated) events.get(0);
        assertEquals(US, a.mapped());
        return a.relayed().get(0);
    }

    private void send(String text) {
        client.send(network.now(), PEER, text.getBytes(), 0, text.length(), this::toServer);
    }

    @Test
    void allocatesHoldsPacketsForThePermissionAndCarriesThemBothWays() {
        InetSocketAddress relayed = allocate();
        send("one");
        send("two");
        runFor(SECOND);
        assertEquals(List.of("one", "two"), atPeer);
        network.send(PEER, relayed, "back".getBytes(), 0, 4);
        runFor(SECOND);
        assertEquals(List.of(PEER + " back"), received);
        client.bind(network.now(), PEER);
        runFor(SECOND);
        int indications = server.sendIndicationsReceived;
        send("three");
        network.send(PEER, relayed, "again".getBytes(), 0, 5);
        runFor(SECOND);
        assertEquals(List.of("one", "two", "three"), atPeer);
        assertEquals(PEER + " again", received.get(1));
        assertEquals(indications, server.sendIndicationsReceived, "over the channel");
        assertEquals(1, server.channelDataReceived);
    }

    @Test
    void signsWithSha256WhereTheServerOffersIt() {
        server.sha256 = true;
        allocate();
        send("one");
        runFor(SECOND);
        assertEquals(List.of("one"), atPeer);
    }

    @Test
    void refusesAServerWhosePasswordAlgorithmsWereTakenAway() throws Exception {
        LongTermCredentials c = new LongTermCredentials("u", "p");
        byte[] challenge = StunMessage.write(3, StunClass.ERROR_RESPONSE, TransactionId.random(RandomSource.seeded(1)))
                .error(401, "Unauthorized")
                .text(StunAttribute.REALM, "r")
                .text(StunAttribute.NONCE, "obMatJos2gAAAxyz")
                .fingerprinted();
        assertFalse(
                c.challenge(StunMessage.parse(challenge, 0, challenge.length)),
                "the nonce says that the server sends them (RFC 8489 §9.2.5)");
    }

    @Test
    void reportsWrongCredentialsAndAServerThatDoesNotAnswer() {
        client = new TurnClient(TurnServerSim.USER, "wrong", false, RandomSource.seeded(2));
        attach();
        client.start(network.now());
        runFor(SECOND);
        assertEquals(List.of(new TurnEvent.Failed(401, "Unauthorized")), events);
        events.clear();
        client = new TurnClient("u", "p", false, RandomSource.seeded(2));
        network.detach(server.address);
        client.start(network.now());
        runFor(9 * SECOND);
        assertEquals(List.of(), events);
        runFor(SECOND);
        assertEquals(List.of(new TurnEvent.Failed(701, "the TURN server does not answer")), events);
    }

    @Test
    void keepsAllocationPermissionsAndChannelsAliveForHoursThroughStaleNonces() {
        InetSocketAddress relayed = allocate();
        client.bind(network.now(), PEER);
        for (int minute = 0; minute < 180; minute++) {
            server.nonce = "nonce-" + minute / 7;
            send("m" + minute);
            runFor(60 * SECOND);
        }
        assertEquals(180, atPeer.size());
        assertEquals(1, server.allocations());
        network.send(PEER, relayed, "back".getBytes(), 0, 4);
        runFor(SECOND);
        assertEquals(1, received.size());
        assertEquals(1, events.size(), events.toString());
    }

    @Test
    void reportsAnAllocationThatTheServerHasForgotten() {
        allocate();
        events.clear();
        new TurnServerSim("10.9.9.9", network, RandomSource.seeded(9)); // started anew, with empty hands
        runFor(600 * SECOND);
        assertEquals(List.of(new TurnEvent.Failed(437, "Allocation Mismatch")), events);
    }

    @Test
    void followsAServerThatRefersToAnother() {
        server.alternate = SimPeer.address("10.9.9.8", 3_478);
        attach();
        client.start(network.now());
        runFor(SECOND);
        assertEquals(List.of(new TurnEvent.Redirected(server.alternate, null)), events);
    }

    @Test
    void givesTheAllocationBack() {
        allocate();
        client.close();
        runFor(SECOND);
        assertEquals(0, server.allocations());
        assertEquals(1, server.allocationsReleased);
        assertEquals(ProtocolCore.NEVER, client.nextTimeoutNanos());
    }

    @Test
    void dropsForgedAnswersDataOfStrangersAndGarbage() {
        allocate();
        Random random = new Random(3);
        byte[] stranger = StunMessage.write(
                        TurnClient.DATA, StunClass.INDICATION, TransactionId.random(RandomSource.seeded(4)))
                .xorAddress(StunAttribute.XOR_PEER_ADDRESS, SimPeer.address("10.6.6.6", 6))
                .attribute(StunAttribute.DATA, new byte[10])
                .bytes();
        for (int i = 0; i < 20_000; i++) {
            byte[] d = i % 2 == 0 ? stranger.clone() : new byte[4 + random.nextInt(100)];
            if (i % 2 == 1) {
                random.nextBytes(d);
                d[0] = (byte) (random.nextBoolean() ? 0x40 : random.nextInt(4));
            } else if (i % 4 == 0) {
                d[random.nextInt(d.length)] ^= 1 << random.nextInt(8);
            }
            client.handleMessage(
                    network.now(), LentBytes.of(d), (at, relayed, peer, x) -> received.add("forged"), this::toServer);
        }
        assertEquals(List.of(), received);
        assertTrue(client.drops().get("TURN: data of a peer without permission") > 1_000);
        assertTrue(client.drops().get("TURN: data on an unknown channel") > 1_000);
        assertTrue(client.isAllocated());
        send("still there");
        runFor(SECOND);
        assertEquals(List.of("still there"), atPeer);
    }

    @Test
    void anUnsignedSuccessIsNotBelieved() throws Exception {
        attach();
        client.start(network.now());
        byte[] request = client.pollTransmit();
        byte[] forged = StunMessage.write(
                        TurnClient.ALLOCATE,
                        StunClass.SUCCESS_RESPONSE,
                        StunMessage.parse(request, 0, request.length).transactionId())
                .xorAddress(StunAttribute.XOR_RELAYED_ADDRESS, PEER)
                .u32(StunAttribute.LIFETIME, 600)
                .fingerprinted();
        client.handleMessage(network.now(), LentBytes.of(forged), null, this::toServer);
        assertNull(client.pollEvent());
        assertEquals(1, client.drops().get("TURN: answer with wrong integrity"));
    }

    @Test
    void boundsPeersChannelsAndPacketsThatWait() {
        allocate();
        for (int i = 0; i < TurnClient.MAX_HELD_PER_PEER + 3; i++) {
            send("x");
        }
        assertEquals(3, client.drops().get("TURN: packet before the permission"));
        for (int i = 0; i < TurnClient.MAX_PERMISSIONS + 4; i++) {
            InetSocketAddress p = SimPeer.address("10.1." + i / 250 + "." + (1 + i % 250), 7);
            client.send(network.now(), p, new byte[1], 0, 1, this::toServer);
            client.bind(network.now(), p);
        }
        assertEquals(5, client.drops().get("TURN: too many peers"), "one place was taken before");
        runFor(60 * SECOND);
        assertTrue(client.isAllocated());
    }

    @Test
    void cutsAStreamIntoMessagesHoweverItComes() {
        byte[] stun = StunMessage.write(3, StunClass.SUCCESS_RESPONSE, TransactionId.random(RandomSource.seeded(1)))
                .fingerprinted();
        byte[] channel = {0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0};
        byte[] all = Arrays.copyOf(stun, stun.length + channel.length);
        System.arraycopy(channel, 0, all, stun.length, channel.length);
        for (int step = 1; step <= all.length; step++) {
            TurnFraming f = new TurnFraming();
            List<Integer> lengths = new ArrayList<>();
            for (int at = 0; at < all.length; at += step) {
                assertTrue(
                        f.handle(LentBytes.of(all, at, Math.min(step, all.length - at)), m -> lengths.add(m.length())));
            }
            assertEquals(List.of(stun.length, 9), lengths, "in steps of " + step);
        }
        assertFalse(new TurnFraming().handle(LentBytes.of("220 mail.example".getBytes()), m -> {}));
    }
}
