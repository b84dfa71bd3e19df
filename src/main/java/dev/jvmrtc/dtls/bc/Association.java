package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.GcmRecords;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Queue;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.DTLSTransport;

/**
 * An association after its handshake: application data under AES-GCM by {@link GcmRecords}, the rest, alerts and resent
 * flights, by Bouncy Castle; where another cipher was negotiated, all by Bouncy Castle (docs/adr/0006).
 */
final class Association {
    private static final byte[] NONE = new byte[0];
    private static final int APPLICATION_DATA = 23;

    /** What it has come of, whose ciphers and alerts go on. */
    private final Handshake handshake;
    /** Bouncy Castle's record layer. */
    private final DTLSTransport bouncyCastle;
    /** What that layer reads from and writes to. */
    private final QueueTransport transport;

    private final RecordFilter filter;
    private final DtlsEngine.Output output;
    private final Queue<DtlsEvent> events;
    private final Counters drops;
    /** Ours, or null where Bouncy Castle does all. */
    private final GcmRecords records;
    /**
     * Where Bouncy Castle puts a record's plaintext; as large as the largest datagram so far, since idle connections
     * are many and large records few.
     */
    private byte[] plain = NONE;
    /** The event of the latest record, as a rule. */
    private final DtlsEvent.Data reused = new DtlsEvent.Data(LentBytes.reusable());
    /** Whether the peer has ended it, or nothing more can be sent or received. */
    private boolean ended;
    /** Why it has ended; null where the peer has said close_notify. */
    private Throwable failure;

    /** @param handshake one that has ended well */
    Association(
            Handshake handshake,
            RecordFilter filter,
            DtlsEngine.Output output,
            Queue<DtlsEvent> events,
            Counters drops) {
        this.handshake = handshake;
        this.bouncyCastle = handshake.result;
        this.transport = handshake.transport;
        this.filter = filter;
        this.output = output;
        this.events = events;
        this.drops = drops;
        transport.handshakeDone();
        filter.setConnected();
        records = handshake.crypto.records(drops);
        countRefused();
    }

    boolean hasEnded() {
        return ended;
    }

    Throwable failure() {
        return failure;
    }

    // ---------------------------------------------------------------- from the peer

    void receive(LentBytes datagram) {
        if (records == null) {
            receiveByBouncyCastle(datagram);
            return;
        }
        byte[] data = datagram.array();
        int start = datagram.offset();
        int length = datagram.length();
        for (int p = 0; p < length && !ended; ) {
            assert Steps.count();
            int n = length - p < GcmRecords.HEADER_LENGTH
                    ? Integer.MAX_VALUE
                    : GcmRecords.HEADER_LENGTH + Bytes.u16(data, start + p + 11);
            if (n > length - p) {
                drops.count("DTLS record of a wrong length");
                return;
            }
            if (GcmRecords.isApplicationData(data, start + p)) {
                int plaintext = records.open(data, start + p, n);
                if (plaintext >= 0) {
                    events.add(data(datagram, p + GcmRecords.PLAINTEXT_OFFSET, plaintext));
                }
            } else {
                receiveByBouncyCastle(datagram.slice(p, n));
            }
            p += n;
        }
    }

    /** Mostly the event before has been polled, and its data released: then it is used again. */
    private DtlsEvent.Data data(LentBytes datagram, int from, int n) {
        if (n == 0 || !datagram.isCounted() || !reused.plaintext().isFree()) {
            return new DtlsEvent.Data(datagram.slice(from, n).retain());
        }
        reused.plaintext().lend(datagram, from, n).retainInPlace();
        return reused;
    }

    private void makeRoom(int length) {
        if (plain.length < length) {
            plain = new byte[length];
        }
    }

    private void receiveByBouncyCastle(LentBytes received) {
        byte[] d = filter.sift(received.array(), received.offset(), received.length());
        if (d == null || transport.isClosed()) {
            return;
        }
        transport.lend(d);
        try {
            while (!ended) {
                makeRoom(transport.getReceiveLimit());
                int n = bouncyCastle.receive(plain, 0, plain.length, 1);
                if (n >= 0) {
                    events.add(new DtlsEvent.Data(LentBytes.of(Arrays.copyOf(plain, n))));
                }
                if (transport.isClosed()) {
                    end(null);
                }
            }
        } catch (QueueTransport.Empty e) {
            if (transport.isClosed()) {
                end(null);
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        } finally {
            transport.takeBack();
            countRefused();
        }
    }

    private void failed(Exception e) {
        if (!handshake.crypto.wasAuthentic() && records != null) {
            // Bouncy Castle has given up, over bytes that anybody may have sent. Our own records go on without it.
            InternalErrors.count(
                    drops,
                    new IllegalStateException(
                            "a record that is not authentic has ended Bouncy Castle's record layer", e));
            transport.close();
        } else if (transport.isClosed()
                && Integer.valueOf(AlertDescription.close_notify).equals(handshake.parameters.receivedAlert)) {
            end(null);
        } else {
            end(e);
        }
    }

    private void countRefused() {
        long n = handshake.crypto.takeRefused();
        if (n > 0) {
            drops.count("DTLS record that is not authentic", n);
        }
    }

    // ---------------------------------------------------------------- to the peer

    /** False where that has failed, and the association has ended. */
    boolean send(byte[] data, int offset, int length) {
        if (records != null) {
            int n = records.seal(APPLICATION_DATA, data, offset, length);
            output.send(records.sealed(), 0, n);
            return true;
        }
        try {
            bouncyCastle.send(data, offset, length);
            return true;
        } catch (IOException e) {
            end(e);
            return false;
        }
    }

    /** Tells the peer that it is the end. */
    void close() {
        try {
            bouncyCastle.close();
        } catch (IOException | RuntimeException e) {
            // The alert could not be sent; the association ends all the same.
        }
    }

    private void end(Throwable why) {
        ended = true;
        failure = why;
    }
}
