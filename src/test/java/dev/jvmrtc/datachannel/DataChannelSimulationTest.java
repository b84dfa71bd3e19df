package dev.jvmrtc.datachannel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.sctp.Association;
import dev.jvmrtc.sctp.AssociationState;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sim.Pair;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Two peers with channels of all kinds, that come and go, over a path that loses (also in bursts), delays, reorders,
 * duplicates and changes its MTU, in virtual time. A seed decides everything; {@code -Djvmrtc.seed=N} replays one,
 * {@code -Djvmrtc.seeds=N} says how many.
 */
class DataChannelSimulationTest {
    private static final long MILLI = Pair.MILLI;
    private static final long SECOND = Pair.SECOND;
    private static final int BASE_PACKET = SctpConfig.DEFAULT_MAX_PACKET_SIZE;

    /** A channel as one side has opened it, with what it has sent and the other side has received. */
    private static final class Stream {
        final ChannelParameters parameters;
        final int handle;
        final List<byte[]> sent = new ArrayList<>();
        final List<Integer> acknowledged = new ArrayList<>();
        int lent;
        final List<Integer> received = new ArrayList<>();
        boolean closed;

        Stream(int handle, ChannelParameters parameters) {
            this.handle = handle;
            this.parameters = parameters;
        }

        boolean isReliable() {
            return parameters.maxRetransmits() == null && parameters.maxPacketLifeTimeMillis() == null;
        }
    }

    private static final class Run extends TwoChannelSets {
        final long seed;
        final Random random;
        final Map<String, Stream> byLabel = new HashMap<>();
        final Map<Integer, Stream> byHandleAtA = new HashMap<>();
        final Map<Integer, Stream> byHandleAtB = new HashMap<>();
        final double loss;
        final double burst;
        final double duplication;
        final long delay;
        final long jitter;
        int linkTakes = Integer.MAX_VALUE;
        long burstUntil;
        long lossesOnTheWire;
        int nextHandle = 1;
        /** Messages whose buffers the association still reads, by receipt. */
        final Map<Long, Lent> lent = new HashMap<>();

        long receipts;

        Run(long seed) {
            this(seed, new Random(seed));
        }

        private Run(long seed, Random random) {
            super(config(random), seed, ~seed);
            this.seed = seed;
            this.random = random;
            loss = random.nextInt(4) == 0 ? 0 : random.nextInt(21) / 100.0;
            burst = random.nextInt(3) == 0 ? 0.002 : 0;
            duplication = random.nextInt(3) == 0 ? 0.05 : 0;
            delay = (random.nextInt(3) == 0 ? random.nextInt(500) : random.nextInt(40)) * MILLI;
            jitter = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(20) * MILLI;
        }

        private static SctpConfig config(Random random) {
            Extensions extensions = random.nextBoolean()
                    ? Extensions.OURS
                    : new Extensions(true, true, random.nextBoolean(), false, random.nextBoolean());
            return CONFIG.withExtensions(extensions)
                    .withReceiveWindow(256 * 1_024 << random.nextInt(5))
                    .withMaxMessageSize(128 * 1_024)
                    .withCongestionControl(SctpConfig.CongestionControl.values()[random.nextInt(2)]);
        }

        private record Lent(Stream stream, int number, ByteBuffer buffer) {}

        @Override
        protected void link(DataChannels from, byte[] packet) {
            if (random.nextDouble() < burst) {
                burstUntil = now + random.nextInt(2_000) * MILLI;
            }
            if (packet.length > linkTakes || now < burstUntil && random.nextInt(10) < 9 || random.nextDouble() < loss) {
                lossesOnTheWire++;
                return;
            }
            for (int copies = random.nextDouble() < duplication ? 2 : 1; copies > 0; copies--) {
                arriveAfter(delay + (jitter == 0 ? 0 : (long) (random.nextDouble() * jitter)), from, packet);
            }
        }

