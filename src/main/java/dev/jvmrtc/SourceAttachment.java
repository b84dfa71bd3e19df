package dev.jvmrtc;

import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.session.plan.SourceFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What ties a sender to the source of its track. A source is the application's code, which may take any time and any
 * lock: it is called here, and never under the connection's lock. Attaching and detaching may meet on two threads;
 * whichever comes first, the sink is not left behind at the source.
 */
final class SourceAttachment {
    private enum State {
        NEW,
        ATTACHED,
        DETACHED
    }

    private final MediaStreamTrack track;
    private final MediaSink sink;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private volatile EncodedMedia media;

    SourceAttachment(MediaStreamTrack track, MediaSink sink) {
        this.track = track;
        this.sink = sink;
    }

    MediaSink sink() {
        return sink;
    }

    /**
     * What is sent of the track: encoded by an encoder of our own where the track is raw, else passed through. Null
     * before {@link #open}.
     */
    EncodedMedia media() {
        return media;
    }

    /** Asks the source what it can deliver; makes the encoder of a raw track. Without the lock. */
    List<SourceFormat> open() {
        media = track.encoded();
        List<SourceFormat> formats = media.formats().stream()
                .map(f -> new SourceFormat(f.codec(), f.parameters()))
                .toList();
        return formats.isEmpty() ? List.of(SourceFormat.ANY) : formats;
    }

    /** Begins to take frames. Without the lock, after {@link #open}. */
    void attach() {
        media.addSink(sink);
        if (!state.compareAndSet(State.NEW, State.ATTACHED)) {
            release();
        }
    }

    /** Takes no more frames, and lets go of the encoder. Without the lock. */
    void detach() {
        if (state.getAndSet(State.DETACHED) == State.ATTACHED) {
            release();
        }
    }

    private void release() {
        media.removeSink(sink);
        media.close();
    }

    /**
     * Where another track has taken its place since {@link #open}, or the source throws: what was made is let go of.
     * Without the lock.
     */
    void abandon() {
        state.set(State.DETACHED);
        if (media != null) {
            media.close();
        }
    }
}
