package dev.jvmrtc.sctp.packet;

/**
 * What an endpoint can do beyond RFC 9260, as its INIT or INIT ACK tells (Supported Extensions, RFC 5061 §4.2.7).
 *
 * @param forwardTsn partial reliability (RFC 3758)
 * @param reconfig stream resets (RFC 6525)
 * @param pad padding (RFC 4820), so that larger packets may be tried: Chromium's connection fails at a DTLS record of 16 KiB, and peers like it do not announce padding
 */
public record Extensions(boolean forwardTsn, boolean reconfig, boolean pad) {
    /** All that we know. */
    public static final Extensions OURS = new Extensions(true, true, true);
    public static final Extensions NONE = new Extensions(false, false, false);

    /** With a chunk type more. */
    Extensions with(int chunkType) {
        return switch (chunkType) {
            case ChunkType.FORWARD_TSN -> new Extensions(true, reconfig, pad);
            case ChunkType.RE_CONFIG -> new Extensions(forwardTsn, true, pad);
            case ChunkType.PAD -> new Extensions(forwardTsn, reconfig, true);
            default -> this;
        };
    }

    /** The chunk types. */
    byte[] chunkTypes() {
        byte[] types = new byte[(forwardTsn ? 1 : 0) + (reconfig ? 1 : 0) + (pad ? 1 : 0)];
        int n = 0;
        if (reconfig) {
            types[n++] = (byte) ChunkType.RE_CONFIG;
        }
        if (forwardTsn) {
            types[n++] = (byte) ChunkType.FORWARD_TSN;
        }
        if (pad) {
            types[n] = (byte) ChunkType.PAD;
        }
        return types;
    }

    /** As one number, for a cookie. */
    public int bits() {
        return (forwardTsn ? 1 : 0) | (reconfig ? 2 : 0) | (pad ? 4 : 0);
    }

    public static Extensions ofBits(int bits) {
        return new Extensions((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
    }
}
