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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Everything between "left the send queue" and "acknowledged": TSNs, flight size, SACKs, the T3 timer (RFC 9260 §6),
 * tail-loss probes (RFC 8985 §7), partial reliability (RFC 3758). Writes DATA or I-DATA chunks into packets; knows no
 * streams beyond their numbers. What is lost, {@link RackLossDetection} tells.
 */
public final class RetransmissionQueue {

    /**
     * Chunks in flight at most: bounds memory where the peer's window and ours would allow millions of small messages.
     */
    public static final int MAX_OUTSTANDING_CHUNKS = 16_384;
    /** In one packet: peers, like us, take so many at the most. */
    private static final int MAX_CHUNKS_PER_PACKET = 64;
    /** Streams named in one FORWARD TSN, which has to fit a packet. */
    private static final int MAX_SKIPPED_STREAMS = 128;
    /**
     * Chunks that one FORWARD TSN skips: a peer that never goes on would else have us look at all of them again and
     * again.
     */
    private static final int MAX_SKIPPED_CHUNKS = 1_024;
    /**
     * A SACK of one chunk alone may be delayed so long by peers (RFC 9260 §6.2 recommends 200 ms); RFC 8985 §7.2,
     * WCDelAckT.
     */
    private static final long MAX_SACK_DELAY_NANOS = 200_000_000L;
    /** Below, a probe would measure the scheduler. */
    private static final long MIN_PROBE_NANOS = 10_000_000L;
    /**
     * With a window of fewer packets each acknowledgement that is delayed costs throughput: RFC 7053 lets us ask for
     * it.
     */
    private static final int SMALL_WINDOW_PACKETS = 4;

    private final SendQueue sendQueue;
    private final RttEstimator rtt;
    private final CongestionController congestion;
    private final boolean forwardTsnSupported;
    private final boolean interleaved;
    private final int headerLength;

    private final SentChunks outstanding = new SentChunks();
    private final RackLossDetection rack;
    private final DeliveryRate delivery = new DeliveryRate();
    private final RackLossDetection.LossListener lost = this::foundLost;
    private final CongestionController.Arrival arrival = new CongestionController.Arrival();
    private final Pacer pacer = new Pacer();
    /** Messages with a lifetime that have begun to leave. */
    private final PriorityQueue<OutgoingMessage> mortal =
            new PriorityQueue<>(Comparator.comparingLong(m -> m.expiresNanos));

    private boolean paced = true;
    private int packetSize;
    private int nextTsn;
    private int cumulativeAck;
    private long flightBytes;
    private long advertisedWindow;
    private long peerWindow;
    private long t3Nanos = NEVER;
    private long probeNanos = NEVER;
    private boolean probeDue;
    private boolean probing;
    private int probedTsn;
    private boolean probeWasAgain;
    private long probeSentNanos;
    private long lastSentNanos = NEVER;
    private int resendCount;
    /** None before this TSN waits to be sent again. */
    private int resendFrom;

    private int arrivedOutOfOrder;
    private boolean fastResendDue;
    private boolean inRecovery;
    private int recoveryExit;
    private boolean forwardTsnDue;
    private long retransmittedChunks;
    private long retransmittedBytes;

    public RetransmissionQueue(
            int initialTsn,
            long peerWindow,
            SendQueue sendQueue,
            RttEstimator rtt,
            CongestionController congestion,
            boolean forwardTsnSupported,
            boolean interleaved) {
        this.nextTsn = initialTsn;
        this.cumulativeAck = initialTsn - 1;
        this.advertisedWindow = peerWindow;
        this.peerWindow = peerWindow;
        this.sendQueue = sendQueue;
        this.rtt = rtt;
        this.congestion = congestion;
        this.forwardTsnSupported = forwardTsnSupported;
        this.interleaved = interleaved;
        this.headerLength = interleaved ? DataHeader.INTERLEAVED_LENGTH : DataHeader.LENGTH;
        this.resendFrom = initialTsn;
        this.rack = new RackLossDetection(initialTsn);
    }

    /** Whether packets are spread over the round trip, as is right on any network; not inside a machine. */
    public void setPaced(boolean value) {
        paced = value;
    }

    public int nextTsn() {
        return nextTsn;
    }

    public long flightBytes() {
        return flightBytes;
    }

