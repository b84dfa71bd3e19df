package dev.jvmrtc.codec;

import dev.jvmrtc.g722.G722;
import dev.jvmrtc.media.AudioDecoder;
import dev.jvmrtc.media.AudioEncoder;
import dev.jvmrtc.media.AudioFrame;

/** G722, one direction. */
final class G722Codec implements AudioEncoder, AudioDecoder {
    private static final int RATE = 16_000;
    /** Timestamps count half of the samples, by a mistake that is kept (RFC 3551 §4.5.2). */
    private static final int RTP_CLOCK = 8_000;

    private final G722 codec = new G722();
    private final Fade fade = new Fade();

    @Override
    public int sampleRate() {
        return RATE;
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public int rtpClockRate() {
        return RTP_CLOCK;
    }

    @Override
    public byte[] encode(short[] samples) {
        return codec.encode(samples);
    }

    @Override
    public AudioFrame decode(byte[] frame) {
        short[] samples = codec.decode(frame);
        fade.heard(samples);
        return new AudioFrame(samples, RATE, 1);
    }

    @Override
    public AudioFrame conceal(byte[] next, int millis) {
        return new AudioFrame(fade.out(RATE * millis / 1_000), RATE, 1);
    }

    @Override
    public void close() {
    }
}
