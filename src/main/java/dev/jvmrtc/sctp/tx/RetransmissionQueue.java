package dev.jvmrtc.sctp.tx;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.sctp.tx.SentChunk.State;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.SerialNumbers;

/**
 * Everything between "left the send queue" and "acknowledged" (RFC 9260 §6, §7): what may leave when, what a SACK
 * changes, the T3-rtx timer. Writes DATA or I-DATA chunks into packets; knows no streams beyond their numbers. What has
 * become of each chunk stands in {@link OutstandingData}; what is lost, {@link RackLossDetection} and
 * {@link TailLossProbe} tell; what is given up, {@link PartialReliability}.
 */
public final class RetransmissionQueue {

    /**
     * Chunks in flight at most: bounds memory where the peer's window and ours would allow millions of small messages.
     */
    public static final int MAX_OUTSTANDING_CHUNKS = 16_384;
    /** In one packet: peers, like us, take so many at the most. */
    private static final int MAX_CHUNKS_PER_PACKET = 64;
    /**
     * With a window of fewer packets each acknowledgement that is delayed costs throughput: RFC 7053 lets us ask for
     * it.
     */
    private static final int SMALL_WINDOW_PACKETS = 4;

    /** Messages that have not left entirely. */
    private final SendQueue sendQueue;
    /** How long acknowledgements take. */
    private final RttEstimator rtt;
    /** How much may be in flight. */
    private final CongestionController congestion;
    /** Whether chunks are I-DATA. */
    private final boolean interleaved;
    /** Bytes of a chunk's header. */
    private final int headerLength;

    /** What has become of each chunk. */
    private final OutstandingData outstanding;
    /** Which chunks are lost. */
    private final RackLossDetection rack;
    /** Finds out whether the last of them are. */
    private final TailLossProbe probe = new TailLossProbe();
    /** Which messages are given up. */
    private final PartialReliability partial;
    /** How fast chunks arrive. */
    private final DeliveryRate delivery = new DeliveryRate();
    /** Spreads packets over the round trip. */
    private final Pacer pacer = new Pacer();
    /** Is told of what is lost; the same object each time. */
    private final RackLossDetection.LossListener lost = this::foundLost;
    /** What the congestion controller is told of; the same object each time. */
    private final CongestionController.Arrival arrival = new CongestionController.Arrival();

    /** Whether packets are spread over the round trip. */
    private boolean paced = true;
    /** Bytes of a packet at present. */
    private int packetSize;
    /** The peer's window as its last SACK told it. */
    private long advertisedWindow;
    /** What is left of it, by our own count. */
    private long peerWindow;
    /** T3-rtx: when all that is in flight counts as lost, or NEVER. */
    private long t3Nanos = NEVER;
    /** When data left last, or NEVER. */
    private long lastSentNanos = NEVER;
    /** Whether the first packet of a fast retransmit has not left. */
    private boolean fastResendDue;
    /** Whether a loss is being repaired: Fast Recovery (RFC 9260 §7.2.4). */
    private boolean inRecovery;
    /** The TSN with which Fast Recovery is over. */
    private int recoveryExit;

    public RetransmissionQueue(
            int initialTsn,
            long peerWindow,
            SendQueue sendQueue,
            RttEstimator rtt,
            CongestionController congestion,
            boolean forwardTsnSupported,
            boolean interleaved) {
        this.advertisedWindow = peerWindow;
        this.peerWindow = peerWindow;
        this.sendQueue = sendQueue;
        this.rtt = rtt;
        this.congestion = congestion;
        this.interleaved = interleaved;
        this.headerLength = interleaved ? DataHeader.INTERLEAVED_LENGTH : DataHeader.LENGTH;
        this.rack = new RackLossDetection(initialTsn);
        this.outstanding = new OutstandingData(initialTsn, sendQueue, rack, delivery);
        this.partial = new PartialReliability(outstanding, sendQueue, forwardTsnSupported, interleaved);
    }

