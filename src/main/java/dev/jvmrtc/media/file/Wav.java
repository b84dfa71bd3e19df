package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.Resampler;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Audio as 16-bit samples in a RIFF WAVE file. */
public final class Wav {
    private static final int HEADER = 44;
    private static final int PCM = 1;
    /** PCM in a format that says what its channels are. */
    private static final int EXTENSIBLE = 0xFFFE;

    private static final int MAX_FORMAT = 64;
    private static final long MAX_DATA = 0xFFFFFFFFL - HEADER;

    private Wav() {}

    /** Reads samples one after the other. One thread at a time. */
    public static final class Reader implements Closeable {
        private final DataInputStream in;
        private final int sampleRate;
        private final int channels;
        private long left;

        /**
         * Opens a file.
         *
         * @param file to be read
         * @throws IOException with a sentence where it is none that can be read
         */
        public Reader(Path file) throws IOException {
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
            try {
                if (!tag().equals("RIFF") || size() < 0 || !tag().equals("WAVE")) {
                    throw new IOException(file + " is not a WAVE file");
                }
                ByteBuffer format = null;
                while (true) {
                    assert Steps.count();
                    String tag = tag();
                    long size = size();
                    if (tag.equals("data")) {
                        left = size;
                        break;
                    }
                    if (tag.equals("fmt ")) {
                        if (size < 16 || size > MAX_FORMAT) {
                            throw new IOException(file + " has a format of " + size + " bytes, which cannot be");
                        }
                        format = ByteBuffer.wrap(in.readNBytes((int) size)).order(ByteOrder.LITTLE_ENDIAN);
                    } else {
                        in.skipNBytes(size);
                    }
                    in.skipNBytes(size & 1);
                }
                if (format == null || format.limit() < 16) {
                    throw new IOException(file + " does not tell its format");
                }
                int kind = format.getShort(0) & 0xFFFF;
                channels = format.getShort(2);
                sampleRate = format.getInt(4);
                if (kind != PCM && kind != EXTENSIBLE
                        || format.getShort(14) != 16
                        || channels < 1
                        || channels > 2
                        || sampleRate < 8_000
                        || sampleRate > 192_000) {
                    throw new IOException(
                            file
                                    + ": only samples of 16 bits in one or two channels at 8,000 to 192,000 a second can be read");
                }
            } catch (EOFException e) {
                in.close();
                throw new IOException(file + " ends before its samples begin", e);
            } catch (IOException | RuntimeException e) {
                in.close();
                throw e;
            }
        }

        private String tag() throws IOException {
            byte[] b = in.readNBytes(4);
            if (b.length < 4) {
                throw new EOFException();
            }
            return new String(b, StandardCharsets.US_ASCII);
        }

        private long size() throws IOException {
            return Integer.reverseBytes(in.readInt()) & 0xFFFFFFFFL;
        }

        /** {@return the sampling rate, in Hz} */
        public int sampleRate() {
            return sampleRate;
        }

        /** {@return how many channels there are, interleaved} */
        public int channels() {
            return channels;
        }

        /**
         * Reads on.
         *
         * @param millis how much audio at the most, in milliseconds
         * @return null at the end, which is where the file ends, whatever it says of its length
         * @throws IOException where it cannot be read
         */
        public AudioFrame read(int millis) throws IOException {
            int wanted = (int) Math.min(left, (long) sampleRate * millis / 1_000 * channels * 2);
            byte[] b = in.readNBytes(wanted);
            left -= b.length;
            int samples = b.length / 2 / channels * channels;
            if (samples == 0) {
                return null;
            }
            short[] s = new short[samples];
            ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(s);
            return new AudioFrame(s, sampleRate, channels);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /**
     * Writes audio as it comes, brought to the rate and channels of the first; {@link #close} completes the header. One
     * thread at a time.
     */
    public static final class Writer implements Closeable {
        private final FileChannel out;
        private int sampleRate;
        private int channels;
        private Resampler resampler;
        private long bytes;

        /**
         * Begins a file; one that exists is replaced.
         *
         * @param file to be written
         * @throws IOException where it cannot be written
         */
        public Writer(Path file) throws IOException {
            out = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        }

        /**
         * Writes audio. The first frame tells the rate and channels of the file; others are brought to these.
         *
         * @param frame the next in order
         * @throws IOException where the file cannot be written, or would have more than 4 GiB
         */
        public void write(AudioFrame frame) throws IOException {
            if (sampleRate == 0) {
                sampleRate = frame.sampleRate();
                channels = frame.channels();
                writeHeader();
            }
            if (resampler == null || !resampler.fits(frame)) {
                resampler = new Resampler(frame.sampleRate(), frame.channels(), sampleRate, channels);
            }
            short[] samples = resampler.resample(frame.samples());
            if (bytes + 2L * samples.length > MAX_DATA) {
                throw new IOException("a WAVE file has 4 GiB at most");
            }
            ByteBuffer b = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
            b.asShortBuffer().put(samples);
            while (b.hasRemaining()) {
                out.write(b);
            }
            bytes += 2L * samples.length;
        }

        private void writeHeader() throws IOException {
            ByteBuffer h = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            h.put("RIFF".getBytes(StandardCharsets.US_ASCII))
                    .putInt((int) (HEADER - 8 + bytes))
                    .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
                    .putInt(16)
                    .putShort((short) PCM)
                    .putShort((short) channels)
                    .putInt(sampleRate)
                    .putInt(sampleRate * channels * 2)
                    .putShort((short) (channels * 2))
                    .putShort((short) 16)
                    .put("data".getBytes(StandardCharsets.US_ASCII))
                    .putInt((int) bytes)
                    .flip();
            out.write(h, 0);
            out.position(HEADER + bytes);
        }

        /** {@return how long the audio is so far, in microseconds} */
        public long durationMicros() {
            return sampleRate == 0 ? 0 : bytes / 2 / channels * 1_000_000 / sampleRate;
        }

        @Override
        public void close() throws IOException {
            try (out) {
                if (sampleRate > 0) {
                    writeHeader();
                }
            }
        }
    }
}
