package dev.jvmrtc.media.file;

import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.MediaSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Records audio and video of a call into one file, with one clock: what is silent or not there leaves a gap. Encoded
 * frames of received tracks are written as they came; what local tracks give raw is encoded, to VP8 (H.264 for MP4) and
 * Opus. The file can be played while it is written, and but for the last second after a crash.
 *
 * <p>Frames are written on the thread that brings them. Where writing fails, as on a full disk, the recorder stops, and
 * {@link #onError} is told. Any thread may call any method.
 */
public final class CallRecorder implements AutoCloseable {
    private final MediaFileWriter writer;
    private final String name;
    /** The file begins with the first frame. */
    private Long startNanos;

    private final List<Input> inputs = new ArrayList<>();
    private final Map<MediaStream, TrackClock.Sender> senders = new IdentityHashMap<>();
    private Consumer<IOException> errorHandler = e -> {};
    private IOException failure;
    private boolean closed;
    private long frames;

    /**
     * Begins a recording, without a track yet. Its time begins with the first frame of any track.
     *
     * @param file its name tells the kind, see {@link MediaFileWriter#create}; replaced where it exists. In a file
     *     named {@code .webm} H.264 is recorded too, which makes it Matroska: players take it by its content, browsers
     *     do not
     * @return the recorder, to be closed
     * @throws IOException where the name has another ending, or the file cannot be written
     */
    public static CallRecorder start(Path file) throws IOException {
        return new CallRecorder(file);
    }

    private CallRecorder(Path file) throws IOException {
        writer = MediaFileWriter.create(file);
        name = file.getFileName().toString();
    }

    /**
     * Adds a track that is kept in step with no other but by when its frames come.
     *
     * @param track local or remote
     * @throws IOException as {@link #add(MediaStreamTrack, MediaStream)} does
     */
    public void add(MediaStreamTrack track) throws IOException {
        add(track, null);
    }

    /**
     * Adds a track, at any time. It begins in the file with the first frame that needs no other, which is asked for, or
     * with its first audio frame. Where its codec comes to be another, it goes on as a further track of the file. A
     * codec that the file cannot hold leaves the track out, which {@link #onError} is told.
     *
     * @param stream tracks of one stream are kept in step by their capture times, as {@code RTCTrackEvent.streams()}
     *     gives it; null for a track by itself
     * @param track local or remote
     * @throws IOException where the recorder is closed, the file has as many tracks as it can hold, or there is no
     *     encoder for a raw track
     */
    public void add(MediaStreamTrack track, MediaStream stream) throws IOException {
        EncodedMedia source = track.encoded();
        try {
            if (source.isEncodedHere()) {
                source.formatSelected(EncodedFormat.of(encodedTo(track)));
            }
            Input input;
            synchronized (this) {
                if (closed) {
                    throw new IOException("the recorder is closed");
                }
                TrackClock.Sender sender =
                        stream == null ? null : senders.computeIfAbsent(stream, s -> new TrackClock.Sender());
                input = new Input(track, source, sender, writer.addTrack(null, track.getLabel()));
                inputs.add(input);
            }
            input.attach();
            boolean gone;
            synchronized (this) {
                gone = !inputs.contains(input);
            }
            if (gone) {
                input.detach(); // closed or taken out meanwhile
            }
        } catch (IOException e) {
            source.close();
            throw e;
        }
    }

    private String encodedTo(MediaStreamTrack track) throws IOException {
        String codec = track.getKind().equals("audio") ? "opus" : writer.holds("VP8") ? "VP8" : "H264";
        if (Codecs.encoders(track.getKind()).stream().noneMatch(f -> f.codec().equalsIgnoreCase(codec))) {
            throw new IOException(name + " holds " + codec + ", for which there is no encoder here");
        }
        return codec;
    }

    /**
     * Takes nothing more of a track; what it gave stays in the file.
     *
     * @param track one that was added; others are ignored
     */
    public void remove(MediaStreamTrack track) {
        List<Input> gone = new ArrayList<>();
        synchronized (this) {
            for (Input i : List.copyOf(inputs)) {
                if (i.track == track) {
                    inputs.remove(i);
                    gone.add(i);
                    if (!closed) {
                        i.numbers().forEach(writer::endTrack);
                    }
                }
            }
        }
        gone.forEach(Input::detach);
    }

    /** A track of the file: what a track of the call is in one codec. */
    private record Lane(int number, TrackClock clock) {}

    /** A track of the call. */
    private final class Input implements MediaSink {
        final MediaStreamTrack track;
        private final EncodedMedia source;
        private final TrackClock.Sender sender;
        private final int first;
        /** By codec; null for one that is left out. */
        private final Map<String, Lane> lanes = new HashMap<>();

        Input(MediaStreamTrack track, EncodedMedia source, TrackClock.Sender sender, int first) {
            this.track = track;
            this.source = source;
            this.sender = sender;
            this.first = first;
        }

        void attach() {
            source.addSink(this);
            source.requestKeyFrame(null);
        }

        void detach() {
            source.removeSink(this);
            source.close();
        }

        /** Throws where the file has no place for a codec, the first time. */
        private Lane lane(String codec) throws IOException {
            Lane lane = lanes.get(codec);
            if (lane == null && !lanes.containsKey(codec)) {
                lanes.put(codec, null);
                if (!writer.holds(codec)) {
                    if (lanes.size() == 1) {
                        writer.endTrack(first); // frames of others need not wait for it
                    }
                    throw new IOException("a track is left out: " + name + " cannot hold " + SafeText.line(codec, 32));
                }
                int number = lanes.size() == 1 ? first : writer.addTrack(codec, track.getLabel());
                lane = new Lane(number, new TrackClock(Codecs.clockRate(codec), sender));
                lanes.put(codec, lane);
            }
            return lane;
        }

        private List<Integer> numbers() {
            return Stream.concat(
                            Stream.of(first),
                            lanes.values().stream().filter(Objects::nonNull).map(Lane::number))
                    .distinct()
                    .toList();
        }

        @Override
        public void onEncodedFrame(EncodedFrame frame) {
            IOException told = null;
            boolean stop = false;
            Consumer<IOException> handler;
            synchronized (CallRecorder.this) {
                if (closed || !inputs.contains(this)) {
                    return;
                }
                handler = errorHandler;
                Lane lane = null;
                try {
                    lane = lane(frame.codec().toUpperCase(Locale.ROOT));
                } catch (IOException e) {
                    told = e;
                }
                try {
                    if (lane != null) {
                        startNanos = startNanos == null ? Long.valueOf(System.nanoTime()) : startNanos;
                        long now = (System.nanoTime() - startNanos) / 1_000;
                        frames += writer.write(
                                        lane.number,
                                        frame,
                                        lane.clock.of(frame.rtpTimestamp(), frame.captureTimeMillis(), now))
                                ? 1
                                : 0;
                    }
                } catch (NoRoomException e) {
                    // What a peer sends as parameter sets may be long: it costs its own track, not the recording.
                    told = new IOException("a track is left out: " + e.getMessage(), e);
                    lanes.put(frame.codec().toUpperCase(Locale.ROOT), null);
                    writer.endTrack(lane.number);
                } catch (IOException e) {
                    told = e;
                    stop = true;
                }
                failure = told == null ? failure : told;
            }
            if (stop) {
                try {
                    close();
                } catch (IOException e) {
                    told.addSuppressed(e);
                }
            }
            if (told != null) {
                handler.accept(told);
            }
        }
    }

    /**
     * Sets who is called where writing has failed, after which the recorder is closed, and where a track is left out;
     * on the thread that brought the frame.
     *
     * @param handler gets what went wrong; replaces the one of before
     */
    public synchronized void onError(Consumer<IOException> handler) {
        errorHandler = Objects.requireNonNull(handler, "handler");
    }

    /** {@return what {@link #onError} was told last, or null} */
    public synchronized IOException getFailure() {
        return failure;
    }

    /** {@return how many frames of all tracks were taken} */
    public synchronized long getFrames() {
        return frames;
    }

    /** Takes nothing more, and completes the file. */
    @Override
    public void close() throws IOException {
        List<Input> gone;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            gone = List.copyOf(inputs);
            inputs.clear();
        }
        gone.forEach(Input::detach);
        writer.close();
    }
}
