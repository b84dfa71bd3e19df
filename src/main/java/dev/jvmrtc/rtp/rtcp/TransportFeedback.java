package dev.jvmrtc.rtp.rtcp;

import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Collects arrivals of packets with transport-wide sequence numbers and writes the feedback for them (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
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
        List<Integer> statuses = new ArrayList<>();
        ByteWriter deltas = new ByteWriter();
        long next = base;
        while (!arrivals.isEmpty()) {
            long sequence = arrivals.firstKey();
            long tick = arrivals.firstEntry().getValue() / TICK_NANOS;
            long delta = tick - lastTick;
            if (sequence - base >= MAX_STATUSES || delta < Short.MIN_VALUE || delta > Short.MAX_VALUE) {
                break;
            }
            arrivals.pollFirstEntry();
            for (; next < sequence; next++) {
                statuses.add(0);
            }
            boolean small = delta >= 0 && delta <= 255;
            statuses.add(small ? 1 : 2);
            if (small) {
                deltas.u8((int) delta);
            } else {
                deltas.u16((int) delta);
            }
            lastTick = tick;
            next++;
        }
        nextBase = Math.max(nextBase, next); // a late packet is reported by itself, it does not turn the clock back
        if (statuses.isEmpty()) {
            arrivals.pollFirstEntry();
            return null;
        }
        ByteWriter body = new ByteWriter().u16((int) base).u16(statuses.size()).u24((int) reference).u8(feedbackCount++ & 0xff);
        writeChunks(body, statuses);
        body.bytes(deltas.toByteArray());
        return new Rtcp.TransportCc(senderSsrc, mediaSsrc, body.padTo4().toByteArray());
    }

    /** §3.1.2 to §3.1.4: runs of one status where they are long, else vectors of seven two-bit symbols. */
    private static void writeChunks(ByteWriter out, List<Integer> statuses) {
        for (int i = 0; i < statuses.size(); ) {
            int run = 1;
            while (i + run < statuses.size() && run < 8_191 && statuses.get(i + run).equals(statuses.get(i))) {
                run++;
            }
            if (run >= 7 || i + run == statuses.size()) {
                out.u16(statuses.get(i) << 13 | run);
                i += run;
            } else {
                int chunk = 0xc000;
                for (int k = 0; k < 7; k++) {
                    int status = i + k < statuses.size() ? statuses.get(i + k) : 0;
                    chunk |= status << 12 - 2 * k;
                }
                out.u16(chunk);
                i += 7;
            }
        }
    }
}
