package dev.jvmrtc.codec.opus;

import dev.jvmrtc.codec.PacketTime;
import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import io.github.jaredmdobson.concentus.OpusApplication;
import io.github.jaredmdobson.concentus.OpusEncoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.util.Arrays;

/**
 * Opus at 48 kHz as the peer asks for it (RFC 7587 §6.1): {@code stereo}, {@code maxaveragebitrate},
 * {@code useinbandfec} (each packet with a coarse copy of the one before, RFC 6716 §2.1.7), {@code usedtx} (nothing is
 * sent in silence) and {@code ptime}.
 */
final class ConcentusEncoder implements AudioEncoder {
    private static final int RATE = 48_000;
    /** The largest frame (RFC 6716 §3.2.1); at our bitrates a packet of 60 ms is smaller too. */
    private static final int MAX_BYTES = 1_275;

    private static final int MIN_BITRATE = 8_000;
    /** Beyond these nothing is gained at 20 ms: full-band speech in one channel, music in two. */
    private static final int MAX_MONO_BITRATE = 40_000;

    private static final int MAX_STEREO_BITRATE = 96_000;
    /** The copies are made for a path that loses this much. */
    private static final int EXPECTED_LOSS_PERCENT = 5;

    private final OpusEncoder encoder;
    private final int channels;
    private final int maxBitrate;
    private final int frameMillis;
    private final boolean dtx;
    private final byte[] out = new byte[MAX_BYTES];

    ConcentusEncoder(EncodedFormat format) {
        channels = isOn(format, "stereo") ? 2 : 1;
        maxBitrate = Math.min(channels == 2 ? MAX_STEREO_BITRATE : MAX_MONO_BITRATE, maxAverageBitrate(format));
        frameMillis = PacketTime.of(format, 10, 20, 40, 60);
        dtx = isOn(format, "usedtx");
        try {
            encoder = new OpusEncoder(RATE, channels, OpusApplication.OPUS_APPLICATION_VOIP);
        } catch (OpusException e) {
            throw new IllegalStateException("Opus cannot be set up", e);
        }
        boolean fec = isOn(format, "useinbandfec");
        encoder.setUseInbandFEC(fec);
        encoder.setPacketLossPercent(fec ? EXPECTED_LOSS_PERCENT : 0);
        encoder.setUseDTX(dtx);
        encoder.setComplexity(5);
        encoder.setBitrate(maxBitrate);
    }

    private static boolean isOn(EncodedFormat format, String parameter) {
        return "1".equals(format.parameters().get(parameter));
    }

    /** RFC 7587 §6.1: from 6,000 to 510,000 bits per second; other values are ignored. */
    private static int maxAverageBitrate(EncodedFormat format) {
        String value = format.parameters().get("maxaveragebitrate");
        int v = value != null && value.matches("\\d{4,6}") ? Integer.parseInt(value) : 0;
        return v >= 6_000 && v <= 510_000 ? v : Integer.MAX_VALUE;
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
    public int frameMillis() {
        return frameMillis;
    }

    @Override
    public byte[] encode(short[] samples) {
        try {
            int n = encoder.encode(samples, 0, samples.length / channels, out, 0, out.length);
            // One byte or two say that there is nothing to hear, and that the receiver may know by hearing nothing (RFC
            // 6716 §2.1.9).
            return dtx && n <= 2 ? null : Arrays.copyOf(out, n);
        } catch (OpusException e) {
            throw new IllegalStateException("Opus cannot encode", e);
        }
    }

    @Override
    public void setTargetBitrate(long bitsPerSecond) {
        encoder.setBitrate((int) Math.min(maxBitrate, Math.max(MIN_BITRATE, bitsPerSecond)));
    }
}
