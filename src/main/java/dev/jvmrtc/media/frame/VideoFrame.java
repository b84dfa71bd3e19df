package dev.jvmrtc.media.frame;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A raw video frame in I420: a plane of luma and two of chroma with half its width and height, rounded up; BT.601,
 * limited range (black is 16, white 235).
 *
 * <p>Frames are pooled. Who makes a frame and pushes it gives it away. Who is given one in a callback may use it until
 * the callback returns; to use it longer, also on another thread, {@link #keep} it, and {@link #release} it when done.
 * A frame that is never released is not reused, and costs no more than that.
 *
 * <p>The planes may be written by the maker before the frame is pushed; afterwards several sinks share them, and none
 * may write.
 */
public final class VideoFrame {
    /** Frames that wait for reuse, of one size: the size used last. */
    private static final int MAX_POOLED = 12;

    private static final ArrayDeque<VideoFrame> POOL = new ArrayDeque<>();

    private final int width;
    private final int height;
    private final byte[] y;
    private final byte[] u;
    private final byte[] v;
    private int rotation;
    private long timestampMicros;
    private final AtomicInteger holders = new AtomicInteger(1);

    private VideoFrame(int width, int height) {
        this.width = width;
        this.height = height;
        y = new byte[width * height];
        u = new byte[uvStride() * uvHeight()];
        v = new byte[u.length];
    }

    /**
     * A frame to be filled, with rubbish in it.
     *
     * @param width in pixels, 1 to 16383
     * @param height in pixels, 1 to 16383
     * @param timestampMicros when it was captured, in microseconds of any clock; only differences count
     * @return a frame, the caller's to push or release
     * @throws IllegalArgumentException for another size
     */
    public static VideoFrame allocate(int width, int height, long timestampMicros) {
        if (width < 1 || height < 1 || width > 16_383 || height > 16_383) {
            throw new IllegalArgumentException(
                    "a frame has 1 to 16383 pixels in each direction, not " + width + "x" + height);
        }
        VideoFrame f = null;
        synchronized (POOL) {
            if (!POOL.isEmpty() && (POOL.peekLast().width != width || POOL.peekLast().height != height)) {
                POOL.clear();
            }
            f = POOL.pollLast();
        }
        if (f == null) {
            f = new VideoFrame(width, height);
        } else {
            f.holders.set(1);
        }
        f.rotation = 0;
        f.timestampMicros = timestampMicros;
        return f;
    }

    /** {@return the width in pixels, 1 to 16383, before rotation} */
    public int width() {
        return width;
    }

    /** {@return the height in pixels, 1 to 16383, before rotation} */
    public int height() {
        return height;
    }

    /**
     * {@return brightness, row after row, {@link #yStride} bytes each} To be written by who has allocated the frame,
     * until it is pushed; read by all others.
     */
    public byte[] y() {
        return y;
    }

    /** {@return blue against yellow, 128 being grey, {@link #uvHeight} rows of {@link #uvStride} bytes each} */
    public byte[] u() {
        return u;
    }

    /** {@return red against green, 128 being grey, {@link #uvHeight} rows of {@link #uvStride} bytes each} */
    public byte[] v() {
        return v;
    }

    /** {@return bytes from a row of {@link #y} to the next} */
    public int yStride() {
        return width;
    }

    /** {@return bytes from a row of {@link #u} or {@link #v} to the next} */
    public int uvStride() {
        return (width + 1) / 2;
    }

    /** {@return the rows of {@link #u} and {@link #v}: half of the height, rounded up} */
    public int uvHeight() {
        return (height + 1) / 2;
    }

    /** {@return by how many degrees the frame has to be turned clockwise to stand upright: 0, 90, 180 or 270} */
    public int rotation() {
        return rotation;
    }

    /**
     * Sets the {@link #rotation()}; for who has allocated the frame.
     *
     * @param degrees a multiple of 90
     * @return this frame
     * @throws IllegalArgumentException for other degrees
     */
    public VideoFrame withRotation(int degrees) {
        if (degrees % 90 != 0) {
            throw new IllegalArgumentException("frames are turned by quarters, not by " + degrees + " degrees");
        }
        rotation = Math.floorMod(degrees, 360);
        return this;
    }

    /**
     * Sets the {@link #timestampMicros()}; for who has allocated the frame.
     *
     * @param micros of any clock; only differences count
     * @return this frame
     */
    public VideoFrame at(long micros) {
        timestampMicros = micros;
        return this;
    }

    /** {@return when it was captured, in microseconds of any clock; only differences count} */
    public long timestampMicros() {
        return timestampMicros;
    }

    /**
     * Makes this frame last until one more {@link #release}. Any thread may call it, while the frame is lent to it or
     * kept.
     *
     * @return this frame
     */
    public VideoFrame keep() {
        if (holders.getAndIncrement() <= 0) {
            throw new IllegalStateException("this frame was released: keep it within the callback that gives it");
        }
        return this;
    }

    /** The counterpart of {@link #keep}, or of {@link #allocate} for a frame that was not pushed. */
    public void release() {
        int left = holders.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("this frame was released once too often");
        }
        if (left == 0) {
            synchronized (POOL) {
                if (POOL.size() < MAX_POOLED
                        && (POOL.isEmpty() || POOL.peekLast().width == width && POOL.peekLast().height == height)) {
                    POOL.addLast(this);
                }
            }
        }
    }

    /** {@return a frame of its own with the same content, to be released by the caller} */
    public VideoFrame copy() {
        VideoFrame f = allocate(width, height, timestampMicros);
        System.arraycopy(y, 0, f.y, 0, y.length);
        System.arraycopy(u, 0, f.u, 0, u.length);
        System.arraycopy(v, 0, f.v, 0, v.length);
        f.rotation = rotation;
        return f;
    }

    /** {@return a black frame with the size, time and rotation of this one, to be released by the caller} */
    public VideoFrame black() {
        VideoFrame f = allocate(width, height, timestampMicros);
        Arrays.fill(f.y, (byte) 16);
        Arrays.fill(f.u, (byte) 128);
        Arrays.fill(f.v, (byte) 128);
        f.rotation = rotation;
        return f;
    }

    /**
     * The frame in another size, each pixel the mean of those that it stands for, or between its neighbours.
     *
     * @param newWidth in pixels, 1 to 16383
     * @param newHeight in pixels, 1 to 16383
     * @return a frame of its own, to be released by the caller
     */
    public VideoFrame scaled(int newWidth, int newHeight) {
        VideoFrame f = allocate(newWidth, newHeight, timestampMicros);
        f.rotation = rotation;
        PlaneScaler.scale(y, width, height, f.y, newWidth, newHeight);
        PlaneScaler.scale(u, uvStride(), uvHeight(), f.u, f.uvStride(), f.uvHeight());
        PlaneScaler.scale(v, uvStride(), uvHeight(), f.v, f.uvStride(), f.uvHeight());
        return f;
    }

    /**
     * The middle of the frame in another size, so that it fills it without being distorted.
     *
     * @param newWidth in pixels, 1 to 16383
     * @param newHeight in pixels, 1 to 16383
     * @return a frame of its own, to be released by the caller
     */
    public VideoFrame filling(int newWidth, int newHeight) {
        // Whole pixels of colour: even places and sizes.
        int w = Math.min(width, Math.max(2, (int) Math.round((double) height * newWidth / newHeight) + 1 & ~1));
        int h = Math.min(height, Math.max(2, (int) Math.round((double) width * newHeight / newWidth) + 1 & ~1));
        if (w >= width && h >= height) {
            return scaled(newWidth, newHeight);
        }
        VideoFrame middle = allocate(w, h, timestampMicros);
        middle.rotation = rotation;
        int x = (width - w) / 2 & ~1;
        int y0 = (height - h) / 2 & ~1;
        crop(y, width, x, y0, middle.y, w, h);
        crop(u, uvStride(), x / 2, y0 / 2, middle.u, middle.uvStride(), middle.uvHeight());
        crop(v, uvStride(), x / 2, y0 / 2, middle.v, middle.uvStride(), middle.uvHeight());
        try {
            return middle.scaled(newWidth, newHeight);
        } finally {
            middle.release();
        }
    }

    private static void crop(byte[] from, int stride, int x, int y, byte[] to, int w, int h) {
        for (int r = 0; r < h; r++) {
            System.arraycopy(from, (y + r) * stride + x, to, r * w, w);
        }
    }

    /** {@return a frame turned so that its {@link #rotation()} is 0, to be released by the caller} */
    public VideoFrame upright() {
        boolean side = rotation % 180 != 0;
        VideoFrame f = allocate(side ? height : width, side ? width : height, timestampMicros);
        PlaneScaler.turn(y, width, height, f.y, rotation);
        PlaneScaler.turn(u, uvStride(), uvHeight(), f.u, rotation);
        PlaneScaler.turn(v, uvStride(), uvHeight(), f.v, rotation);
        return f;
    }

    /**
     * The colour of a pixel.
     *
     * @param px from the left, 0 to the width less 1
     * @param py from the top, 0 to the height less 1
     * @return red, green and blue, 0xRRGGBB
     */
    public int rgb(int px, int py) {
        int c = 298 * ((y[py * width + px] & 0xFF) - 16);
        int d = (u[py / 2 * uvStride() + px / 2] & 0xFF) - 128;
        int e = (v[py / 2 * uvStride() + px / 2] & 0xFF) - 128;
        return clamp(c + 409 * e + 128 >> 8) << 16
                | clamp(c - 100 * d - 208 * e + 128 >> 8) << 8
                | clamp(c + 516 * d + 128 >> 8);
    }

    private static int clamp(int v) {
        return v < 0 ? 0 : Math.min(v, 255);
    }

    @Override
    public String toString() {
        return "VideoFrame[" + width + "x" + height + (rotation == 0 ? "" : " turned by " + rotation) + " at "
                + timestampMicros + " µs]";
    }
}
