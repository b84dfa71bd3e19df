package dev.jvmrtc.datachannel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.AssociationState;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A peer that opens, fills and resets channels as it likes, and answers nothing: what it costs us is bounded, in steps
 * and in bytes.
 */
class BoundedWorkTest {
    private static final PacketFormat FORMAT = new PacketFormat(5000, 5000);
    private static final int FIRST_TSN = 1_000;
    private static final byte[] OPEN =
            new ByteWriter().u8(3).u8(0).u16(0).u32(0).u16(0).u16(0).toByteArray();
    private static final int PPID_DCEP = 50;
    private static final int PPID_BINARY = 53;
    /**
     * For each byte of a packet, and for what it costs at least: all channels may be closed by one reset, each once.
     */
    private static final long FOR_A_BYTE = 2;

    private static final long AT_LEAST = 2_048;

    private long now = 1_000_000_000L;
    private final DataChannels us = new DataChannels(SctpConfig.of(5000, 5000), false, RandomSource.seeded(1), -1);
    private final List<DataChannelEvent> events = new ArrayList<>();
    private byte[] first;
    private int ourTag;
    private int ourFirstTsn;
    private long size;

    @BeforeEach
    void connect() throws MalformedException {
        say(
                0,
                w -> new Chunk.Init(
                                false,
                                0x11223344,
                                1 << 20,
                                65_535,
                                65_535,
                                FIRST_TSN,
                                new Extensions(true, true, false, false, false),
                                null)
                        .write(w));
        Chunk.Init ack = (Chunk.Init) Chunk.parse(2, new ByteReader(first, 16, first.length - 16));
        ourTag = ack.initiateTag();
        ourFirstTsn = ack.initialTsn();
        say(ourTag, w -> new Chunk.CookieEcho(ack.cookie()).write(w));
        assertEquals(AssociationState.ESTABLISHED, us.association().state());
        events.clear();
    }

    private long say(int tag, Consumer<ByteWriter> chunks) {
        ByteWriter w = new ByteWriter(2_048);
        FORMAT.start(w, tag);
        chunks.accept(w);
        FORMAT.finish(w);
        size = w.length();
        return Steps.of(() -> {
            us.handlePacket(now, LentBytes.of(w.array(), 0, w.length()));
            us.drain(now, (d, o, n) -> first = first == null ? Arrays.copyOfRange(d, o, o + n) : first);
            for (DataChannelEvent e = us.pollEvent(); e != null; e = us.pollEvent()) {
                events.add(e);
            }
        });
    }

    private void assertBounded(Consumer<ByteWriter> chunks) {
        long taken = say(ourTag, chunks);
        assertTrue(taken <= FOR_A_BYTE * size + AT_LEAST, taken + " steps for a packet of " + size + " bytes");
    }

    private static void data(ByteWriter w, int tsn, int stream, int number, int ppid, byte[] payload) {
        DataHeader.write(
                w, false, DataHeader.FLAG_BEGIN | DataHeader.FLAG_END, payload.length, tsn, stream, number, ppid, 0);
        w.bytes(payload).padTo4();
    }

    private static void reset(ByteWriter w, int sequence, int lastTsn, int... streams) {
        ByteWriter r = new ByteWriter().u32(sequence).u32(0).u32(lastTsn);
        for (int s : streams) {
            r.u16(s);
        }
        new Chunk.ReConfig(List.of(new Chunk.Parameter(13, r.toByteArray()))).write(w);
    }

    private long count(Class<?> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    private int openAll() {
        int tsn = FIRST_TSN;
        for (int s = 0; s < 65_535; s += 30) {
            int from = s;
            int at = tsn;
            int n = Math.min(30, 65_535 - s);
            assertBounded(w -> {
                for (int i = 0; i < n; i++) {
                    data(w, at + i, from + i, 0, PPID_DCEP, OPEN);
                }
            });
            tsn += n;
        }
        return tsn;
    }

    @Test
    void aResetOfAllStreamsForgetsWhatCameForChannelsThatDoNotExist() {
        say(ourTag, w -> data(w, FIRST_TSN, 9, 0, PPID_BINARY, new byte[1_000]));
        assertTrue(us.association().snapshot().heldBytes() > 0, "it waits for a channel that the application may make");
        say(ourTag, w -> reset(w, FIRST_TSN, FIRST_TSN));
        assertEquals(0, us.association().snapshot().heldBytes());
        us.open(1, new ChannelParameters("n", "", true, null, null, true), 9);
        say(ourTag, w -> data(w, FIRST_TSN + 1, 9, 0, PPID_BINARY, new byte[1]));
        assertEquals(
                List.of(1),
                events.stream()
                        .filter(e -> e instanceof DataChannelEvent.Message)
                        .map(e -> ((DataChannelEvent.Message) e).data().length)
                        .toList());
    }

    @Test
    void aResetOfAllStreamsClosesEachChannelOnceHoweverOftenItIsSaid() {
        int tsn = openAll();
        assertEquals(DataChannels.DEFAULT_MAX_INCOMING, count(DataChannelEvent.Incoming.class));
        for (int k = 0; k < 3; k++) {
            int sequence = FIRST_TSN + k;
            assertBounded(w -> {
                for (int i = 0; i < 60; i++) {
                    reset(w, sequence + i, tsn - 1);
                }
            });
        }
        assertEquals(DataChannels.DEFAULT_MAX_INCOMING, count(DataChannelEvent.Closing.class));
    }

    @Test
    void channelsOpenedAndResetAgainAndAgainPileUpNothing() {
        for (int i = 0; i < 50_000; i++) {
            int n = i;
            say(ourTag, w -> {
                data(w, FIRST_TSN + n, 4, 0, PPID_DCEP, OPEN);
                reset(w, FIRST_TSN + n, FIRST_TSN + n, 4);
            });
            if (i % 1_000 == 0) {
                now += 100_000_000L;
                us.handleTimeout(now);
                say(
                        ourTag,
                        w -> Sack.write(w, ourFirstTsn - 1, 1 << 20, 0, 0)); // it acknowledges nothing, but is there
            }
        }
        assertEquals(AssociationState.ESTABLISHED, us.association().state());
        assertTrue(events.size() <= 20, events.size() + " events");
        assertTrue(
                us.association().snapshot().bufferedBytes() <= 10,
                "our answers that wait: " + us.association().snapshot().bufferedBytes());
        assertTrue(
                us.drops().get("DATA_CHANNEL_OPEN on a stream in use") > 49_000,
                us.drops().snapshot().toString());
    }

    @Test
    void aMessageOfAByteForEachStreamThatIsNoChannelHoldsNoMoreThanTheBound() {
        int tsn = FIRST_TSN;
        for (int s = 0; s < 65_535; s += 30) {
            int from = s;
            int at = tsn;
            assertBounded(w -> {
                for (int i = 0; i < 30; i++) {
                    data(w, at + i, from + i, 0, PPID_BINARY, new byte[1]);
                }
            });
            tsn += 30;
        }
        assertTrue(
                us.association().snapshot().heldBytes() <= DataChannels.MAX_EARLY_BYTES,
                us.association().snapshot().toString());
        assertTrue(events.isEmpty(), events.toString());
    }
}
