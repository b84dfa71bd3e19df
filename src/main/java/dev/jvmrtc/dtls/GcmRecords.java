package dev.jvmrtc.dtls;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.crypto.ReplayWindow;
import dev.jvmrtc.wire.Bytes;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The records of DTLS 1.2 after the handshake (RFC 6347 §4.1) under AES-GCM (RFC 5288 §3): what carries all application
 * data. JCA makes a few small objects for each; nothing else is allocated.
 *
 * <pre>
 * type 1 | version 2 | epoch 2 | sequence number 6 | length 2 | explicit nonce 8 | ciphertext | tag 16
 * </pre>
 *
 * One thread at a time.
 */
public final class GcmRecords {
    public static final int HEADER_LENGTH = 13;
    /** RFC 5246 §6.2.1. */
    public static final int MAX_PLAINTEXT = 1 << 14;

    private static final int NONCE_LENGTH = 8;
    private static final int TAG_LENGTH = 16;
    /** Where the ciphertext begins in a record, and in its place the plaintext. */
    public static final int PLAINTEXT_OFFSET = HEADER_LENGTH + NONCE_LENGTH;
    /** What a record is longer than its plaintext. */
    public static final int OVERHEAD = HEADER_LENGTH + NONCE_LENGTH + TAG_LENGTH;

    private static final int VERSION = 0xfefd;
    private static final int EPOCH = 1;
    private static final byte[] NONE = new byte[0];

    /**
     * One direction's cipher, which is told anew of key and nonce for each record.
     *
     * @param salt the 4 bytes of the nonce that the handshake has made
     */
    public record Direction(Cipher cipher, SecretKey key, byte[] salt) {}

    private final Direction write;
    private final Direction read;
    /** Of the records that leave. */
    private final RecordNumbers numbers;

    private final Counters drops;
    /** The numbers of those that have come: RFC 6347 §4.1.2.6. */
    private final ReplayWindow seen = new ReplayWindow();
    /** Of the record at hand, made in place. */
    private final byte[] nonce = new byte[12];
    /** What the record at hand authenticates besides its text, likewise. */
    private final byte[] associated = new byte[13];
    /** The record sealed last; as large as the largest so far. */
    private byte[] sealed = NONE;

    /**
     * @param numbers counts all records that leave, those that are made elsewhere too: two under one number give the
     *     key stream away
     */
    public GcmRecords(Direction write, Direction read, RecordNumbers numbers, Counters drops) {
        this.write = write;
        this.read = read;
        this.numbers = numbers;
        this.drops = drops;
    }

    /**
     * Makes a record; it is the first bytes of {@link #sealed}, as many as returned.
     *
     * @throws IllegalArgumentException where {@code length} is more than {@link #MAX_PLAINTEXT}
     */
    public int seal(int type, byte[] data, int offset, int length) {
        if (length > MAX_PLAINTEXT) {
            throw new IllegalArgumentException("a record holds at most " + MAX_PLAINTEXT + " bytes, not " + length);
        }
        if (sealed.length < length + OVERHEAD) {
            sealed = new byte[length + OVERHEAD];
        }
        byte[] out = sealed;
        long number = (long) EPOCH << 48 | numbers.take();
        out[0] = (byte) type;
        Bytes.put16(out, 1, VERSION);
        Bytes.put64(out, 3, number);
        Bytes.put16(out, 11, NONCE_LENGTH + length + TAG_LENGTH);
        // RFC 5288 §3: a nonce must not come twice under a key, and the record's number never does.
        Bytes.put64(out, HEADER_LENGTH, number);
        try {
            start(Cipher.ENCRYPT_MODE, write, out, 0, length);
            return HEADER_LENGTH
                    + NONCE_LENGTH
                    + write.cipher.doFinal(data, offset, length, out, HEADER_LENGTH + NONCE_LENGTH);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
    }

    public byte[] sealed() {
        return sealed;
    }

    /**
     * Whether a record, whose header is whole, may be one of ours: application data of the epoch after the handshake.
     */
    public static boolean isApplicationData(byte[] datagram, int offset) {
        return datagram[offset] == 23 && Bytes.u16(datagram, offset + 3) == EPOCH;
    }

    /**
     * Opens a record in place, of which all {@code length} bytes are there; the plaintext begins at
     * {@link #PLAINTEXT_OFFSET} of it.
     *
     * @return the plaintext's length, or −1 where the record is dropped, which is counted; its bytes are then undefined
     */
    public int open(byte[] datagram, int offset, int length) {
        int plaintext = length - OVERHEAD;
        if (plaintext < 0 || plaintext > MAX_PLAINTEXT) {
            drops.count("DTLS record of a wrong length");
            return -1;
        }
        long number = u48(datagram, offset + 5);
        if (!seen.accepts(number)) {
            drops.count("DTLS record seen before, or too old");
            return -1;
        }
        try {
            start(Cipher.DECRYPT_MODE, read, datagram, offset, plaintext);
            int n = read.cipher.doFinal(
                    datagram, offset + PLAINTEXT_OFFSET, plaintext + TAG_LENGTH, datagram, offset + PLAINTEXT_OFFSET);
            seen.add(number);
            return n;
        } catch (AEADBadTagException e) {
            // RFC 6347 §4.1.2.7: a record that is not authentic is dropped, and the association goes on.
            drops.count("DTLS record that is not authentic");
            return -1;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
    }

    /**
     * RFC 5246 §6.2.3.3: what is authenticated besides is the number, the type, the version and the plaintext's length.
     */
    private void start(int mode, Direction d, byte[] record, int offset, int plaintext)
            throws GeneralSecurityException {
        System.arraycopy(d.salt, 0, nonce, 0, 4);
        System.arraycopy(record, offset + HEADER_LENGTH, nonce, 4, NONCE_LENGTH);
        System.arraycopy(record, offset + 3, associated, 0, 8);
        System.arraycopy(record, offset, associated, 8, 3);
        Bytes.put16(associated, 11, plaintext);
        d.cipher.init(mode, d.key, new GCMParameterSpec(TAG_LENGTH * 8, nonce));
        d.cipher.updateAAD(associated);
    }

    private static long u48(byte[] b, int i) {
        return (long) Bytes.u16(b, i) << 32 | Bytes.u32(b, i + 2);
    }
}
