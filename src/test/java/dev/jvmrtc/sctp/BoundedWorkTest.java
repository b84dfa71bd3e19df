package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.sctp.tx.RetransmissionQueue;
import dev.jvmrtc.sctp.tx.RttEstimator;
import dev.jvmrtc.sctp.tx.SendQueue;
import dev.jvmrtc.sctp.tx.WideWindow;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What a packet costs is bounded by its size, whatever the peer has set up before: measured in steps, not in time. What
 * it lets go of, or delivers, another packet has brought, and each piece is let go of once: there the sum over all
 * packets is what counts.
 */
class BoundedWorkTest {
    private static final PacketFormat FORMAT = new PacketFormat(5000, 5000);
    private static final int TAG = 0x11223344;
    private static final int FIRST_TSN = 1_000;
    private static final Extensions PLAIN = new Extensions(true, true, false, false, false);
    private static final byte[] ONE = new byte[1];
    /**
     * Steps for a byte, and for what a packet costs at least: a SACK of 256 blocks, and a FORWARD TSN over 1,024
     * chunks, may answer it.
     */
    private static final long FOR_A_BYTE = 2;

    private static final long AT_LEAST = 2_048;

    private long now = 1_000_000_000L;
    private final Association us = new Association(SctpConfig.of(5000, 5000), RandomSource.seeded(1));
    private int ourTag;
    private byte[] ourInit;
    private long bytes;
    private long steps;

    /** Says it and returns the steps that it took. */
    private long say(Consumer<ByteWriter> chunks) {
        return say(ourTag, chunks);
    }

    private long say(int tag, Consumer<ByteWriter> chunks) {
        ByteWriter w = new ByteWriter(2_048);
        FORMAT.start(w, tag);
        chunks.accept(w);
        FORMAT.finish(w);
        long taken = Steps.of(() -> {
            us.handlePacket(now, LentBytes.of(w.array(), 0, w.length()));
            us.drain(now, (d, o, n) -> ourInit = ourInit == null ? Arrays.copyOfRange(d, o, o + n) : ourInit);
            while (us.pollEvent() != null) {
                // nobody takes anything
            }
        });
        bytes += w.length();
        steps += taken;
        return taken;
    }

    private void assertBounded(Consumer<ByteWriter> chunks) {
        long before = bytes;
        long taken = say(chunks);
        long size = bytes - before;
        assertTrue(taken <= FOR_A_BYTE * size + AT_LEAST, taken + " steps for a packet of " + size + " bytes");
        assertEquals(AssociationState.ESTABLISHED, us.state());
    }

    private void assertAllBounded() {
        assertTrue(steps > 0, "tests run with assertions");
        assertTrue(steps <= FOR_A_BYTE * bytes + AT_LEAST, steps + " steps for " + bytes + " bytes in all");
    }

    private void connect(Extensions extensions) throws MalformedException {
        say(0, w -> new Chunk.Init(false, TAG, 1 << 20, 65_535, 65_535, FIRST_TSN, extensions, null).write(w));
        ByteReader r = new ByteReader(ourInit, 16, ourInit.length - 16);
        Chunk.Init ack = (Chunk.Init) Chunk.parse(2, r);
        ourTag = ack.initiateTag();
        say(w -> new Chunk.CookieEcho(ack.cookie()).write(w));
        assertEquals(AssociationState.ESTABLISHED, us.state());
        bytes = 0;
        steps = 0;
    }

    private static void data(
            ByteWriter w, boolean interleaved, int flags, int tsn, int stream, int number, int fragment) {
        DataHeader.write(w, interleaved, flags, 1, tsn, stream, number, 53, fragment);
        w.bytes(ONE).padTo4();
    }

    /** What is sent of a message on each stream that never ends. */
    private int beginOnAllStreams(boolean interleaved, int flags) {
        int tsn = FIRST_TSN;
        for (int s = 0; s < 65_535; s += 40) {
            int from = s;
            int first = tsn;
            int n = Math.min(40, 65_535 - s);
            say(w -> {
                for (int i = 0; i < n; i++) {
                    data(w, interleaved, flags, first + i, from + i, 0, 0);
                }
            });
            tsn += n;
        }
        return tsn;
    }

    @Test
    void aForwardTsnDoesNotLookAtAllStreams() throws MalformedException {
        for (boolean interleaved : new boolean[] {false, true}) {
            for (int flags : new int[] {DataHeader.FLAG_BEGIN, DataHeader.FLAG_BEGIN | DataHeader.FLAG_UNORDERED}) {
                BoundedWorkTest t = new BoundedWorkTest();
                t.connect(interleaved ? Extensions.OURS : PLAIN);
                int tsn = t.beginOnAllStreams(interleaved, flags);
                // What is skipped at once has been brought by many packets.
                t.say(w -> new Chunk.ForwardTsn(interleaved, tsn + 10, new Chunk.Skipped[0]).write(w));
                t.assertAllBounded();
                t.assertBounded(w -> {
                    for (int i = 0; i < 128; i++) {
                        new Chunk.ForwardTsn(interleaved, tsn + 20 + i, new Chunk.Skipped[0]).write(w);
                    }
                });
            }
        }
    }

