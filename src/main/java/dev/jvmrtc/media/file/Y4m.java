package dev.jvmrtc.media.file;

import dev.jvmrtc.media.frame.VideoFrame;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Raw video in a YUV4MPEG2 file: a line that tells size and rate, then frames, each behind a line that begins with
 * FRAME. Only 4:2:0 with 8 bits.
 */
public final class Y4m {
    private static final String SIGNATURE = "YUV4MPEG2";
    private static final String FRAME = "FRAME";
    /** The longest line; those of others have less than 100. */
    private static final int MAX_LINE = 512;
    /** The largest frame, in pixels, as for decoders (4096x2304). */
    private static final long MAX_PIXELS = 4_096L * 2_304;

    private static final double MAX_RATE = 1_000;

    private Y4m() {}

    /** Reads frames one after the other. One thread at a time. */
    public static final class Reader implements Closeable {
        private final InputStream in;
        private final int width;
        private final int height;
        private final double frameRate;
        private long frames;

        /**
         * Opens a file.
         *
         * @param file to be read
         * @throws IOException with a sentence where it is none that can be read
         */
        public Reader(Path file) throws IOException {
            in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            try {
                String line = line();
                if (line == null || !line.startsWith(SIGNATURE)) {
                    throw new IOException(file + " is not a YUV4MPEG2 file");
                }
                String[] words = line.split(" ");
                width = number(file, words, 'W');
                height = number(file, words, 'H');
                frameRate = rate(file, words);
                String layout = word(words, 'C', "420jpeg");
                if (!layout.startsWith("420") || layout.contains("p1")) {
                    throw new IOException(file + " has frames in " + layout + ": only 4:2:0 with 8 bits can be read");
                }
                if ((long) width * height > MAX_PIXELS) {
                    throw new IOException(
                            file + " announces frames of " + width + "x" + height + ", larger than can be read");
                }
            } catch (IOException | RuntimeException e) {
                in.close();
                throw e;
            }
        }

        private static String word(String[] words, char key, String absent) {
            for (int i = 1; i < words.length; i++) {
                if (!words[i].isEmpty() && words[i].charAt(0) == key) {
                    return words[i].substring(1);
                }
            }
            return absent;
        }

        private static int number(Path file, String[] words, char key) throws IOException {
            String w = word(words, key, "");
            if (!w.matches("[1-9]\\d{0,4}") || Integer.parseInt(w) > 16_383) {
                throw new IOException(file + " tells no size that a frame may have");
            }
            return Integer.parseInt(w);
        }

        private static double rate(Path file, String[] words) throws IOException {
            String[] fraction = word(words, 'F', "25:1").split(":");
            if (fraction.length != 2 || !fraction[0].matches("\\d{1,9}") || !fraction[1].matches("[1-9]\\d{0,8}")) {
                throw new IOException(file + " tells no frame rate");
            }
            double rate = Double.parseDouble(fraction[0]) / Double.parseDouble(fraction[1]);
            if (!(rate > 0 && rate <= MAX_RATE)) {
                throw new IOException(file + " has " + rate + " frames a second, which cannot be");
            }
            return rate;
        }

        /** {@return the width of all frames, in pixels} */
        public int width() {
            return width;
        }

        /** {@return the height of all frames, in pixels} */
        public int height() {
            return height;
        }

        /** {@return frames a second} */
        public double frameRate() {
            return frameRate;
        }

        /**
         * Reads the next frame.
         *
         * @return a frame to be released by the caller; null at the end, also where the last frame is not whole
         * @throws IOException where the file cannot be read
         */
        public VideoFrame read() throws IOException {
            String line = line();
            if (line == null) {
                return null;
            }
            if (!line.equals(FRAME) && !line.startsWith(FRAME + " ")) {
                throw new IOException("after " + frames + " frames the file goes on with something else");
            }
            VideoFrame f = VideoFrame.allocate(width, height, (long) (frames * 1e6 / frameRate));
            boolean whole = false;
            try {
                whole = in.readNBytes(f.y(), 0, f.y().length) == f.y().length
                        && in.readNBytes(f.u(), 0, f.u().length) == f.u().length
                        && in.readNBytes(f.v(), 0, f.v().length) == f.v().length;
            } finally {
                if (!whole) {
                    f.release();
                }
            }
            frames++;
            return whole ? f : null;
        }

