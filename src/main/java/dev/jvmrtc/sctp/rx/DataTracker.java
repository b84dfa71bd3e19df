package dev.jvmrtc.sctp.rx;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.ArrayList;
import java.util.List;

/**
 * Knows which TSNs have arrived, decides when a SACK is due and what it says. Knows TSNs only: streams and messages are
 * the reassembly queue's business.
 */
public final class DataTracker {

    /** Most ranges kept beyond the cumulative TSN; a TSN that would open one more is dropped as if it were lost. */
    public static final int MAX_RANGES = 512;
    /** Gap blocks in one SACK, which fits the smallest packet with them. */
    public static final int MAX_GAP_BLOCKS = 256;

    public static final int MAX_DUPLICATES_REPORTED = 20;
    /** A TSN this far beyond the cumulative one cannot be meant seriously, and a gap block could not name it. */
    static final int MAX_AHEAD = 65_535;
    /** RFC 9260 §6.2: "the delay … MUST be no more than 500 ms". */
    private static final long DELAYED_SACK_NANOS = 100_000_000L;

    private static final class Range {
        int first;
        int last;

        Range(int first, int last) {
            this.first = first;
            this.last = last;
        }
    }

    /** All TSNs up to this one have come, or were skipped. */
    private int cumulativeTsn;
    /** What has come beyond the first that is missing, in order. */
    private final List<Range> ranges = new ArrayList<>();
    /** TSNs that came twice since the last SACK. */
    private final int[] duplicates = new int[MAX_DUPLICATES_REPORTED];
    /** How many of {@link #duplicates} there are. */
    private int duplicateCount;
    /** Whether a SACK is due whatever the time. */
    private boolean sackNow;
    /** Packets with data since the last SACK. */
    private int packetsSinceSack;
    /** Whether there was data in the packet that is read at present. */
    private boolean dataInPacket;
    /** When a SACK that may wait is due, or NEVER. */
    private long delayedSackNanos = NEVER;

    public DataTracker(int peerInitialTsn) {
        cumulativeTsn = peerInitialTsn - 1;
    }

    public int cumulativeTsn() {
        return cumulativeTsn;
    }

    /** Whether the TSN is new and may be taken; a duplicate is noted. Changes what {@link #isSackDue} says. */
    public boolean observe(int tsn, boolean immediate) {
        dataInPacket = true;
        sackNow |= immediate;
        int ahead = SerialNumbers.distance32(tsn, cumulativeTsn);
        if (ahead <= 0 || contains(tsn)) {
            sackNow = true;
            if (duplicateCount < MAX_DUPLICATES_REPORTED) {
                duplicates[duplicateCount++] = tsn;
            }
            return false;
        }
        if (ahead > MAX_AHEAD) {
            return false;
        }
        if (ahead == 1) {
            cumulativeTsn = tsn;
            if (!ranges.isEmpty()) {
                // RFC 9260 §6.7: the receiver should also report at once when a gap is filled.
                sackNow = true;
                absorb();
            }
            return true;
        }
        // RFC 9260 §6.7: "upon the reception of a new DATA chunk … a gap … SHOULD send a SACK chunk immediately".
        sackNow = true;
        return insert(tsn);
    }

    /** Whether TSNs have arrived beyond one that is missing. */
    public boolean hasGaps() {
        return !ranges.isEmpty();
    }

    private boolean contains(int tsn) {
        int i = rangesUpTo(tsn);
        return i > 0 && !SerialNumbers.before32(ranges.get(i - 1).last, tsn);
    }

    /** How many ranges begin at this TSN or before. */
    private int rangesUpTo(int tsn) {
        int from = 0;
        int to = ranges.size();
        while (from < to) {
            assert Steps.count();
            int middle = from + to >>> 1;
            if (SerialNumbers.before32(tsn, ranges.get(middle).first)) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }

    private boolean insert(int tsn) {
        int i = rangesUpTo(tsn);
        Range before = i > 0 ? ranges.get(i - 1) : null;
        Range after = i < ranges.size() ? ranges.get(i) : null;
        boolean joinsBefore = before != null && before.last + 1 == tsn;
        boolean joinsAfter = after != null && tsn + 1 == after.first;
        if (joinsBefore && joinsAfter) {
            before.last = after.last;
            ranges.remove(i);
        } else if (joinsBefore) {
            before.last = tsn;
        } else if (joinsAfter) {
            after.first = tsn;
        } else if (ranges.size() < MAX_RANGES) {
            ranges.add(i, new Range(tsn, tsn));
        } else {
            return false;
        }
        return true;
    }

    private void absorb() {
        int gone = 0;
        while (gone < ranges.size() && !SerialNumbers.before32(cumulativeTsn + 1, ranges.get(gone).first)) {
            assert Steps.count();
            Range r = ranges.get(gone++);
            if (SerialNumbers.before32(cumulativeTsn, r.last)) {
                cumulativeTsn = r.last;
            }
        }
        if (gone > 0) {
            ranges.subList(0, gone).clear();
        }
    }

    /** RFC 3758 §3.6: TSNs up to this one will not come any more. False where that is old news. */
    public boolean forward(int newCumulativeTsn) {
        // RFC 3758 §3.6: an out-of-date FORWARD TSN means that our SACK was lost, so it is repeated.
        sackNow = true;
        if (!SerialNumbers.before32(cumulativeTsn, newCumulativeTsn)) {
            return false;
        }
        cumulativeTsn = newCumulativeTsn;
        absorb();
        return true;
    }

    /** After all chunks of a packet: RFC 9260 §6.2 acknowledges at least every second packet. */
    public void endOfPacket(long now) {
        if (!dataInPacket) {
            return;
        }
        dataInPacket = false;
        if (++packetsSinceSack >= 2) {
            sackNow = true;
        } else if (!sackNow && delayedSackNanos == NEVER) {
            delayedSackNanos = now + DELAYED_SACK_NANOS;
        }
    }

    /** Makes a SACK due though nothing came: the window has opened. */
    public void requestSack() {
        sackNow = true;
    }

    public boolean isSackDue(long now) {
        return sackNow || ProtocolCore.due(delayedSackNanos, now);
    }

    /**
     * Whether there is anything that a SACK could report, due or not: one rides along for free on a packet with data.
     */
    public boolean hasNews() {
        return sackNow || packetsSinceSack > 0;
    }

    public long nextTimeoutNanos() {
        return delayedSackNanos;
    }

    /** Writes the SACK to send now; resets what made it due. */
    public void writeSack(ByteWriter out, long advertisedReceiverWindow) {
        int gapBlocks = Math.min(ranges.size(), MAX_GAP_BLOCKS);
        Sack.write(out, cumulativeTsn, advertisedReceiverWindow, gapBlocks, duplicateCount);
        for (int i = 0; i < gapBlocks; i++) {
            assert Steps.count();
            Range r = ranges.get(i);
            out.u16(r.first - cumulativeTsn).u16(r.last - cumulativeTsn);
        }
        for (int i = 0; i < duplicateCount; i++) {
            out.u32(duplicates[i]);
        }
        duplicateCount = 0;
        sackNow = false;
        packetsSinceSack = 0;
        delayedSackNanos = NEVER;
    }
}
