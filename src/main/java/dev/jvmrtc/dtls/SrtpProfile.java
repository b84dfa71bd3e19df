package dev.jvmrtc.dtls;

/** SRTP protection profiles (RFC 5764 §4.1.2, RFC 7714 §14.2) in our order of preference. */
public enum SrtpProfile {
    AEAD_AES_128_GCM(0x0007, 16, 12),
    AEAD_AES_256_GCM(0x0008, 32, 12),
    AES_CM_128_HMAC_SHA1_80(0x0001, 16, 14);

    private final int code;
    private final int keyLength;
    private final int saltLength;

    SrtpProfile(int code, int keyLength, int saltLength) {
        this.code = code;
        this.keyLength = keyLength;
        this.saltLength = saltLength;
    }

    public int code() {
        return code;
    }

    public int keyLength() {
        return keyLength;
    }

    public int saltLength() {
        return saltLength;
    }

    public static SrtpProfile of(int code) {
        for (SrtpProfile p : values()) {
            if (p.code == code) {
                return p;
            }
        }
        return null;
    }
}
