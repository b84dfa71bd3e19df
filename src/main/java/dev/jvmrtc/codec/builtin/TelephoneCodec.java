package dev.jvmrtc.codec.builtin;

import dev.jvmrtc.codec.PacketTime;
import dev.jvmrtc.codec.g711.G711;
import dev.jvmrtc.codec.g722.G722;
import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.Locale;
import java.util.function.Function;

/** G.711 and G.722, one direction of one stream: one channel, a fixed number of bits for each sample. */
final class TelephoneCodec implements AudioEncoder, AudioDecoder {
    /** Of G.722 too, whose timestamps count half of its samples, by a mistake that is kept (RFC 3551 §4.5.2). */
    private static final int RTP_CLOCK = 8_000;

    private final int rate;
    private final Function<short[], byte[]> encoder;
    private final Function<byte[], short[]> decoder;
    private final Fade fade = new Fade();
    private final int frameMillis;

    private TelephoneCodec(
            EncodedFormat format, int rate, Function<short[], byte[]> encoder, Function<byte[], short[]> decoder) {
        this.rate = rate;
        this.frameMillis = PacketTime.of(format, 10, 20, 30, 40, 50, 60);
        this.encoder = encoder;
        this.decoder = decoder;
    }

    static TelephoneCodec of(EncodedFormat format) {
        switch (format.codec().toUpperCase(Locale.ROOT)) {
            case "PCMU":
                return new TelephoneCodec(format, 8_000, s -> bytes(s, false), d -> samples(d, false));
            case "PCMA":
                return new TelephoneCodec(format, 8_000, s -> bytes(s, true), d -> samples(d, true));
            case "G722":
                G722 g722 = new G722();
                return new TelephoneCodec(format, 16_000, g722::encode, g722::decode);
            default:
                throw new IllegalArgumentException("not one of G.711 and G.722: " + format);
        }
    }

    private static byte[] bytes(short[] samples, boolean alaw) {
        byte[] data = new byte[samples.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = alaw ? G711.encodeAlaw(samples[i]) : G711.encodeUlaw(samples[i]);
        }
        return data;
    }

    private static short[] samples(byte[] data, boolean alaw) {
        short[] samples = new short[data.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = alaw ? G711.decodeAlaw(data[i]) : G711.decodeUlaw(data[i]);
        }
        return samples;
    }

    @Override
    public int sampleRate() {
        return rate;
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
    public int frameMillis() {
        return frameMillis;
    }

    @Override
    public byte[] encode(short[] samples) {
        return encoder.apply(samples);
    }

    @Override
    public AudioFrame decode(byte[] frame) {
        short[] samples = decoder.apply(frame);
        fade.heard(samples);
        return new AudioFrame(samples, rate, 1);
    }

    @Override
    public AudioFrame conceal(byte[] next, int millis) {
        return new AudioFrame(fade.out(rate * millis / 1_000), rate, 1);
    }

    @Override
    public void close() {}
}
