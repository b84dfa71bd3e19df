package dev.jvmrtc.datachannel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.rx.HeldBytes;
import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataChannelsTest extends TwoChannelSets {
    private final List<DataChannelEvent> eventsA = new ArrayList<>();
    private final List<DataChannelEvent> eventsB = new ArrayList<>();
    /** The packets, where they are counted. */
    private List<ByteBuf> counted;

    DataChannelsTest() {
        super(CONFIG, 1, 2);
    }

    @Override
    protected void told(DataChannels by, DataChannelEvent event) {
        (by == a ? eventsA : eventsB).add(event);
    }

    @Override
    protected void arrive(DataChannels to, byte[] packet) {
        if (counted == null) {
            super.arrive(to, packet);
            return;
        }
        ByteBuf buffer = ByteBufAllocator.DEFAULT
                .heapBuffer(packet.length, packet.length)
                .writeBytes(packet);
        counted.add(buffer);
        to.handlePacket(now, LentBytes.of(buffer));
        buffer.release();
    }

    private void connect() {
        connect(200 * MILLI);
    }

    @Test
    void whatCameOnAStreamThatIsResetBeforeItHasAChannelIsReleased() {
        counted = new ArrayList<>();
        connect();
        a.open(1, new ChannelParameters("n", "", true, null, null, true), 10);
        runFor(100 * MILLI);
        a.send(now, 1, true, new byte[1_000]);
        runFor(100 * MILLI);
        assertEquals(1, counted.stream().filter(c -> c.refCnt() > 0).count(), "it waits for its channel");
        a.close(1);
        runFor(2 * SECOND);
        assertEquals(0, counted.stream().filter(c -> c.refCnt() > 0).count());
        assertEquals(0, b.association().snapshot().heldBytes());
    }

    @Test
    void messagesForANegotiatedChannelToComeAreHeldUpToTheBound() {
        connect();
        ChannelParameters negotiated = new ChannelParameters("n", "", true, null, null, true);
        a.open(1, negotiated, 10);
        int size = 1_024;
        int fit = DataChannels.MAX_EARLY_BYTES / DataChannels.held(size);
        for (int i = 0; i < fit + 3; i++) {
            a.send(now, 1, true, new byte[size]);
        }
        runFor(500 * MILLI);
        assertEquals(3, b.drops().get("message for a channel that does not exist"));
        b.open(1, negotiated, 10);
        runFor(10 * MILLI);
        assertEquals(fit, count(DataChannelEvent.Message.class));
    }

    private void takeAll() {
        eventsB.forEach(e -> b.association().consumed(e.held()));
        eventsB.clear();
    }

    @Test
    void theWindowIsWholeAgainAfterEmptyMessagesAndChannelsThatComeAndGo() {
        connect();
        for (int round = 0; round < 30; round++) {
            ChannelParameters p = new ChannelParameters("l".repeat(1_000), "", true, null, null, false);
            a.open(round + 1, p, null);
            for (int i = 0; i < 100; i++) {
                a.send(now, round + 1, true, new byte[0]);
                a.send(now, round + 1, false, new byte[i]);
            }
            runFor(50 * MILLI);
            takeAll();
            a.close(round + 1);
            runFor(50 * MILLI);
        }
        takeAll();
        assertEquals(0, b.association().snapshot().heldBytes());
    }

    @Test
    void everyStreamMayBecomeAChannelWhereThatIsAskedFor() {
        b = new DataChannels(CONFIG, false, RandomSource.seeded(2), -1, 65_535, new HeldBytes(32 << 20));
        connect();
        ChannelParameters p = new ChannelParameters("x", "", true, null, null, false);
        for (int i = 1; i <= 32_768; i++) {
            a.open(i, p, null); // half of the numbers are ours to choose
        }
        for (int i = 0; i < 200 && count(DataChannelEvent.Incoming.class) < 32_768; i++) {
            runFor(10 * MILLI);
        }
        assertEquals(32_768, count(DataChannelEvent.Incoming.class));
        a.open(40_000, p, null);
        DataChannelEvent.Closed refused = (DataChannelEvent.Closed) a.pollEvent();
        assertEquals("no stream id is free", refused.error());
        for (int i = 1; i <= 32_768; i++) {
            a.close(i);
        }
        for (int i = 0; i < 500 && count(DataChannelEvent.Closed.class) < 32_768; i++) {
            runFor(10 * MILLI);
        }
        assertEquals(32_768, count(DataChannelEvent.Closed.class));
        takeAll();
        assertEquals(0, b.association().snapshot().heldBytes());
    }

    private long count(Class<?> kind) {
        return eventsB.stream().filter(kind::isInstance).count();
    }

    @Test
    void onePeerOpensNoMoreChannelsThanItMayAndWhatIsTooMuchIsClosedForIt() {
        connect();
        ChannelParameters p = new ChannelParameters("x", "", true, null, null, false);
        for (int i = 1; i <= 1_100; i++) {
            a.open(i, p, null);
        }
        a.open(2_000, p, 65_534); // the number of the stream does not matter
        runFor(SECOND);
        assertEquals(1_024, count(DataChannelEvent.Incoming.class));
        assertEquals(77, b.drops().get("DATA_CHANNEL_OPEN beyond the limits"));
        assertEquals(
                77,
                eventsA.stream()
                        .filter(e -> e instanceof DataChannelEvent.Closing)
                        .count());
        // Where one has gone, another may come, on whatever stream.
        a.close(1);
        runFor(100 * MILLI);
        a.open(2_001, p, 65_534);
        a.send(now, 2_001, false, "here".getBytes(StandardCharsets.UTF_8));
        runFor(100 * MILLI);
        assertEquals(1_025, count(DataChannelEvent.Incoming.class));
        assertEquals(1, count(DataChannelEvent.Message.class));
    }

    @Test
    void labelsFillAQuarterOfTheReceiveBufferAndNoMore() {
        connect();
        ChannelParameters p = new ChannelParameters("l".repeat(65_535), "p".repeat(65_535), true, null, null, false);
        for (int i = 1; i <= 20; i++) {
            a.open(i, p, null);
        }
        runFor(2 * SECOND);
        assertEquals(4, count(DataChannelEvent.Incoming.class), "each takes 256 KiB of 1 MiB");
        takeAll();
        assertTrue(
                b.association().snapshot().heldBytes() <= 1 << 20,
                b.association().snapshot().toString());
        for (int i = 1; i <= 20; i++) {
            a.close(i);
        }
        runFor(SECOND);
        takeAll();
        assertEquals(0, b.association().snapshot().heldBytes());
    }

    @Test
    void anApplicationThatTakesNothingIsNotToldOfMoreChannelsThanTheReceiveBufferHolds() {
        b = new DataChannels(CONFIG, false, RandomSource.seeded(2), -1, 1_024, new HeldBytes(64 * 1_024));
        connect();
        ChannelParameters p = new ChannelParameters("x", "", true, null, null, false);
        for (int i = 1; i <= 1_000; i++) {
            a.open(i, p, null);
            a.close(i);
            runFor(2 * MILLI);
        }
        runFor(2 * SECOND);
        long told = count(DataChannelEvent.Incoming.class);
        assertTrue(told >= 100 && told <= 64 * 1_024 / DataChannels.HELD_BY_OPENING, told + " channels");
        // It takes again, and all goes on.
        for (int i = 0; i < 200; i++) {
            takeAll();
            runFor(100 * MILLI);
            told += count(DataChannelEvent.Incoming.class);
        }
        assertEquals(1_000, told);
        takeAll();
        assertEquals(0, b.association().snapshot().heldBytes());
    }
}
