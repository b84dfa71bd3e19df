package dev.jvmrtc.rtp.header;

import dev.jvmrtc.rtp.RtpPacket;

/**
 * How loud the sound of a packet is (RFC 6464 §3).
 *
 * @param voice whether the sender takes it for speech
 * @param level decibels below overload, 0, the loudest, to 127, silence
 */
public record AudioLevel(boolean voice, int level) {
    /** Silence. */
    public static final int SILENCE = 127;

    private static final int[] NONE = {};

    /**
     * {@return what a packet says of its own sound, or null}
     *
     * @param id of the extension, 0 for none
     */
    public static AudioLevel of(RtpPacket p, int id) {
        return p.findExtension(id) && p.extensionLength() == 1 ? of(p.array()[p.extensionOffset()]) : null;
    }

    /** {@return what the byte of the extension says} */
    public static AudioLevel of(byte value) {
        return new AudioLevel((value & 0x80) != 0, value & 0x7f);
    }

    /** {@return the byte of the extension} */
    public byte toByte() {
        return (byte) ((voice ? 0x80 : 0) | level);
    }

    /** {@return from 0, silence, to 1} */
    public double linear() {
        return linear(level);
    }

    /** {@return a level of 0 … 127 as webrtc-pc §5.3.1 has it: from 0, silence, to 1} */
    public static double linear(int level) {
        return level >= SILENCE ? 0 : Math.pow(10, -level / 20.0);
    }

    /**
     * {@return the levels, 0 … 127, of those who were mixed into a packet, in the order of its CSRCs; empty where it
     * does not say} There are as many as CSRCs (RFC 6465 §3); what more there is means nothing.
     *
     * @param id of the extension, 0 for none
     */
    public static int[] ofContributors(RtpPacket p, int id) {
        if (p.csrcCount() == 0 || !p.findExtension(id)) {
            return NONE;
        }
        int[] levels = new int[Math.min(p.csrcCount(), p.extensionLength())];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = p.array()[p.extensionOffset() + i] & 0x7f;
        }
        return levels;
    }
}
