package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Flows that share a bottleneck with a queue, a delay and losses of its own, in virtual time. */
class CongestionTest {
    private static final long MILLI = 1_000_000L;
    private static final int MESSAGE = 16_384;

    private record Delivery(long at, long order, Association to, byte[] packet) implements Comparable<Delivery> {
        @Override
        public int compareTo(Delivery o) {
            return at != o.at ? Long.compare(at, o.at) : Long.compare(order, o.order);
        }
    }

    /** A bulk transfer from one association to another. */
    private static final class Flow {
        final Association from;
        final Association to;
        long received;

        Flow(SctpConfig.CongestionControl control, long seed) {
            SctpConfig c = SctpConfig.of(5000, 5000).withCongestionControl(control);
            from = new Association(c, RandomSource.seeded(seed));
            to = new Association(c, RandomSource.seeded(seed + 1));
        }
    }

    private static final class Bottleneck {
        final PriorityQueue<Delivery> wire = new PriorityQueue<>();
        final List<Flow> flows = new ArrayList<>();
        final Random random;
        final double bytesPerNano;
        final long queueNanos;
        final long delayNanos;
        final double loss;
        long busyUntil;
        long order;
        long now = 1_000 * MILLI;

        Bottleneck(long seed, double megabytesPerSecond, long queueMillis, long delayMillis, double loss) {
            this.random = new Random(seed);
            this.bytesPerNano = megabytesPerSecond / 1_000;
            this.queueNanos = queueMillis * MILLI;
            this.delayNanos = delayMillis * MILLI;
            this.loss = loss;
        }

        /** Data passes the bottleneck; what goes back has a way of its own. */
        private void carry(boolean data, Association to, byte[] packet) {
            if (random.nextDouble() < loss) {
                return;
            }
            long at = now;
            if (data) {
                if (busyUntil - now > queueNanos) {
                    return;
                }
                busyUntil = Math.max(busyUntil, now) + (long) ((packet.length + 65) / bytesPerNano);
                at = busyUntil;
            }
            wire.add(new Delivery(at + delayNanos, order++, to, packet));
        }

        private void turn(Flow f) {
            while (f.from.state() == AssociationState.ESTABLISHED && f.from.bufferedBytes(1) < 1 << 20) {
                f.from.send(new OutgoingMessage(1, 53, new byte[MESSAGE], false, -1, ProtocolCore.NEVER));
            }
            f.from.drain(now, (d, o, n) -> carry(true, f.to, Arrays.copyOfRange(d, o, o + n)));
            f.to.drain(now, (d, o, n) -> carry(false, f.from, Arrays.copyOfRange(d, o, o + n)));
            while (f.from.pollEvent() != null) {
                // nothing of interest
            }
            for (SctpEvent e = f.to.pollEvent(); e != null; e = f.to.pollEvent()) {
                if (e instanceof SctpEvent.Message m) {
                    f.received += m.message().length();
                    f.to.consumed(m.message().held());
                    m.message().release();
                }
            }
        }

        void runFor(long nanos) {
            long end = now + nanos;
            flows.forEach(this::turn);
            while (true) {
                long next = wire.isEmpty() ? Long.MAX_VALUE : wire.peek().at;
                for (Flow f : flows) {
                    next = Math.min(next, Math.min(f.from.nextTimeoutNanos(), f.to.nextTimeoutNanos()));
                }
                if (next > end) {
                    now = end;
                    return;
                }
                now = Math.max(now, next);
                while (!wire.isEmpty() && wire.peek().at <= now) {
                    Delivery d = wire.poll();
                    d.to.handlePacket(now, LentBytes.of(d.packet));
                }
                for (Flow f : flows) {
                    f.from.handleTimeout(now);
                    f.to.handleTimeout(now);
                    turn(f);
                }
            }
        }

        Flow start(SctpConfig.CongestionControl control, long seed) {
            Flow f = new Flow(control, seed);
            f.to.connect(now);
            f.from.connect(now);
            flows.add(f);
            return f;
        }
    }

    /** Megabytes a second over ten seconds, after five. */
    private static double throughput(
            SctpConfig.CongestionControl control,
            long seed,
            double rate,
            long queueMillis,
            long delayMillis,
            double loss) {
        Bottleneck b = new Bottleneck(seed, rate, queueMillis, delayMillis, loss);
        Flow f = b.start(control, seed);
        b.runFor(5_000 * MILLI);
        long before = f.received;
        b.runFor(10_000 * MILLI);
        return (f.received - before) / 10e6;
    }

    @Test
    void lossesOfALongPathDoNotSlowTheModelDown() {
        for (long seed = 0; seed < 5; seed++) {
            double cubic = throughput(SctpConfig.CongestionControl.CUBIC, seed, 12.5, 100, 25, 0.01);
            double model = throughput(SctpConfig.CongestionControl.MODEL, seed, 12.5, 100, 25, 0.01);
            assertTrue(model > 8, "seed " + seed + ": " + model + " MB/s of 12.5");
            assertTrue(model > 10 * cubic, "seed " + seed + ": " + model + " against " + cubic);
        }
    }

    @Test
    void theModelKeepsUpWhereDelayAndLossStopCubic() {
        for (long rtt : new long[] {2, 100}) {
            for (double loss : new double[] {0, 0.01, 0.05}) {
                double cubic = throughput(SctpConfig.CongestionControl.CUBIC, 1, 12.5, 100, rtt / 2, loss);
                double model = throughput(SctpConfig.CongestionControl.MODEL, 1, 12.5, 100, rtt / 2, loss);
                assertTrue(model > 0.8 * cubic, "never much worse");
                assertTrue(model > 1.5, "model " + model);
            }
        }
    }

    private static double jain(double... x) {
        double sum = Arrays.stream(x).sum();
        return sum * sum / (x.length * Arrays.stream(x).map(v -> v * v).sum());
    }

    @Test
    void twoFlowsOfAKindShareTheBottleneck() {
        for (SctpConfig.CongestionControl control : SctpConfig.CongestionControl.values()) {
            for (long seed = 0; seed < 2; seed++) {
                Bottleneck b = new Bottleneck(seed, 5, 100, 20, 0);
                Flow first = b.start(control, 10 * seed);
                b.runFor(5_000 * MILLI);
                Flow second = b.start(control, 10 * seed + 5);
                b.runFor(20_000 * MILLI);
                long before1 = first.received;
                long before2 = second.received;
                b.runFor(60_000 * MILLI);
                double one = (first.received - before1) / 60e6;
                double two = (second.received - before2) / 60e6;
                assertTrue(jain(one, two) >= 0.9, control + ": " + one + " and " + two);
                assertTrue(one + two > 4, control + " uses the bottleneck: " + (one + two));
            }
        }
    }

    @Test
    void theModelDoesNotStarveCubicNorCubicTheModel() {
        Bottleneck b = new Bottleneck(1, 5, 100, 20, 0);
        Flow cubic = b.start(SctpConfig.CongestionControl.CUBIC, 1);
        Flow model = b.start(SctpConfig.CongestionControl.MODEL, 5);
        b.runFor(10_000 * MILLI);
        long before1 = cubic.received;
        long before2 = model.received;
        b.runFor(60_000 * MILLI);
        double one = (cubic.received - before1) / 60e6;
        double two = (model.received - before2) / 60e6;
        assertTrue(jain(one, two) >= 0.9, one + " and " + two);
        assertTrue(one > 0.5 && two > 0.5, one + " and " + two);
    }
}
