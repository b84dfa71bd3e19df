package dev.jvmrtc.dtls.bc;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * Which public keys of peers are computed with: the cost of one verification grows with the third power of an RSA key's
 * length, an exponent as long as the key makes it a thousand times dearer again, and curves whose parameters the peer
 * chooses can be of any size. Looked at as numbers, before any computation.
 */
final class PeerKeys {
    /** W3C lets certificates have keys of any length; nobody's are longer. */
    static final int MAX_RSA_BITS = 4_096;
    /** Exponents in use are 3 and 65,537; BoringSSL takes up to so many bits. */
    static final int MAX_EXPONENT_BITS = 33;

    private static final Set<ASN1ObjectIdentifier> CURVES =
            Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1, SECObjectIdentifiers.secp521r1);

    private PeerKeys() {}

    /** Refuses a certificate whose key is none of those. */
    static void check(byte[] der) throws IOException {
        boolean good;
        try {
            SubjectPublicKeyInfo key = Certificate.getInstance(der).getSubjectPublicKeyInfo();
            ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
            if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
                RSAPublicKey rsa = RSAPublicKey.getInstance(key.parsePublicKey());
                BigInteger n = rsa.getModulus();
                BigInteger e = rsa.getPublicExponent();
                good = n.signum() > 0
                        && n.bitLength() <= MAX_RSA_BITS
                        && e.signum() > 0
                        && e.bitLength() <= MAX_EXPONENT_BITS;
            } else {
                good = algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)
                        && CURVES.contains(key.getAlgorithm().getParameters());
            }
        } catch (IOException | RuntimeException e) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, "a certificate that cannot be read", e);
        }
        if (!good) {
            throw new TlsFatalAlert(
                    AlertDescription.unsupported_certificate,
                    "the peer's key is neither RSA of at most " + MAX_RSA_BITS
                            + " bits with a short exponent nor on a curve in use");
        }
    }
}
