package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.sim.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Flows that share a bottleneck with a queue, a delay and losses of its own, in virtual time. */
class CongestionTest {
    private static final long MILLI = Pair.MILLI;
    private static final int MESSAGE = 16_384;

    /** A bulk transfer from a to b. */
    private static final class Flow extends TwoAssociations {
        final Bottleneck bottleneck;
        long received;

        Flow(Bottleneck bottleneck, SctpConfig.CongestionControl control, long seed) {
            this.bottleneck = bottleneck;
            now = bottleneck.now;
            begin(SctpConfig.of(5000, 5000).withCongestionControl(control), seed);
            b.connect(now);
            a.connect(now);
        }

        @Override
        protected boolean carry(Association from, Association to) {
            while (from == a && a.state() == AssociationState.ESTABLISHED && a.bufferedBytes(1) < 1 << 20) {
                send(a, 1, new byte[MESSAGE]);
            }
            return super.carry(from, to);
        }

        @Override
        protected void link(Association from, byte[] packet) {
            long waits = bottleneck.waits(now, from == a, packet.length);
            if (waits >= 0) {
                arriveAfter(waits, from, packet);
            }
        }

        @Override
        protected void told(Association by, SctpEvent event) {
            if (event instanceof SctpEvent.Message m) {
                received += m.message().length();
                by.consumed(m.message().held());
                m.message().release();
            }
        }
    }

    private static final class Bottleneck {
        final List<Flow> flows = new ArrayList<>();
        final Random random;
        final double bytesPerNano;
        final long queueNanos;
        final long delayNanos;
        final double loss;
        long busyUntil;
        long now = 1_000 * MILLI;

        Bottleneck(long seed, double megabytesPerSecond, long queueMillis, long delayMillis, double loss) {
            this.random = new Random(seed);
            this.bytesPerNano = megabytesPerSecond / 1_000;
            this.queueNanos = queueMillis * MILLI;
            this.delayNanos = delayMillis * MILLI;
            this.loss = loss;
        }

        /**
         * How long a packet is on its way, or -1 where it is lost. Data passes the bottleneck; what goes back has a way
         * of its own.
         */
        long waits(long at, boolean data, int length) {
            if (random.nextDouble() < loss) {
                return -1;
            }
            if (!data) {
                return delayNanos;
            }
            if (busyUntil - at > queueNanos) {
                return -1;
            }
            busyUntil = Math.max(busyUntil, at) + (long) ((length + 65) / bytesPerNano);
            return busyUntil - at + delayNanos;
        }

        void runFor(long nanos) {
            Pair.runFor(nanos, flows);
            now += nanos;
        }

        Flow start(SctpConfig.CongestionControl control, long seed) {
            Flow f = new Flow(this, control, seed);
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