    /** Whether packets are spread over the round trip, as is right on any network; not inside a machine. */
    public void setPaced(boolean value) {
        paced = value;
    }

    public int nextTsn() {
        return outstanding.nextTsn();
    }

    public long flightBytes() {
        return outstanding.flightBytes();
    }

    /** Chunks that the peer has not acknowledged cumulatively. */
    public int outstandingChunks() {
        return outstanding.size();
    }

    public long peerWindow() {
        return peerWindow;
    }

    public long retransmittedChunks() {
        return outstanding.retransmittedChunks();
    }

    public long retransmittedBytes() {
        return outstanding.retransmittedBytes();
    }

    public boolean isEmpty() {
        return outstanding.isEmpty();
    }

    /** Now and then: what a transfer needed and an idle association does not is let go. */
    public void trim() {
        outstanding.trim();
    }

    /** Nothing leaves any more. */
    public void finishAll() {
        outstanding.finishAll();
    }

    // ---------------------------------------------------------------- data leaves

    /**
     * Appends as many chunks to the packet as it and the windows have room for; returns how many.
     *
     * @param chunkedPacketSize bytes that a packet with one new chunk alone may have
     */
    public int writeData(long now, ByteWriter packet, int maxPacketSize, int chunkedPacketSize) {
        packetSize = maxPacketSize;
        int before = packet.length();
        partial.expire(now);
        int written = 0;
        if (probe.isDue() || mayLeave(now)) {
            if (outstanding.resendCount() > 0) {
                written = resend(now, packet);
            }
            if (outstanding.resendCount() == 0) {
                written += sendNew(
                        now,
                        packet,
                        chunkedPacketSize - PacketFormat.HEADER_LENGTH - headerLength,
                        MAX_CHUNKS_PER_PACKET - written);
            }
            if (written == 0 && probe.isDue()) {
                written = sendLastAgain(now, packet);
            }
        }
        probe.attempted();
        if (written > 0) {
            pacer.left(packet.length() - before);
            lastSentNanos = now;
            // RFC 9260 §6.3.2 R1: "Every time a DATA chunk is sent to any address (including a retransmission), if the
            // T3-rtx timer of that address is not running, start it running so that it will expire after the RTO of
            // that address."
            if (t3Nanos == NEVER) {
                t3Nanos = now + rtt.rtoNanos();
            }
            armProbe(now);
        }
        return written;
    }

    private boolean mayLeave(long now) {
        return !paced || outstanding.flightBytes() == 0 || pacer.mayLeave(now);
    }

    private int resend(long now, ByteWriter packet) {
        int written = 0;
        // RFC 9260 §7.2.4: the first packet of a fast retransmit leaves whatever the window says.
        boolean ignoreWindow = fastResendDue;
        for (int i = outstanding.resendIndex(); i < outstanding.size() && outstanding.resendCount() > 0; i++) {
            assert Steps.count();
            SentChunk c = outstanding.get(i);
            outstanding.resendFrom(c);
            if (c.state != State.TO_RESEND) {
                continue;
            }
            // One that was cut for a path with larger packets cannot be cut again: it travels alone, whatever becomes
            // of it below.
            boolean tooLarge = PacketFormat.HEADER_LENGTH + c.wireSize > packetSize;
            boolean fits = tooLarge
                    ? written == 0
                    : packet.length() + c.wireSize <= packetSize && written < MAX_CHUNKS_PER_PACKET;
            long flight = outstanding.flightBytes();
            boolean allowed = ignoreWindow || flight == 0 || flight + c.wireSize <= congestion.window();
            if (!fits || !allowed) {
                break;
            }
            sendAgain(now, packet, c, false);
            written++;
        }
        fastResendDue &= written == 0;
        return written;
    }

    private void sendAgain(long now, ByteWriter packet, SentChunk c, boolean immediate) {
        outstanding.sendAgain(now, c);
        write(packet, c, immediate);
        if (c == outstanding.first()) {
            // RFC 9260 §7.2.4: "Restart the T3-rtx timer only if […] the endpoint is retransmitting the first
            // outstanding DATA chunk sent to that address."
            t3Nanos = now + rtt.rtoNanos();
        }
    }

