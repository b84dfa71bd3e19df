package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.dtls.GcmRecords;
import dev.jvmrtc.wire.Bytes;
import java.util.Arrays;

/**
 * How often what one handshake has had already may come again. RFC 6347 §4.2.4: "the implementation receives a
 * retransmitted flight from the peer: the implementation transitions to the SENDING state, where it retransmits the
 * flight". In the clear anybody can repeat a flight, who knows two addresses and two ports, and the answer is larger
 * and goes to the peer. So each byte of a message that is whole passes again once in a while, however it is cut up, and
 * the while gets longer: from {@link #FIRST_NANOS}, since libwebrtc resends 50 ms after its first flight, to
 * {@link #LONGEST_NANOS}, always less than a peer waits whose timer doubles, as RFC 6347 §4.2.4.1 has it.
 *
 * <p>Messages are told apart as Bouncy Castle tells them: the first fragment of a number says type and length, and
 * others of that number are nothing to it.
 */
final class Repeats {
    static final long FIRST_NANOS = 40_000_000L;
    static final long LONGEST_NANOS = 640_000_000L;
    static final String TOO_OFTEN = "DTLS flight repeated too often";
    private static final int FRAGMENT_HEADER = 12;
    private static final int HANDSHAKE = 22;
    private static final int HELLO_VERIFY_REQUEST = 3;
    /** Bouncy Castle looks 16 ahead, and no handshake has as many. */
    private static final int MAX_MESSAGES = 32;
    /**
     * All HelloVerifyRequests are one message, whatever they say: each, if only of another length, would draw a
     * ClientHello.
     */
    private static final int VERIFY_REQUESTS = MAX_MESSAGES;

    private final Counters drops;
    /** By number: type and length, plus one. */
    private final int[] kind = new int[MAX_MESSAGES + 1];
    /** By number: what has come; and what has come again in this while. */
    private final Pieces[] come = new Pieces[MAX_MESSAGES + 1];

    private final Pieces[] again = new Pieces[MAX_MESSAGES + 1];
    /** Whether a HelloVerifyRequest has come again in this while. */
    private boolean verifyRequestAgain;
    /** How long this while lasts; twice as long each time. */
    private long whileNanos = FIRST_NANOS / 2;
    /** When the next begins; NEVER before anything came again. */
    private long nextNanos = ProtocolCore.NEVER;

    Repeats(Counters drops) {
        this.drops = drops;
    }

    /**
     * Removes the records that repeat something too soon; the bytes that stay are the first of the array. Returns their
     * number.
     */
    int sift(long now, byte[] d) {
        int n = 0;
        for (int p = 0; p + GcmRecords.HEADER_LENGTH <= d.length; ) {
            assert Steps.count();
            int size = Math.min(d.length - p, GcmRecords.HEADER_LENGTH + Bytes.u16(d, p + 11));
            boolean whole =
                    size == GcmRecords.HEADER_LENGTH + Bytes.u16(d, p + 11); // what was cut on its way brings nothing
            if (!whole
                    || d[p] != HANDSHAKE
                    || Bytes.u16(d, p + 3) != 0
                    || passes(now, d, p + GcmRecords.HEADER_LENGTH, p + size)) {
                System.arraycopy(d, p, d, n, n == p ? 0 : size);
                n += size;
            } else {
                drops.count(TOO_OFTEN);
            }
            p += size;
        }
        return n;
    }

    private boolean passes(long now, byte[] d, int from, int to) {
        boolean begins = nextNanos == ProtocolCore.NEVER
                || ProtocolCore.due(nextNanos, now); // a while of its own, if it repeats anything
        boolean repeats = false;
        for (int q = from; isIn(d, q, to); q += FRAGMENT_HEADER + Bytes.u24(d, q + 9)) {
            assert Steps.count();
            int i = index(d, q);
            if (isRepeated(d, q, i)) {
                repeats = true;
                if (!begins && (i == VERIFY_REQUESTS ? verifyRequestAgain : again[i] != null && again[i].have(d, q))) {
                    return false;
                }
            }
        }
        if (repeats && begins) {
            Arrays.fill(again, null);
            verifyRequestAgain = false;
            whileNanos = Math.min(2 * whileNanos, LONGEST_NANOS);
            nextNanos = now + whileNanos;
        }
        for (int q = from; isIn(d, q, to); q += FRAGMENT_HEADER + Bytes.u24(d, q + 9)) {
            assert Steps.count();
            note(d, q);
        }
        return true;
    }

    /** Whether the fragment that begins there is in its record. */
    private static boolean isIn(byte[] d, int q, int end) {
        return q + FRAGMENT_HEADER <= end && q + FRAGMENT_HEADER + Bytes.u24(d, q + 9) <= end;
    }

    private static int index(byte[] d, int q) {
        int sequence = Bytes.u16(d, q + 4);
        return d[q] == HELLO_VERIFY_REQUEST ? VERIFY_REQUESTS : sequence < MAX_MESSAGES ? sequence : -1;
    }

    private static int kind(byte[] d, int q) {
        return (d[q] << 24 | Bytes.u24(d, q + 1)) + 1;
    }

    private boolean isOfKind(byte[] d, int q, int i) {
        return i >= 0 && (i == VERIFY_REQUESTS ? kind[i] != 0 : kind[i] == kind(d, q));
    }

    private boolean isRepeated(byte[] d, int q, int i) {
        return isOfKind(d, q, i) && (i == VERIFY_REQUESTS || isWhole(i));
    }

    private boolean isWhole(int i) {
        return come[i] != null && come[i].isWhole(kind[i] - 1 & 0xffffff);
    }

    private void note(byte[] d, int q) {
        int i = index(d, q);
        if (i < 0) {
            return;
        }
        if (isRepeated(d, q, i)) {
            verifyRequestAgain |= i == VERIFY_REQUESTS;
            addTo(again, d, q, i);
            return;
        }
        kind[i] = kind[i] == 0 ? kind(d, q) : kind[i];
        if (isOfKind(d, q, i)) {
            addTo(come, d, q, i);
        }
    }

    private static void addTo(Pieces[] pieces, byte[] d, int q, int i) {
        if (i != VERIFY_REQUESTS) {
            pieces[i] = pieces[i] == null ? new Pieces() : pieces[i];
            pieces[i].add(d, q);
        }
    }

    /** Whether the first message, of a server's the ClientHello, is whole. */
    boolean hasFirstMessage() {
        return kind[0] != 0 && isWhole(0);
    }

    /**
     * Whether all messages before this one are whole, and it is not. A HelloVerifyRequest is the first of its server's
     * (RFC 6347 §4.2.2).
     */
    boolean waitFor(int sequence) {
        for (int i = 0; i < Math.min(sequence, MAX_MESSAGES); i++) {
            assert Steps.count();
            if (!isWhole(i) && (i > 0 || kind[VERIFY_REQUESTS] == 0)) {
                return false;
            }
        }
        return sequence < MAX_MESSAGES && !isWhole(sequence);
    }
}
