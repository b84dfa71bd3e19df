package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.crypto.Jca;
import dev.jvmrtc.dtls.GcmRecords;
import dev.jvmrtc.dtls.RecordNumbers;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipher;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipherImpl;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * Bouncy Castle's lightweight crypto for the handshake, which starts fast, with the JDK's AES-GCM for records, which
 * has hardware behind it.
 */
final class FastGcmCrypto extends BcTlsCrypto {

    private final RandomSource random;
    /** Gives the records of the epoch after the handshake their numbers. */
    private final RecordNumbers numbers;
    /** What our hello is to say; null for something new. */
    private byte[] helloRandom;
    /** What the handshake has agreed on for our records; null before, and under another cipher. */
    private Gcm writing;
    /** The same for the peer's. */
    private Gcm reading;
    /** Bouncy Castle's record protection, watched; null before there are keys. */
    private NumberedCipher protection;

    /**
     * @param numbers gives the records of the epoch after the handshake their numbers
     * @param helloRandom the random of our hello; null for a new one
     */
    FastGcmCrypto(RandomSource random, RecordNumbers numbers, byte[] helloRandom) {
        super(new SessionRandom(random));
        this.random = random;
        this.numbers = numbers;
        this.helloRandom = helloRandom;
    }

    /** In DTLS 1.2 the random of our hello is all that comes from here. */
    @Override
    public TlsNonceGenerator createNonceGenerator(byte[] additionalSeedMaterial) {
        return size -> {
            byte[] nonce = new byte[size];
            random.nextBytes(nonce);
            if (helloRandom != null && size == helloRandom.length) {
                System.arraycopy(helloRandom, 0, nonce, 0, size);
                helloRandom = null;
            }
            return nonce;
        };
    }

    /**
     * The handshake's keys for records of our own, or null where another cipher than AES-GCM was negotiated. Only after
     * the handshake.
     */
    GcmRecords records(Counters drops) {
        return writing == null ? null : new GcmRecords(writing.direction(), reading.direction(), numbers, drops);
    }

    @Override
    public TlsCipher createCipher(TlsCryptoParameters parameters, int encryptionAlgorithm, int macAlgorithm)
            throws IOException {
        TlsCipher cipher = super.createCipher(parameters, encryptionAlgorithm, macAlgorithm);
        protection = new NumberedCipher(cipher, writing == null ? null : numbers);
        return protection;
    }

    /** The peer's certificates come by here, before anything is done with their keys. */
    @Override
    public TlsCertificate createCertificate(short type, byte[] encoding) throws IOException {
        PeerKeys.check(encoding);
        return super.createCertificate(type, encoding);
    }

    /** The number of the record that was encrypted last; negative for none, or where Bouncy Castle counts itself. */
    long lastNumber() {
        return numbers.last();
    }

    /** Whether a record has been authentic since {@link #forgetAuthentic()}. */
    boolean wasAuthentic() {
        return protection != null && protection.wasAuthentic();
    }

    void forgetAuthentic() {
        if (protection != null) {
            protection.forgetAuthentic();
        }
    }

    /** Records that were not authentic, since this was asked last. */
    long takeRefused() {
        return protection == null ? 0 : protection.takeRefused();
    }

    @Override
    @SuppressWarnings(
            "deprecation") // the constructor without an explicit nonce mode is the one that all of bctls 1.8x have
    protected TlsAEADCipher createCipher_AES_GCM(TlsCryptoParameters parameters, int keySize, int macSize)
            throws IOException {
        writing = new Gcm(true);
        reading = new Gcm(false);
        return new TlsAEADCipher(parameters, writing, reading, keySize, macSize, TlsAEADCipher.AEAD_GCM);
    }

    private static final class Gcm implements TlsAEADCipherImpl {
        private final boolean encrypting;
        private final Cipher cipher;
        private SecretKeySpec key;
        private byte[] nonce;
        private int macSize;

        Gcm(boolean encrypting) {
            this.encrypting = encrypting;
            cipher = Jca.cipher("AES/GCM/NoPadding");
        }

        @Override
        public void setKey(byte[] bytes, int offset, int length) {
            key = new SecretKeySpec(bytes, offset, length, "AES");
        }

        @Override
        public void init(byte[] newNonce, int newMacSize) {
            nonce = newNonce;
            macSize = newMacSize;
        }

        GcmRecords.Direction direction() {
            return new GcmRecords.Direction(cipher, key, Arrays.copyOf(nonce, 4));
        }

        @Override
        public int getOutputSize(int inputLength) {
            return encrypting ? inputLength + macSize : Math.max(0, inputLength - macSize);
        }

        @Override
        public int doFinal(byte[] additionalData, byte[] in, int inOffset, int inLength, byte[] out, int outOffset)
                throws IOException {
            try {
                cipher.init(
                        encrypting ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
                        key,
                        new GCMParameterSpec(macSize * 8, nonce));
                if (additionalData != null) {
                    cipher.updateAAD(additionalData);
                }
                return cipher.doFinal(in, inOffset, inLength, out, outOffset);
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.bad_record_mac, e);
            }
        }
    }

    /** Names the suites that we offer; for statistics. */
    static String suiteName(int suite) {
        return switch (suite) {
            case 0xc02b -> "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
            case 0xc02f -> "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
            case 0xc02c -> "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
            case 0xc030 -> "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
            case 0xcca9 -> "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
            case 0xcca8 -> "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256";
            case 0xc009 -> "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA";
            case 0xc013 -> "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA";
            case 0xc00a -> "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA";
            case 0xc014 -> "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA";
            default -> "0x" + Integer.toHexString(suite);
        };
    }
}
