package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.dtls.RecordNumbers;
import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;

/**
 * Bouncy Castle's cipher, which takes whatever cannot be decrypted for a record that is not authentic, and never for an
 * error. Under AES-GCM its records get our numbers instead of Bouncy Castle's, so that its alerts and resent flights
 * and our application data can take turns. The record's header is written after this: {@link QueueTransport} puts the
 * number into it.
 */
final class NumberedCipher implements TlsCipher {
    private static final long NUMBER_BITS = (1L << 48) - 1;

    private final TlsCipher cipher;
    /** Null where Bouncy Castle's own are good. */
    private final RecordNumbers numbers;

    /** Whether a record has been authentic since that was last forgotten. */
    private boolean authentic;
    /** Records that were not, and have not been counted. */
    private long refused;

    NumberedCipher(TlsCipher cipher, RecordNumbers numbers) {
        this.cipher = cipher;
        this.numbers = numbers;
    }

    @Override
    public TlsEncodeResult encodePlaintext(
            long number, short type, ProtocolVersion version, int headerLength, byte[] plain, int offset, int length)
            throws IOException {
        long n = numbers == null ? number : number & ~NUMBER_BITS | numbers.take();
        return cipher.encodePlaintext(n, type, version, headerLength, plain, offset, length);
    }

    @Override
    public TlsDecodeResult decodeCiphertext(
            long number, short type, ProtocolVersion version, byte[] data, int offset, int length) throws IOException {
        TlsDecodeResult plain;
        try {
            plain = cipher.decodeCiphertext(number, type, version, data, offset, length);
        } catch (IOException | RuntimeException e) {
            refused++;
            // Of all errors this is the one that Bouncy Castle drops a record for and goes on. Too short a record is
            // decode_error to it, and the end.
            throw new TlsFatalAlert(AlertDescription.bad_record_mac, e);
        }
        authentic = true;
        return plain;
    }

    /** Whether a record has been authentic since {@link #forgetAuthentic()}. */
    boolean wasAuthentic() {
        return authentic;
    }

    void forgetAuthentic() {
        authentic = false;
    }

    /** Records that were not, since this was asked last. */
    long takeRefused() {
        long n = refused;
        refused = 0;
        return n;
    }

    @Override
    public int getCiphertextDecodeLimit(int plaintextLimit) {
        return cipher.getCiphertextDecodeLimit(plaintextLimit);
    }

    @Override
    public int getCiphertextEncodeLimit(int plaintextLimit) {
        return cipher.getCiphertextEncodeLimit(plaintextLimit);
    }

    @Override
    public int getPlaintextDecodeLimit(int ciphertextLimit) {
        return cipher.getPlaintextDecodeLimit(ciphertextLimit);
    }

    @Override
    public int getPlaintextEncodeLimit(int ciphertextLimit) {
        return cipher.getPlaintextEncodeLimit(ciphertextLimit);
    }

    @Override
    public void rekeyDecoder() throws IOException {
        cipher.rekeyDecoder();
    }

    @Override
    public void rekeyEncoder() throws IOException {
        cipher.rekeyEncoder();
    }

    @Override
    public boolean usesOpaqueRecordTypeDecode() {
        return cipher.usesOpaqueRecordTypeDecode();
    }

    @Override
    public boolean usesOpaqueRecordTypeEncode() {
        return cipher.usesOpaqueRecordTypeEncode();
    }
}
