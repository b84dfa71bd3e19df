package dev.jvmrtc.sctp.tx;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.SctpPacket;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Everything between "left the send queue" and "acknowledged": TSNs, flight size, SACKs, fast retransmit, the T3 timer, partial reliability (RFC 9260 §6,
 * §7; RFC 3758). Writes DATA chunks into packets; knows no streams beyond their numbers.
 */
public final class RetransmissionQueue {

    private enum State { IN_FLIGHT, ACKED, TO_RESEND, ABANDONED }

    private static final class Sent {
        final int tsn;
        final OutgoingMessage message;
        final int offset;
        final int length;
        final int flags;
        State state = State.IN_FLIGHT;
        int missing;
        int retransmits;
        long sentNanos;

        Sent(int tsn, OutgoingMessage message, int offset, int length, int flags, long sentNanos) {
            this.tsn = tsn;
            this.message = message;
            this.offset = offset;
            this.length = length;
            this.flags = flags;
            this.sentNanos = sentNanos;
        }

        int wireSize() {
            return DataHeader.LENGTH + (length + 3 & ~3);
        }
    }

    /** Chunks in flight at most: bounds memory where the peer's window and ours would allow millions of small messages. */
    public static final int MAX_OUTSTANDING_CHUNKS = 16_384;
    /** In one packet: peers, like us, take so many at the most. */
    private static final int MAX_CHUNKS_PER_PACKET = 64;
    /** RFC 9260 §7.2.4: three missing reports make a fast retransmit. */
    private static final int MISSING_REPORTS = 3;

    private final SendQueue sendQueue;
    private final RttEstimator rtt;
    private final CongestionController congestion;
    private final boolean forwardTsnSupported;

    /** By TSN, without holes. */
    private final ArrayDeque<Sent> outstanding = new ArrayDeque<>();
    private int nextTsn;
    private int cumulativeAck;
    private long flightBytes;
    private long peerWindow;
    private long t3Nanos = NEVER;
    private int resendCount;
    private boolean fastResendDue;
    private boolean inFastRecovery;
    private int recoveryExit;
    private boolean forwardTsnDue;
    private long retransmittedChunks;

    public RetransmissionQueue(int initialTsn, long peerWindow, SendQueue sendQueue, RttEstimator rtt, CongestionController congestion,
                               boolean forwardTsnSupported) {
        this.nextTsn = initialTsn;
        this.cumulativeAck = initialTsn - 1;
        this.peerWindow = peerWindow;
        this.sendQueue = sendQueue;
        this.rtt = rtt;
        this.congestion = congestion;
        this.forwardTsnSupported = forwardTsnSupported;
    }

    public int nextTsn() {
        return nextTsn;
    }

    public long flightBytes() {
        return flightBytes;
    }

    public long peerWindow() {
        return peerWindow;
    }

    public long retransmittedChunks() {
        return retransmittedChunks;
    }

    public boolean isEmpty() {
        return outstanding.isEmpty();
    }

    // ---------------------------------------------------------------- sending

    /**
     * Appends as many DATA chunks to the packet as it and the windows have room for; returns how many.
     *
     * @param chunkedPacketSize bytes that a packet with one new chunk alone may have
     */
    public int writeData(long now, ByteWriter packet, int maxPacketSize, int chunkedPacketSize) {
        int written = 0;
        expire(now);
        if (resendCount > 0) {
            written += resend(now, packet, maxPacketSize);
        }
        if (resendCount == 0) {
            written += sendNew(now, packet, maxPacketSize, chunkedPacketSize - SctpPacket.HEADER_LENGTH - DataHeader.LENGTH, MAX_CHUNKS_PER_PACKET - written);
        }
        if (written > 0 && t3Nanos == NEVER) {
            t3Nanos = now + rtt.rtoNanos();
        }
        return written;
    }