    private int sendNew(long now, ByteWriter packet, int maxChunk, int maxChunks) {
        int written = 0;
        while (outstanding.size() < MAX_OUTSTANDING_CHUNKS && written < maxChunks) {
            int room = packetSize - packet.length() - headerLength & ~3;
            OutgoingMessage m = room <= 0 ? null : sendQueue.next(now);
            long flight = outstanding.flightBytes();
            if (m == null) {
                if (room > 0 && flight < congestion.window()) {
                    delivery.limited(flight);
                }
                return written;
            }
            int length = Math.min(m.remaining(), Math.min(room, maxChunk));
            if (length < Math.min(m.remaining(), maxChunk) && written > 0 && room < maxChunk / 4) {
                // A sliver of a large message at the end of a packet costs a header now and a fragment later.
                return written;
            }
            int wireSize = headerLength + (length + 3 & ~3);
            // RFC 9260 §6.1 A: with nothing in flight one chunk may probe a closed window. §6.1 B: otherwise no more
            // than cwnd; a tail-loss probe is a packet above it.
            long window = congestion.window() + (probe.isDue() ? packetSize : 0);
            if (flight > 0 && (flight + wireSize > window || length > peerWindow)) {
                return written;
            }
            noteIdle(now);
            SentChunk c = sendNext(now, m, length, wireSize);
            write(packet, c, probe.isDue() || congestion.window() < (long) SMALL_WINDOW_PACKETS * packetSize);
            written++;
            if (probe.isDue()) {
                probe.sent(now, c, false);
                return written;
            }
        }
        return written;
    }

    private SentChunk sendNext(long now, OutgoingMessage m, int length, int wireSize) {
        boolean begins = m.fragments == 0;
        int flags = (begins ? DataHeader.FLAG_BEGIN : 0)
                | (length == m.remaining() ? DataHeader.FLAG_END : 0)
                | (m.unordered ? DataHeader.FLAG_UNORDERED : 0);
        SentChunk c = outstanding.send(now, m, length, flags, wireSize);
        sendQueue.consumed(m, length);
        if (begins) {
            partial.begun(m);
        }
        peerWindow = Math.max(0, peerWindow - length);
        return c;
    }

    /** After a pause the window says little of the path as it is now. */
    private void noteIdle(long now) {
        if (outstanding.flightBytes() == 0 && lastSentNanos != NEVER && now - lastSentNanos > rtt.rtoNanos()) {
            congestion.idle(now, (now - lastSentNanos) / rtt.rtoNanos());
            lastSentNanos = now;
            pace(now);
        }
    }

    private void write(ByteWriter packet, SentChunk c, boolean immediate) {
        DataHeader.write(
                packet,
                interleaved,
                c.flags | (immediate ? DataHeader.FLAG_IMMEDIATE : 0),
                c.length,
                c.tsn,
                c.message.streamId,
                c.message.number,
                c.message.ppid,
                c.fragment);
        c.message.write(packet, c.offset, c.length);
        packet.padTo4();
    }

    /** Whether {@link #writeData} would write something now. */
    public boolean canSend(long now) {
        if (probe.isDue()) {
            return true;
        }
        if (!mayLeave(now)) {
            return false;
        }
        long flight = outstanding.flightBytes();
        boolean inWindow = flight + headerLength < congestion.window();
        if (outstanding.resendCount() > 0) {
            return fastResendDue || flight == 0 || inWindow;
        }
        return sendQueue.hasData()
                && outstanding.size() < MAX_OUTSTANDING_CHUNKS
                && (flight == 0 || inWindow && peerWindow > 0);
    }

    private void pace(long now) {
        if (paced) {
            pacer.update(now, congestion, rtt.srttNanos(), packetSize);
        }
    }

