package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/**
 * A picture in I420: brightness, and two planes of colour of half its width and height. The planes are whole
 * macroblocks; what lies beyond {@link #width} and {@link #height} is not shown, but predicted from.
 */
public final class Picture {
    public final int width;
    public final int height;
    /** Bytes from one row of {@link #y} to the next; of {@link #u} and {@link #v}, half of it. */
    public final int stride;

    public final byte[] y;
    public final byte[] u;
    public final byte[] v;
    final int mbColumns;
    final int mbRows;

    /** A black picture. */
    public Picture(int width, int height) {
        this.width = width;
        this.height = height;
        mbColumns = (width + 15) >> 4;
        mbRows = (height + 15) >> 4;
        stride = mbColumns * 16;
        y = new byte[stride * mbRows * 16];
        u = new byte[y.length / 4];
        v = new byte[y.length / 4];
        Arrays.fill(y, (byte) 16);
        Arrays.fill(u, (byte) 128);
        Arrays.fill(v, (byte) 128);
    }

    public int uvStride() {
        return stride >> 1;
    }
}