    @Test
    void aForwardTsnThatNamesOneStreamAgainAndAgainDoesNotLookAtAllItsMessages() throws MalformedException {
        connect(Extensions.OURS);
        for (int i = 0; i < 60_000; i += 40) {
            int from = i;
            say(w -> {
                for (int k = 0; k < 40; k++) {
                    data(
                            w,
                            true,
                            DataHeader.FLAG_BEGIN | ((from + k) % 2 == 0 ? DataHeader.FLAG_UNORDERED : 0),
                            FIRST_TSN + from + k,
                            5,
                            100 + from + k,
                            0);
                }
            });
        }
        Chunk.Skipped[] old = new Chunk.Skipped[140];
        for (int i = 0; i < old.length; i++) {
            old[i] = new Chunk.Skipped(5, i % 2 == 0, i);
        }
        for (int i = 0; i < 10; i++) {
            int n = i;
            assertBounded(w -> new Chunk.ForwardTsn(true, FIRST_TSN + 60_000 + n, old).write(w));
        }
    }

    @Test
    void dataThatLeavesGapsDoesNotLookAtAllGaps() throws MalformedException {
        connect(PLAIN);
        for (int i = 0; i < 600; i++) {
            int n = i;
            say(w -> data(w, false, 3, FIRST_TSN + 1 + 2 * n, 1, n, 0));
        }
        assertBounded(w -> {
            for (int i = 0; i < 50; i++) {
                data(w, false, 3, FIRST_TSN + 2 * i + 501, 1, i, 0); // they are all there
            }
        });
        assertBounded(w -> {
            for (int i = 0; i < 50; i++) {
                data(w, false, 3, FIRST_TSN + 60_000 + 2 * i, 1, i, 0); // there is no room for them
            }
        });
    }

    private void request(ByteWriter w, int sequence, int lastTsn, int streams) {
        ByteWriter r = new ByteWriter().u32(sequence).u32(0).u32(lastTsn);
        for (int i = 0; i < streams; i++) {
            r.u16(i);
        }
        new Chunk.ReConfig(List.of(new Chunk.Parameter(13, r.toByteArray()))).write(w);
    }

    @Test
    void aResetOfAllStreamsLetsGoOfEachThingOnce() throws MalformedException {
        for (boolean interleaved : new boolean[] {false, true}) {
            BoundedWorkTest t = new BoundedWorkTest();
            t.connect(interleaved ? Extensions.OURS : PLAIN);
            t.beginOnAllStreams(interleaved, DataHeader.FLAG_BEGIN);
            t.say(w -> {
                for (int i = 0; i < 70; i++) {
                    t.request(w, FIRST_TSN + i, FIRST_TSN - 1, 0);
                }
            });
            assertEquals(0, t.us.snapshot().heldBytes());
            t.assertAllBounded();
        }
    }

    @Test
    void dataBehindAResetOfManyStreamsDoesNotLookThroughTheirList() throws MalformedException {
        connect(PLAIN);
        assertBounded(w -> request(w, FIRST_TSN, FIRST_TSN, 560));
        for (int i = 0; i < 5; i++) {
            int first = FIRST_TSN + 1 + 50 * i;
            assertBounded(w -> {
                for (int k = 0; k < 50; k++) {
                    data(w, false, 3, first + k, 559, k, 0);
                }
            });
        }
        assertBounded(w -> data(w, false, 3, FIRST_TSN, 1, 0, 0));
    }

    @Test
    void deliveringWhatWaitedCostsEachMessageOnce() throws MalformedException {
        connect(PLAIN);
        for (int i = 0; i < 30_000; i += 40) {
            int from = i;
            say(w -> {
                for (int k = 1; k <= 40; k++) {
                    data(w, false, 3, FIRST_TSN + from + k, 1, from + k, 0);
                }
            });
        }
        say(w -> data(w, false, 3, FIRST_TSN, 1, 0, 0));
        assertAllBounded();
    }

    @Test
    void resetsOfOursThatWaitAreNotGoneThroughForEveryPacket() throws MalformedException {
        connect(PLAIN);
        for (int s = 0; s < 10_000; s++) {
            us.send(new OutgoingMessage(s, 53, new byte[2_000], false, -1, ProtocolCore.NEVER));
            us.resetStream(s);
        }
        for (int i = 0; i < 20; i++) {
            assertBounded(w -> new Chunk.Heartbeat(false, new byte[16]).write(w));
        }
    }

    // ---------------------------------------------------------------- what is in flight

