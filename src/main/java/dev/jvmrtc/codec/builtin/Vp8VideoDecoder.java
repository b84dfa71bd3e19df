package dev.jvmrtc.codec.builtin;

import dev.jvmrtc.codec.vp8.Picture;
import dev.jvmrtc.codec.vp8.Vp8Decoder;
import dev.jvmrtc.codec.vp8.Vp8FormatException;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.Locale;

/** VP8 of our own. */
final class Vp8VideoDecoder implements VideoDecoder {
    private static final int RTP_CLOCK_KHZ = 90;

    /** Ten bytes can announce a frame of 16383x16383. */
    private Vp8Decoder decoder = new Vp8Decoder(DEFAULT_MAX_PIXELS);

    @Override
    public VideoFrame decode(EncodedFrame frame) throws CodecException {
        try {
            Picture p = decoder.decode(frame.data(), 0, frame.data().length);
            if (p == null) {
                return null;
            }
            VideoFrame f = VideoFrame.allocate(p.width, p.height, frame.rtpTimestamp() * 1_000 / RTP_CLOCK_KHZ);
            Planes.copy(p, f);
            return f;
        } catch (Vp8FormatException e) {
            throw new CodecException(
                    "VP8: " + e.reason().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
    }

    @Override
    public void setMaxPixels(long pixels) {
        decoder = new Vp8Decoder(pixels);
    }
}
