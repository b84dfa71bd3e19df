package dev.jvmrtc.srtp;

import dev.jvmrtc.crypto.Jca;
import dev.jvmrtc.wire.Bytes;
import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES in counter mode with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1). The key stream is made of one AES/ECB call over the
 * packet's counter blocks, which has no IV object to set up: nothing is allocated per packet.
 */
final class AesCmCipher implements PacketCipher {
    private static final int TAG = 10;
    private static final int SRTCP_E_BIT = 0x80000000;

    private final Cipher aes;
    private final MessageDigest sha1;
    private final byte[] salt;
    private final byte[] innerPad = new byte[64];
    private final byte[] outerPad = new byte[64];
    private final byte[] digest = new byte[20];
    private final byte[] rocBytes = new byte[4];
    private byte[] counters = {};
    private byte[] keyStream = {};

    AesCmCipher(SrtpKeys keys) {
        try {
            aes = Jca.cipher("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(keys.encryption, "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES does not take the key", e);
        }
        sha1 = Jca.digest("SHA-1");
        salt = Arrays.copyOf(keys.salt, 16);
        Arrays.fill(innerPad, (byte) 0x36);
        Arrays.fill(outerPad, (byte) 0x5c);
        for (int i = 0; i < keys.authentication.length; i++) {
            innerPad[i] ^= keys.authentication[i];
            outerPad[i] ^= keys.authentication[i];
        }
    }

    private void crypt(byte[] data, int offset, int length, int ssrc, long index) {
        crypt(data, offset, length, data, offset, ssrc, index);
    }

    /** From one array to another, or in place. */
    private void crypt(byte[] from, int fromOffset, int length, byte[] to, int toOffset, int ssrc, long index) {
        int blocks = length + 15 >> 4;
        if (counters.length < blocks << 4) {
            counters = new byte[blocks << 4];
            keyStream = new byte[blocks << 4];
        }
        // RFC 3711 §4.1.1: IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16)
        long high = Bytes.i64(salt, 0) ^ ssrc & 0xffffffffL;
        long low = Bytes.i64(salt, 8) ^ index << 16;
        for (int i = 0; i < blocks; i++) {
            Bytes.put64(counters, i << 4, high);
            Bytes.put64(counters, (i << 4) + 8, low + i);
        }
        try {
            aes.update(counters, 0, blocks << 4, keyStream, 0);
        } catch (ShortBufferException e) {
            throw new AssertionError(e);
        }
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            Bytes.put64(to, toOffset + i, Bytes.i64(from, fromOffset + i) ^ Bytes.i64(keyStream, i));
        }
        for (; i < length; i++) {
            to[toOffset + i] = (byte) (from[fromOffset + i] ^ keyStream[i]);
        }
    }

    /** HMAC over the bytes and, where {@code withRoc}, the rollover counter (RFC 3711 §4.2). */
    private void authenticate(byte[] data, int offset, int length, boolean withRoc, int roc) {
        try {
            sha1.update(innerPad);
            sha1.update(data, offset, length);
            if (withRoc) {
                Bytes.put32(rocBytes, 0, roc);
                sha1.update(rocBytes);
            }
            sha1.digest(digest, 0, 20);
            sha1.update(outerPad);
            sha1.update(digest);
            sha1.digest(digest, 0, 20);
        } catch (DigestException e) {
            throw new AssertionError(e);
        }
    }

    private boolean tagMatches(byte[] data, int offset) {
        int difference = 0;
        for (int i = 0; i < TAG; i++) {
            difference |= data[offset + i] ^ digest[i];
        }
        return difference == 0;
    }

    @Override
    public int protectRtp(
            byte[] p,
            int offset,
            int headerLength,
            byte[] payload,
            int payloadOffset,
            int payloadLength,
            int ssrc,
            long index) {
        int length = headerLength + payloadLength;
        crypt(payload, payloadOffset, payloadLength, p, offset + headerLength, ssrc, index);
        authenticate(p, offset, length, true, (int) (index >>> 16));
        System.arraycopy(digest, 0, p, offset + length, TAG);
        return length + TAG;
    }

    @Override
    public int unprotectRtp(byte[] p, int offset, int length, int headerLength, int ssrc, long index) {
        int clear = length - TAG;
        if (clear < headerLength) {
            return -1;
        }
        authenticate(p, offset, clear, true, (int) (index >>> 16));
        if (!tagMatches(p, offset + clear)) {
            return -1;
        }
        crypt(p, offset + headerLength, clear - headerLength, ssrc, index);
        return clear;
    }

    @Override
    public int protectRtcp(byte[] p, int offset, int length, int ssrc, int index) {
        crypt(p, offset + 8, length - 8, ssrc, index);
        Bytes.put32(p, offset + length, index | SRTCP_E_BIT);
        authenticate(p, offset, length + 4, false, 0);
        System.arraycopy(digest, 0, p, offset + length + 4, TAG);
        return length + 4 + TAG;
    }

    @Override
    public int unprotectRtcp(byte[] p, int offset, int length, int ssrc) {
        int clear = length - TAG - 4;
        if (clear < 8) {
            return -1;
        }
        authenticate(p, offset, clear + 4, false, 0);
        if (!tagMatches(p, offset + clear + 4)) {
            return -1;
        }
        int word = Bytes.i32(p, offset + clear);
        if ((word & SRTCP_E_BIT) != 0) {
            crypt(p, offset + 8, clear - 8, ssrc, word & ~SRTCP_E_BIT);
        }
        return clear;
    }
}