    private int resend(long now, ByteWriter packet, int maxPacketSize) {
        int written = 0;
        // §7.2.4: a fast retransmit sends one packet "ignoring the value of cwnd".
        boolean ignoreWindow = fastResendDue;
        for (Iterator<Sent> it = outstanding.iterator(); it.hasNext() && resendCount > 0; ) {
            Sent s = it.next();
            if (s.state != State.TO_RESEND) {
                continue;
            }
            // One that was cut for a path with larger packets cannot be cut again: it travels alone, whatever becomes of it below.
            boolean tooLarge = SctpPacket.HEADER_LENGTH + s.wireSize() > maxPacketSize;
            boolean fits = tooLarge ? written == 0 : packet.length() + s.wireSize() <= maxPacketSize && written < MAX_CHUNKS_PER_PACKET;
            boolean allowed = ignoreWindow || flightBytes == 0 || flightBytes + s.wireSize() <= congestion.window();
            if (!fits || !allowed) {
                break;
            }
            s.state = State.IN_FLIGHT;
            s.retransmits++;
            s.missing = 0;
            s.sentNanos = now;
            resendCount--;
            retransmittedChunks++;
            flightBytes += s.wireSize();
            write(packet, s);
            written++;
            if (s == outstanding.peek()) {
                // §6.3.2 R3 and §7.2.4: the earliest outstanding TSN goes out again, so its timer starts anew.
                t3Nanos = now + rtt.rtoNanos();
            }
        }
        fastResendDue &= written == 0;
        return written;
    }

    private int sendNew(long now, ByteWriter packet, int maxPacketSize, int maxChunk, int maxChunks) {
        int written = 0;
        while (outstanding.size() < MAX_OUTSTANDING_CHUNKS && written < maxChunks) {
            int room = maxPacketSize - packet.length() - DataHeader.LENGTH & ~3;
            OutgoingMessage m = room <= 0 ? null : sendQueue.next(now);
            if (m == null) {
                return written;
            }
            int length = Math.min(m.remaining(), Math.min(room, maxChunk));
            if (length < Math.min(m.remaining(), maxChunk) && written > 0 && room < maxChunk / 4) {
                // A sliver of a large message at the end of a packet costs a header now and a fragment later.
                return written;
            }
            int wireSize = DataHeader.LENGTH + (length + 3 & ~3);
            // §6.1 A: with nothing in flight one chunk may probe a closed window. §6.1 B: otherwise no more than cwnd.
            boolean probe = flightBytes == 0;
            if (!probe && (flightBytes + wireSize > congestion.window() || length > peerWindow)) {
                return written;
            }
            int flags = (m.offset == 0 ? DataHeader.FLAG_BEGIN : 0) | (length == m.remaining() ? DataHeader.FLAG_END : 0)
                | (m.unordered ? DataHeader.FLAG_UNORDERED : 0);
            Sent s = new Sent(nextTsn++, m, m.offset, length, flags, now);
            sendQueue.consumed(m, length);
            outstanding.add(s);
            flightBytes += wireSize;
            peerWindow = Math.max(0, peerWindow - length);
            write(packet, s);
            written++;
        }
        return written;
    }

    private static void write(ByteWriter packet, Sent s) {
        packet.u8(ChunkType.DATA).u8(s.flags).u16(DataHeader.LENGTH + s.length).u32(s.tsn).u16(s.message.streamId).u16(s.message.ssn)
            .u32(s.message.ppid).bytes(s.message.payload, s.offset, s.length).padTo4();
    }

    /** Whether {@link #writeData} would write something now. */
    public boolean canSend(long now) {
        if (resendCount > 0) {
            return fastResendDue || flightBytes == 0 || flightBytes + DataHeader.LENGTH < congestion.window();
        }
        return sendQueue.hasData() && outstanding.size() < MAX_OUTSTANDING_CHUNKS
            && (flightBytes == 0 || flightBytes + DataHeader.LENGTH < congestion.window() && peerWindow > 0);
    }

    // ---------------------------------------------------------------- acknowledgement

