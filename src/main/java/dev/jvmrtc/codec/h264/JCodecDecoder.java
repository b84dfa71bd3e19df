package dev.jvmrtc.codec.h264;

import dev.jvmrtc.media.CodecException;
import dev.jvmrtc.media.EncodedFrame;
import dev.jvmrtc.media.VideoDecoder;
import dev.jvmrtc.media.VideoFrame;
import java.nio.ByteBuffer;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.common.model.Picture;

/** H.264 by JCodec. */
final class JCodecDecoder implements VideoDecoder {
    private static final int MAX_MACROBLOCKS = 4_096 * 2_304 / 256;
    private static final int SPS = 7;
    private static final int RTP_CLOCK_KHZ = 90;

    private H264Decoder decoder = new H264Decoder();
    private int macroblocks;

    @Override
    public VideoFrame decode(EncodedFrame frame) throws CodecException {
        byte[] data = frame.data().clone(); // JCodec alters its input
        readSize(data);
        if (macroblocks == 0) {
            throw new CodecException("H.264: no sequence parameter set");
        }
        try {
            // JCodec keeps pictures to predict others from: each needs memory of its own.
            byte[][] planes = {new byte[macroblocks * 256], new byte[macroblocks * 64], new byte[macroblocks * 64], null};
            Picture p = decoder.decodeFrame(ByteBuffer.wrap(data), planes);
            return p == null ? null : JCodecPictures.toFrame(p, frame.rtpTimestamp() * 1_000 / RTP_CLOCK_KHZ);
        } catch (RuntimeException | StackOverflowError e) {
            decoder = new H264Decoder();
            macroblocks = 0;
            throw new CodecException("H.264: malformed");
        }
    }

    /** A few bytes can announce any size: too large a one is refused before anything is allocated. */
    private void readSize(byte[] d) throws CodecException {
        for (int i = 0; i + 4 < d.length; i++) {
            if (d[i] == 0 && d[i + 1] == 0 && d[i + 2] == 1 && (d[i + 3] & 0x1F) == SPS) {
                long count;
                try {
                    SeqParameterSet s = SeqParameterSet.read(ByteBuffer.wrap(d.clone(), i + 4, d.length - i - 4).slice());
                    count = (s.picWidthInMbsMinus1 + 1L) * (s.picHeightInMapUnitsMinus1 + 1L) * (s.frameMbsOnlyFlag ? 1 : 2);
                } catch (RuntimeException e) {
                    throw new CodecException("H.264: malformed sequence parameter set");
                }
                if (count < 1 || count > MAX_MACROBLOCKS) {
                    throw new CodecException("H.264: too large");
                }
                macroblocks = (int) count;
            }
        }
    }
}
