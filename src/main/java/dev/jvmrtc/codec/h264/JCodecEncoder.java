package dev.jvmrtc.codec.h264;

import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import org.jcodec.codecs.h264.H264Encoder;
import org.jcodec.common.model.Picture;

/** H.264 by JCodec; a new encoder for each size of frame. */
final class JCodecEncoder implements VideoEncoder {
    /** Macroblocks of a frame at level 3.1 (H.264, table A-1); larger frames are scaled down. */
    private static final int MAX_MACROBLOCKS = 3_600;

    private static final int SPS = 7;
    /** The flags of constrained baseline: it obeys the constraints of baseline, main and extended profile. */
    private static final byte CONSTRAINTS = (byte) 0xE0;

    private static final byte LEVEL_3_1 = 31;

    private final QpControl rate = new QpControl();
    private H264Encoder encoder;
    private ByteBuffer out;
    private int width;
    private int height;

    @Override
    public EncodedFrame encode(VideoFrame frame, boolean keyFrame) {
        int macroblocks = ((frame.width() + 15) >> 4) * ((frame.height() + 15) >> 4);
        if (macroblocks > MAX_MACROBLOCKS) {
            double scale = Math.sqrt((double) MAX_MACROBLOCKS / macroblocks);
            VideoFrame smaller = frame.scaled(
                    Math.max(16, (int) (frame.width() * scale) & ~15),
                    Math.max(16, (int) (frame.height() * scale) & ~15));
            try {
                return encode(smaller, keyFrame);
            } finally {
                smaller.release();
            }
        }
        boolean key = keyFrame;
        if (encoder == null || frame.width() != width || frame.height() != height) {
            width = frame.width();
            height = frame.height();
            encoder = new H264Encoder(rate);
            out = ByteBuffer.allocate(3 * macroblocks * 256 + 4_096);
            key = true;
        }
        if (!rate.offer(frame.timestampMicros() / 1e6, key)) {
            return null;
        }
        Picture p = JCodecPictures.of(frame);
        ByteBuffer data;
        try {
            out.clear();
            data = key ? encoder.encodeIDRFrame(p, out) : encoder.encodePFrame(p, out);
            if (key && rate.couldBeFiner(data.remaining() * 8L)) {
                out.clear();
                data = encoder.encodeIDRFrame(p, out);
            }
        } catch (BufferOverflowException e) {
            // Noise, as fine as the rate allowed: the next frame is coarser, and refers to nothing of this one.
            rate.sent(out.capacity() * 8L);
            encoder = null;
            return null;
        }
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        rate.sent(bytes.length * 8L);
        if (key) {
            tellTheNegotiatedLevel(bytes);
        }
        return new EncodedFrame(bytes, "H264", 0, null, key, null);
    }

    /** JCodec writes level 4.0 without constraint flags, which is not what was negotiated, nor what it does. */
    private static void tellTheNegotiatedLevel(byte[] annexB) {
        for (int i = 0; i + 6 < annexB.length; i++) {
            if (annexB[i] == 0 && annexB[i + 1] == 0 && annexB[i + 2] == 1 && (annexB[i + 3] & 0x1F) == SPS) {
                annexB[i + 5] = CONSTRAINTS;
                annexB[i + 6] = LEVEL_3_1;
                return;
            }
        }
    }

    @Override
    public void setTargetBitrate(long bitsPerSecond) {
        rate.setTarget(Math.max(5_000, bitsPerSecond));
    }
}