    /** Chunks that the peer has not acknowledged cumulatively. */
    public int outstandingChunks() {
        return outstanding.size();
    }

    public long peerWindow() {
        return peerWindow;
    }

    public long retransmittedChunks() {
        return retransmittedChunks;
    }

    public long retransmittedBytes() {
        return retransmittedBytes;
    }

    public boolean isEmpty() {
        return outstanding.isEmpty();
    }

    /** Now and then: what a transfer needed and an idle association does not is let go. */
    public void trim() {
        outstanding.trim();
    }

    // ---------------------------------------------------------------- sending

    /**
     * Appends as many chunks to the packet as it and the windows have room for; returns how many.
     *
     * @param chunkedPacketSize bytes that a packet with one new chunk alone may have
     */
    public int writeData(long now, ByteWriter packet, int maxPacketSize, int chunkedPacketSize) {
        packetSize = maxPacketSize;
        int before = packet.length();
        expire(now);
        int written = 0;
        if (probeDue || mayLeave(now)) {
            if (resendCount > 0) {
                written = resend(now, packet);
            }
            if (resendCount == 0) {
                written += sendNew(
                        now,
                        packet,
                        chunkedPacketSize - PacketFormat.HEADER_LENGTH - headerLength,
                        MAX_CHUNKS_PER_PACKET - written);
            }
            if (written == 0 && probeDue) {
                written = sendLastAgain(now, packet);
            }
        }
        probeDue = false;
        if (written > 0) {
            pacer.left(packet.length() - before);
            lastSentNanos = now;
            if (t3Nanos == NEVER) {
                t3Nanos = now + rtt.rtoNanos();
            }
            armProbe(now);
        }
        return written;
    }

    private boolean mayLeave(long now) {
        return !paced || flightBytes == 0 || pacer.mayLeave(now);
    }

    private int resend(long now, ByteWriter packet) {
        int written = 0;
        // RFC 9260 §7.2.4: the first packet of a fast retransmit leaves whatever the window says.
        boolean ignoreWindow = fastResendDue;
        for (int i = Math.max(0, outstanding.indexOf(resendFrom)); i < outstanding.size() && resendCount > 0; i++) {
            assert Steps.count();
            SentChunk c = outstanding.get(i);
            resendFrom = c.tsn;
            if (c.state != State.TO_RESEND) {
                continue;
            }
            // One that was cut for a path with larger packets cannot be cut again: it travels alone, whatever becomes
            // of it below.
            boolean tooLarge = PacketFormat.HEADER_LENGTH + c.wireSize > packetSize;
            boolean fits = tooLarge
                    ? written == 0
                    : packet.length() + c.wireSize <= packetSize && written < MAX_CHUNKS_PER_PACKET;
            boolean allowed = ignoreWindow || flightBytes == 0 || flightBytes + c.wireSize <= congestion.window();
            if (!fits || !allowed) {
                break;
            }
            c.state = State.IN_FLIGHT;
            resendCount--;
            sendAgain(now, packet, c, false);
            flightBytes += c.wireSize;
            written++;
        }
        fastResendDue &= written == 0;
        return written;
    }

    private void sendAgain(long now, ByteWriter packet, SentChunk c, boolean immediate) {
        c.retransmits++;
        c.sentNanos = now;
        delivery.sent(now, c, flightBytes);
        rack.sent(c);
        retransmittedChunks++;
        retransmittedBytes += c.length;
        write(packet, c, immediate);
        if (c == outstanding.first()) {
            // RFC 9260 §6.3.2 R3 and §7.2.4: the earliest outstanding TSN goes out again, so its timer starts anew.
            t3Nanos = now + rtt.rtoNanos();
        }
    }

