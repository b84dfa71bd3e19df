package dev.jvmrtc.media.file;

import java.util.Map;

/** Reads any bytes as an H.264 file of Annex B. */
public final class AnnexBFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        Containers.clip(data, d -> AnnexB.read(d, 25));
    }

    /** First inputs, by name. */
    static Map<String, byte[]> seeds() {
        return Map.of("three-units", new byte[] {
            0, 0, 0, 1, 0x67, 66, -32, 31, 1, 0, 0, 0, 1, 0x68, 1, 0, 0, 0, 1, 0x65, 1, 2, 3, 0, 0, 1, 0x41, 4, 5
        });
    }

    private AnnexBFuzz() {}
}
