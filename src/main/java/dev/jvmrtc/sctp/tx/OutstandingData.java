package dev.jvmrtc.sctp.tx;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.sctp.tx.SentChunk.State;
import dev.jvmrtc.wire.SerialNumbers;

/**
 * The chunks that have a TSN and are not acknowledged cumulatively, and what has become of each: in flight,
 * acknowledged by a gap block, to be sent again, or given up. Keeps the counts of them right, and decides nothing: what
 * leaves when, and what counts as lost, it is told.
 */
final class OutstandingData {
    /** Where messages are that have not left entirely, and where it is told of those that have arrived. */
    private final SendQueue sendQueue;
    /** Those in flight, in the order of their sending. */
    private final RackLossDetection rack;
    /** How fast they arrive. */
    private final DeliveryRate delivery;
    /** All of them, by TSN. */
    private final SentChunks chunks = new SentChunks();

    /** Of the next chunk. */
    private int nextTsn;
    /** The last TSN that the peer has acknowledged cumulatively. */
    private int cumulativeAck;
    /** Bytes of chunks in flight, with their headers and padding. */
    private long flightBytes;
    /** Chunks that are to be sent again. */
    private int resendCount;
    /** None before this TSN is to be sent again. */
    private int resendFrom;
    /** Chunks that are acknowledged by a gap block. */
    private int arrivedOutOfOrder;
    /** The round trip of the last chunk that was acknowledged cumulatively by the latest SACK, or −1. */
    private long rttSampleNanos = -1;

    /** Chunks that have left more than once, each time counted. */
    private long retransmittedChunks;
    /** Bytes of user data of those. */
    private long retransmittedBytes;

    OutstandingData(int initialTsn, SendQueue sendQueue, RackLossDetection rack, DeliveryRate delivery) {
        this.nextTsn = initialTsn;
        this.cumulativeAck = initialTsn - 1;
        this.resendFrom = initialTsn;
        this.sendQueue = sendQueue;
        this.rack = rack;
        this.delivery = delivery;
    }

    int nextTsn() {
        return nextTsn;
    }

    int cumulativeAck() {
        return cumulativeAck;
    }

    long flightBytes() {
        return flightBytes;
    }

    int resendCount() {
        return resendCount;
    }

    int arrivedOutOfOrder() {
        return arrivedOutOfOrder;
    }

    long rttSampleNanos() {
        return rttSampleNanos;
    }

    long retransmittedChunks() {
        return retransmittedChunks;
    }

    long retransmittedBytes() {
        return retransmittedBytes;
    }

