package dev.jvmrtc.srtp;

/** Chooses the cipher of a suite. */
final class Ciphers {

    private Ciphers() {}

    static PacketCipher create(SrtpSuite suite, SrtpKeys keys) {
        return suite.isAead() ? new GcmCipher(keys) : new AesCmCipher(keys);
    }
}