    /** Handles a SACK; false where it acknowledges what was never sent. */
    public boolean handleSack(long now, Chunk.Sack sack) {
        if (SerialNumbers.before32(nextTsn - 1, sack.cumulativeTsn())) {
            return false;
        }
        if (SerialNumbers.before32(sack.cumulativeTsn(), cumulativeAck)) {
            return true; // out of order: an older SACK overtaken by a newer one
        }
        long flightBefore = flightBytes;
        boolean advanced = SerialNumbers.before32(cumulativeAck, sack.cumulativeTsn());
        long acknowledged = 0;
        long rttSample = -1;
        int highestNew = cumulativeAck;
        while (!outstanding.isEmpty() && !SerialNumbers.before32(sack.cumulativeTsn(), outstanding.peek().tsn)) {
            Sent s = outstanding.poll();
            if (s.state == State.IN_FLIGHT && s.retransmits == 0) {
                rttSample = now - s.sentNanos;
            }
            acknowledged += leaveFlight(s);
            highestNew = s.tsn;
        }
        cumulativeAck = sack.cumulativeTsn();
        GapResult gaps = acknowledgeGaps(now, sack);
        acknowledged += gaps.bytes;
        if (gaps.highest != null) {
            highestNew = gaps.highest;
        }
        if (inFastRecovery && !SerialNumbers.before32(cumulativeAck, recoveryExit)) {
            inFastRecovery = false;
        }
        if (advanced) {
            congestion.acknowledged(acknowledged, flightBefore, inFastRecovery);
        }
        if (rttSample >= 0) {
            rtt.observe(rttSample);
            congestion.rttMeasured(now, rttSample);
        }
        if (acknowledged > 0) {
            congestion.delivered(now, acknowledged, flightBefore);
        }
        if (sack.gaps().length > 0 && (acknowledged > 0 || advanced)) {
            countMissing(now, highestNew);
        }
        peerWindow = Math.max(0, sack.advertisedReceiverWindow() - flightBytes);
        // §6.3.2 R2, R3
        if (outstanding.isEmpty()) {
            t3Nanos = NEVER;
        } else if (advanced) {
            t3Nanos = now + rtt.rtoNanos();
        }
        advanceAbandoned();
        return true;
    }

    private record GapResult(long bytes, Integer highest) {
    }

    private GapResult acknowledgeGaps(long now, Chunk.Sack sack) {
        if (sack.gaps().length == 0 || outstanding.isEmpty()) {
            return new GapResult(0, null);
        }
        long bytes = 0;
        Integer highest = null;
        int[] gaps = sack.gaps();
        int g = 0;
        for (Sent s : outstanding) {
            int offset = SerialNumbers.distance32(s.tsn, sack.cumulativeTsn());
            while (g < gaps.length && offset > gaps[g + 1]) {
                g += 2;
            }
            if (g >= gaps.length) {
                break;
            }
            if (offset >= gaps[g] && s.state != State.ACKED && s.state != State.ABANDONED) {
                bytes += leaveFlight(s);
                s.state = State.ACKED;
                highest = s.tsn;
            }
        }
        return new GapResult(bytes, highest);
    }

    /** Takes a chunk out of the flight; returns its payload bytes if it had been unacknowledged. */
    private long leaveFlight(Sent s) {
        if (s.state == State.IN_FLIGHT) {
            flightBytes -= s.wireSize();
            return s.length;
        }
        if (s.state == State.TO_RESEND) {
            resendCount--;
            return s.length;
        }
        return 0;
    }

    /** §7.2.4: chunks below the highest newly acknowledged one are reported missing once more. */
    private void countMissing(long now, int highestNew) {
        boolean loss = false;
        for (Sent s : outstanding) {
            if (!SerialNumbers.before32(s.tsn, highestNew)) {
                break;
            }
            if (s.state == State.IN_FLIGHT && ++s.missing >= MISSING_REPORTS && s.retransmits == 0) {
                loss |= markLost(now, s);
            } else if (s.state == State.IN_FLIGHT && s.missing >= MISSING_REPORTS && now - s.sentNanos > Math.max(rtt.srttNanos(), 1_000_000L) * 2) {
                // A retransmission that others overtook for two round trips was lost too: waiting for the timer would stall the whole flow.
                loss |= markLost(now, s);
            }
        }
        if (loss) {
            fastResendDue = true;
            if (!inFastRecovery) {
                inFastRecovery = true;
                recoveryExit = nextTsn - 1;
                congestion.lossDetected();
            }
        }
    }

