package dev.jvmrtc.dtls;

import java.time.Instant;

/**
 * A private key and its self-signed certificate.
 *
 * @param isRsa whether the key is an RSA key; an EC key otherwise
 * @param privateKeyDer PKCS #8
 * @param certificateDer X.509
 * @param expires end of the certificate's validity
 */
public record DtlsIdentity(boolean isRsa, byte[] privateKeyDer, byte[] certificateDer, Instant expires) {

    @Override
    public String toString() {
        return "DtlsIdentity[" + Fingerprint.of("sha-256", certificateDer).value() + "]";
    }
}
