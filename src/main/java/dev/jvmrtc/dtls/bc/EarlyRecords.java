package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.dtls.GcmRecords;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Queue;

/**
 * Holds back datagrams of a handshake that reordering brought too early: encrypted records before ChangeCipherSpec, and
 * on the server ChangeCipherSpec before the client's last clear message, CertificateVerify (we always ask for a
 * certificate). Bouncy Castle would drop the former, and after the latter would take no clear message any more.
 * Application data, which it would drop too, waits for the end of the handshake.
 */
final class EarlyRecords {
    static final int MAX_HELD = 16;
    private static final String TOO_EARLY = "DTLS datagram too early, one of too many";
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;
    private static final int CERTIFICATE_VERIFY = 15;
    private static final int MAX_MESSAGE_SEQUENCE = 64;

    /** The datagrams that came too early, the oldest first. */
    private final ArrayDeque<byte[]> held = new ArrayDeque<>();
    /** Those of application data, which wait for the end of the handshake. */
    final ArrayDeque<byte[]> applicationData = new ArrayDeque<>();
    /** The numbers of the messages that are whole. */
    private final BitSet messages = new BitSet();
    /** By number: what has come of those that are not. */
    private final Pieces[] received = new Pieces[MAX_MESSAGE_SEQUENCE];

    private final Counters drops;
    private final boolean server;
    /** The number of the client's last clear message; −1 before it has come. */
    private int lastClearSequence = -1;
    /** Whether ChangeCipherSpec has been passed on. */
    private boolean cipherSpecPassed;

    EarlyRecords(Counters drops, boolean server) {
        this.drops = drops;
        this.server = server;
    }

    /** Passes a datagram on, or holds it; what it makes possible follows it. */
    void pass(byte[] datagram, Queue<byte[]> inbox) {
        if (datagram.length >= GcmRecords.HEADER_LENGTH && GcmRecords.isApplicationData(datagram, 0)) {
            if (applicationData.size() < MAX_HELD) {
                applicationData.add(datagram);
            } else {
                drops.count(TOO_EARLY);
            }
            return;
        }
        if (mustWait(datagram)) {
            if (held.size() == MAX_HELD) {
                drops.count(TOO_EARLY);
                held.poll();
            }
            held.add(datagram);
            return;
        }
        observe(datagram);
        inbox.add(datagram);
        for (int n = held.size(); n > 0; n--) {
            assert Steps.count();
            byte[] d = held.poll();
            if (mustWait(d)) {
                held.add(d);
            } else {
                observe(d);
                inbox.add(d);
                n = held.size() + 1;
            }
        }
    }

    private boolean mustWait(byte[] d) {
        if (d.length < 13) {
            return false;
        }
        if (Bytes.u16(d, 3) > 0) {
            return !cipherSpecPassed;
        }
        return d[0] == CHANGE_CIPHER_SPEC && server && !clearMessagesComplete();
    }

    private boolean clearMessagesComplete() {
        return lastClearSequence >= 0 && messages.nextClearBit(0) > lastClearSequence;
    }

    private void observe(byte[] d) {
        for (int p = 0; p + 13 <= d.length; ) {
            assert Steps.count();
            int end = Math.min(d.length, p + 13 + Bytes.u16(d, p + 11));
            if (d[p] == CHANGE_CIPHER_SPEC) {
                cipherSpecPassed = true;
            } else if (d[p] == HANDSHAKE && Bytes.u16(d, p + 3) == 0) {
                for (int q = p + 13; q + 12 <= end; q += 12 + Bytes.u24(d, q + 9)) {
                    assert Steps.count();
                    observeFragment(d, q);
                }
            }
            p = end;
        }
    }

    private void observeFragment(byte[] d, int q) {
        int sequence = Bytes.u16(d, q + 4);
        if (sequence >= MAX_MESSAGE_SEQUENCE) {
            return;
        }
        if (!messages.get(sequence)) {
            received[sequence] = received[sequence] == null ? new Pieces() : received[sequence];
            received[sequence].add(d, q);
            if (received[sequence].isWhole(Bytes.u24(d, q + 1))) {
                messages.set(sequence);
                received[sequence] = null;
            }
        }
        if (d[q] == CERTIFICATE_VERIFY) {
            lastClearSequence = sequence;
        }
    }
}