    /**
     * As many chunks in flight as there may be: of messages of one chunk, or of 100 long ones whose chunks take turns.
     */
    private final class Flight {
        final SendQueue queue = new SendQueue();
        final RetransmissionQueue sent;
        final Sack sack = new Sack();

        Flight(boolean interleaved, int maxRetransmits, boolean more) {
            queue.setInterleaved(interleaved, 1L << 40);
            sent = new RetransmissionQueue(1, 1L << 40, queue, new RttEstimator(), new WideWindow(), true, interleaved);
            sent.setPaced(false);
            int messages = interleaved ? 100 : RetransmissionQueue.MAX_OUTSTANDING_CHUNKS + (more ? 10_000 : 0);
            for (int i = 0; i < messages; i++) {
                queue.add(new OutgoingMessage(
                        interleaved ? i : 1,
                        53,
                        new byte[interleaved ? 200_000 : 1],
                        false,
                        maxRetransmits,
                        ProtocolCore.NEVER));
            }
            while (sent.canSend(now)) {
                sent.writeData(now, new ByteWriter(1_200), 1_200, 1_200);
            }
            assertEquals(RetransmissionQueue.MAX_OUTSTANDING_CHUNKS, sent.outstandingChunks());
            now += 50_000_000;
        }

        /** The steps of a SACK, and of a packet that leaves after it. */
        long acknowledge(int cumulative, int... gaps) {
            ByteWriter w = new ByteWriter();
            Sack.write(w, cumulative, 1L << 30, gaps.length / 2, 0);
            for (int g : gaps) {
                w.u16(g);
            }
            bytes = w.length();
            return Steps.of(() -> {
                try {
                    sack.read(new ByteReader(w.array(), 4, w.length() - 4));
                } catch (MalformedException e) {
                    throw new AssertionError(e);
                }
                assertTrue(sent.handleSack(now, sack));
                if (sent.isForwardTsnDue()) {
                    sent.takeForwardTsn(now);
                }
                if (sent.canSend(now)) {
                    sent.writeData(now, new ByteWriter(1_200), 1_200, 1_200);
                }
            });
        }

        void assertBoundedSack(int cumulative, int... gaps) {
            long taken = acknowledge(cumulative, gaps);
            assertTrue(taken <= FOR_A_BYTE * bytes + AT_LEAST, taken + " steps for a SACK of " + bytes + " bytes");
        }
    }

    private static int[] overlapping(int blocks) {
        int[] gaps = new int[2 * blocks];
        for (int i = 0; i < blocks; i++) {
            gaps[2 * i] = 2 + i % 7;
            gaps[2 * i + 1] = 65_535 - i % 5;
        }
        return gaps;
    }

    @Test
    void aSackWithBlocksThatOverlapDoesNotLookAtAllChunksForEach() {
        Flight f = new Flight(false, -1, true);
        long first = f.acknowledge(0, overlapping(280)); // acknowledges all but the first, each once
        assertTrue(first <= 4L * RetransmissionQueue.MAX_OUTSTANDING_CHUNKS, first + " steps");
        for (int i = 0; i < 10; i++) {
            now += 1_000_000;
            f.assertBoundedSack(0, overlapping(i % 2 == 0 ? 1 : 280));
        }
    }

    @Test
    void whatIsToBeSentAgainIsNotLookedForAmongAllThatHasArrived() {
        Flight f = new Flight(false, -1, false);
        int last = RetransmissionQueue.MAX_OUTSTANDING_CHUNKS;
        f.acknowledge(0, 2, last - 2_000, last - 1, last);
        for (int i = 0; i < 20; i++) {
            now += 1_000_000;
            f.assertBoundedSack(0, 2, last - 2_000, last, last);
        }
    }

    @Test
    void givingUpMessagesWhoseChunksTakeTurnsCostsEachChunkOnce() {
        Flight f = new Flight(true, 0, false);
        int last = RetransmissionQueue.MAX_OUTSTANDING_CHUNKS;
        long taken = f.acknowledge(0, last, last); // all before it are lost, and none may be sent again
        assertTrue(taken <= 4L * last, taken + " steps");
        for (int i = 0; i < 20; i++) {
            now += 1_000_000;
            f.assertBoundedSack(0, last, last);
        }
    }

    @Test
    void theSameSackInManyPacketsCostsNoMoreThanThePackets() {
        Flight f = new Flight(false, -1, false);
        List<Integer> every = new ArrayList<>();
        for (int i = 2; i < 570; i += 2) {
            every.add(i * 20);
            every.add(i * 20 + 15);
        }
        int[] gaps = every.stream().mapToInt(i -> i).toArray();
        f.acknowledge(0, gaps);
        for (int i = 0; i < 10; i++) {
            now += 1_000_000;
            f.assertBoundedSack(0, gaps);
        }
    }
}
