package dev.jvmrtc.ice;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.StunMessage;
import java.nio.charset.StandardCharsets;

/** ice-ufrag and ice-pwd of one side (RFC 8839 §5.4). The password never reaches a log. */
public record IceCredentials(String usernameFragment, String password) {

    /** Of 6 bits each. */
    private static final int FRAGMENT_CHARS = 8;

    private static final int PASSWORD_CHARS = 24;

    /**
     * RFC 8445 §5.3 asks for 24 bits of randomness in the ufrag and 128 in the password; here 48, since on a shared
     * port the fragments of all its connections must differ, and 144.
     */
    public static IceCredentials random(RandomSource random) {
        return new IceCredentials(random.nextIceChars(FRAGMENT_CHARS), random.nextIceChars(PASSWORD_CHARS));
    }

    /** Whether a check of the peer, who names these, was made by somebody who knows the password (RFC 8445 §7.3). */
    public boolean authenticate(StunMessage check) {
        return check.hasIntegrity(key());
    }

    byte[] key() {
        return password.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "IceCredentials[" + usernameFragment + "]";
    }
}
