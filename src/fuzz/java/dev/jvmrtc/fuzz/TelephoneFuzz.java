package dev.jvmrtc.fuzz;

import dev.jvmrtc.codec.builtin.BuiltInCodecs;
import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.Map;
import java.util.TreeMap;

/** Decodes any bytes as packets of G.722, PCMU and PCMA. */
public final class TelephoneFuzz {
    private static final String[] NAMES = {"G722", "PCMU", "PCMA"};

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        try (AudioDecoder decoder =
                new BuiltInCodecs().createAudioDecoder(EncodedFormat.of(NAMES[in.next(NAMES.length)]))) {
            AudioPackets.decode(in, decoder);
        }
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new TreeMap<>();
        for (int i = 0; i < NAMES.length; i++) {
            seeds.put(
                    NAMES[i],
                    AudioPackets.tone(
                            new BuiltInCodecs().createAudioEncoder(EncodedFormat.of(NAMES[i])), new byte[] {(byte) i}));
        }
        return seeds;
    }

    private TelephoneFuzz() {}
}
