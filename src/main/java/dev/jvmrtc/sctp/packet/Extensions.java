package dev.jvmrtc.sctp.packet;

import java.util.Arrays;

/**
 * What an endpoint can do beyond RFC 9260, as its INIT or INIT ACK tells: chunk types in Supported Extensions (RFC 5061
 * §4.2.7), and parameters of their own.
 *
 * @param forwardTsn partial reliability (RFC 3758)
 * @param reconfig stream resets (RFC 6525)
 * @param pad padding (RFC 4820), so that larger packets may be tried: Chromium's connection fails at a DTLS record of
 *     16 KiB, and peers like it do not announce padding
 * @param interleaving messages interleave: I-DATA and I-FORWARD-TSN in the place of DATA and FORWARD TSN (RFC 8260)
 * @param zeroChecksum a checksum of zero is taken, since DTLS below protects packets better than it (RFC 9653)
 */
public record Extensions(
        boolean forwardTsn, boolean reconfig, boolean pad, boolean interleaving, boolean zeroChecksum) {
    /** All that we know. */
    public static final Extensions OURS = ofBits(-1);

    public static final Extensions NONE = ofBits(0);

    private static final int FORWARD_TSN = 1;
    private static final int RECONFIG = 2;
    private static final int PAD = 4;
    private static final int INTERLEAVING = 8;
    private static final int ZERO_CHECKSUM = 16;

    /** With a chunk type more. */
    Extensions with(int chunkType) {
        return switch (chunkType) {
            case ChunkType.FORWARD_TSN -> plus(FORWARD_TSN);
            case ChunkType.RE_CONFIG -> plus(RECONFIG);
            case ChunkType.PAD -> plus(PAD);
            // RFC 8260 §2.2.1: I-FORWARD-TSN goes with it, where partial reliability is supported at all.
            case ChunkType.I_DATA -> plus(INTERLEAVING);
            default -> this;
        };
    }

    Extensions withZeroChecksum() {
        return plus(ZERO_CHECKSUM);
    }

    public Extensions withoutZeroChecksum() {
        return ofBits(bits() & ~ZERO_CHECKSUM);
    }

    private Extensions plus(int bit) {
        return ofBits(bits() | bit);
    }

    /** The chunk types. */
    byte[] chunkTypes() {
        byte[] types = new byte[5];
        int n = 0;
        if (reconfig) {
            types[n++] = (byte) ChunkType.RE_CONFIG;
        }
        if (forwardTsn) {
            types[n++] = (byte) ChunkType.FORWARD_TSN;
        }
        if (pad) {
            types[n++] = (byte) ChunkType.PAD;
        }
        if (interleaving) {
            types[n++] = (byte) ChunkType.I_DATA;
            if (forwardTsn) {
                types[n++] = (byte) ChunkType.I_FORWARD_TSN;
            }
        }
        return Arrays.copyOf(types, n);
    }

    /** As one number, for a cookie. */
    public int bits() {
        return (forwardTsn ? FORWARD_TSN : 0)
                | (reconfig ? RECONFIG : 0)
                | (pad ? PAD : 0)
                | (interleaving ? INTERLEAVING : 0)
                | (zeroChecksum ? ZERO_CHECKSUM : 0);
    }

    public static Extensions ofBits(int bits) {
        return new Extensions(
                (bits & FORWARD_TSN) != 0,
                (bits & RECONFIG) != 0,
                (bits & PAD) != 0,
                (bits & INTERLEAVING) != 0,
                (bits & ZERO_CHECKSUM) != 0);
    }
}
