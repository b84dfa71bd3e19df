package dev.jvmrtc.rtp.rtcp;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * Collects arrivals of packets with transport-wide sequence numbers and writes the feedback for them
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
 */
public final class TransportFeedback {
    /** Arrivals that wait for a report; at 100 ms this is 80,000 packets per second. */
    static final int MAX_PENDING = 8_192;

    private static final int MAX_STATUSES = 4_096;
    private static final long TICK_NANOS = 250_000;
    private static final long REFERENCE_NANOS = 64_000_000;

    private final TreeMap<Long, Long> arrivals = new TreeMap<>();
    private long highest = -1;
    private long nextBase = -1;
    private int feedbackCount;

    public void observe(int sequence, long nowNanos) {
        long unwrapped = highest < 0 ? sequence : highest + SerialNumbers.distance16(sequence, (int) highest);
        if (unwrapped < 0 || arrivals.size() >= MAX_PENDING) {
            return;
        }
        highest = Math.max(highest, unwrapped);
        if (nextBase < 0 || unwrapped >= nextBase || nextBase - unwrapped < 1_000) {
            arrivals.putIfAbsent(unwrapped, nowNanos);
        }
    }

    /** What has not been reported yet is not. */
    public void forget() {
        arrivals.clear();
    }

    public boolean isEmpty() {
        return arrivals.isEmpty();
    }

    /** The next feedback, or null when all arrivals have been reported. */
    public Rtcp.TransportCc build(long senderSsrc, long mediaSsrc) {
        if (arrivals.isEmpty()) {
            return null;
        }
        long base = arrivals.firstKey();
        if (nextBase >= 0 && nextBase < base && base - nextBase < MAX_STATUSES / 2) {
            base = nextBase; // report the loss between the last report and the first arrival
        }
        long reference = arrivals.firstEntry().getValue() / REFERENCE_NANOS;
        long lastTick = reference * (REFERENCE_NANOS / TICK_NANOS);
        Runs statuses = new Runs();
        ByteWriter deltas = new ByteWriter();
        long next = base;
        while (!arrivals.isEmpty()) {
            assert Steps.count();
            long sequence = arrivals.firstKey();
            long tick = arrivals.firstEntry().getValue() / TICK_NANOS;
            long delta = tick - lastTick;
            if (sequence - base >= MAX_STATUSES || delta < Short.MIN_VALUE || delta > Short.MAX_VALUE) {
                break;
            }
            arrivals.pollFirstEntry();
            statuses.add(0, (int) (sequence - next));
            next = sequence;
            boolean small = delta >= 0 && delta <= 255;
            statuses.add(small ? 1 : 2, 1);
            if (small) {
                deltas.u8((int) delta);
            } else {
                deltas.u16((int) delta);
            }
            lastTick = tick;
            next++;
        }
        nextBase = Math.max(nextBase, next); // a late packet is reported by itself, it does not turn the clock back
        if (statuses.total == 0) {
            arrivals.pollFirstEntry();
            return null;
        }
        ByteWriter body = new ByteWriter()
                .u16((int) base)
                .u16(statuses.total)
                .u24((int) reference)
                .u8(feedbackCount++ & 0xff);
        statuses.write(body);
        body.bytes(deltas.toByteArray());
        return new Rtcp.TransportCc(senderSsrc, mediaSsrc, body.padTo4().toByteArray());
    }

    /** Statuses of packets, equal ones in a row together, so that a gap costs the same whatever its length. */
    private static final class Runs {
        private static final int MAX_RUN = 8_191;
        private static final int VECTOR = 7;
        private int[] status = new int[16];
        private int[] count = new int[16];
        private int size;
        int total;

        void add(int what, int times) {
            if (times == 0) {
                return;
            }
            total += times;
            if (size > 0 && status[size - 1] == what) {
                count[size - 1] += times;
                return;
            }
            if (size == status.length) {
                status = Arrays.copyOf(status, 2 * size);
                count = Arrays.copyOf(count, 2 * size);
            }
            status[size] = what;
            count[size++] = times;
        }

        /** §3.1.2 to §3.1.4: runs of one status where they are long, else vectors of seven two-bit symbols. */
        void write(ByteWriter out) {
            for (int i = 0; i < size; ) {
                assert Steps.count();
                if (count[i] >= VECTOR || i == size - 1) {
                    int run = Math.min(MAX_RUN, count[i]);
                    out.u16(status[i] << 13 | run);
                    count[i] -= run;
                    i += count[i] == 0 ? 1 : 0;
                } else {
                    int chunk = 0xc000;
                    for (int k = 0; k < VECTOR && i < size; k++) {
                        chunk |= status[i] << 12 - 2 * k;
                        i += --count[i] == 0 ? 1 : 0;
                    }
                    out.u16(chunk);
                }
            }
        }
    }
}
