package dev.jvmrtc.media.file;

import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.VideoFrame;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Writes a track to a file, as the file's name says: {@code .y4m} raw video, {@code .wav} raw audio, {@code .ivf} VP8
 * or VP9, {@code .ogg} or {@code .opus} Opus. The encoded frames of a received track are written as they came; what a
 * local track gives raw is encoded for an encoded file.
 *
 * <p>Frames are written on the thread that brings them. Where writing fails, as on a full disk, the recorder stops, and
 * {@link #onError} is told. Any thread may close it.
 */
public final class Recorder implements AutoCloseable {
    private static final double FRAME_RATE = 30;

    /** Takes one kind of what a sink is given. */
    private interface Writer<T> {
        void write(T frame) throws IOException;
    }

    private record Output(
            Writer<EncodedFrame> encoded, Writer<VideoFrame> video, Writer<AudioFrame> audio, Closeable file) {}

    private final MediaStreamTrack track;
    private final EncodedMedia encoded;
    private final boolean raw;
    private final String name;
    private final Output output;
    private Consumer<IOException> errorHandler = e -> {};
    private IOException failure;
    private boolean closed;
    private long frames;

    private final MediaSink sink = new MediaSink() {
        @Override
        public boolean wantsVideo() {
            return raw && track.getKind().equals("video");
        }

        @Override
        public boolean wantsAudio() {
            return raw && track.getKind().equals("audio");
        }

        @Override
        public void onEncodedFrame(EncodedFrame frame) {
            put(output.encoded, frame);
        }

        @Override
        public void onVideoFrame(VideoFrame frame) {
            put(output.video, frame);
        }

        @Override
        public void onAudioFrame(AudioFrame frame) {
            put(output.audio, frame);
        }
    };

    /**
     * Begins to record.
     *
     * @param track local or remote
     * @param file replaced where it exists
     * @return the recorder, to be closed
     * @throws IOException where the file cannot be written, or its kind is not the track's
     */
    public static Recorder start(MediaStreamTrack track, Path file) throws IOException {
        return new Recorder(track, file);
    }

    private Recorder(MediaStreamTrack track, Path file) throws IOException {
        this.track = track;
        this.name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean video = track.getKind().equals("video");
        if (video ? !endsWith(".y4m", ".ivf") : !endsWith(".wav", ".ogg", ".opus")) {
            throw new IOException(file + ": "
                    + (video ? "video is written to .y4m and .ivf" : "audio is written to .wav, .ogg and .opus"));
        }
        this.raw = endsWith(".y4m", ".wav");
        this.output = raw ? rawOutput(file) : encodedOutput(file);
        this.encoded = raw ? null : track.encoded();
        if (raw) {
            track.addSink(sink);
            return;
        }
        if (encoded.isEncodedHere()) {
            String codec = video ? "VP8" : "opus";
            if (Codecs.encoders(track.getKind()).stream()
                    .noneMatch(f -> f.codec().equalsIgnoreCase(codec))) {
                output.file.close();
                encoded.close();
                throw new IOException(
                        file + " holds " + codec + ", for which there is no encoder: " + Codecs.advice(codec));
            }
            encoded.formatSelected(EncodedFormat.of(codec));
        }
        encoded.addSink(sink);
    }

    private boolean endsWith(String... endings) {
        for (String e : endings) {
            if (name.endsWith(e)) {
                return true;
            }
        }
        return false;
    }

    private Output rawOutput(Path file) throws IOException {
        if (endsWith(".y4m")) {
            Y4m.Writer w = new Y4m.Writer(file, FRAME_RATE);
            Pace pace = new Pace();
            return new Output(null, f -> w.write(f, pace.of(f.timestampMicros(), System.nanoTime())), null, w);
        }
        Wav.Writer w = new Wav.Writer(file);
        return new Output(null, null, w::write, w);
    }

    private Output encodedOutput(Path file) throws IOException {
        if (endsWith(".ivf")) {
            IvfOutput o = new IvfOutput(file);
            return new Output(o::write, null, null, o);
        }
        OggOpus.Writer w = new OggOpus.Writer(file, 2);
        return new Output(
                f -> {
                    require(f, "opus");
                    w.write(f);
                },
                null,
                null,
                w);
    }

    /**
     * The time of video frames, which a remote peer tells, kept from running away from our own: a pause is filled with
     * the last frame, so that a time that leaps with each frame would fill the disk.
     */
    static final class Pace {
        private static final long MAX_AHEAD_MICROS = 2_000_000;

        private boolean began;
        private long mediaMicros;
        private long nanos;
        private long firstNanos;
        private long micros;

        long of(long timestampMicros, long now) {
            if (!began) {
                began = true;
                firstNanos = now;
            } else {
                long step = timestampMicros - mediaMicros;
                // A time that goes back, or leaps, begins anew from ours.
                boolean leaps = step < 0 || micros + step > (now - firstNanos) / 1_000 + MAX_AHEAD_MICROS;
                micros += leaps ? (now - nanos) / 1_000 : step;
            }
            mediaMicros = timestampMicros;
            nanos = now;
            return micros;
        }
    }

    /** Which codec an IVF file holds, its first frame tells. */
    private static final class IvfOutput implements Closeable {
        private final Path file;
        private Ivf.Writer writer;
        private String codec;

        IvfOutput(Path file) {
            this.file = file;
        }

        void write(EncodedFrame f) throws IOException {
            if (writer == null) {
                if (!f.keyFrame()) {
                    return; // a file begins with a frame that needs no other
                }
                codec = f.codec();
                writer = new Ivf.Writer(file, codec);
            }
            require(f, codec);
            writer.write(f);
        }

        @Override
        public void close() throws IOException {
            if (writer != null) {
                writer.close();
            }
        }
    }

    private static void require(EncodedFrame f, String codec) throws IOException {
        if (!f.codec().equalsIgnoreCase(codec)) {
            throw new IOException("the track has come to be " + f.codec() + ", the file holds " + codec);
        }
    }

    private <T> void put(Writer<T> writer, T frame) {
        IOException failed = null;
        Consumer<IOException> handler;
        synchronized (this) {
            if (closed || writer == null) {
                return;
            }
            handler = errorHandler;
            try {
                writer.write(frame);
                frames++;
            } catch (IOException e) {
                failure = e;
                failed = e;
            }
        }
        if (failed != null) {
            try {
                close();
            } catch (IOException e) {
                failed.addSuppressed(e);
            }
            handler.accept(failed);
        }
    }

    /**
     * Sets who is called, once, where writing has failed; on the thread that brought the frame.
     *
     * @param handler gets what went wrong; replaces the one of before
     */
    public synchronized void onError(Consumer<IOException> handler) {
        errorHandler = handler;
    }

    /** {@return why recording stopped, or null} */
    public synchronized IOException getFailure() {
        return failure;
    }

    /** {@return how many frames were taken} */
    public synchronized long getFrames() {
        return frames;
    }

    /** Takes nothing more, and completes the file. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            output.file.close();
        }
        if (raw) {
            track.removeSink(sink);
        } else {
            encoded.removeSink(sink);
            encoded.close();
        }
    }
}
