package dev.jvmrtc.codec.vp8;

import java.util.Arrays;

/**
 * Prediction from the pixels above and to the left in the same picture (RFC 6386 §12). Outside the picture there are
 * 127 above and 129 to the left. What is predicted is written where it belongs.
 */
final class IntraPrediction {
    private static final int ABOVE = 127;
    private static final int LEFT = 129;

    /** From the lowest pixel on the left by the corner to the eighth above: as the diagonal modes go. */
    private final int[] edge = new int[13];

    private final int[] aboveRight = new int[4];

    /** A square of 16 or 8 pixels whose corner is at {@code x}, {@code y}. */
    static void predict(byte[] plane, int stride, int x, int y, int size, int mode) {
        int at = y * stride + x;
        switch (mode) {
            case Modes.VERTICAL:
                for (int r = 0; r < size; r++) {
                    if (y > 0) {
                        System.arraycopy(plane, at - stride, plane, at + r * stride, size);
                    } else {
                        fill(plane, at + r * stride, size, ABOVE);
                    }
                }
                break;
            case Modes.HORIZONTAL:
                for (int r = 0; r < size; r++) {
                    fill(plane, at + r * stride, size, x > 0 ? plane[at + r * stride - 1] : LEFT);
                }
                break;
            case Modes.TRUE_MOTION:
                trueMotion(plane, stride, x, y, size);
                break;
            default:
                int dc = average(plane, stride, x, y, size);
                for (int r = 0; r < size; r++) {
                    fill(plane, at + r * stride, size, dc);
                }
                break;
        }
    }

    private static int average(byte[] plane, int stride, int x, int y, int size) {
        int at = y * stride + x;
        int sum = 0;
        int n = 0;
        if (y > 0) {
            for (int i = 0; i < size; i++) {
                sum += plane[at - stride + i] & 0xFF;
            }
            n += size;
        }
        if (x > 0) {
            for (int i = 0; i < size; i++) {
                sum += plane[at + i * stride - 1] & 0xFF;
            }
            n += size;
        }
        return n == 0 ? 128 : (sum + (n >> 1)) / n;
    }

    private static void trueMotion(byte[] plane, int stride, int x, int y, int size) {
        int at = y * stride + x;
        int corner = corner(plane, stride, x, y);
        for (int r = 0; r < size; r++) {
            int row = at + r * stride;
            int d = (x > 0 ? plane[row - 1] & 0xFF : LEFT) - corner;
            for (int i = 0; i < size; i++) {
                plane[row + i] = (byte) Transform.clamp255((y > 0 ? plane[at - stride + i] & 0xFF : ABOVE) + d);
            }
        }
    }

    private static int corner(byte[] plane, int stride, int x, int y) {
        return y == 0 ? ABOVE : x == 0 ? LEFT : plane[(y - 1) * stride + x - 1] & 0xFF;
    }

    private static void fill(byte[] plane, int at, int n, int value) {
        Arrays.fill(plane, at, at + n, (byte) value);
    }

    /**
     * Before the blocks of a macroblock: the four pixels above and to the right of it, which all blocks of its last
     * column use, since those of the rows below are not known yet. Beyond the right end of the picture the last one
     * above is repeated.
     */
    void startBlocks(byte[] plane, int stride, int x, int y) {
        for (int i = 0; i < 4; i++) {
            aboveRight[i] = y == 0 ? ABOVE : plane[(y - 1) * stride + Math.min(x + 16 + i, stride - 1)] & 0xFF;
        }
    }

