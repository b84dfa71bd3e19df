package dev.jvmrtc.media.frame;

/** Scales and turns single planes of video frames. */
final class PlaneScaler {
    private static final int ONE = 1 << 12;

    private PlaneScaler() {}

    static void scale(byte[] from, int width, int height, byte[] to, int newWidth, int newHeight) {
        if (width == newWidth && height == newHeight) {
            System.arraycopy(from, 0, to, 0, width * height);
        } else if (newWidth <= width && newHeight <= height) {
            average(from, width, height, to, newWidth, newHeight);
        } else {
            interpolate(from, width, height, to, newWidth, newHeight);
        }
    }

    /** Each new pixel is the mean of the old ones that it covers, in part or whole by whole columns and rows. */
    private static void average(byte[] from, int width, int height, byte[] to, int newWidth, int newHeight) {
        for (int r = 0; r < newHeight; r++) {
            int top = (int) ((long) r * height / newHeight);
            int bottom = Math.max(top + 1, (int) ((long) (r + 1) * height / newHeight));
            for (int c = 0; c < newWidth; c++) {
                int left = (int) ((long) c * width / newWidth);
                int right = Math.max(left + 1, (int) ((long) (c + 1) * width / newWidth));
                int sum = 0;
                for (int y = top; y < bottom; y++) {
                    for (int x = left; x < right; x++) {
                        sum += from[y * width + x] & 0xFF;
                    }
                }
                int n = (bottom - top) * (right - left);
                to[r * newWidth + c] = (byte) ((sum + n / 2) / n);
            }
        }
    }

    private static void interpolate(byte[] from, int width, int height, byte[] to, int newWidth, int newHeight) {
        for (int r = 0; r < newHeight; r++) {
            long y = Math.max(0, (2L * r + 1) * height * ONE / (2L * newHeight) - ONE / 2);
            int y0 = Math.min(height - 1, (int) (y / ONE));
            int y1 = Math.min(height - 1, y0 + 1);
            int fy = (int) (y % ONE);
            for (int c = 0; c < newWidth; c++) {
                long x = Math.max(0, (2L * c + 1) * width * ONE / (2L * newWidth) - ONE / 2);
                int x0 = Math.min(width - 1, (int) (x / ONE));
                int x1 = Math.min(width - 1, x0 + 1);
                int fx = (int) (x % ONE);
                long above = (from[y0 * width + x0] & 0xFF) * (ONE - fx) + (from[y0 * width + x1] & 0xFF) * fx;
                long below = (from[y1 * width + x0] & 0xFF) * (ONE - fx) + (from[y1 * width + x1] & 0xFF) * fx;
                to[r * newWidth + c] =
                        (byte) ((above * (ONE - fy) + below * fy + ONE * (long) ONE / 2) / ((long) ONE * ONE));
            }
        }
    }

    /** Clockwise by 0, 90, 180 or 270 degrees. */
    static void turn(byte[] from, int width, int height, byte[] to, int degrees) {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = switch (degrees) {
                    case 90 -> x * height + height - 1 - y;
                    case 180 -> (height - 1 - y) * width + width - 1 - x;
                    case 270 -> (width - 1 - x) * height + y;
                    default -> y * width + x;
                };
                to[at] = from[y * width + x];
            }
        }
    }
}
