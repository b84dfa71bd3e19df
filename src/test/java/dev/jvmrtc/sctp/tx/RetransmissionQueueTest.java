package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetransmissionQueueTest {
    private static final long MILLI = 1_000_000L;
    private static final long NEVER = ProtocolCore.NEVER;
    private static final int PACKET = 1_200;
    /** User data that fills a packet: 1,200 less the common header and that of the chunk. */
    private static final int FULL = 1_200 - 12 - 16;

    private final SendQueue queue = new SendQueue();
    private final RttEstimator rtt = new RttEstimator();
    private final List<Integer> flags = new ArrayList<>();
    private RetransmissionQueue sent = queue(1 << 20, new WideWindow());

    private RetransmissionQueue queue(long peerWindow, CongestionController window) {
        RetransmissionQueue r = new RetransmissionQueue(100, peerWindow, queue, rtt, window, true, false);
        r.setPaced(false);
        return r;
    }

    private void add(int length, int maxRetransmits, long expires) {
        queue.add(new OutgoingMessage(1, 53, new byte[length], false, maxRetransmits, expires));
    }

    /** TSNs of what leaves now, packet by packet; {@link #flags} has the flags of the same. */
    private List<Integer> leave(long now) throws MalformedException {
        List<Integer> tsns = new ArrayList<>();
        flags.clear();
        while (sent.canSend(now)) {
            ByteWriter w = new ByteWriter(PACKET).zeros(12);
            if (sent.writeData(now, w, PACKET, PACKET) == 0) {
                break;
            }
            assertTrue(w.length() <= PACKET);
            ByteReader r = new ByteReader(w.array(), 12, w.length() - 12);
            while (r.remaining() > 0) {
                assertEquals(ChunkType.DATA, r.u8());
                flags.add(r.u8());
                int length = r.u16();
                tsns.add(r.i32());
                r.skip((length + 3 & ~3) - 8);
            }
        }
        return tsns;
    }

    private boolean acknowledge(long now, int cumulative, long window, int... gaps) throws MalformedException {
        ByteWriter w = new ByteWriter();
        Sack.write(w, cumulative, window, gaps.length / 2, 0);
        for (int g : gaps) {
            w.u16(g);
        }
        Sack sack = new Sack();
        sack.read(new ByteReader(w.array(), 4, w.length() - 4));
        return sent.handleSack(now, sack);
    }

    /** The chunk with the first TSN goes and its answer comes. */
    private void measure100Millis() throws MalformedException {
        add(FULL, -1, NEVER);
        leave(0);
        acknowledge(100 * MILLI, 100, 1 << 20);
    }

    @Test
    void sendsNoMoreChunksThanItWillRemember() {
        sent = queue(1L << 30, new WideWindow());
        for (int i = 0; i < RetransmissionQueue.MAX_OUTSTANDING_CHUNKS + 1_000; i++) {
            add(1, -1, NEVER);
        }
        int written = 0;
        while (sent.canSend(0)) {
            written += sent.writeData(0, new ByteWriter(1_200), 1_200, 1_200);
        }
        assertEquals(RetransmissionQueue.MAX_OUTSTANDING_CHUNKS, written);
        assertFalse(sent.canSend(0));
    }

    @Test
    void aLargeMessageIsCutAndItsFragmentsSayWhichTheyAre() throws MalformedException {
        add(2 * FULL + 1, -1, NEVER);
        add(10, -1, NEVER);
        assertEquals(List.of(100, 101, 102, 103), leave(0));
        assertEquals(
                List.of(DataHeader.FLAG_BEGIN, 0, DataHeader.FLAG_END, DataHeader.FLAG_BEGIN | DataHeader.FLAG_END),
                flags);
        assertEquals(104, sent.nextTsn());
        assertEquals(2 * (FULL + 16) + (16 + 4) + (16 + 12), sent.flightBytes(), "with headers and padding");
        assertEquals((1 << 20) - (2 * FULL + 1 + 10), sent.peerWindow(), "without");
    }

    @Test
    void whatIsAcknowledgedLeavesTheFlightAndMeasuresTheRoundTrip() throws MalformedException {
        add(3 * FULL, -1, NEVER);
        leave(0);
        assertTrue(acknowledge(80 * MILLI, 101, 5_000));
        assertEquals(FULL + 16, sent.flightBytes());
        assertEquals(1, sent.outstandingChunks());
        assertEquals(80 * MILLI, rtt.srttNanos());
        assertEquals(5_000 - (FULL + 16), sent.peerWindow(), "RFC 9260 §6.2.1: a_rwnd less what is in flight");
        assertTrue(acknowledge(90 * MILLI, 100, 9_000), "overtaken by a newer one");
        assertEquals(5_000 - (FULL + 16), sent.peerWindow(), "it says nothing");
        assertFalse(acknowledge(90 * MILLI, 103, 9_000), "103 was never sent");
        assertTrue(acknowledge(95 * MILLI, 102, 9_000));
        assertTrue(sent.isEmpty());
        assertEquals(NEVER, sent.nextTimeoutNanos());
    }

    @Test
    void threeChunksThatArriveBehindOneHaveItSentAgainAtOnce() throws MalformedException {
        measure100Millis();
        add(5 * FULL, -1, NEVER);
        leave(100 * MILLI);
        acknowledge(200 * MILLI, 100, 1 << 20, 2, 3);
        assertEquals(List.of(), leave(200 * MILLI), "two are not enough");
        assertEquals(225 * MILLI, sent.nextTimeoutNanos(), "but for a quarter of a round trip");
        acknowledge(200 * MILLI, 100, 1 << 20, 2, 4);
        assertEquals(List.of(101), leave(200 * MILLI));
        assertEquals(1, sent.retransmittedChunks());
        assertEquals(FULL, sent.retransmittedBytes());
        acknowledge(300 * MILLI, 105, 1 << 20);
        assertTrue(sent.isEmpty());
        assertEquals(0, sent.flightBytes());
    }

    @Test
    void theTimerHasAllSentAgainAndDoubles() throws MalformedException {
        add(3 * FULL, -1, NEVER);
        assertEquals(List.of(100, 101, 102), leave(0));
        assertEquals(500 * MILLI, sent.nextTimeoutNanos());
        assertFalse(sent.handleTimeout(500 * MILLI - 1));
        assertTrue(sent.handleTimeout(500 * MILLI));
        assertEquals(0, sent.flightBytes());
        assertEquals(List.of(100, 101, 102), leave(500 * MILLI));
        assertEquals(1_500 * MILLI, sent.nextTimeoutNanos());
        assertTrue(sent.handleTimeout(1_500 * MILLI));
        assertEquals(List.of(100, 101, 102), leave(1_500 * MILLI));
        assertEquals(3_500 * MILLI, sent.nextTimeoutNanos());
        acknowledge(1_600 * MILLI, 102, 1 << 20);
        assertEquals(-1, rtt.srttNanos(), "RFC 9260 §6.3.1 C5: which of them was answered nobody knows");
    }

    @Test
    void whatThePeerHadByAGapBlockAndDroppedIsSentAgain() throws MalformedException {
        measure100Millis();
        add(3 * FULL, -1, NEVER);
        leave(100 * MILLI);
        acknowledge(200 * MILLI, 100, 1 << 20, 2, 3);
        assertEquals(FULL + 16, sent.flightBytes());
        acknowledge(210 * MILLI, 101, 1 << 20);
        assertEquals(0, sent.flightBytes());
        assertTrue(sent.handleTimeout(10_000 * MILLI), "102 had arrived, and is missing now");
        assertEquals(List.of(102, 103), leave(10_000 * MILLI));
    }

    @Test
    void aClosedWindowIsAskedForWithOneChunkAtATime() throws MalformedException {
        sent = queue(0, new WideWindow());
        add(3 * FULL, -1, NEVER);
        assertEquals(List.of(100), leave(0), "RFC 9260 §6.1 A");
        assertTrue(acknowledge(100 * MILLI, 100, 0));
        assertEquals(List.of(101), leave(100 * MILLI));
        acknowledge(200 * MILLI, 101, 2 * FULL);
        assertEquals(List.of(102), leave(200 * MILLI));
    }

    @Test
    void noMoreIsInFlightThanTheCongestionWindow() throws MalformedException {
        sent = queue(1 << 20, new CubicCongestionController(PACKET));
        add(50 * FULL, -1, NEVER);
        leave(0);
        assertEquals(10 * (FULL + 16), sent.flightBytes());
        assertTrue(10 * PACKET >= sent.flightBytes());
    }

    @Test
    void theLastChunkIsSentAgainAfterTwoRoundTripsOfSilence() throws MalformedException {
        add(FULL, -1, NEVER);
        leave(0);
        acknowledge(50 * MILLI, 100, 1 << 20);
        add(2 * FULL, -1, NEVER);
        assertEquals(List.of(101, 102), leave(100 * MILLI));
        assertEquals(200 * MILLI, sent.nextTimeoutNanos(), "two round trips of 50 ms");
        assertFalse(sent.handleTimeout(200 * MILLI), "that is not the T3 timer");
        assertEquals(List.of(102), leave(200 * MILLI));
        assertEquals(
                List.of(DataHeader.FLAG_END | DataHeader.FLAG_IMMEDIATE), flags, "and its answer is not to be delayed");
        assertEquals(2 * (FULL + 16), sent.flightBytes(), "it counts once");
    }

    @Test
    void aLostMessageWithoutRetransmissionsIsSkipped() throws MalformedException {
        add(2 * FULL, 0, NEVER);
        add(FULL, -1, NEVER);
        leave(0);
        assertTrue(sent.handleTimeout(500 * MILLI));
        assertTrue(sent.isForwardTsnDue());
        Chunk.ForwardTsn forward = (Chunk.ForwardTsn) sent.takeForwardTsn(500 * MILLI);
        assertEquals(101, forward.newCumulativeTsn());
        assertArrayEquals(new Chunk.Skipped[] {new Chunk.Skipped(1, false, 0)}, forward.streams());
        assertFalse(sent.isForwardTsnDue());
        assertEquals(List.of(102), leave(500 * MILLI));
        acknowledge(600 * MILLI, 101, 1 << 20);
        assertFalse(sent.isForwardTsnDue());
        acknowledge(600 * MILLI, 102, 1 << 20);
        assertTrue(sent.isEmpty());
    }

    @Test
    void theRestOfAMessageThatExpiresTakesATsnThatIsSkippedToo() throws MalformedException {
        sent = queue(FULL, new WideWindow());
        add(3 * FULL, -1, 50 * MILLI);
        assertEquals(List.of(100), leave(0), "the window takes no more");
        assertEquals(List.of(), leave(40 * MILLI));
        ByteWriter nothing = new ByteWriter(PACKET).zeros(12);
        assertEquals(0, sent.writeData(50 * MILLI, nothing, PACKET, PACKET));
        assertEquals(102, sent.nextTsn());
        assertEquals(0, queue.bufferedBytes());
        Chunk.ForwardTsn forward = (Chunk.ForwardTsn) sent.takeForwardTsn(50 * MILLI);
        assertEquals(101, forward.newCumulativeTsn());
    }

    @Test
    void withoutThePeersConsentNothingIsGivenUp() throws MalformedException {
        sent = new RetransmissionQueue(100, 1 << 20, queue, rtt, new WideWindow(), false, false);
        add(FULL, 0, NEVER);
        leave(0);
        assertTrue(sent.handleTimeout(500 * MILLI));
        assertFalse(sent.isForwardTsnDue());
        assertEquals(List.of(100), leave(500 * MILLI));
    }

    @Test
    void onAnotherPathTheTimerRunsOutAtOnce() throws MalformedException {
        add(FULL, -1, NEVER);
        leave(0);
        sent.pathChanged(10 * MILLI);
        assertEquals(10 * MILLI, sent.nextTimeoutNanos());
        assertTrue(sent.handleTimeout(10 * MILLI));
        assertEquals(List.of(100), leave(10 * MILLI));
    }

    @Test
    void whoAskedIsToldWhatBecameOfAMessage() throws MalformedException {
        List<String> told = new ArrayList<>();
        for (int receipt = 1; receipt <= 3; receipt++) {
            queue.add(new OutgoingMessage(
                    1, 53, java.nio.ByteBuffer.allocate(FULL), false, receipt == 2 ? 0 : -1, NEVER, receipt));
        }
        leave(0);
        acknowledge(10 * MILLI, 100, 1 << 20);
        sent.handleTimeout(10_000 * MILLI);
        sent.finishAll();
        queue.takeFinished((receipt, delivered) -> told.add(receipt + " " + delivered));
        assertEquals(List.of("1 true", "2 false", "3 false"), told);
    }
}
