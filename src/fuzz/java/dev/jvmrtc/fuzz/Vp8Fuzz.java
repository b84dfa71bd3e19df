package dev.jvmrtc.fuzz;

import dev.jvmrtc.codec.vp8.Vp8Decoder;
import dev.jvmrtc.codec.vp8.Vp8FormatException;

/**
 * Decodes any bytes as frames of VP8, each behind two bytes of length: they are refused, or become frames of at most
 * 64x64.
 */
public final class Vp8Fuzz {
    private static final int MAX_PIXELS = 64 * 64;

    public static void fuzzerTestOneInput(byte[] data) {
        Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
        int at = 0;
        while (at + 2 <= data.length) {
            int start = at + 2;
            int length = Math.min((data[at] & 0xFF) << 8 | data[at + 1] & 0xFF, data.length - start);
            FuzzBounds.work(length, () -> {
                try {
                    decoder.decode(data, start, length);
                } catch (Vp8FormatException e) {
                    // refused
                }
            });
            at = start + length;
        }
    }

    private Vp8Fuzz() {}
}
