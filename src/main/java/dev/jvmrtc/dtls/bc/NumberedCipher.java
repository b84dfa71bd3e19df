package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.dtls.RecordNumbers;
import java.io.IOException;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;

/**
 * Bouncy Castle's cipher, whose records get our numbers instead of Bouncy Castle's, so that its alerts and resent flights and our application data can take turns.
 * The record's header is written after this: {@link QueueTransport} puts the number into it.
 */
final class NumberedCipher implements TlsCipher {
    private static final long NUMBER_BITS = (1L << 48) - 1;

    private final TlsCipher cipher;
    private final RecordNumbers numbers;

    NumberedCipher(TlsCipher cipher, RecordNumbers numbers) {
        this.cipher = cipher;
        this.numbers = numbers;
    }

    @Override
    public TlsEncodeResult encodePlaintext(long number, short type, ProtocolVersion version, int headerLength, byte[] plain, int offset, int length) throws IOException {
        return cipher.encodePlaintext(number & ~NUMBER_BITS | numbers.take(), type, version, headerLength, plain, offset, length);
    }

    @Override
    public TlsDecodeResult decodeCiphertext(long number, short type, ProtocolVersion version, byte[] data, int offset, int length) throws IOException {
        return cipher.decodeCiphertext(number, type, version, data, offset, length);
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
