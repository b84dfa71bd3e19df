package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.GcmRecords;
import dev.jvmrtc.wire.Bytes;
import java.util.Arrays;

/**
 * Lets through what Bouncy Castle may see of what comes in. Anybody can send records that are not authentic, or not
 * yet, and its record layer takes several of them for the end: RFC 6347 §4.1.2.7, "invalid records SHOULD be silently
 * discarded, thus preserving the association". What passes is whole, of a kind, version and epoch that the peer can
 * send at this point, and announces no message beyond the bounds.
 *
 * <p>Clear records get numbers of ours. Their own are not authenticated, and a forged large one would shut Bouncy
 * Castle's replay window for all that are genuine. An alert in the clear is not passed on: see
 * {@link #takeClearAlert()}.
 */
class RecordFilter {
    /**
     * RFC 6347 §3.2.3 messages of a handshake: certificates are the largest, and even long RSA chains stay below this.
     */
    static final int MAX_HANDSHAKE_MESSAGE = 32_768;
    /** Fragments accepted in one association; each makes the reassembler work. */
    static final int MAX_FRAGMENTS = 2_000;

    private static final int FRAGMENT_HEADER = 12;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int APPLICATION_DATA = 23;
    private static final int DTLS_10 = 0xfeff;
    private static final int DTLS_12 = 0xfefd;
    private static final int CLIENT_HELLO = 1;
    /** ClientHello, Certificate, CertificateVerify, ClientKeyExchange. */
    private static final long OF_A_CLIENT = bits(CLIENT_HELLO, 11, 15, 16);

    private static final int SERVER_HELLO = 2;
    private static final int HELLO_VERIFY_REQUEST = 3;
    /**
     * These, NewSessionTicket, Certificate, ServerKeyExchange, CertificateRequest, ServerHelloDone, CertificateStatus.
     */
    private static final long OF_A_SERVER = bits(SERVER_HELLO, HELLO_VERIFY_REQUEST, 4, 11, 12, 13, 14, 22);

    static final String BEYOND_BOUNDS = "DTLS datagram beyond the bounds";
    private static final String WRONG_LENGTH = "DTLS record of a wrong length";
    private static final String OUT_OF_PLACE = "DTLS record of a kind or version that does not belong here";
    private static final String CLEAR_ALERT = "DTLS alert in the clear";

    private final Counters drops;
    /** Whether we are. */
    private boolean server;
    /** Whether the handshake is over. */
    private boolean connected;
    /** Fragments of handshake messages so far. */
    private int fragments;
    /** What the next clear record that passes is numbered. */
    private long clearNumbers;
    /** The alert in the clear that came last, level and description; −1 for none. */
    private int clearAlert = -1;
    /** The message beyond the bounds that came last, number and length; −1 for none. */
    private long oversized = -1;
    /** Whether the datagram sifted last has a whole one. */
    private boolean wholeClientHello;

    RecordFilter(Counters drops) {
        this.drops = drops;
    }

    private static long bits(int... positions) {
        return Arrays.stream(positions).mapToLong(p -> 1L << p).reduce(0, (a, b) -> a | b);
    }

    void setRole(DtlsRole role) {
        server = role == DtlsRole.SERVER;
    }

    /** From now on what is in the clear has no place, but for a flight that the peer sends again. */
    void setConnected() {
        connected = true;
    }

    /** A copy of the records that pass; null where none does. */
    byte[] sift(byte[] data, int offset, int length) {
        byte[] kept = null;
        int n = 0;
        wholeClientHello = false;
        int end = offset + length;
        for (int p = offset; p < end; ) {
            assert Steps.count();
            int size = end - p < GcmRecords.HEADER_LENGTH
                    ? Integer.MAX_VALUE
                    : GcmRecords.HEADER_LENGTH + Bytes.u16(data, p + 11);
            if (size > end - p) {
                drops.count(WRONG_LENGTH);
                break;
            }
            if (passes(data, p, size)) {
                kept = kept == null ? new byte[end - p] : kept;
                System.arraycopy(data, p, kept, n, size);
                if (Bytes.u16(kept, n + 3) == 0) {
                    Bytes.put16(kept, n + 5, (int) (clearNumbers >>> 32));
                    Bytes.put32(kept, n + 7, (int) clearNumbers++);
                }
                n += size;
            }
            p += size;
        }
        return kept == null || kept.length == n ? kept : Arrays.copyOf(kept, n);
    }

