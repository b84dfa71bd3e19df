package dev.jvmrtc.turn;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

/**
 * The long-term credential mechanism of RFC 8489 §9.2, the client's side: what a challenge asks for, and how requests
 * are signed. Never prints the password.
 */
final class LongTermCredentials {
    /** RFC 8489 §9.2: what the nonce of a server with security features begins with. */
    private static final String NONCE_COOKIE = "obMatJos2";

    private static final int MD5 = 1;
    private static final int SHA_256 = 2;

    private final String username;
    private final String password;
    /** Of the last challenge; null before the first. */
    private String realm;
    /** Likewise. */
    private byte[] nonce;
    /** Those that the server offered, which go back as they came; null for none. */
    private byte[] passwordAlgorithms;
    /** That of the key. */
    private int algorithm = MD5;
    /** RFC 8489 §9.2.2: a hash of name, realm and password; null before the first challenge. */
    private byte[] key;

    LongTermCredentials(String username, String password) {
        this.username = username;
        this.password = password;
    }

    /** Whether a challenge has come, so that requests can be signed. */
    boolean isChallenged() {
        return key != null;
    }

    /** Takes realm and nonce of a 401 or 438 response; false where they make no challenge that we can answer. */
    boolean challenge(StunMessage response) throws MalformedException {
        String newRealm = response.text(StunAttribute.REALM);
        byte[] newNonce = response.value(StunAttribute.NONCE);
        byte[] offered = response.value(StunAttribute.PASSWORD_ALGORITHMS);
        // All three go back with each request, so their lengths are how much we send.
        if (isTooLong(response.value(StunAttribute.REALM)) || isTooLong(newNonce) || isTooLong(offered)) {
            return false;
        }
        realm = newRealm == null ? realm : newRealm;
        if (realm == null || newNonce == null || username == null || password == null) {
            return false;
        }
        nonce = newNonce;
        // RFC 8489 §9.2.5: a server that says in its nonce that it sends password algorithms, and does not, has been
        // tampered with on the way.
        if (offered == null && namesPasswordAlgorithms()) {
            return false;
        }
        if (offered != null) {
            int best = best(offered);
            if (best == 0) {
                return false;
            }
            passwordAlgorithms = offered;
            algorithm = best;
        }
        key = digest(algorithm == SHA_256 ? "SHA-256" : "MD5", username + ":" + realm + ":" + password);
        return true;
    }

    private static boolean isTooLong(byte[] value) {
        return value != null && value.length > StunMessage.MAX_TEXT_BYTES;
    }

    private boolean namesPasswordAlgorithms() {
        String text = new String(nonce, StandardCharsets.ISO_8859_1);
        if (!text.startsWith(NONCE_COOKIE) || text.length() < NONCE_COOKIE.length() + 4) {
            return false;
        }
        try {
            byte[] features =
                    Base64.getDecoder().decode(text.substring(NONCE_COOKIE.length(), NONCE_COOKIE.length() + 4));
            return (features[0] & 0x80) != 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** RFC 8489 §14.11: the first algorithm that we know is the one that the server prefers. */
    private static int best(byte[] offered) throws MalformedException {
        ByteReader r = new ByteReader(offered);
        while (r.remaining() >= 4) {
            assert Steps.count();
            int a = r.u16();
            int parameters = r.u16();
            r.skip(Math.min(r.remaining(), parameters + 3 & ~3));
            if (a == SHA_256 || a == MD5) {
                return a;
            }
        }
        return 0;
    }

    /** Signs a request; the last attributes but FINGERPRINT. */
    void sign(StunMessage.Writer w) {
        w.text(StunAttribute.USERNAME, username)
                .text(StunAttribute.REALM, realm)
                .attribute(StunAttribute.NONCE, nonce);
        if (passwordAlgorithms != null) {
            // RFC 8489 §9.2.4: the server's list goes back with our choice, so that it can tell whether somebody
            // changed it.
            w.attribute(StunAttribute.PASSWORD_ALGORITHMS, passwordAlgorithms);
            w.attribute(StunAttribute.PASSWORD_ALGORITHM, new byte[] {0, (byte) algorithm, 0, 0});
            w.integritySha256(key);
        } else {
            w.integrity(key);
        }
    }

    /** Whether a response was made by somebody who knows the password. */
    boolean isAuthentic(StunMessage response) {
        return key != null
                && (passwordAlgorithms != null ? response.hasIntegritySha256(key) : response.hasIntegrity(key));
    }

    private static byte[] digest(String name, String text) {
        try {
            return MessageDigest.getInstance(name).digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks " + name, e);
        }
    }
}
