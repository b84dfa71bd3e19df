package dev.jvmrtc.fuzz;

import dev.jvmrtc.codec.opus.OpusCodecs;
import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.Map;

/** Decodes any bytes as packets of Opus. */
public final class OpusFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        try (AudioDecoder decoder = new OpusCodecs().createAudioDecoder(EncodedFormat.of("opus"))) {
            AudioPackets.decode(new FuzzInput(data), decoder);
        }
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        return Map.of(
                "tone", AudioPackets.tone(new OpusCodecs().createAudioEncoder(EncodedFormat.of("opus")), new byte[0]));
    }

    private OpusFuzz() {}
}