    private boolean passes(byte[] d, int p, int size) {
        int version = Bytes.u16(d, p + 1);
        return switch (Bytes.u16(d, p + 3)) {
            case 0 -> passesInTheClear(d[p], version, d, p, size);
            case 1 -> version == DTLS_12 && d[p] >= ALERT && d[p] <= APPLICATION_DATA ? true : drop(OUT_OF_PLACE);
            default -> drop(OUT_OF_PLACE);
        };
    }

    private boolean passesInTheClear(int type, int version, byte[] d, int p, int size) {
        int body = size - GcmRecords.HEADER_LENGTH;
        if (type == HANDSHAKE && (server || !connected) && body >= FRAGMENT_HEADER) {
            int message = d[p + GcmRecords.HEADER_LENGTH];
            // RFC 6347 §4.2.1: before the version is agreed upon, the peer may write 1.0.
            boolean early = version == DTLS_10
                    && (server ? message == CLIENT_HELLO : message == SERVER_HELLO || message == HELLO_VERIFY_REQUEST);
            return version == DTLS_12 || early
                    ? isValid(d, p + GcmRecords.HEADER_LENGTH, p + size)
                    : drop(OUT_OF_PLACE);
        }
        if (type == CHANGE_CIPHER_SPEC
                && !connected
                && version == DTLS_12
                && body == 1
                && d[p + GcmRecords.HEADER_LENGTH] == 1) {
            return true;
        }
        if (type == ALERT && !connected && body == 2) {
            clearAlert = Bytes.u16(d, p + GcmRecords.HEADER_LENGTH);
            return drop(CLEAR_ALERT);
        }
        return drop(OUT_OF_PLACE);
    }

    /**
     * Whether each fragment is whole, of a message that the peer sends in the clear, and announces a message of a sane
     * size. bctls allocates what the 24-bit length field says, before anything is authenticated (CVE-2026-59646), so
     * larger announcements must not reach it.
     */
    private boolean isValid(byte[] d, int from, int end) {
        for (int q = from; q < end; ) {
            assert Steps.count();
            if (end - q < FRAGMENT_HEADER) {
                return drop(WRONG_LENGTH);
            }
            int message = Bytes.u24(d, q + 1);
            int offset = Bytes.u24(d, q + 6);
            int length = Bytes.u24(d, q + 9);
            if (message > MAX_HANDSHAKE_MESSAGE) {
                oversized = isOfPeer(d[q]) ? (long) Bytes.u16(d, q + 4) << 32 | message : oversized;
                return drop(BEYOND_BOUNDS);
            }
            if (++fragments > MAX_FRAGMENTS) {
                return drop(BEYOND_BOUNDS);
            }
            if (length > end - q - FRAGMENT_HEADER || offset + length > message) {
                return drop(WRONG_LENGTH);
            }
            if (!isOfPeer(d[q])) {
                return drop(OUT_OF_PLACE);
            }
            wholeClientHello |= d[q] == CLIENT_HELLO && length == message;
            q += FRAGMENT_HEADER + length;
        }
        return true;
    }

    /** Whether the peer sends messages of this type in the clear. */
    private boolean isOfPeer(int type) {
        return type >= 0 && type <= 63 && ((server ? OF_A_CLIENT : OF_A_SERVER) >>> type & 1) != 0;
    }

    private boolean drop(String reason) {
        drops.count(reason);
        return false;
    }

    /** Whether what was let through last has a ClientHello in one piece. */
    boolean hasWholeClientHello() {
        return wholeClientHello;
    }

    /** Level and description of the latest alert in the clear, once; −1 for none. */
    int takeClearAlert() {
        int a = clearAlert;
        clearAlert = -1;
        return a;
    }

    /**
     * Number (the upper half) and length of the latest handshake message that was dropped because it is too large,
     * once; −1 for none.
     */
    long takeOversized() {
        long o = oversized;
        oversized = -1;
        return o;
    }
}
