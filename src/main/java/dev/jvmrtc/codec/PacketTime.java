package dev.jvmrtc.codec;

import dev.jvmrtc.media.frame.EncodedFormat;

/** How long the audio of a packet lasts. */
public final class PacketTime {
    private static final int DEFAULT_MILLIS = 20;

    private PacketTime() {}

    /**
     * The longest of these, in ascending order, that is not longer than the {@code ptime} of the format; 20 ms where
     * there is none.
     */
    public static int of(EncodedFormat format, int... possible) {
        String wanted = format.parameters().get("ptime");
        int millis = wanted != null && wanted.matches("\\d{1,4}") ? Integer.parseInt(wanted) : DEFAULT_MILLIS;
        int best = possible[0];
        for (int p : possible) {
            best = p <= millis ? p : best;
        }
        return best;
    }
}