    /** A block of 4x4 pixels; {@code lastColumn} within its macroblock. */
    void predictBlock(byte[] p, int stride, int x, int y, boolean lastColumn, int mode) {
        int at = y * stride + x;
        int[] e = edge;
        for (int i = 0; i < 4; i++) {
            e[3 - i] = x > 0 ? p[at + i * stride - 1] & 0xFF : LEFT;
            e[5 + i] = y > 0 ? p[at - stride + i] & 0xFF : ABOVE;
        }
        for (int i = 0; i < 4; i++) {
            e[9 + i] = lastColumn ? aboveRight[i] : y > 0 ? p[at - stride + 4 + i] & 0xFF : ABOVE;
        }
        e[4] = corner(p, stride, x, y);
        switch (mode) {
            case Modes.B_DC:
                int dc = e[0] + e[1] + e[2] + e[3] + e[5] + e[6] + e[7] + e[8] + 4 >> 3;
                for (int r = 0; r < 4; r++) {
                    fill(p, at + r * stride, 4, dc);
                }
                break;
            case Modes.B_TRUE_MOTION:
                for (int r = 0; r < 4; r++) {
                    for (int c = 0; c < 4; c++) {
                        p[at + r * stride + c] = (byte) Transform.clamp255(e[3 - r] + e[5 + c] - e[4]);
                    }
                }
                break;
            case Modes.B_VERTICAL:
                for (int c = 0; c < 4; c++) {
                    int v = three(4 + c);
                    for (int r = 0; r < 4; r++) {
                        p[at + r * stride + c] = (byte) v;
                    }
                }
                break;
            case Modes.B_HORIZONTAL:
                for (int r = 0; r < 4; r++) {
                    fill(p, at + r * stride, 4, r == 3 ? e[1] + 3 * e[0] + 2 >> 2 : three(2 - r));
                }
                break;
            case Modes.B_LEFT_DOWN:
                for (int r = 0; r < 4; r++) {
                    for (int c = 0; c < 4; c++) {
                        p[at + r * stride + c] = (byte) (r + c == 6 ? e[11] + 3 * e[12] + 2 >> 2 : three(5 + r + c));
                    }
                }
                break;
            case Modes.B_RIGHT_DOWN:
                for (int r = 0; r < 4; r++) {
                    for (int c = 0; c < 4; c++) {
                        p[at + r * stride + c] = (byte) three(3 - r + c);
                    }
                }
                break;
            case Modes.B_VERTICAL_RIGHT:
                verticalRight(p, at, stride);
                break;
            case Modes.B_VERTICAL_LEFT:
                verticalLeft(p, at, stride);
                break;
            case Modes.B_HORIZONTAL_DOWN:
                horizontalDown(p, at, stride);
                break;
            default:
                horizontalUp(p, at, stride);
                break;
        }
    }

    private int two(int i) {
        return edge[i] + edge[i + 1] + 1 >> 1;
    }

    /** The middle one of three weighs double. */
    private int three(int i) {
        return edge[i] + 2 * edge[i + 1] + edge[i + 2] + 2 >> 2;
    }

    private void verticalRight(byte[] p, int at, int s) {
        int s2 = 2 * s;
        int s3 = 3 * s;
        p[at + s3] = (byte) three(1);
        p[at + s2] = (byte) three(2);
        p[at + s3 + 1] = p[at + s] = (byte) three(3);
        p[at + s2 + 1] = p[at] = (byte) two(4);
        p[at + s3 + 2] = p[at + s + 1] = (byte) three(4);
        p[at + s2 + 2] = p[at + 1] = (byte) two(5);
        p[at + s3 + 3] = p[at + s + 2] = (byte) three(5);
        p[at + s2 + 3] = p[at + 2] = (byte) two(6);
        p[at + s + 3] = (byte) three(6);
        p[at + 3] = (byte) two(7);
    }

    private void verticalLeft(byte[] p, int at, int s) {
        int s2 = 2 * s;
        int s3 = 3 * s;
        p[at] = (byte) two(5);
        p[at + s] = (byte) three(5);
        p[at + s2] = p[at + 1] = (byte) two(6);
        p[at + s3] = p[at + s + 1] = (byte) three(6);
        p[at + s2 + 1] = p[at + 2] = (byte) two(7);
        p[at + s3 + 1] = p[at + s + 2] = (byte) three(7);
        p[at + s2 + 2] = p[at + 3] = (byte) two(8);
        p[at + s3 + 2] = p[at + s + 3] = (byte) three(8);
        p[at + s2 + 3] = (byte) three(9);
        p[at + s3 + 3] = (byte) three(10);
    }

    private void horizontalDown(byte[] p, int at, int s) {
        int s2 = 2 * s;
        int s3 = 3 * s;
        p[at + s3] = (byte) two(0);
        p[at + s3 + 1] = (byte) three(0);
        p[at + s2] = p[at + s3 + 2] = (byte) two(1);
        p[at + s2 + 1] = p[at + s3 + 3] = (byte) three(1);
        p[at + s2 + 2] = p[at + s] = (byte) two(2);
        p[at + s2 + 3] = p[at + s + 1] = (byte) three(2);
        p[at + s + 2] = p[at] = (byte) two(3);
        p[at + s + 3] = p[at + 1] = (byte) three(3);
        p[at + 2] = (byte) three(4);
        p[at + 3] = (byte) three(5);
    }

    private void horizontalUp(byte[] p, int at, int s) {
        int s2 = 2 * s;
        int s3 = 3 * s;
        int[] e = edge; // the left pixels, from the lowest
        p[at] = (byte) two(2);
        p[at + 1] = (byte) three(1);
        p[at + 2] = p[at + s] = (byte) two(1);
        p[at + 3] = p[at + s + 1] = (byte) three(0);
        p[at + s + 2] = p[at + s2] = (byte) two(0);
        p[at + s + 3] = p[at + s2 + 1] = (byte) (e[1] + 3 * e[0] + 2 >> 2);
        byte last = (byte) e[0];
        p[at + s2 + 2] = last;
        p[at + s2 + 3] = last;
        fill(p, at + s3, 4, last);
    }
}
