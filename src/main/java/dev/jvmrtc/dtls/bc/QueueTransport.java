package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.RecordNumbers;
import dev.jvmrtc.wire.Bytes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.bouncycastle.tls.DatagramTransport;

/**
 * The datagram transport under Bouncy Castle: a queue in, a callback out. While a handshake runs, {@code receive} parks the handshake's thread at the
 * {@link Rendezvous}; afterwards it never blocks.
 */
final class QueueTransport implements DatagramTransport {

    /** Datagrams that wait to be processed; a flight has fewer than ten. Chromium retries its ClientHello, GStreamer cuts a flight into a dozen. */
    static final int MAX_QUEUED = 64;
    /** RFC 6347 §3.2.3 messages of a handshake: certificates are the largest, and even long RSA chains stay below this. */
    static final int MAX_HANDSHAKE_MESSAGE = 32_768;
    /** Fragments accepted in one handshake; each makes the reassembler work. */
    static final int MAX_FRAGMENTS = 2_000;
    private static final int HANDSHAKE_RECEIVE_LIMIT = 2_048;
    static final int SEND_LIMIT = 1_200;
    private static final String BEYOND_BOUNDS = "DTLS datagram beyond the bounds";

    /** What {@code receive} throws when the queue is empty after the handshake: Bouncy Castle passes exactly this through. */
    static final class Empty extends InterruptedIOException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    static final Empty EMPTY = new Empty();

    private final Rendezvous rendezvous;
    private final DtlsEngine.Output output;
    private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
    final EarlyRecords early;
    private byte[] lent;
    private int lentOffset;
    /** That of the datagram lent last: what Bouncy Castle has still to hand over is not longer. */
    private int lentLength;
    private boolean handshaking = true;
    private boolean timeoutFired;
    private int lastWaitMillis;
    private boolean closed;
    private int fragments;
    private final RecordNumbers numbers;
    private final Counters drops;

    QueueTransport(Rendezvous rendezvous, DtlsEngine.Output output, RecordNumbers numbers, Counters drops) {
        this.rendezvous = rendezvous;
        this.output = output;
        this.numbers = numbers;
        this.drops = drops;
        this.early = new EarlyRecords(drops);
    }

    /** Lends a datagram until {@link #takeBack}; false where it is dropped. Only after the handshake. */
    boolean lend(byte[] data, int offset, int length) {
        if (!isBounded(data, offset, length)) {
            drops.count(BEYOND_BOUNDS);
            return false;
        }
        lent = data;
        lentOffset = offset;
        lentLength = length;
        return true;
    }

    void takeBack() {
        lent = null;
    }

    /** Queues a copy for the handshake; false where it was dropped. */
    boolean offer(byte[] data, int offset, int length) {
        if (inbox.size() >= MAX_QUEUED || !isBounded(data, offset, length)) {
            drops.count(BEYOND_BOUNDS);
            return false;
        }
        early.pass(Arrays.copyOfRange(data, offset, offset + length), inbox);
        return true;
    }

    /**
     * Whether every plaintext handshake fragment announces a message of a sane size. bctls allocates what the 24-bit length field says, before anything is
     * authenticated (CVE-2026-59646), so larger announcements must not reach it.
     */
    private boolean isBounded(byte[] d, int offset, int length) {
        int end = offset + length;
        for (int p = offset; p + 13 <= end; ) {
            int recordLength = Bytes.u16(d, p + 11);
            int recordEnd = Math.min(end, p + 13 + recordLength);
            boolean plainHandshake = d[p] == 22 && Bytes.u16(d, p + 3) == 0;
            for (int q = p + 13; plainHandshake && q + 12 <= recordEnd; ) {
                if (Bytes.u24(d, q + 1) > MAX_HANDSHAKE_MESSAGE || ++fragments > MAX_FRAGMENTS) {
                    return false;
                }
                q += 12 + Bytes.u24(d, q + 9);
            }
            p = recordEnd;
        }
        return true;
    }

    /** What the handshake has left over: application data that was with it or before it. */
    List<byte[]> handshakeDone() {
        handshaking = false;
        List<byte[]> left = new ArrayList<>(inbox);
        left.addAll(early.applicationData);
        inbox.clear();
        early.applicationData.clear();
        return left;
    }

    /** Makes the parked {@code receive} report a timeout, so that Bouncy Castle resends. */
    void fireTimeout() {
        timeoutFired = true;
    }

    @Override
    public int getReceiveLimit() {
        return handshaking ? HANDSHAKE_RECEIVE_LIMIT : lentLength;
    }

    @Override
    public int getSendLimit() {
        return handshaking ? SEND_LIMIT : 1 << 14;
    }

    @Override
    public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
        if (lent != null) {
            int n = Math.min(length, lentLength);
            System.arraycopy(lent, lentOffset, buffer, offset, n);
            lent = null;
            return n;
        }
        if (!handshaking) {
            throw EMPTY;
        }
        if (inbox.isEmpty()) {
            if (timeoutFired && waitMillis != 0 && waitMillis <= lastWaitMillis) {
                // Bouncy Castle reads its own clock and asks again, for less and less, until that has caught up with ours.
                lastWaitMillis = waitMillis;
                LockSupport.parkNanos(200_000);
                return -1;
            }
            // A longer wait than the last one says that it has noticed the timeout, and has resent its flight if it had any.
            timeoutFired = false;
            lastWaitMillis = waitMillis;
            rendezvous.park(waitMillis);
            if (closed) {
                throw new IOException("closed during the handshake");
            }
            if (inbox.isEmpty()) {
                return -1;
            }
        }
        byte[] datagram = inbox.poll();
        int n = Math.min(length, datagram.length);
        System.arraycopy(datagram, 0, buffer, offset, n);
        return n;
    }

    @Override
    public void send(byte[] data, int offset, int length) {
        timeoutFired = false;
        if (numbers.last() >= 0 && Bytes.u16(data, offset + 3) == 1) {
            // Bouncy Castle sends one record at a time, and this one was encrypted under the number taken last.
            Bytes.put16(data, offset + 5, (int) (numbers.last() >>> 32));
            Bytes.put32(data, offset + 7, (int) numbers.last());
        }
        output.send(data, offset, length);
    }

    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}