    private int sendNew(long now, ByteWriter packet, int maxChunk, int maxChunks) {
        int written = 0;
        while (outstanding.size() < MAX_OUTSTANDING_CHUNKS && written < maxChunks) {
            int room = packetSize - packet.length() - headerLength & ~3;
            OutgoingMessage m = room <= 0 ? null : sendQueue.next(now);
            if (m == null) {
                if (room > 0 && flightBytes < congestion.window()) {
                    delivery.limited(flightBytes);
                }
                return written;
            }
            int length = Math.min(m.remaining(), Math.min(room, maxChunk));
            if (length < Math.min(m.remaining(), maxChunk) && written > 0 && room < maxChunk / 4) {
                // A sliver of a large message at the end of a packet costs a header now and a fragment later.
                return written;
            }
            int wireSize = headerLength + (length + 3 & ~3);
            // §6.1 A: with nothing in flight one chunk may probe a closed window. §6.1 B: otherwise no more than cwnd;
            // a tail-loss probe is a packet above it.
            long window = congestion.window() + (probeDue ? packetSize : 0);
            if (flightBytes > 0 && (flightBytes + wireSize > window || length > peerWindow)) {
                return written;
            }
            noteIdle(now);
            boolean begins = m.fragments == 0;
            int flags = (begins ? DataHeader.FLAG_BEGIN : 0)
                    | (length == m.remaining() ? DataHeader.FLAG_END : 0)
                    | (m.unordered ? DataHeader.FLAG_UNORDERED : 0);
            SentChunk c = outstanding.add();
            c.begin(nextTsn++, m, m.offset, length, flags, m.fragments, wireSize);
            sendQueue.consumed(m, length);
            m.addChunk(c);
            if (begins && forwardTsnSupported && m.expiresNanos != NEVER) {
                mortal.add(m);
            }
            c.sentNanos = now;
            delivery.sent(now, c, flightBytes);
            rack.sent(c);
            flightBytes += wireSize;
            peerWindow = Math.max(0, peerWindow - length);
            write(packet, c, probeDue || congestion.window() < (long) SMALL_WINDOW_PACKETS * packetSize);
            if (probeDue) {
                probeSent(now, c, false);
                return written + 1;
            }
            written++;
        }
        return written;
    }

