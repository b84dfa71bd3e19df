package dev.jvmrtc.fuzz;

import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.wire.ByteWriter;

/** Packets of audio for a decoder, some of them lost: what is refused costs that packet only. */
final class AudioPackets {
    /** Opus' longest packet (RFC 6716 §3.2.5); of G.711 a packet of 1,400 bytes has 175 ms. */
    private static final long MAX_MICROS = 200_000;

    private AudioPackets() {}

    static void decode(FuzzInput in, AudioDecoder decoder) {
        while (!in.isEmpty()) {
            int lost = in.next();
            byte[] packet = in.bytes(Math.min(in.u16(), 1_400));
            try {
                AudioFrame f = lost < 220 ? decoder.decode(packet) : decoder.conceal(lost < 235 ? null : packet, 20);
                FuzzBounds.atMost(MAX_MICROS, f.durationMicros(), "µs of audio");
            } catch (CodecException e) {
                // refused
            }
        }
    }

    /** Three packets of a tone as {@link #decode} reads them, the third also concealed. */
    static byte[] tone(AudioEncoder encoder, byte[] prefix) {
        ByteWriter w = new ByteWriter().bytes(prefix);
        short[] tone = new short[encoder.sampleRate() / 1_000 * encoder.frameMillis() * encoder.channels()];
        for (int i = 0; i < tone.length; i++) {
            tone[i] = (short) (8_000 * Math.sin(i / 9.0));
        }
        for (int i = 0; i < 3; i++) {
            byte[] d = encoder.encode(tone);
            if (d != null) {
                w.u8(i == 2 ? 240 : 0).u16(d.length).bytes(d);
            }
        }
        return w.toByteArray();
    }
}
