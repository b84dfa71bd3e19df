package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The IVF container: a header of 32 bytes, then frames, each behind its length and timestamp. For VP8 and VP9. */
public final class Ivf {
    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 12;
    private static final int CLOCK = 90_000;

    private Ivf() {}

    static Clip read(byte[] file) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < HEADER || b.getInt(0) != 0x46494b44) {
            throw new IOException("not an IVF file");
        }
        String fourcc = new String(file, 8, 4, StandardCharsets.US_ASCII);
        String codec = switch (fourcc) {
            case "VP80" -> "VP8";
            case "VP90" -> "VP9";
            default -> throw new IOException("IVF with " + fourcc + ": only VP8 and VP9 can be read");
        };
        long rate = b.getInt(16) & 0xffffffffL;
        long scale = b.getInt(20) & 0xffffffffL;
        if (rate == 0 || scale == 0) {
            throw new IOException("IVF without a time base");
        }
        int header = b.getShort(6) & 0xffff;
        if (header < HEADER || header > file.length) {
            throw new EOFException("IVF whose header is longer than the file");
        }
        b.position(header);
        List<EncodedFrame> frames = new ArrayList<>();
        long first = 0;
        long last = 0;
        while (b.remaining() >= FRAME_HEADER) {
            assert Steps.count();
            int size = b.getInt();
            long pts = b.getLong();
            if (size < 0 || size > b.remaining()) {
                break; // cut off: what is whole plays
            }
            if (size == 0) {
                continue; // an encoder's dropped frame
            }
            byte[] data = new byte[size];
            b.get(data);
            long ticks;
            try {
                ticks = Math.multiplyExact(Math.multiplyExact(pts, scale), CLOCK) / rate;
            } catch (ArithmeticException e) {
                throw new IOException("IVF with a time that cannot be", e);
            }
            first = frames.isEmpty() ? ticks : first;
            last = ticks - first;
            frames.add(EncodedFrame.of(data, codec, last, isKeyFrame(codec, data)));
        }
        if (frames.isEmpty()) {
            throw new EOFException("IVF without a frame");
        }
        long step = frames.size() > 1 && last > 0 ? last / (frames.size() - 1) : CLOCK / 25;
        EncodedFormat format =
                codec.equals("VP9") ? new EncodedFormat(codec, Map.of("profile-id", "0")) : EncodedFormat.of(codec);
        return new Clip("video", format, CLOCK, frames, last + step);
    }

    static boolean isKeyFrame(String codec, byte[] d) {
        if (d.length == 0) {
            return false;
        }
        if (codec.equals("VP8")) {
            return (d[0] & 1) == 0;
        }
        // VP9 uncompressed header: marker, profile, show_existing_frame, then frame_type (0 = key).
        int profile = (d[0] >> 5 & 1) | (d[0] >> 3 & 2);
        return profile < 3 && (d[0] & 0x08) == 0 && (d[0] & 0x04) == 0;
    }

    /**
     * The size of a VP8 key frame (RFC 6386 §9.1).
     *
     * @param d a frame
     * @return width and height in pixels; null where it is no key frame
     */
    public static int[] vp8Size(byte[] d) {
        if (d.length < 10 || (d[0] & 1) != 0) {
            return null;
        }
        return new int[] {(d[6] & 0xff | (d[7] & 0x3f) << 8), (d[8] & 0xff | (d[9] & 0x3f) << 8)};
    }

    /**
     * Writes frames to a file as they come; {@link #close} completes the header with the length in units of 1/90,000 s,
     * as FFmpeg reads it. One thread at a time.
     */
    public static final class Writer implements Closeable {
        private final FileChannel out;
        private final String codec;
        private Long lastTimestamp;
        private long ticks;
        private int frames;

        /**
         * Begins a file; one that exists is replaced.
         *
         * @param file to be written
         * @param codec VP8 or VP9
         * @throws IOException for another codec, and where the file cannot be written
         */
        public Writer(Path file, String codec) throws IOException {
            this.codec = codec.toUpperCase(Locale.ROOT);
            if (!this.codec.equals("VP8") && !this.codec.equals("VP9")) {
                throw new IOException("an IVF file holds VP8 or VP9, not " + codec);
            }
            out = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            writeHeader(0, 0);
        }

        /**
         * The time base is that of RTP; readers differ in whether the length is in its units (FFmpeg) or in frames, and
         * most do not look at it.
         */
        private void writeHeader(int width, int height) throws IOException {
            ByteBuffer h = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            h.put("DKIF".getBytes(StandardCharsets.US_ASCII))
                    .putShort((short) 0)
                    .putShort((short) HEADER)
                    .put((codec.equals("VP8") ? "VP80" : "VP90").getBytes(StandardCharsets.US_ASCII))
                    .putShort((short) width)
                    .putShort((short) height)
                    .putInt(CLOCK)
                    .putInt(1)
                    .putInt(0)
                    .putInt(0)
                    .flip();
            out.write(h, 0);
            if (out.position() < HEADER) {
                out.position(HEADER);
            }
        }

        /**
         * Writes a frame; one without content is left out.
         *
         * @param f the next in order
         * @throws IOException where the file cannot be written
         */
        public void write(EncodedFrame f) throws IOException {
            if (f.data().length == 0) {
                return;
            }
            if (lastTimestamp == null) {
                int[] size = codec.equals("VP8") ? vp8Size(f.data()) : null;
                if (size != null) {
                    writeHeader(size[0], size[1]);
                }
            }
            // Timestamps wrap every 13 hours; one that does not go on, as only a peer that means ill has it, stands for
            // the same time.
            ticks += lastTimestamp == null ? 0 : Math.max(0, (int) (f.rtpTimestamp() - lastTimestamp));
            lastTimestamp = f.rtpTimestamp();
            ByteBuffer h = ByteBuffer.allocate(FRAME_HEADER).order(ByteOrder.LITTLE_ENDIAN);
            h.putInt(f.data().length).putLong(ticks).flip();
            out.write(h);
            out.write(ByteBuffer.wrap(f.data()));
            frames++;
        }

        /** {@return how many frames were written} */
        public int frames() {
            return frames;
        }

        @Override
        public void close() throws IOException {
            try (out) {
                ByteBuffer count = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                long interval = frames > 1 ? ticks / (frames - 1) : CLOCK / 25;
                count.putInt((int) Math.min(0xffffffffL, frames == 0 ? 0 : ticks + interval))
                        .flip();
                out.write(count, 24);
            }
        }
    }
}
