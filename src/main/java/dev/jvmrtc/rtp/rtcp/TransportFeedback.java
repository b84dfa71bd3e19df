package dev.jvmrtc.rtp.rtcp;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.Arrays;

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

    private final Arrivals arrivals = new Arrivals();
    private long highest = -1;
    private long nextBase = -1;
    private int feedbackCount;

    public void observe(int sequence, long nowNanos) {
        long unwrapped = highest < 0 ? sequence : highest + SerialNumbers.distance16(sequence, (int) highest);
        if (unwrapped < 0 || arrivals.size >= MAX_PENDING) {
            return;
        }
        highest = Math.max(highest, unwrapped);
        if (nextBase < 0 || unwrapped >= nextBase || nextBase - unwrapped < 1_000) {
            arrivals.add(unwrapped, nowNanos);
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
        long base = arrivals.firstNumber();
        if (nextBase >= 0 && nextBase < base && base - nextBase < MAX_STATUSES / 2) {
            base = nextBase; // report the loss between the last report and the first arrival
        }
        long reference = arrivals.firstNanos() / REFERENCE_NANOS;
        long lastTick = reference * (REFERENCE_NANOS / TICK_NANOS);
        Runs statuses = new Runs();
        ByteWriter deltas = new ByteWriter();
        long next = base;
        while (!arrivals.isEmpty()) {
            assert Steps.count();
            long sequence = arrivals.firstNumber();
            long tick = arrivals.firstNanos() / TICK_NANOS;
            long delta = tick - lastTick;
            if (sequence - base >= MAX_STATUSES || delta < Short.MIN_VALUE || delta > Short.MAX_VALUE) {
                break;
            }
            arrivals.removeFirst();
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
            arrivals.removeFirst();
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

    /** Which numbers came when, in the order of the numbers, each once; makes no object for a packet. */
    private static final class Arrivals {
        private long[] numbers = new long[32];
        private long[] nanos = new long[32];
        private int first;
        int size;

        boolean isEmpty() {
            return size == 0;
        }

        void clear() {
            first = 0;
            size = 0;
        }

        long firstNumber() {
            return numbers[first];
        }

        long firstNanos() {
            return nanos[first];
        }

        void removeFirst() {
            first++;
            size--;
        }

        /** Without effect where the number has come before. */
        void add(long number, long when) {
            int at = first + size;
            if (size > 0 && number <= numbers[at - 1]) {
                at = Arrays.binarySearch(numbers, first, first + size, number);
                if (at >= 0) {
                    return;
                }
                at = -at - 1;
            }
            if (first + size == numbers.length) {
                at -= first;
                makeRoom();
            }
            int behind = first + size - at;
            System.arraycopy(numbers, at, numbers, at + 1, behind);
            System.arraycopy(nanos, at, nanos, at + 1, behind);
            numbers[at] = number;
            nanos[at] = when;
            size++;
        }

        /** Moves all to the beginning, of longer arrays where they fill more than half of these. */
        private void makeRoom() {
            boolean grows = 2 * size > numbers.length;
            numbers = moved(numbers, grows ? new long[2 * numbers.length] : numbers);
            nanos = moved(nanos, grows ? new long[2 * nanos.length] : nanos);
            first = 0;
        }

        private long[] moved(long[] from, long[] to) {
            System.arraycopy(from, first, to, 0, size);
            return to;
        }
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