    private boolean markLost(long now, Sent s) {
        flightBytes -= s.wireSize();
        congestion.lost(s.wireSize());
        s.missing = 0;
        if (mustAbandon(s, now)) {
            s.state = State.ABANDONED;
            abandon(s.message);
            return false;
        }
        s.state = State.TO_RESEND;
        resendCount++;
        return true;
    }

    // ---------------------------------------------------------------- partial reliability

    private boolean mustAbandon(Sent s, long now) {
        boolean limited = s.message.maxRetransmits >= 0 && s.retransmits >= s.message.maxRetransmits;
        return forwardTsnSupported && (s.message.abandoned || limited || s.message.isExpired(now));
    }

    private void abandon(OutgoingMessage m) {
        sendQueue.abandon(m);
        for (Sent s : outstanding) {
            if (s.message == m && s.state != State.ACKED && s.state != State.ABANDONED) {
                leaveFlight(s);
                s.state = State.ABANDONED;
            }
        }
    }

    /** Gives up expired messages that wait for a retransmission or are only partly sent. */
    private void expire(long now) {
        if (!forwardTsnSupported || outstanding.isEmpty()) {
            return;
        }
        List<OutgoingMessage> expired = null;
        for (Sent s : outstanding) {
            OutgoingMessage m = s.message;
            boolean unfinished = s.state == State.TO_RESEND || m.remaining() > 0;
            if (m.expiresNanos != NEVER && !m.abandoned && unfinished && m.isExpired(now)) {
                expired = expired == null ? new ArrayList<>() : expired;
                expired.add(m);
            }
        }
        if (expired != null) {
            expired.forEach(this::abandon);
            advanceAbandoned();
        }
    }

    /** RFC 3758 §3.5 A5, C1: when the earliest outstanding chunks are abandoned, the peer must be told to skip them. */
    private void advanceAbandoned() {
        forwardTsnDue = !outstanding.isEmpty() && outstanding.peek().state == State.ABANDONED;
    }

    public boolean isForwardTsnDue() {
        return forwardTsnDue;
    }

    /** The FORWARD TSN to send now. It is repeated until the cumulative acknowledgement catches up, by the T3 timer. */
    public Chunk.ForwardTsn takeForwardTsn(long now) {
        forwardTsnDue = false;
        int last = cumulativeAck;
        Map<Integer, Integer> skipped = new HashMap<>();
        for (Sent s : outstanding) {
            // RFC 3758 §3.5 C1 moves over abandoned chunks only: behind one that has arrived, the receiver goes on by itself.
            if (s.state != State.ABANDONED) {
                break;
            }
            last = s.tsn;
            if (!s.message.unordered) {
                skipped.put(s.message.streamId, s.message.ssn);
            }
        }
        if (t3Nanos == NEVER) {
            t3Nanos = now + rtt.rtoNanos();
        }
        int[] streams = new int[skipped.size()];
        int[] sequences = new int[skipped.size()];
        int i = 0;
        for (Map.Entry<Integer, Integer> e : skipped.entrySet()) {
            streams[i] = e.getKey();
            sequences[i++] = e.getValue();
        }
        return new Chunk.ForwardTsn(last, streams, sequences);
    }

    // ---------------------------------------------------------------- time

    public long nextTimeoutNanos() {
        return t3Nanos;
    }

    /** The timer's end is now: a back-off that began on a dead path must not hold up the new one. */
    public void pathChanged(long now) {
        if (t3Nanos != NEVER) {
            t3Nanos = now;
        }
    }

    /** Whether the T3 timer has run out just now; then everything in flight counts as lost (§6.3.3). */

    public boolean handleTimeout(long now) {
        if (!dev.jvmrtc.core.ProtocolCore.due(t3Nanos, now)) {
            return false;
        }
        t3Nanos = NEVER;
        rtt.backOff();
        congestion.timeout();
        inFastRecovery = false;
        for (Sent s : List.copyOf(outstanding)) {
            if (s.state == State.IN_FLIGHT) {
                markLost(now, s);
            }
        }
        advanceAbandoned();
        if (!outstanding.isEmpty()) {
            t3Nanos = now + rtt.rtoNanos();
        }
        return true;
    }
}
