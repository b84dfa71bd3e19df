package dev.jvmrtc.rtp.format;

import java.util.Map;

/**
 * The profile behind a profile-level-id (RFC 6184 §8.1, table 5): several bit patterns mean the same one. Levels may
 * differ between two sides.
 */
enum H264Profile {
    CONSTRAINED_BASELINE,
    BASELINE,
    MAIN,
    CONSTRAINED_HIGH,
    HIGH;

    /** Whether a decoder of this profile decodes streams of the other one (ITU-T H.264 annex A). */
    boolean decodes(H264Profile other) {
        return this == other
                || other == CONSTRAINED_BASELINE
                || this == HIGH && (other == MAIN || other == CONSTRAINED_HIGH);
    }

    /**
     * The profile of a codec's parameters, constrained baseline where it names none (RFC 6184: 42000A would be
     * baseline; everyone means this), or null.
     */
    static H264Profile of(Map<String, String> parameters) {
        String id = FmtpMatching.parameter(parameters, "profile-level-id", "42e00a");
        int v;
        try {
            v = Integer.parseInt(id, 16);
        } catch (NumberFormatException e) {
            return null;
        }
        int profile = v >> 16;
        int constraints = v >> 8 & 0xff;
        boolean set0 = (constraints & 0x80) != 0;
        boolean set1 = (constraints & 0x40) != 0;
        return switch (profile) {
            case 0x42 -> set1 ? CONSTRAINED_BASELINE : BASELINE;
            case 0x4d -> set0 ? CONSTRAINED_BASELINE : MAIN;
            case 0x58 -> set0 && set1 ? CONSTRAINED_BASELINE : null;
            case 0x64 -> constraints == 0x0c ? CONSTRAINED_HIGH : constraints == 0 ? HIGH : null;
            default -> null;
        };
    }
}
