package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.RandomSource;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;

/** The session's randomness in the clothes that Bouncy Castle wants. */
final class SessionRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    SessionRandom(RandomSource random) {
        super(
                new SecureRandomSpi() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void engineSetSeed(byte[] seed) {
                        // The source seeds itself.
                    }

                    @Override
                    protected void engineNextBytes(byte[] bytes) {
                        random.nextBytes(bytes);
                    }

                    @Override
                    protected byte[] engineGenerateSeed(int length) {
                        byte[] seed = new byte[length];
                        random.nextBytes(seed);
                        return seed;
                    }
                },
                null);
    }
}
