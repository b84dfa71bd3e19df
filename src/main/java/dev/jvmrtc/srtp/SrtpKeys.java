package dev.jvmrtc.srtp;

import dev.jvmrtc.crypto.Jca;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Session keys from a master key (RFC 3711 §4.3, key derivation rate 0). Never printed. */
final class SrtpKeys {
    private static final int LABEL_RTP_ENCRYPTION = 0;
    private static final int LABEL_RTP_AUTHENTICATION = 1;
    private static final int LABEL_RTP_SALT = 2;
    private static final int LABEL_RTCP_OFFSET = 3;

    final byte[] encryption;
    final byte[] authentication;
    final byte[] salt;

    private SrtpKeys(byte[] encryption, byte[] authentication, byte[] salt) {
        this.encryption = encryption;
        this.authentication = authentication;
        this.salt = salt;
    }

    static SrtpKeys derive(SrtpSuite suite, byte[] masterKey, byte[] masterSalt, boolean rtcp) {
        if (masterKey.length != suite.keyLength || masterSalt.length != suite.saltLength) {
            throw new IllegalArgumentException("master key or salt has the wrong length for " + suite);
        }
        int offset = rtcp ? LABEL_RTCP_OFFSET : 0;
        return new SrtpKeys(
                prf(masterKey, masterSalt, LABEL_RTP_ENCRYPTION + offset, suite.keyLength),
                suite.isAead() ? new byte[0] : prf(masterKey, masterSalt, LABEL_RTP_AUTHENTICATION + offset, 20),
                prf(masterKey, masterSalt, LABEL_RTP_SALT + offset, suite.saltLength));
    }

    private static byte[] prf(byte[] masterKey, byte[] masterSalt, int label, int length) {
        // RFC 7714 §11: the 12-octet salt of GCM is padded on the right with zeros to the 14 that the derivation of RFC
        // 3711 takes.
        byte[] iv = Arrays.copyOf(masterSalt, 16);
        iv[7] ^= (byte) label;
        try {
            Cipher ctr = Jca.cipher("AES/CTR/NoPadding");
            ctr.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(masterKey, "AES"), new IvParameterSpec(iv));
            return ctr.doFinal(new byte[length]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks AES/CTR", e);
        }
    }
}
