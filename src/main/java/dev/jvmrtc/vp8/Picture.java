package dev.jvmrtc.vp8;

/**
 * A picture in I420: brightness, and two planes of colour of half its width and height. The planes are whole macroblocks; what lies beyond {@link #width} and
 * {@link #height} is not shown, but predicted from.
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
        java.util.Arrays.fill(y, (byte) 16);
        java.util.Arrays.fill(u, (byte) 128);
        java.util.Arrays.fill(v, (byte) 128);
    }

    public int uvStride() {
        return stride >> 1;
    }

    void copyFrom(Picture other) {
        System.arraycopy(other.y, 0, y, 0, y.length);
        System.arraycopy(other.u, 0, u, 0, u.length);
        System.arraycopy(other.v, 0, v, 0, v.length);
    }
}
