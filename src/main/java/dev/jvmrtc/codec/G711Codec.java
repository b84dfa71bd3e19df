package dev.jvmrtc.codec;

import dev.jvmrtc.g711.G711;
import dev.jvmrtc.media.AudioDecoder;
import dev.jvmrtc.media.AudioEncoder;
import dev.jvmrtc.media.AudioFrame;

/** PCMU and PCMA (RFC 3551 §4.5.14), both ways. */
final class G711Codec implements AudioEncoder, AudioDecoder {
    private static final int RATE = 8_000;

    private final boolean alaw;
    private final Fade fade = new Fade();

    G711Codec(boolean alaw) {
        this.alaw = alaw;
    }

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
        return RATE;
    }

    @Override
    public byte[] encode(short[] samples) {
        byte[] data = new byte[samples.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = alaw ? G711.encodeAlaw(samples[i]) : G711.encodeUlaw(samples[i]);
        }
        return data;
    }

    @Override
    public AudioFrame decode(byte[] frame) {
        short[] samples = new short[frame.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = alaw ? G711.decodeAlaw(frame[i]) : G711.decodeUlaw(frame[i]);
        }
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