        /** Without its end; null where there is nothing more. */
        private String line() throws IOException {
            StringBuilder s = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    if (s.length() == 0) {
                        return null;
                    }
                    throw new EOFException("the file ends within a line");
                }
                if (s.length() == MAX_LINE) {
                    throw new IOException("a line is longer than " + MAX_LINE + " characters");
                }
                s.append((char) c);
            }
            return s.toString();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /**
     * Writes frames at an even rate: where one comes late the one before is repeated, where they come too fast some are
     * left out. All get the size of the first, and are turned upright. One thread at a time.
     */
    public static final class Writer implements Closeable {
        /** A pause is not filled up beyond this many frames. */
        private static final int MAX_REPEATED = 600;

        private final Path file;
        private final double frameRate;
        private OutputStream out;
        private int width;
        private int height;
        private long firstMicros;
        private long frames;
        /** Where the next frame stands in time, in frames. */
        private long position;

        private byte[] last;

        /**
         * Begins a file; one that exists is replaced.
         *
         * @param file to be written
         * @param frameRate frames a second, more than 0, up to 1,000
         * @throws IOException where the file cannot be written
         * @throws IllegalArgumentException for another frame rate
         */
        public Writer(Path file, double frameRate) throws IOException {
            if (!(frameRate > 0 && frameRate <= MAX_RATE)) {
                throw new IllegalArgumentException(
                        "a file has up to " + MAX_RATE + " frames a second, not " + frameRate);
            }
            this.file = file;
            this.frameRate = frameRate;
            out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        }

        /**
         * Writes a frame, upright, where its timestamp puts it: repeated where there is a gap, left out where there are
         * too many. Frames of another size are scaled to that of the first.
         *
         * @param frame which stays the caller's
         * @throws IOException where the file cannot be written
         */
        public void write(VideoFrame frame) throws IOException {
            write(frame, frame.timestampMicros());
        }

        /** With a time of its own. */
        void write(VideoFrame frame, long timestampMicros) throws IOException {
            VideoFrame upright = frame.rotation() == 0 ? frame.keep() : frame.upright();
            try {
                if (last == null) {
                    width = upright.width();
                    height = upright.height();
                    firstMicros = timestampMicros;
                    out.write(String.format(
                                    Locale.ROOT,
                                    "%s W%d H%d F%d:1000 Ip A1:1 C420jpeg%n",
                                    SIGNATURE,
                                    width,
                                    height,
                                    Math.round(frameRate * 1_000))
                            .replace("\r", "")
                            .getBytes(StandardCharsets.US_ASCII));
                }
                long due = Math.round((timestampMicros - firstMicros) * frameRate / 1e6);
                for (int i = 0; i < MAX_REPEATED && position < due && last != null; i++) {
                    put();
                }
                if (position <= due || last == null) {
                    position = Math.max(position, due);
                    last = bytes(upright);
                    put();
                }
            } finally {
                upright.release();
            }
        }

        private byte[] bytes(VideoFrame f) {
            VideoFrame sized = f.width() == width && f.height() == height ? f.keep() : f.filling(width, height);
            try {
                byte[] b = new byte[sized.y().length + sized.u().length + sized.v().length];
                System.arraycopy(sized.y(), 0, b, 0, sized.y().length);
                System.arraycopy(sized.u(), 0, b, sized.y().length, sized.u().length);
                System.arraycopy(sized.v(), 0, b, sized.y().length + sized.u().length, sized.v().length);
                return b;
            } finally {
                sized.release();
            }
        }

        private void put() throws IOException {
            out.write((FRAME + "\n").getBytes(StandardCharsets.US_ASCII));
            out.write(last);
            position++;
            frames++;
        }

        /** {@return how many frames are in the file so far, repeated ones too} */
        public long frames() {
            return frames;
        }

        @Override
        public void close() throws IOException {
            out.close();
        }

        @Override
        public String toString() {
            return "Y4m.Writer[" + file + "]";
        }
    }
}
