package dev.jvmrtc.media.desktop;

import dev.jvmrtc.media.frame.VideoFrame;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/** Between {@link VideoFrame}s, which are I420 after BT.601 in limited range, and {@link BufferedImage}s. */
public final class Images {

    private Images() {}

    /**
     * Makes a video frame of an image; what is transparent becomes black.
     *
     * @param image of at most 16383 by 16383 pixels
     * @param timestampMicros when it was captured, in microseconds of any clock
     * @return a frame, to be pushed or released by the caller
     */
    public static VideoFrame toFrame(BufferedImage image, long timestampMicros) {
        BufferedImage rgb = image;
        if (image.getType() != BufferedImage.TYPE_INT_RGB && image.getType() != BufferedImage.TYPE_INT_ARGB) {
            rgb = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
            Graphics2D g = rgb.createGraphics();
            g.drawImage(image, 0, 0, null);
            g.dispose();
        }
        int w = rgb.getWidth();
        int h = rgb.getHeight();
        int[] p = rgb.getRaster().getDataBuffer() instanceof DataBufferInt b
                        && rgb.getRaster().getParent() == null
                        && b.getData().length == w * h
                ? b.getData()
                : rgb.getRGB(0, 0, w, h, null, 0, w);
        VideoFrame f = VideoFrame.allocate(w, h, timestampMicros);
        byte[] y = f.y();
        for (int i = 0; i < w * h; i++) {
            int r = p[i] >> 16 & 255;
            int g = p[i] >> 8 & 255;
            int b = p[i] & 255;
            y[i] = (byte) ((66 * r + 129 * g + 25 * b + 128 >> 8) + 16);
        }
        for (int row = 0; row < f.uvHeight(); row++) {
            int top = 2 * row * w;
            int bottom = Math.min(2 * row + 1, h - 1) * w;
            for (int c = 0; c < f.uvStride(); c++) {
                int left = 2 * c;
                int right = Math.min(left + 1, w - 1);
                int a = p[top + left];
                int b = p[top + right];
                int d = p[bottom + left];
                int e = p[bottom + right];
                int red = (a >> 16 & 255) + (b >> 16 & 255) + (d >> 16 & 255) + (e >> 16 & 255);
                int green = (a >> 8 & 255) + (b >> 8 & 255) + (d >> 8 & 255) + (e >> 8 & 255);
                int blue = (a & 255) + (b & 255) + (d & 255) + (e & 255);
                f.u()[row * f.uvStride() + c] = (byte) ((-38 * red - 74 * green + 112 * blue + 512 >> 10) + 128);
                f.v()[row * f.uvStride() + c] = (byte) ((112 * red - 94 * green - 18 * blue + 512 >> 10) + 128);
            }
        }
        return f;
    }

    /**
     * Makes an image of a video frame, turned upright.
     *
     * @param frame which stays the caller's
     * @return a new image
     */
    public static BufferedImage toImage(VideoFrame frame) {
        if (frame.rotation() != 0) {
            VideoFrame upright = frame.upright();
            try {
                return toImage(upright);
            } finally {
                upright.release();
            }
        }
        BufferedImage image = new BufferedImage(frame.width(), frame.height(), BufferedImage.TYPE_INT_RGB);
        draw(frame, image);
        return image;
    }

    /** Writes the frame, as it is, into an image of type INT_RGB of the same size. */
    static void draw(VideoFrame f, BufferedImage image) {
        int[] out = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        byte[] y = f.y();
        int w = f.width();
        for (int row = 0; row < f.height(); row++) {
            int uv = (row >> 1) * f.uvStride();
            for (int x = 0; x < w; x += 2) {
                int d = (f.u()[uv + (x >> 1)] & 255) - 128;
                int e = (f.v()[uv + (x >> 1)] & 255) - 128;
                int red = 409 * e + 128;
                int green = -100 * d - 208 * e + 128;
                int blue = 516 * d + 128;
                int at = row * w + x;
                out[at] = rgb(y[at], red, green, blue);
                if (x + 1 < w) {
                    out[at + 1] = rgb(y[at + 1], red, green, blue);
                }
            }
        }
    }

    private static int rgb(byte luma, int red, int green, int blue) {
        int c = 298 * ((luma & 255) - 16);
        return clamp(c + red >> 8) << 16 | clamp(c + green >> 8) << 8 | clamp(c + blue >> 8);
    }

    private static int clamp(int v) {
        return v < 0 ? 0 : Math.min(v, 255);
    }
}
