package dev.jvmrtc.media;

import dev.jvmrtc.g711.G711;

/** Decoders that need no library. */
final class BuiltInDecoders {

    private BuiltInDecoders() {
    }

    /** The frame's sound, or null where no decoder for its codec is built in. */
    static AudioFrame decode(EncodedFrame f) {
        boolean ulaw = f.codec().equalsIgnoreCase("PCMU");
        if (!ulaw && !f.codec().equalsIgnoreCase("PCMA")) {
            return null;
        }
        short[] samples = new short[f.data().length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = ulaw ? G711.decodeUlaw(f.data()[i]) : G711.decodeAlaw(f.data()[i]);
        }
        return new AudioFrame(samples, 8_000, 1);
    }
}