        @Override
        protected boolean carry(DataChannels from, DataChannels to) {
            boolean any = super.carry(from, to);
            Association.Snapshot s = from.association().snapshot();
            assertTrue(s.flightChunks() <= 16_384 && s.unconsumedBytes() == 0, "seed " + seed + ": bounds");
            return any;
        }

        @Override
        protected void told(DataChannels side, DataChannelEvent e) {
            Map<Integer, Stream> byHandle = side == a ? byHandleAtA : byHandleAtB;
            side.association().consumed(e.held());
            if (e instanceof DataChannelEvent.Incoming in) {
                Stream s = byLabel.get(in.parameters().label());
                assertEquals(s.parameters, in.parameters(), "seed " + seed);
                byHandle.put(in.channel(), s);
            } else if (e instanceof DataChannelEvent.Message m) {
                Stream s = byHandle.get(m.channel());
                int number =
                        m.data().length < 4 ? -1 : ByteBuffer.wrap(m.data()).getInt();
                assertTrue(number >= 0 && number < s.sent.size(), "seed " + seed + ": a message that nobody sent");
                assertArrayEquals(
                        s.sent.get(number),
                        m.data(),
                        "seed " + seed + ", " + s.parameters + ", message " + number + ": intact");
                s.received.add(number);
            } else if (e instanceof DataChannelEvent.Finished f) {
                Lent l = lent.remove(f.receipt());
                assertTrue(l != null, "seed " + seed + ": every receipt comes once");
                while (l.buffer.hasRemaining()) {
                    l.buffer.put((byte) 0xee); // it is free: what arrives later must not have it
                }
                if (f.delivered()) {
                    l.stream.acknowledged.add(l.number);
                }
            } else if (e instanceof DataChannelEvent.TransportClosed c) {
                throw new AssertionError("seed " + seed + ": the association ended: " + c.cause());
            } else if (e instanceof DataChannelEvent.Closed c) {
                byHandle.get(c.channel()).closed = true;
            }
        }

        private Stream open() {
            int kind = random.nextInt(4);
            ChannelParameters p = new ChannelParameters(
                    "channel " + nextHandle,
                    "",
                    random.nextBoolean(),
                    kind == 1 ? random.nextInt(4) : null,
                    kind == 2 ? random.nextInt(2_000) : null,
                    false,
                    128 << random.nextInt(4));
            Stream s = new Stream(nextHandle++, p);
            byLabel.put(p.label(), s);
            byHandleAtA.put(s.handle, s);
            a.open(s.handle, p, null);
            return s;
        }

        private void send(Stream s) {
            int length = random.nextInt(4) == 0 ? 4 + random.nextInt(60_000) : 4 + random.nextInt(3_000);
            byte[] message = new byte[length];
            random.nextBytes(message);
            ByteBuffer.wrap(message).putInt(s.sent.size());
            s.sent.add(message);
            if (random.nextBoolean()) {
                a.send(now, s.handle, true, message);
                return;
            }
            ByteBuffer buffer = random.nextBoolean()
                    ? ByteBuffer.allocateDirect(length)
                    : ByteBuffer.wrap(new byte[length + 9], 5, length).slice();
            buffer.put(message).flip();
            s.lent++;
            lent.put(++receipts, new Lent(s, s.sent.size() - 1, buffer));
            a.send(now, s.handle, true, buffer.asReadOnlyBuffer(), receipts);
        }

