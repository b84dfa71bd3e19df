package dev.jvmrtc.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Set;

/**
 * A certificate fingerprint (RFC 8122 §5).
 *
 * @param algorithm hash name in lower case, "sha-256"
 * @param value upper-case hex bytes with colons
 */
public record Fingerprint(String algorithm, String value) {

    // RFC 8122 §5: "implementations MUST NOT use … MD5 or SHA-1" is said of MD2 and MD5; we refuse SHA-1 as well, since
    // it no longer resists collisions.
    private static final Set<String> ACCEPTED = Set.of("sha-224", "sha-256", "sha-384", "sha-512");

    public Fingerprint {
        algorithm = algorithm.toLowerCase(Locale.ROOT);
        value = value.toUpperCase(Locale.ROOT);
    }

    public static Fingerprint of(String algorithm, byte[] certificateDer) {
        try {
            byte[] digest = MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT))
                    .digest(certificateDer);
            StringBuilder s = new StringBuilder(digest.length * 3);
            for (byte b : digest) {
                s.append(s.length() == 0 ? "" : ":")
                        .append(Character.forDigit(b >> 4 & 15, 16))
                        .append(Character.forDigit(b & 15, 16));
            }
            return new Fingerprint(algorithm, s.toString());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks " + algorithm, e);
        }
    }

    /** Whether the hash is one that we accept from a peer. */
    public boolean isAcceptable() {
        return ACCEPTED.contains(algorithm);
    }

    public boolean matches(byte[] certificateDer) {
        return isAcceptable() && of(algorithm, certificateDer).value.equals(value);
    }
}
