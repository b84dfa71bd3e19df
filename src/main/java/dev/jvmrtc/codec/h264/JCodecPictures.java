package dev.jvmrtc.codec.h264;

import dev.jvmrtc.media.frame.VideoFrame;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Picture;
import org.jcodec.common.model.Rect;

/** Between JCodec's pictures, whose samples are signed, and the frames of the API. */
final class JCodecPictures {
    /** JCodec's samples are 128 less; in bytes that is the highest bit. */
    private static final int OFFSET = 0x80;

    private JCodecPictures() {}

    /** Whole macroblocks; beyond the frame its outermost pixels are repeated. */
    static Picture of(VideoFrame f) {
        int w = (f.width() + 15) & ~15;
        int h = (f.height() + 15) & ~15;
        Picture p = Picture.createCropped(w, h, ColorSpace.YUV420J, new Rect(0, 0, f.width(), f.height()));
        plane(f.y(), f.width(), f.height(), p.getPlaneData(0), w, h);
        plane(f.u(), f.uvStride(), f.uvHeight(), p.getPlaneData(1), w / 2, h / 2);
        plane(f.v(), f.uvStride(), f.uvHeight(), p.getPlaneData(2), w / 2, h / 2);
        return p;
    }

    private static void plane(byte[] from, int width, int height, byte[] to, int w, int h) {
        for (int r = 0; r < h; r++) {
            int row = Math.min(r, height - 1) * width;
            for (int c = 0; c < w; c++) {
                to[r * w + c] = (byte) (from[row + Math.min(c, width - 1)] ^ OFFSET);
            }
        }
    }

    static VideoFrame toFrame(Picture p, long timestampMicros) {
        VideoFrame f = VideoFrame.allocate(p.getCroppedWidth(), p.getCroppedHeight(), timestampMicros);
        int x = p.getCrop() == null ? 0 : p.getCrop().getX();
        int y = p.getCrop() == null ? 0 : p.getCrop().getY();
        back(p, 0, x, y, f.y(), f.width(), f.height());
        back(p, 1, x / 2, y / 2, f.u(), f.uvStride(), f.uvHeight());
        back(p, 2, x / 2, y / 2, f.v(), f.uvStride(), f.uvHeight());
        return f;
    }

    private static void back(Picture p, int plane, int x, int y, byte[] to, int width, int height) {
        byte[] from = p.getPlaneData(plane);
        int stride = p.getPlaneWidth(plane);
        for (int r = 0; r < height; r++) {
            for (int c = 0; c < width; c++) {
                to[r * width + c] = (byte) (from[(y + r) * stride + x + c] ^ OFFSET);
            }
        }
    }
}