    /** After a pause the window says little of the path as it is now. */
    private void noteIdle(long now) {
        if (flightBytes == 0 && lastSentNanos != NEVER && now - lastSentNanos > rtt.rtoNanos()) {
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
        if (probeDue) {
            return true;
        }
        if (!mayLeave(now)) {
            return false;
        }
        if (resendCount > 0) {
            return fastResendDue || flightBytes == 0 || flightBytes + headerLength < congestion.window();
        }
        return sendQueue.hasData()
                && outstanding.size() < MAX_OUTSTANDING_CHUNKS
                && (flightBytes == 0 || flightBytes + headerLength < congestion.window() && peerWindow > 0);
    }

    private void pace(long now) {
        if (paced) {
            pacer.update(now, congestion, rtt.srttNanos(), packetSize);
        }
    }

    // ---------------------------------------------------------------- tail-loss probes (RFC 8985 §7)

    /** §7.2: a probe is due when two round trips pass without a word, if the timer does not run out before that. */
    private void armProbe(long now) {
        long srtt = rtt.srttNanos();
        if (probing || inRecovery || resendCount > 0 || flightBytes == 0 || srtt < 0) {
            probeNanos = NEVER;
            return;
        }
        boolean one = outstanding.size() == 1;
        long at = now + Math.max(MIN_PROBE_NANOS, 2 * srtt) + (one ? MAX_SACK_DELAY_NANOS : 0);
        probeNanos = t3Nanos != NEVER && t3Nanos - at <= 0 ? NEVER : at;
    }

    /**
     * §7.3: without anything new to send, the last that was sent is sent once more: its acknowledgement shows what is
     * missing before it.
     */
    private int sendLastAgain(long now, ByteWriter packet) {
        for (int i = outstanding.size() - 1; i >= 0; i--) {
            SentChunk c = outstanding.get(i);
            if (c.state == State.IN_FLIGHT) {
                if (packet.length() + c.wireSize > packetSize || mustAbandon(c, now)) {
                    return 0;
                }
                rack.remove(c);
                probeSent(now, c, true);
                sendAgain(now, packet, c, true);
                return 1;
            }
        }
        return 0;
    }

    private void probeSent(long now, SentChunk c, boolean again) {
        probing = true;
        probedTsn = c.tsn;
        probeWasAgain = again;
        probeSentNanos = now;
        probeNanos = NEVER;
    }

    /** §7.4: where only the probe got through, what it repeated had been lost, and the path is congested. */
    private void probeAnswered(long now, Sack sack) {
        if (!probing || SerialNumbers.before32(sack.cumulativeTsn(), probedTsn)) {
            return;
        }
        probing = false;
        boolean wasNeeded = probeWasAgain && now - probeSentNanos >= rack.minRttNanos();
        for (int i = 0; i < sack.duplicates(); i++) {
            assert Steps.count();
            wasNeeded &= sack.duplicate(i) != probedTsn;
        }
        if (wasNeeded && !inRecovery) {
            congestion.lossDetected(now);
        }
    }

    // ---------------------------------------------------------------- acknowledgement

    /** Handles a SACK; false where it acknowledges what was never sent. */
    public boolean handleSack(long now, Sack sack) {
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
        while (!outstanding.isEmpty() && !SerialNumbers.before32(sack.cumulativeTsn(), outstanding.first().tsn)) {
            assert Steps.count();
            SentChunk c = outstanding.first();
            if (c.state == State.IN_FLIGHT && c.retransmits == 0) {
                rttSample = now - c.sentNanos;
            }
            acknowledged += acknowledge(now, c);
            if (c.state == State.ACKED) {
                arrivedOutOfOrder--;
            }
            if (c.tsn == c.message.lastTsn && c.message.remaining() == 0) {
                sendQueue.finish(c.message, true);
            }
            c.message.removeFirstChunk();
            outstanding.removeFirst();
        }
        cumulativeAck = sack.cumulativeTsn();
        acknowledged += acknowledgeGaps(now, sack);
        if (mortal.size() > 2 * outstanding.size() + 64) {
            mortal.removeIf(m -> m.remaining() == 0 && !SerialNumbers.before32(cumulativeAck, m.lastTsn));
        }
        if (rttSample >= 0) {
            rtt.observe(rttSample);
            congestion.rttMeasured(now, rttSample);
        }
        if (sack.duplicates() > 0) {
            rack.duplicateReported(cumulativeAck, nextTsn);
        }
        if (inRecovery && !SerialNumbers.before32(cumulativeAck, recoveryExit)) {
            inRecovery = false;
            rack.recoveryEnded();
        }
        if (acknowledged > 0) {
            arrival.bytes = acknowledged;
            arrival.flightBefore = flightBefore;
            arrival.inRecovery = inRecovery;
            arrival.rate = delivery.take(rack.minRttNanos());
            arrival.limited = delivery.isLimited();
            arrival.newRound = delivery.isNewRound();
            congestion.acknowledged(now, arrival);
        }
        probeAnswered(now, sack);
        detectLosses(now);
        advertisedWindow = sack.advertisedReceiverWindow();
        peerWindow = Math.max(0, advertisedWindow - flightBytes);
        // §6.3.2 R2, R3
        if (outstanding.isEmpty()) {
            t3Nanos = NEVER;
        } else if (advanced) {
            t3Nanos = now + rtt.rtoNanos();
        }
        advanceAbandoned();
        armProbe(now);
        pace(now);
        return true;
    }

    private long acknowledgeGaps(long now, Sack sack) {
        long bytes = 0;
        for (int g = 0; g < sack.gapBlocks(); g++) {
            assert Steps.count();
            int last = Math.min(outstanding.indexOf(cumulativeAck + sack.gapEnd(g)), outstanding.size() - 1);
            for (int i = unsettled(Math.max(0, outstanding.indexOf(cumulativeAck + sack.gapStart(g))));
                    i <= last;
                    i = unsettled(i + 1)) {
                assert Steps.count();
                SentChunk c = outstanding.get(i);
                bytes += acknowledge(now, c);
                c.state = State.ACKED;
                c.settledUpTo = outstanding.get(last).tsn;
                arrivedOutOfOrder++;
            }
        }
        return bytes;
    }

    /**
     * The first from the {@code i}th on that is neither acknowledged nor given up, or the number of all. What is found
     * out on the way is remembered, so that a peer that says the same again and again, which most do, does not have us
     * look at all of it each time.
     */
    private int unsettled(int i) {
        int at = i;
        while (at < outstanding.size() && isSettled(outstanding.get(at))) {
            assert Steps.count();
            at = outstanding.indexOf(outstanding.get(at).settledUpTo) + 1;
        }
        for (int j = i; j < at; ) {
            SentChunk c = outstanding.get(j);
            j = outstanding.indexOf(c.settledUpTo) + 1;
            c.settledUpTo = outstanding.first().tsn + at - 1;
        }
        return at;
    }

    private static boolean isSettled(SentChunk c) {
        return c.state == State.ACKED || c.state == State.ABANDONED;
    }

    /** The peer has the chunk; returns its payload bytes where that is news. */
    private long acknowledge(long now, SentChunk c) {
        boolean news = c.state == State.IN_FLIGHT || c.state == State.TO_RESEND;
        if (c.state == State.IN_FLIGHT) {
            rack.arrived(now, c);
            delivery.arrived(now, c);
        }
        leaveFlight(c);
        return news ? c.length : 0;
    }

    private void leaveFlight(SentChunk c) {
        if (c.state == State.IN_FLIGHT) {
            flightBytes -= c.wireSize;
            rack.remove(c);
        } else if (c.state == State.TO_RESEND) {
            resendCount--;
        }
    }

    private void detectLosses(long now) {
        int before = resendCount;
        rack.detect(now, arrivedOutOfOrder, inRecovery, rtt.srttNanos(), lost);
        if (resendCount > before && !inRecovery) {
            fastResendDue = true;
            inRecovery = true;
            recoveryExit = nextTsn - 1;
            congestion.lossDetected(now);
        }
    }

    private void foundLost(long now, SentChunk c) {
        congestion.lost(c.wireSize);
        markLost(now, c);
    }

    private void markLost(long now, SentChunk c) {
        leaveFlight(c);
        if (mustAbandon(c, now)) {
            c.state = State.ABANDONED;
            abandon(c.message);
        } else {
            toResend(c);
        }
    }

    private void toResend(SentChunk c) {
        c.state = State.TO_RESEND;
        c.settledUpTo = c.tsn;
        if (resendCount++ == 0 || SerialNumbers.before32(c.tsn, resendFrom)) {
            resendFrom = c.tsn;
        }
    }

    /** Nothing leaves any more. */
    public void finishAll() {
        for (int i = 0; i < outstanding.size(); i++) {
            sendQueue.finish(outstanding.get(i).message, false);
        }
    }

    // ---------------------------------------------------------------- partial reliability (RFC 3758)

    private boolean mustAbandon(SentChunk c, long now) {
        boolean limited = c.message.maxRetransmits >= 0 && c.retransmits >= c.message.maxRetransmits;
        return forwardTsnSupported && (c.message.abandoned || limited || c.message.isExpired(now));
    }

    private void abandon(OutgoingMessage m) {
        if (m.remaining() > 0) {
            // What has left of it may all arrive, and the peer would wait for the rest for ever: the TSN of one more
            // fragment, which never leaves, lets it be skipped.
            SentChunk rest = outstanding.add();
            rest.begin(nextTsn++, m, m.offset, m.remaining(), DataHeader.FLAG_END, m.fragments, 0);
            rest.state = State.ABANDONED;
            m.addChunk(rest);
        }
        sendQueue.abandon(m);
        sendQueue.finish(m, false);
        for (SentChunk c = m.firstChunk; c != null; c = c.nextOfMessage) {
            assert Steps.count();
            if (!isSettled(c)) {
                leaveFlight(c);
                c.state = State.ABANDONED;
            }
        }
    }

    /**
     * Gives up expired messages that wait for a retransmission or are only partly sent. What is all in flight may yet
     * arrive.
     */
    private void expire(long now) {
        while (!mortal.isEmpty() && mortal.peek().isExpired(now)) {
            OutgoingMessage m = mortal.poll();
            if (!m.abandoned && (m.remaining() > 0 || hasToResend(m))) {
                abandon(m);
                advanceAbandoned();
            }
        }
    }

    private static boolean hasToResend(OutgoingMessage m) {
        for (SentChunk c = m.firstChunk; c != null; c = c.nextOfMessage) {
            assert Steps.count();
            if (c.state == State.TO_RESEND) {
                return true;
            }
        }
        return false;
    }

    /** RFC 3758 §3.5 A5, C1: when the earliest outstanding chunks are abandoned, the peer must be told to skip them. */
    private void advanceAbandoned() {
        forwardTsnDue = !outstanding.isEmpty() && outstanding.first().state == State.ABANDONED;
    }

    public boolean isForwardTsnDue() {
        return forwardTsnDue;
    }

    private record StreamKey(int streamId, boolean unordered) {}

    /**
     * The FORWARD TSN or I-FORWARD-TSN to send now. It is repeated until the cumulative acknowledgement catches up, by
     * the T3 timer.
     */
    public Chunk takeForwardTsn(long now) {
        forwardTsnDue = false;
        int last = cumulativeAck;
        Map<StreamKey, Integer> skipped = new LinkedHashMap<>();
        for (int i = 0;
                i < Math.min(outstanding.size(), MAX_SKIPPED_CHUNKS) && skipped.size() < MAX_SKIPPED_STREAMS;
                i++) {
            assert Steps.count();
            SentChunk c = outstanding.get(i);
            // RFC 3758 §3.5 C1 moves over abandoned chunks only: behind one that has arrived, the receiver goes on by
            // itself. Those of a message that is given up have arrived
            // in vain, and are to go with the rest of it.
            if (c.state != State.ABANDONED && !c.message.abandoned) {
                break;
            }
            last = c.tsn;
            if (interleaved || !c.message.unordered) {
                skipped.merge(
                        new StreamKey(c.message.streamId, c.message.unordered),
                        c.message.number,
                        (a, b) -> SerialNumbers.before32(a, b) ? b : a);
            }
        }
        if (t3Nanos == NEVER) {
            t3Nanos = now + rtt.rtoNanos();
        }
        Chunk.Skipped[] streams = skipped.entrySet().stream()
                .map(e -> new Chunk.Skipped(e.getKey().streamId, e.getKey().unordered, e.getValue()))
                .toArray(Chunk.Skipped[]::new);
        return new Chunk.ForwardTsn(interleaved, last, streams);
    }

    // ---------------------------------------------------------------- time

    public long nextTimeoutNanos() {
        long next = ProtocolCore.soonest(t3Nanos, ProtocolCore.soonest(probeNanos, rack.deadlineNanos()));
        boolean waits = paced
                && flightBytes > 0
                && (resendCount > 0 || sendQueue.hasData())
                && flightBytes + headerLength < congestion.window();
        return waits ? ProtocolCore.soonest(next, pacer.releaseNanos()) : next;
    }

    /** The timer's end is now: a back-off that began on a dead path must not hold up the new one. */
    public void pathChanged(long now) {
        rack.reset();
        if (t3Nanos != NEVER) {
            t3Nanos = now;
        }
    }

    /** Whether the T3 timer has run out just now; then everything in flight counts as lost (RFC 9260 §6.3.3). */
    public boolean handleTimeout(long now) {
        if (ProtocolCore.due(rack.deadlineNanos(), now)) {
            detectLosses(now);
            advanceAbandoned();
        }
        if (ProtocolCore.due(probeNanos, now)) {
            probeNanos = NEVER;
            probeDue = true;
        }
        if (!ProtocolCore.due(t3Nanos, now)) {
            return false;
        }
        t3Nanos = NEVER;
        probeNanos = NEVER;
        probeDue = false;
        probing = false;
        rtt.backOff();
        if (advertisedWindow > 0 || outstanding.size() > 1) {
            congestion.timeout(now); // a probe of a closed window is refused by the peer, not lost by the path
        }
        inRecovery = false;
        // RFC 9260 §6.2.1 lets a peer drop what it has acknowledged by a gap block. One that still misses what it had
        // said to have has done so.
        boolean reneged = !outstanding.isEmpty() && outstanding.first().state == State.ACKED;
        for (int i = 0; i < outstanding.size(); i++) {
            SentChunk c = outstanding.get(i);
            c.settledUpTo = reneged ? c.tsn : c.settledUpTo;
            if (c.state == State.IN_FLIGHT) {
                markLost(now, c);
            } else if (reneged && c.state == State.ACKED) {
                arrivedOutOfOrder--;
                if (c.message.abandoned) {
                    c.state = State.ABANDONED;
                } else {
                    toResend(c);
                }
            }
        }
        advanceAbandoned();
        pace(now);
        if (!outstanding.isEmpty()) {
            t3Nanos = now + rtt.rtoNanos();
        }
        return true;
    }
}