    private void armProbe(long now) {
        boolean useful = !inRecovery && outstanding.resendCount() == 0 && outstanding.flightBytes() > 0;
        probe.arm(now, useful, rtt.srttNanos(), outstanding.size() == 1, t3Nanos);
    }

    /**
     * RFC 8985 §7.3: without anything new to send, the last that was sent is sent once more: its acknowledgement shows
     * what is missing before it.
     */
    private int sendLastAgain(long now, ByteWriter packet) {
        for (int i = outstanding.size() - 1; i >= 0; i--) {
            SentChunk c = outstanding.get(i);
            if (c.state == State.IN_FLIGHT) {
                if (packet.length() + c.wireSize > packetSize || partial.mustAbandon(c, now)) {
                    return 0;
                }
                probe.sent(now, c, true);
                sendAgain(now, packet, c, true);
                return 1;
            }
        }
        return 0;
    }

    // ---------------------------------------------------------------- acknowledgements come

    /** Handles a SACK; false where it acknowledges what was never sent. */
    public boolean handleSack(long now, Sack sack) {
        int cumulativeAck = outstanding.cumulativeAck();
        if (SerialNumbers.before32(outstanding.nextTsn() - 1, sack.cumulativeTsn())) {
            return false;
        }
        // RFC 9260 §6.2.1 D: "If Cumulative TSN Ack is less than the Cumulative TSN Ack Point, then drop the SACK
        // chunk. Since Cumulative TSN Ack is monotonically increasing, a SACK chunk whose Cumulative TSN Ack is less
        // than the Cumulative TSN Ack Point indicates an out-of-order SACK chunk."
        if (SerialNumbers.before32(sack.cumulativeTsn(), cumulativeAck)) {
            return true;
        }
        long flightBefore = outstanding.flightBytes();
        long acknowledged = outstanding.acknowledge(now, sack);
        partial.acknowledged();
        if (outstanding.rttSampleNanos() >= 0) {
            rtt.observe(outstanding.rttSampleNanos());
            congestion.rttMeasured(now, outstanding.rttSampleNanos());
        }
        if (sack.duplicates() > 0) {
            rack.duplicateReported(sack.cumulativeTsn(), outstanding.nextTsn());
        }
        if (inRecovery && !SerialNumbers.before32(sack.cumulativeTsn(), recoveryExit)) {
            inRecovery = false;
            rack.recoveryEnded();
        }
        if (acknowledged > 0) {
            tellCongestion(now, acknowledged, flightBefore);
        }
        if (probe.hasRepaired(now, sack, rack.minRttNanos()) && !inRecovery) {
            congestion.lossDetected(now);
        }
        detectLosses(now);
        advertisedWindow = sack.advertisedReceiverWindow();
        peerWindow = Math.max(0, advertisedWindow - outstanding.flightBytes());
        restartT3(now, sack.cumulativeTsn() != cumulativeAck);
        partial.advance();
        armProbe(now);
        pace(now);
        return true;
    }

    private void tellCongestion(long now, long acknowledged, long flightBefore) {
        arrival.bytes = acknowledged;
        arrival.flightBefore = flightBefore;
        arrival.inRecovery = inRecovery;
        arrival.rate = delivery.take(rack.minRttNanos());
        arrival.limited = delivery.isLimited();
        arrival.newRound = delivery.isNewRound();
        congestion.acknowledged(now, arrival);
    }

    private void restartT3(long now, boolean advanced) {
        if (outstanding.isEmpty()) {
            // RFC 9260 §6.3.2 R2: "Whenever all outstanding data sent to an address have been acknowledged, turn off
            // the T3-rtx timer of that address."
            t3Nanos = NEVER;
        } else if (advanced) {
            // R3: "Whenever a SACK chunk is received that acknowledges the DATA chunk with the earliest outstanding TSN
            // for that address, restart the T3-rtx timer for that address with its current RTO (if there is still
            // outstanding data on that address)."
            t3Nanos = now + rtt.rtoNanos();
        }
    }

