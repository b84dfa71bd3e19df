package dev.jvmrtc.media.codec;

import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import java.nio.ByteBuffer;
import java.util.List;

/** An application's codec: L16 (RFC 3551 §4.5.11), samples in network byte order, at 16,000 Hz in one channel. */
public final class LinearAudio implements CodecProvider {
    public static final String NAME = "L16";
    public static final int RATE = 16_000;

    /** Samples as they are in a frame. */
    public static byte[] encode(short[] samples) {
        ByteBuffer b = ByteBuffer.allocate(2 * samples.length);
        b.asShortBuffer().put(samples);
        return b.array();
    }

    @Override
    public List<EncodedFormat> encoders(String kind) {
        return List.of();
    }

    @Override
    public List<EncodedFormat> decoders(String kind) {
        return kind.equals("audio") ? List.of(EncodedFormat.of(NAME)) : List.of();
    }

    @Override
    public AudioDecoder createAudioDecoder(EncodedFormat format) {
        return new AudioDecoder() {
            @Override
            public AudioFrame decode(byte[] frame) {
                short[] samples = new short[frame.length / 2];
                ByteBuffer.wrap(frame).asShortBuffer().get(samples);
                return new AudioFrame(samples, RATE, 1);
            }

            @Override
            public AudioFrame conceal(byte[] next, int millis) {
                return new AudioFrame(new short[RATE / 1_000 * millis], RATE, 1);
            }
        };
    }
}
