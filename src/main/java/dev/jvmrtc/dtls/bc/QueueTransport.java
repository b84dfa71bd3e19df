package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.wire.Bytes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import org.bouncycastle.tls.DatagramTransport;

/**
 * The datagram transport under Bouncy Castle. While a handshake runs, on its own thread, datagrams come and go by the
 * {@link Handoff}; afterwards, on the loop, what is received is lent, what is sent leaves at once, and nothing ever
 * blocks.
 */
final class QueueTransport implements DatagramTransport {
    private static final int HANDSHAKE_RECEIVE_LIMIT = 2_048;
    static final int SEND_LIMIT = 1_200;
    private static final int ALERT = 21;

    /**
     * What {@code receive} throws when the queue is empty after the handshake: Bouncy Castle passes exactly this
     * through.
     */
    static final class Empty extends InterruptedIOException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    static final Empty EMPTY = new Empty();

    private final Handoff handoff;
    private final DtlsEngine.Output output;
    private final FastGcmCrypto crypto;
    /** The datagram that Bouncy Castle is to receive; null when it has. */
    private byte[] lent;
    /** That of the datagram lent last: what Bouncy Castle has still to hand over is not longer. */
    private int lentLength;

    /** Whether a datagram of the peer is being handled. */
    private boolean receiving;
    /** Whether the handshake goes on. */
    private boolean handshaking = true;
    /** Whether Bouncy Castle has closed it. */
    private boolean closed;

    QueueTransport(Handoff handoff, DtlsEngine.Output output, FastGcmCrypto crypto) {
        this.handoff = handoff;
        this.output = output;
        this.crypto = crypto;
    }

    /** Lends a datagram until {@link #takeBack}. Only after the handshake. */
    void lend(byte[] data) {
        lent = data;
        lentLength = data.length;
        receiving = true;
        crypto.forgetAuthentic();
    }

    void takeBack() {
        lent = null;
        receiving = false;
    }

    void handshakeDone() {
        handshaking = false;
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
        byte[] datagram = lent;
        lent = null;
        if (datagram == null) {
            if (!handshaking) {
                throw EMPTY;
            }
            datagram = handoff.receive(waitMillis);
            if (datagram == null) {
                return -1;
            }
        }
        int n = Math.min(length, datagram.length);
        System.arraycopy(datagram, 0, buffer, offset, n);
        return n;
    }

    @Override
    public void send(byte[] data, int offset, int length) {
        if (receiving && data[offset] == ALERT && !crypto.wasAuthentic()) {
            return; // what is not authentic must not make us say that it is the end
        }
        long number = crypto.lastNumber();
        if (number >= 0 && Bytes.u16(data, offset + 3) == 1) {
            // Bouncy Castle sends one record at a time, and this one was encrypted under the number taken last.
            Bytes.put16(data, offset + 5, (int) (number >>> 32));
            Bytes.put32(data, offset + 7, (int) number);
        }
        if (handshaking) {
            handoff.send(Arrays.copyOfRange(data, offset, offset + length));
        } else {
            output.send(data, offset, length);
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Whether Bouncy Castle has closed it. */
    boolean isClosed() {
        return closed;
    }
}
