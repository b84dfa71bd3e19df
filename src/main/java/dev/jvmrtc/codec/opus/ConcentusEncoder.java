package dev.jvmrtc.codec.opus;

import dev.jvmrtc.media.AudioEncoder;
import io.github.jaredmdobson.concentus.OpusApplication;
import io.github.jaredmdobson.concentus.OpusEncoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.util.Arrays;

/** Opus at 48 kHz in frames of 20 ms, each with a coarse copy of the one before (in-band FEC, RFC 6716 §2.1.7). */
final class ConcentusEncoder implements AudioEncoder {
    private static final int RATE = 48_000;
    /** "The maximum packet duration" aside, no frame of 20 ms is larger (RFC 6716 §3.2.1). */
    private static final int MAX_BYTES = 1_275;
    private static final int MIN_BITRATE = 8_000;
    /** Beyond these nothing is gained at 20 ms: full-band speech in one channel, music in two. */
    private static final int MAX_MONO_BITRATE = 40_000;
    private static final int MAX_STEREO_BITRATE = 96_000;
    /** The copies are made for a path that loses this much. */
    private static final int EXPECTED_LOSS_PERCENT = 5;

    private final OpusEncoder encoder;
    private final int channels;
    private final byte[] out = new byte[MAX_BYTES];

    ConcentusEncoder(boolean stereo) {
        channels = stereo ? 2 : 1;
        try {
            encoder = new OpusEncoder(RATE, channels, OpusApplication.OPUS_APPLICATION_VOIP);
        } catch (OpusException e) {
            throw new IllegalStateException("Opus cannot be set up", e);
        }
        encoder.setUseInbandFEC(true);
        encoder.setPacketLossPercent(EXPECTED_LOSS_PERCENT);
        encoder.setComplexity(5);
        encoder.setBitrate(MAX_MONO_BITRATE);
    }

    @Override
    public int sampleRate() {
        return RATE;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int rtpClockRate() {
        return RATE;
    }

    @Override
    public byte[] encode(short[] samples) {
        try {
            int n = encoder.encode(samples, 0, samples.length / channels, out, 0, out.length);
            return Arrays.copyOf(out, n);
        } catch (OpusException e) {
            throw new IllegalStateException("Opus cannot encode", e);
        }
    }

    @Override
    public void setTargetBitrate(long bitsPerSecond) {
        encoder.setBitrate((int) Math.max(MIN_BITRATE, Math.min(channels == 2 ? MAX_STEREO_BITRATE : MAX_MONO_BITRATE, bitsPerSecond)));
    }
}
