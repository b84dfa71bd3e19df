package dev.jvmrtc.codec.h264;

import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;

/** H.264, its macroblocks by JCodec. */
final class JCodecDecoder implements VideoDecoder {
    private static final int RTP_CLOCK_KHZ = 90;

    private PictureDecoder decoder = new PictureDecoder(DEFAULT_MAX_PIXELS);

    @Override
    public VideoFrame decode(EncodedFrame frame) throws CodecException {
        return decoder.decode(
                frame.data(), p -> JCodecPictures.toFrame(p, frame.rtpTimestamp() * 1_000 / RTP_CLOCK_KHZ));
    }

    @Override
    public void setMaxPixels(long pixels) {
        decoder = new PictureDecoder(pixels);
    }
}
