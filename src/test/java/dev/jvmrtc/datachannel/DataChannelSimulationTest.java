package dev.jvmrtc.datachannel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.AssociationState;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.wire.LentBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Two peers with channels of all kinds, that come and go, over a path that loses (also in bursts), delays, reorders,
 * duplicates and changes its MTU, in virtual time. A seed decides everything; {@code -Djvmrtc.seed=N} replays one,
 * {@code -Djvmrtc.seeds=N} says how many.
 */
class DataChannelSimulationTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final int BASE_PACKET = SctpConfig.DEFAULT_MAX_PACKET_SIZE;

    private record Delivery(long at, long order, boolean toB, byte[] packet) implements Comparable<Delivery> {
        @Override
        public int compareTo(Delivery o) {
            return at != o.at ? Long.compare(at, o.at) : Long.compare(order, o.order);
        }
    }

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

    private static final class Run {
        final long seed;
        final Random random;
        final DataChannels a;
        final DataChannels b;
        final PriorityQueue<Delivery> wire = new PriorityQueue<>();
        final Map<String, Stream> byLabel = new HashMap<>();
        final Map<Integer, Stream> byHandleAtA = new HashMap<>();
        final Map<Integer, Stream> byHandleAtB = new HashMap<>();
        final double loss;
        final double burst;
        final double duplication;
        final long delay;
        final long jitter;
        int linkTakes = Integer.MAX_VALUE;
        long now = 10 * SECOND;
        long order;
        long burstUntil;
        long lossesOnTheWire;
        int nextHandle = 1;
        int lastTurn;
        /** Messages whose buffers the association still reads, by receipt. */
        final Map<Long, Lent> lent = new HashMap<>();

        long receipts;

        Run(long seed) {
            this.seed = seed;
            random = new Random(seed);
            Extensions extensions = random.nextBoolean()
                    ? Extensions.OURS
                    : new Extensions(true, true, random.nextBoolean(), false, random.nextBoolean());
            SctpConfig config = SctpConfig.of(5000, 5000)
                    .withExtensions(extensions)
                    .withReceiveWindow(256 * 1_024 << random.nextInt(5))
                    .withMaxMessageSize(128 * 1_024)
                    .withCongestionControl(SctpConfig.CongestionControl.values()[random.nextInt(2)]);
            a = new DataChannels(config, true, RandomSource.seeded(seed), -1);
            b = new DataChannels(config, false, RandomSource.seeded(~seed), -1);
            loss = random.nextInt(4) == 0 ? 0 : random.nextInt(21) / 100.0;
            burst = random.nextInt(3) == 0 ? 0.002 : 0;
            duplication = random.nextInt(3) == 0 ? 0.05 : 0;
            delay = (random.nextInt(3) == 0 ? random.nextInt(500) : random.nextInt(40)) * MILLI;
            jitter = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(20) * MILLI;
        }

        private record Lent(Stream stream, int number, ByteBuffer buffer) {}

        private void carry(boolean toB, byte[] d, int o, int n) {
            if (random.nextDouble() < burst) {
                burstUntil = now + random.nextInt(2_000) * MILLI;
            }
            if (n > linkTakes || now < burstUntil && random.nextInt(10) < 9 || random.nextDouble() < loss) {
                lossesOnTheWire++;
                return;
            }
            for (int copies = random.nextDouble() < duplication ? 2 : 1; copies > 0; copies--) {
                wire.add(new Delivery(
                        now + delay + (jitter == 0 ? 0 : (long) (random.nextDouble() * jitter)),
                        order++,
                        toB,
                        Arrays.copyOfRange(d, o, o + n)));
            }
        }

        private void turn() {
            a.drain(now, (d, o, n) -> carry(true, d, o, n));
            b.drain(now, (d, o, n) -> carry(false, d, o, n));
            for (DataChannelEvent e = a.pollEvent(); e != null; e = a.pollEvent()) {
                handle(e, a, byHandleAtA);
            }
            for (DataChannelEvent e = b.pollEvent(); e != null; e = b.pollEvent()) {
                handle(e, b, byHandleAtB);
            }
        }

        private void handle(DataChannelEvent e, DataChannels side, Map<Integer, Stream> byHandle) {
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

        void runFor(long nanos) {
            long end = now + nanos;
            turn();
            while (true) {
                long next = Math.min(a.nextTimeoutNanos(), b.nextTimeoutNanos());
                next = wire.isEmpty() ? next : Math.min(next, wire.peek().at);
                if (next > end) {
                    now = end;
                    return;
                }
                lastTurn = next <= now ? lastTurn + 1 : 0;
                assertTrue(lastTurn < 1_000, "seed " + seed + ": time stands still");
                now = Math.max(now, next);
                while (!wire.isEmpty() && wire.peek().at <= now) {
                    Delivery d = wire.poll();
                    (d.toB ? b : a).handlePacket(now, LentBytes.of(d.packet));
                }
                a.handleTimeout(now);
                b.handleTimeout(now);
                turn();
                assertTrue(
                        a.association().snapshot().flightChunks() <= 16_384
                                && b.association().snapshot().unconsumedBytes() == 0,
                        "seed " + seed + ": bounds");
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
            a.connect(now);
            b.connect(now);
            runFor(60 * SECOND);
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
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void afterAnOutageTheTransferMovesOnWithinARoundTripOfTheFirstAnswer() {
        for (long outage : new long[] {300 * MILLI, SECOND, 7 * SECOND, 30 * SECOND}) {
            DataChannels a = new DataChannels(SctpConfig.of(5000, 5000), true, RandomSource.seeded(1), -1);
            DataChannels b = new DataChannels(SctpConfig.of(5000, 5000), false, RandomSource.seeded(2), -1);
            long delay = 50 * MILLI;
            long now = 10 * SECOND;
            PriorityQueue<Delivery> wire = new PriorityQueue<>();
            a.connect(now);
            b.connect(now);
            a.open(1, new ChannelParameters("x", "", true, null, null, false), null);
            long broken = now + 3 * SECOND;
            long firstThrough = ProtocolCore.NEVER;
            long movedOn = ProtocolCore.NEVER;
            long[] order = {0};
            boolean sent = false;
            while (movedOn == ProtocolCore.NEVER) {
                long at = now;
                List<byte[]> fromA = new ArrayList<>();
                a.drain(now, (d, o, n) -> fromA.add(Arrays.copyOfRange(d, o, o + n)));
                boolean whole = now < broken || now >= broken + outage;
                for (byte[] p : fromA) {
                    if (whole) {
                        wire.add(new Delivery(now + delay, order[0]++, true, p));
                    }
                }
                if (now >= broken + outage && !fromA.isEmpty()) {
                    if (firstThrough == ProtocolCore.NEVER) {
                        firstThrough = now;
                    } else if (now > firstThrough) {
                        movedOn = now;
                    }
                }
                b.drain(now, (d, o, n) -> {
                    if (whole) {
                        wire.add(new Delivery(at + delay, order[0]++, false, Arrays.copyOfRange(d, o, o + n)));
                    }
                });
                while (a.pollEvent() != null) {
                    // nothing of interest
                }
                for (DataChannelEvent e = b.pollEvent(); e != null; e = b.pollEvent()) {
                    b.association().consumed(e.held());
                }
                long next = Math.min(a.nextTimeoutNanos(), b.nextTimeoutNanos());
                next = wire.isEmpty() ? next : Math.min(next, wire.peek().at);
                assertTrue(next < 120 * SECOND, "it stands still");
                if (!sent && now >= 12 * SECOND) {
                    for (int i = 0; i < 3_000; i++) {
                        a.send(now, 1, true, new byte[16_384]);
                    }
                    sent = true;
                    continue;
                }
                now = Math.max(now, sent ? next : Math.min(next, 12 * SECOND));
                while (!wire.isEmpty() && wire.peek().at <= now) {
                    Delivery d = wire.poll();
                    (d.toB ? b : a).handlePacket(now, LentBytes.of(d.packet));
                }
                a.handleTimeout(now);
                b.handleTimeout(now);
            }
            assertFalse(
                    movedOn - firstThrough > 2 * delay + MILLI,
                    "outage of " + outage / MILLI + " ms: moved on after " + (movedOn - firstThrough) / MILLI + " ms");
        }
    }
}
