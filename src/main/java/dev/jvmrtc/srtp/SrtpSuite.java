package dev.jvmrtc.srtp;

/** Crypto suites for SRTP and SRTCP (RFC 3711, RFC 7714). */
public enum SrtpSuite {
    AES_CM_128_HMAC_SHA1_80(16, 14, 10),
    AEAD_AES_128_GCM(16, 12, 16),
    AEAD_AES_256_GCM(32, 12, 16);

    final int keyLength;
    final int saltLength;
    final int tagLength;

    SrtpSuite(int keyLength, int saltLength, int tagLength) {
        this.keyLength = keyLength;
        this.saltLength = saltLength;
        this.tagLength = tagLength;
    }

    public int keyLength() {
        return keyLength;
    }

    public int saltLength() {
        return saltLength;
    }

    /** Bytes that protecting adds to an RTP packet. */
    public int rtpOverhead() {
        return tagLength;
    }

    /** Bytes that protecting adds to an RTCP packet: the tag and the index word. */
    public int rtcpOverhead() {
        return tagLength + 4;
    }

    boolean isAead() {
        return this != AES_CM_128_HMAC_SHA1_80;
    }
}
