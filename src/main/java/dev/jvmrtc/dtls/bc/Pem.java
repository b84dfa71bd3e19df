package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Keys with their certificates as text (RFC 7468): ours, and those that other tools have made. Blocks of other kinds
 * and what stands between the blocks are passed over, as RFC 7468 §2 has it: "Data before the encapsulation boundaries
 * are permitted, and parsers MUST NOT malfunction when processing such data."
 */
public final class Pem {
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final String CERTIFICATE = "CERTIFICATE";

    private Pem() {}

    /** The private key, then the certificate. */
    public static String write(DtlsIdentity identity) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(PRIVATE_KEY, identity.privateKeyDer()));
            writer.writeObject(new PemObject(CERTIFICATE, identity.certificateDer()));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to a string", e);
        }
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    /**
     * Reads the key and its certificate, which may stand in any order; of several certificates, the first.
     *
     * @throws MalformedException that says what is missing or wrong
     */
    public static DtlsIdentity read(String text) throws MalformedException {
        // Where a block stands in a file of another kind, its lines may be indented.
        String lines = text.lines().map(String::strip).collect(Collectors.joining("\n"));
        byte[] key = null;
        byte[] certificate = null;
        String otherKey = null;
        try (PemReader reader = new PemReader(new StringReader(lines))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                if (block.getType().equals(PRIVATE_KEY)) {
                    key = block.getContent();
                } else if (block.getType().equals(CERTIFICATE)) {
                    certificate = certificate == null ? block.getContent() : certificate;
                } else if (block.getType().endsWith(PRIVATE_KEY)) {
                    otherKey = block.getType();
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new MalformedException("a block of the PEM text is damaged: " + e.getMessage());
        }
        if (key == null) {
            throw new MalformedException(
                    otherKey == null
                            ? "the PEM text holds no PRIVATE KEY"
                            : "the PEM text holds an " + otherKey + ", where a PRIVATE KEY (PKCS #8) is read: "
                                    + "openssl pkcs8 -topk8 -nocrypt makes one of it");
        }
        if (certificate == null) {
            throw new MalformedException("the PEM text holds no CERTIFICATE");
        }
        return identity(key, certificate);
    }

    private static DtlsIdentity identity(byte[] key, byte[] certificate) throws MalformedException {
        boolean isRsa;
        try {
            AsymmetricKeyParameter parsed = PrivateKeyFactory.createKey(key);
            isRsa = parsed instanceof RSAKeyParameters;
            if (!isRsa && !(parsed instanceof ECPrivateKeyParameters)) {
                throw new MalformedException("the PRIVATE KEY of the PEM text is neither an EC nor an RSA key");
            }
        } catch (IOException | RuntimeException e) {
            throw new MalformedException("the PRIVATE KEY of the PEM text is not usable: " + e.getMessage());
        }
        try {
            return new DtlsIdentity(
                    isRsa,
                    key,
                    certificate,
                    Certificate.getInstance(certificate).getEndDate().getDate().toInstant());
        } catch (RuntimeException e) {
            throw new MalformedException("the CERTIFICATE of the PEM text is not usable: " + e.getMessage());
        }
    }
}
