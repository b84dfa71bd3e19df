package dev.jvmrtc.codec.opus;

import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.frame.AudioFrame;
import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.util.Arrays;

/** Opus to 48 kHz, in two channels, as RFC 7587 §4.1 has it declared. */
final class ConcentusDecoder implements AudioDecoder {
    private static final int RATE = 48_000;
    private static final int CHANNELS = 2;
    /** A packet lasts 120 ms at most (RFC 6716 §3.2.5). */
    private static final int MAX_SAMPLES = RATE * 120 / 1_000;
    /** 120 ms at the highest bitrate, and its framing. */
    private static final int MAX_BYTES = 6 * 1_276 + 8;

    private OpusDecoder decoder = decoder();
    private final short[] out = new short[MAX_SAMPLES * CHANNELS];

    private static OpusDecoder decoder() {
        try {
            return new OpusDecoder(RATE, CHANNELS);
        } catch (OpusException e) {
            throw new IllegalStateException("Opus cannot be set up", e);
        }
    }

    @Override
    public AudioFrame decode(byte[] frame) throws CodecException {
        if (frame.length == 0 || frame.length > MAX_BYTES) {
            throw new CodecException("Opus: a packet of impossible length");
        }
        return decode(frame, MAX_SAMPLES, false);
    }

    @Override
    public AudioFrame conceal(byte[] next, int millis) throws CodecException {
        return decode(next, RATE * millis / 1_000, next != null);
    }

    private AudioFrame decode(byte[] data, int samples, boolean fec) throws CodecException {
        try {
            int n = decoder.decode(data, 0, data == null ? 0 : data.length, out, 0, samples, fec);
            return new AudioFrame(Arrays.copyOf(out, n * CHANNELS), RATE, CHANNELS);
        } catch (OpusException e) {
            throw new CodecException("Opus: malformed");
        } catch (RuntimeException | AssertionError e) {
            // It checks itself by throwing, from within: nobody knows in what state it was left.
            decoder = decoder();
            throw new CodecException("Opus: malformed");
        }
    }
}