    private void detectLosses(long now) {
        int before = outstanding.resendCount();
        rack.detect(now, outstanding.arrivedOutOfOrder(), inRecovery, rtt.srttNanos(), lost);
        if (outstanding.resendCount() > before && !inRecovery) {
            // RFC 9260 §7.2.4: "If not in Fast Recovery, enter Fast Recovery and mark the highest outstanding TSN as
            // the Fast Recovery exit point."
            fastResendDue = true;
            inRecovery = true;
            recoveryExit = outstanding.nextTsn() - 1;
            congestion.lossDetected(now);
        }
    }

    private void foundLost(long now, SentChunk c) {
        congestion.lost(c.wireSize);
        markLost(now, c);
    }

    private void markLost(long now, SentChunk c) {
        if (partial.mustAbandon(c, now)) {
            partial.abandon(c);
        } else {
            outstanding.resend(c);
        }
    }

    // ---------------------------------------------------------------- partial reliability

    public boolean isForwardTsnDue() {
        return partial.isForwardTsnDue();
    }

    /**
     * The FORWARD TSN or I-FORWARD-TSN to send now. It is repeated until the cumulative acknowledgement catches up, by
     * the T3-rtx timer.
     */
    public Chunk takeForwardTsn(long now) {
        if (t3Nanos == NEVER) {
            t3Nanos = now + rtt.rtoNanos();
        }
        return partial.takeForwardTsn();
    }

    // ---------------------------------------------------------------- time

    public long nextTimeoutNanos() {
        long next = ProtocolCore.soonest(t3Nanos, ProtocolCore.soonest(probe.deadlineNanos(), rack.deadlineNanos()));
        boolean waits = paced
                && outstanding.flightBytes() > 0
                && (outstanding.resendCount() > 0 || sendQueue.hasData())
                && outstanding.flightBytes() + headerLength < congestion.window();
        return waits ? ProtocolCore.soonest(next, pacer.releaseNanos()) : next;
    }

    /** The timer's end is now: a back-off that began on a dead path must not hold up the new one. */
    public void pathChanged(long now) {
        rack.reset();
        if (t3Nanos != NEVER) {
            t3Nanos = now;
        }
    }

    /** Whether the T3-rtx timer has run out just now; then everything in flight counts as lost. */
    public boolean handleTimeout(long now) {
        if (ProtocolCore.due(rack.deadlineNanos(), now)) {
            detectLosses(now);
            partial.advance();
        }
        probe.handleTimeout(now);
        if (!ProtocolCore.due(t3Nanos, now)) {
            return false;
        }
        t3Nanos = NEVER;
        probe.cancel();
        // RFC 9260 §6.3.3 E2: "For the destination address for which the timer expires, set RTO = RTO * 2 ("back off
        // the timer")."
        rtt.backOff();
        if (advertisedWindow > 0 || outstanding.size() > 1) {
            // E1: "For the destination address for which the timer expires, adjust its ssthresh with rules defined in
            // Section 7.2.3 and set cwnd = PMDCS." A probe of a closed window is refused by the peer, not lost by the
            // path.
            congestion.timeout(now);
        }
        inRecovery = false;
        loseAll(now);
        partial.advance();
        pace(now);
        if (!outstanding.isEmpty()) {
            t3Nanos = now + rtt.rtoNanos();
        }
        return true;
    }

    private void loseAll(long now) {
        // RFC 9260 §6.2.1 lets a peer drop what it has acknowledged by a gap block. One that still misses what it had
        // said to have has done so.
        boolean reneged = !outstanding.isEmpty() && outstanding.first().state == State.ACKED;
        for (int i = 0; i < outstanding.size(); i++) {
            SentChunk c = outstanding.get(i);
            c.settledUpTo = reneged ? c.tsn : c.settledUpTo;
            if (c.state == State.IN_FLIGHT) {
                markLost(now, c);
            } else if (reneged && c.state == State.ACKED) {
                outstanding.renege(c);
            }
        }
    }
}
