package dev.jvmrtc;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.bc.Pem;
import dev.jvmrtc.dtls.bc.SelfSigned;
import dev.jvmrtc.engine.SessionDriver;
import dev.jvmrtc.wire.MalformedException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * A private key with its self-signed certificate (webrtc-pc §4.9). Immutable. Can be kept as PEM, so that a server has
 * the same fingerprint tomorrow.
 */
public final class RTCCertificate {
    static final Duration DEFAULT_LIFETIME = Duration.ofDays(30);
    /** webrtc-pc §4.9.1: "the user agent MUST NOT … longer than a year". */
    static final Duration MAX_LIFETIME = Duration.ofDays(365);

    private final DtlsIdentity identity;

    RTCCertificate(DtlsIdentity identity) {
        this.identity = identity;
    }

    DtlsIdentity identity() {
        return identity;
    }

    static RTCCertificate generate(String algorithm, Duration lifetime) throws GeneralSecurityException {
        Instant now = Instant.now();
        // A day of tolerance for peers whose clock is behind.
        Instant begins = now.minus(Duration.ofDays(1));
        // X.509 counts whole seconds (RFC 5280 §4.1.2.5): what getExpires says is what the certificate says.
        Instant expires = now.plus(lifetime).truncatedTo(ChronoUnit.SECONDS);
        return new RTCCertificate(
                switch (algorithm.toUpperCase(Locale.ROOT)) {
                    case "ECDSA" -> SelfSigned.ecdsa(begins, expires, SessionDriver.secureRandom());
                    case "RSA" -> SelfSigned.rsa(2_048, begins, expires, SessionDriver.secureRandom());
                    default ->
                        throw new RTCException(
                                "NotSupportedError",
                                "\"" + algorithm + "\" is not supported: use ECDSA (P-256) or RSA (2048 bits)");
                });
    }

    /** {@return when it ceases to be valid, in milliseconds since 1970} (webrtc-pc §4.9.2) */
    public long getExpires() {
        return identity.expires().toEpochMilli();
    }

    /** {@return its fingerprint by SHA-256, as descriptions have it} (webrtc-pc §4.9.2) */
    public List<RTCDtlsFingerprint> getFingerprints() {
        Fingerprint f = Fingerprint.of("sha-256", identity.certificateDer());
        return List.of(new RTCDtlsFingerprint(f.algorithm(), f.value().toLowerCase(Locale.ROOT)));
    }

    /** {@return private key (PKCS #8) and certificate as PEM} Keep it secret. Not of W3C. */
    public String toPem() {
        return Pem.write(identity);
    }

    /**
     * Reads what {@link #toPem} wrote, or any PKCS #8 EC (P-256) or RSA key with its certificate. Not of W3C.
     *
     * @param pem key and certificate, in any order
     * @return the certificate
     * @throws RTCTypeError for anything else
     */
    public static RTCCertificate fromPem(String pem) {
        try {
            return new RTCCertificate(Pem.read(pem));
        } catch (MalformedException e) {
            throw new RTCTypeError("not a key with its certificate: " + e.getMessage());
        }
    }

    @Override
    public String toString() {
        return "RTCCertificate[" + getFingerprints().get(0).value() + "]";
    }
}
