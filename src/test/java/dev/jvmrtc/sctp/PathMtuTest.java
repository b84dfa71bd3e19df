package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.Extensions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two associations over a link that takes packets up to a size, silently, with a delay and loss from a seed. */
class PathMtuTest extends TwoAssociations {
    private static final int BASE = SctpConfig.DEFAULT_MAX_PACKET_SIZE;

    private final List<byte[]> received = new ArrayList<>();
    private Random random = new Random(1);
    private int lossPercent;
    private int linkTakes = Integer.MAX_VALUE;
    private int largest;
    private int packets;

    @Override
    protected void link(Association from, byte[] packet) {
        largest = Math.max(largest, packet.length);
        packets++;
        if (packet.length <= linkTakes && random.nextInt(100) >= lossPercent) {
            arriveAfter(5 * MILLI, from, packet);
        }
    }

    @Override
    protected void told(Association by, SctpEvent event) {
        if (event instanceof SctpEvent.Message m) {
            received.add(m.message().takeBytes());
            by.consumed(m.message().held());
        }
    }

    private void sendAndCheck(int messages, int size) {
        received.clear();
        for (int i = 0; i < messages; i++) {
            send(a, 1, bytes(size, i));
        }
        runFor(120_000 * MILLI);
        assertEquals(messages, received.size());
        for (int i = 0; i < messages; i++) {
            assertArrayEquals(bytes(size, i), received.get(i));
        }
    }

    @Test
    void growsToWhatThePathInsideTheMachineTakesAndThenNeedsFewPackets() {
        connect();
        a.setPath(16_304, true);
        b.setPath(16_304, true);
        sendAndCheck(1, 100);
        assertTrue(largest <= BASE, "a chat is not worth a probe");
        sendAndCheck(20, 60_000);
        assertEquals(16_304, a.packetSize());
        packets = 0;
        sendAndCheck(100, 60_000);
        assertTrue(packets < 1_000, packets + " packets for 6 MB");
    }

    @Test
    void staysSmallWhereLargePacketsVanish() {
        linkTakes = 9_000;
        connect();
        a.setPath(16_304, true);
        sendAndCheck(20, 60_000);
        assertEquals(BASE, a.packetSize());
        linkTakes = Integer.MAX_VALUE;
        runFor(PathMtu.RAISE_NANOS);
        sendAndCheck(20, 60_000);
        assertEquals(16_304, a.packetSize(), "tried again when the time had come");
    }

    @Test
    void survivesAPathThatTakesLessThanBeforeWithoutCuttingAnythingAgain() {
        for (int seed = 0; seed < 20; seed++) {
            PathMtuTest t = new PathMtuTest();
            t.random = new Random(seed);
            t.connect();
            t.a.setPath(8_900, false);
            t.sendAndCheck(20, 60_000);
            assertEquals(8_900, t.a.packetSize());
            t.lossPercent = 2;
            for (int i = 0; i < 30; i++) {
                send(t.a, 1, bytes(60_000, i));
            }
            t.received.clear();
            t.runFor(30 * MILLI);
            t.linkTakes = BASE; // a tunnel has come in between
            t.runFor(300_000 * MILLI);
            assertEquals(30, t.received.size(), "seed " + seed);
            assertEquals(BASE, t.a.packetSize());
            assertEquals(AssociationState.ESTABLISHED, t.a.state());
        }
    }

    @Test
    void anotherPathBeginsSmallAgain() {
        connect();
        a.setPath(16_304, true);
        sendAndCheck(20, 60_000);
        a.setPath(0, false);
        largest = 0;
        sendAndCheck(20, 60_000);
        assertTrue(largest <= BASE, "largest " + largest);
    }

    @Test
    void aPeerThatDoesNotAnnouncePaddingIsNeverSentALargePacket() {
        b = new Association(
                SctpConfig.of(5000, 5000).withExtensions(new Extensions(true, true, false, true, true)),
                RandomSource.seeded(2));
        connect();
        a.setPath(16_304, true);
        sendAndCheck(20, 60_000);
        assertTrue(largest <= BASE, "its DTLS may break at a large record");
    }

    @Test
    void aLinkThatTakesOnlyLittleMoreIsNotProbed() {
        connect();
        a.setPath(1_392, false);
        sendAndCheck(20, 60_000);
        assertTrue(largest <= BASE);
    }

    @Test
    void manySmallMessagesShareLargePacketsWithinWhatPeersTake() {
        connect();
        a.setPath(16_304, true);
        sendAndCheck(20, 60_000);
        sendAndCheck(20_000, 60);
        assertEquals(0, b.drops().snapshot().size(), b.drops().snapshot().toString());
    }
}