    int size() {
        return chunks.size();
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** The one of the lowest TSN, or null. */
    SentChunk first() {
        return chunks.first();
    }

    /** The {@code i}th from the lowest TSN. */
    SentChunk get(int i) {
        return chunks.get(i);
    }

    /** Lets go of what a transfer needed, if there is nothing here. */
    void trim() {
        chunks.trim();
    }

    // ---------------------------------------------------------------- chunks leave

    /** The next fragment of a message leaves. */
    SentChunk send(long now, OutgoingMessage m, int length, int flags, int wireSize) {
        SentChunk c = add(m, length, flags, wireSize);
        left(now, c);
        flightBytes += wireSize;
        return c;
    }

    private SentChunk add(OutgoingMessage m, int length, int flags, int wireSize) {
        SentChunk c = chunks.add();
        c.begin(nextTsn++, m, m.offset, length, flags, m.fragments, wireSize);
        m.addChunk(c);
        return c;
    }

    /** The rest of a message is given a TSN though it never leaves, so that the peer can be told to skip it. */
    void addAbandoned(OutgoingMessage m, int flags) {
        add(m, m.remaining(), flags, 0).state = State.ABANDONED;
    }

    /** A chunk leaves once more: one that was to be sent again, or one that is in flight. */
    void sendAgain(long now, SentChunk c) {
        boolean wasLost = c.state == State.TO_RESEND;
        if (wasLost) {
            c.state = State.IN_FLIGHT;
            resendCount--;
        } else {
            rack.remove(c);
        }
        c.retransmits++;
        retransmittedChunks++;
        retransmittedBytes += c.length;
        left(now, c);
        if (wasLost) {
            flightBytes += c.wireSize;
        }
    }

    private void left(long now, SentChunk c) {
        c.sentNanos = now;
        delivery.sent(now, c, flightBytes);
        rack.sent(c);
    }

    /** Where the first that is to be sent again may stand. */
    int resendIndex() {
        return Math.max(0, chunks.indexOf(resendFrom));
    }

    /** None before this one is to be sent again. */
    void resendFrom(SentChunk c) {
        resendFrom = c.tsn;
    }

    // ---------------------------------------------------------------- chunks arrive

    /** Takes what a SACK acknowledges; returns the bytes of user data of which that is news. */
    long acknowledge(long now, Sack sack) {
        long bytes = 0;
        rttSampleNanos = -1;
        while (!chunks.isEmpty() && !SerialNumbers.before32(sack.cumulativeTsn(), chunks.first().tsn)) {
            assert Steps.count();
            bytes += acknowledgeFirst(now);
        }
        cumulativeAck = sack.cumulativeTsn();
        return bytes + acknowledgeGaps(now, sack);
    }

    private long acknowledgeFirst(long now) {
        SentChunk c = chunks.first();
        // RFC 9260 §6.3.1 C5, Karn's algorithm: "RTT measurements MUST NOT be made using chunks that were
        // retransmitted".
        if (c.state == State.IN_FLIGHT && c.retransmits == 0) {
            rttSampleNanos = now - c.sentNanos;
        }
        long bytes = arrived(now, c);
        if (c.state == State.ACKED) {
            arrivedOutOfOrder--;
        }
        if (c.tsn == c.message.lastTsn && c.message.remaining() == 0) {
            sendQueue.finish(c.message, true);
        }
        c.message.removeFirstChunk();
        chunks.removeFirst();
        return bytes;
    }

    private long acknowledgeGaps(long now, Sack sack) {
        long bytes = 0;
        for (int g = 0; g < sack.gapBlocks(); g++) {
            assert Steps.count();
            int last = Math.min(chunks.indexOf(cumulativeAck + sack.gapEnd(g)), chunks.size() - 1);
            for (int i = unsettled(Math.max(0, chunks.indexOf(cumulativeAck + sack.gapStart(g))));
                    i <= last;
                    i = unsettled(i + 1)) {
                assert Steps.count();
                SentChunk c = chunks.get(i);
                bytes += arrived(now, c);
                c.state = State.ACKED;
                c.settledUpTo = chunks.get(last).tsn;
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
        while (at < chunks.size() && chunks.get(at).isSettled()) {
            assert Steps.count();
            at = chunks.indexOf(chunks.get(at).settledUpTo) + 1;
        }
        for (int j = i; j < at; ) {
            SentChunk c = chunks.get(j);
            j = chunks.indexOf(c.settledUpTo) + 1;
            c.settledUpTo = chunks.first().tsn + at - 1;
        }
        return at;
    }

    /** The peer has the chunk; returns its payload bytes where that is news. */
    private long arrived(long now, SentChunk c) {
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

    // ---------------------------------------------------------------- chunks are lost or given up

    /** A chunk that is in flight, or that the peer no longer has, is to be sent again. */
    void resend(SentChunk c) {
        leaveFlight(c);
        c.state = State.TO_RESEND;
        c.settledUpTo = c.tsn;
        if (resendCount++ == 0 || SerialNumbers.before32(c.tsn, resendFrom)) {
            resendFrom = c.tsn;
        }
    }

    /** A chunk that the peer may not have is given up. */
    void abandon(SentChunk c) {
        leaveFlight(c);
        c.state = State.ABANDONED;
    }

    /**
     * The peer has dropped what it had acknowledged by gap blocks, as RFC 9260 §6.2.1 lets it: that is to be sent
     * again, unless its message is given up.
     */
    void renege(SentChunk c) {
        arrivedOutOfOrder--;
        if (c.message.abandoned) {
            c.state = State.ABANDONED;
        } else {
            resend(c);
        }
    }

    /** Nothing leaves any more. */
    void finishAll() {
        for (int i = 0; i < chunks.size(); i++) {
            sendQueue.finish(chunks.get(i).message, false);
        }
    }
}
