package dev.jvmrtc.srtp;

import dev.jvmrtc.crypto.Jca;
import dev.jvmrtc.wire.Bytes;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-GCM (RFC 7714). JCA wants a parameter object per packet; nothing else is allocated here. */
final class GcmCipher implements PacketCipher {
    private static final int TAG = 16;
    private static final int SRTCP_E_BIT = 0x80000000;

    private final Cipher gcm;
    private final SecretKeySpec key;
    private final byte[] salt;
    private final byte[] iv = new byte[12];
    private final byte[] aad = new byte[12];
    private byte[] scratch = {};

    GcmCipher(SrtpKeys keys) {
        gcm = Jca.cipher("AES/GCM/NoPadding");
        key = new SecretKeySpec(keys.encryption, "AES");
        salt = keys.salt;
    }

    /** RFC 7714 §8.1: two zero octets, SSRC, 48-bit index, XOR salt. §9.1 for SRTCP: the same with a 31-bit index. */
    private void start(int mode, int ssrc, long index) throws GeneralSecurityException {
        Bytes.put16(iv, 0, 0);
        Bytes.put32(iv, 2, ssrc);
        Bytes.put16(iv, 6, (int) (index >>> 32));
        Bytes.put32(iv, 8, (int) index);
        for (int i = 0; i < 12; i++) {
            iv[i] ^= salt[i];
        }
        gcm.init(mode, key, new GCMParameterSpec(TAG * 8, iv));
    }

    private int crypt(
            int mode,
            byte[] from,
            int fromOffset,
            int length,
            byte[] to,
            int toOffset,
            int ssrc,
            long index,
            byte[] aadBytes,
            int aadOffset,
            int aadLength) {
        try {
            start(mode, ssrc, index);
            gcm.updateAAD(aadBytes, aadOffset, aadLength);
            return gcm.doFinal(from, fromOffset, length, to, toOffset);
        } catch (AEADBadTagException e) {
            return -1;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
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
        return headerLength
                + crypt(
                        Cipher.ENCRYPT_MODE,
                        payload,
                        payloadOffset,
                        payloadLength,
                        p,
                        offset + headerLength,
                        ssrc,
                        index,
                        p,
                        offset,
                        headerLength);
    }

    @Override
    public int unprotectRtp(byte[] p, int offset, int length, int headerLength, int ssrc, long index) {
        if (length < headerLength + TAG) {
            return -1;
        }
        int n = crypt(
                Cipher.DECRYPT_MODE,
                p,
                offset + headerLength,
                length - headerLength,
                p,
                offset + headerLength,
                ssrc,
                index,
                p,
                offset,
                headerLength);
        return n < 0 ? -1 : headerLength + n;
    }

    @Override
    public int protectRtcp(byte[] p, int offset, int length, int ssrc, int index) {
        rtcpAad(p, offset, index | SRTCP_E_BIT);
        int n = 8 + crypt(Cipher.ENCRYPT_MODE, p, offset + 8, length - 8, p, offset + 8, ssrc, index, aad, 0, 12);
        Bytes.put32(p, offset + n, index | SRTCP_E_BIT);
        return n + 4;
    }

    @Override
    public int unprotectRtcp(byte[] p, int offset, int length, int ssrc) {
        if (length < 8 + TAG + 4) {
            return -1;
        }
        int word = Bytes.i32(p, offset + length - 4);
        int index = word & ~SRTCP_E_BIT;
        if ((word & SRTCP_E_BIT) != 0) {
            rtcpAad(p, offset, word);
            int n = crypt(Cipher.DECRYPT_MODE, p, offset + 8, length - 12, p, offset + 8, ssrc, index, aad, 0, 12);
            return n < 0 ? -1 : 8 + n;
        }
        return unprotectClearRtcp(p, offset, length, ssrc, word);
    }

    /**
     * RFC 7714 §9.3: without encryption the whole packet and the index word are associated data, and the tag stands
     * between them.
     */
    private int unprotectClearRtcp(byte[] p, int offset, int length, int ssrc, int word) {
        int clear = length - 4 - TAG;
        if (scratch.length < clear + 4 + TAG) {
            scratch = new byte[clear + 4 + TAG];
        }
        System.arraycopy(p, offset, scratch, 0, clear);
        Bytes.put32(scratch, clear, word);
        System.arraycopy(p, offset + clear, scratch, clear + 4, TAG);
        int tagAt = clear + 4;
        int n = crypt(
                Cipher.DECRYPT_MODE, scratch, tagAt, TAG, scratch, tagAt, ssrc, word & ~SRTCP_E_BIT, scratch, 0, tagAt);
        return n < 0 ? -1 : clear;
    }

    private void rtcpAad(byte[] p, int offset, int word) {
        System.arraycopy(p, offset, aad, 0, 8);
        Bytes.put32(aad, 8, word);
    }
}