        void play() {
            connect(60 * SECOND);
            assertEquals(AssociationState.ESTABLISHED, a.association().state(), "seed " + seed);
            a.association().setPath(8_900, false);
            List<Stream> open = new ArrayList<>();
            List<Stream> all = new ArrayList<>();
            for (int step = 0; step < 40; step++) {
                int what = random.nextInt(10);
                if (open.isEmpty() || what == 0) {
                    Stream s = open();
                    open.add(s);
                    all.add(s);
                } else if (what == 1) {
                    a.close(open.remove(random.nextInt(open.size())).handle);
                } else if (what == 2) {
                    linkTakes = random.nextBoolean() ? Integer.MAX_VALUE : BASE_PACKET + random.nextInt(9_000);
                } else {
                    for (int i = random.nextInt(6); i >= 0; i--) {
                        send(open.get(random.nextInt(open.size())));
                    }
                }
                runFor(random.nextInt(300) * MILLI);
            }
            runFor(600 * SECOND);
            all.forEach(this::check);
            assertEquals(Map.of(), lent, "seed " + seed + ": every receipt comes");
            assertEquals(0, a.association().snapshot().bufferedBytes(), "seed " + seed);
            assertEquals(0, a.association().snapshot().flightBytes(), "seed " + seed);
            all.stream()
                    .filter(s -> !open.contains(s))
                    .forEach(s -> assertTrue(s.closed, "seed " + seed + ": " + s.parameters + " was closed"));
        }

        private void check(Stream s) {
            String what = "seed " + seed + ", " + s.parameters + ": ";
            List<Integer> sorted = s.received.stream().sorted().toList();
            assertEquals(sorted.stream().distinct().toList(), sorted, what + "nothing arrives twice");
            if (s.parameters.ordered()) {
                assertEquals(sorted, s.received, what + "in order");
            }
            assertTrue(s.received.containsAll(s.acknowledged), what + "what was acknowledged has arrived");
            if (s.isReliable()) {
                assertTrue(s.acknowledged.size() == s.lent, what + "all is acknowledged");
            }
            if (s.isReliable()
                    || lossesOnTheWire == 0 && s.parameters.maxPacketLifeTimeMillis() == null && jitter == 0) {
                assertEquals(s.sent.size(), s.received.size(), what + "all arrives");
            }
        }
    }

    @Test
    void whateverThePathDoesReliableMessagesArriveOnceInOrderAndIntact() {
        Long one = Long.getLong("jvmrtc.seed");
        if (one != null) {
            new Run(one).play();
            return;
        }
        for (long seed = 0; seed < Integer.getInteger("jvmrtc.seeds", 2_000); seed++) {
            try {
                new Run(seed).play();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    /** A path that nothing passes for a while, in the middle of a transfer. */
    private static final class Outage extends TwoChannelSets {
        static final long DELAY = 50 * MILLI;
        final long broken;
        final long whole;
        /** When a first sends after the outage. */
        long firstThrough = ProtocolCore.NEVER;
        /** When it sends again after that. */
        long movedOn = ProtocolCore.NEVER;

        Outage(long nanos) {
            super(CONFIG, 1, 2);
            broken = now + 3 * SECOND;
            whole = broken + nanos;
        }

        @Override
        protected void link(DataChannels from, byte[] packet) {
            if (now < broken || now >= whole) {
                arriveAfter(DELAY, from, packet);
            }
            if (from == a && now >= whole) {
                if (firstThrough == ProtocolCore.NEVER) {
                    firstThrough = now;
                } else if (now > firstThrough && movedOn == ProtocolCore.NEVER) {
                    movedOn = now;
                }
            }
        }

        @Override
        protected void told(DataChannels by, DataChannelEvent event) {
            by.association().consumed(event.held());
        }

        void play() {
            a.open(1, new ChannelParameters("x", "", true, null, null, false), null);
            connect(2 * SECOND);
            for (int i = 0; i < 3_000; i++) {
                a.send(now, 1, true, new byte[16_384]);
            }
            while (movedOn == ProtocolCore.NEVER) {
                assertTrue(now < whole + 60 * SECOND, "it stands still");
                runFor(MILLI);
            }
        }
    }

    @Test
    void afterAnOutageTheTransferMovesOnWithinARoundTripOfTheFirstAnswer() {
        for (long millis : new long[] {300, 1_000, 7_000, 30_000}) {
            Outage outage = new Outage(millis * MILLI);
            outage.play();
            long after = outage.movedOn - outage.firstThrough;
            assertFalse(
                    after > 2 * Outage.DELAY + MILLI,
                    "outage of " + millis + " ms: moved on after " + after / MILLI + " ms");
        }
    }
}
