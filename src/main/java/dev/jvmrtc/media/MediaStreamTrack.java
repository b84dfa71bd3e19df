package dev.jvmrtc.media;

import dev.jvmrtc.Event;
import dev.jvmrtc.EventTarget;
import dev.jvmrtc.EventType;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A track of sound or pictures (mediacapture-streams §4.3). What it carries is encoded: {@link #addSink} takes frames or RTP packets out; a local track gets
 * its media from the {@link MediaSource} that it was made of.
 *
 * <p>Any thread may call any method.
 */
public final class MediaStreamTrack extends EventTarget {
    public static final EventType<Event> MUTE = EventType.of("mute", Event.class);
    public static final EventType<Event> UNMUTE = EventType.of("unmute", Event.class);
    public static final EventType<Event> ENDED = EventType.of("ended", Event.class);

    private final MediaSource source;
    private final String id;
    private final String label;
    private final CopyOnWriteArrayList<Gate> gates = new CopyOnWriteArrayList<>();
    private volatile boolean enabled = true;
    private volatile boolean muted;
    private volatile MediaStreamTrackState readyState = MediaStreamTrackState.LIVE;

    /** A live track of a source. */
    public MediaStreamTrack(MediaSource source, String label) {
        this(source, UUID.randomUUID().toString(), label, false);
    }

    private MediaStreamTrack(MediaSource source, String id, String label, boolean muted) {
        this.source = Objects.requireNonNull(source, "source");
        this.id = id;
        this.label = label;
        this.muted = muted;
        if (source instanceof AbstractSource s) {
            s.trackAdded();
        }
    }

    /** For makers of sources: a track together with the handle that mutes and ends it from the source's side. */
    public static Control create(MediaSource source, String id, String label, boolean muted) {
        return new Control(new MediaStreamTrack(source, id, label, muted));
    }

    /** The source's side of a track: what the track's holder must not be able to do. */
    public static final class Control {
        private final MediaStreamTrack track;

        private Control(MediaStreamTrack track) {
            this.track = track;
        }

        public MediaStreamTrack track() {
            return track;
        }

        /** The source has stopped or resumed delivering; fires {@code mute} or {@code unmute} on a change. */
        public void setMuted(boolean muted) {
            if (track.muted != muted && track.readyState == MediaStreamTrackState.LIVE) {
                track.muted = muted;
                EventType<Event> type = muted ? MUTE : UNMUTE;
                track.fire(type, new Event(type.name()));
            }
        }

        /** The source will never deliver again; fires {@code ended} if the track was live. */
        public void end() {
            if (track.readyState == MediaStreamTrackState.LIVE) {
                track.finish();
                track.fire(ENDED, new Event(ENDED.name()));
            }
        }
    }

    /** Stands between the source and a sink: passes on while the track is live and enabled. */
    private final class Gate implements MediaSink {
        final MediaSink sink;
        private final boolean rtp;
        private final boolean audio;

        Gate(MediaSink sink) {
            this.sink = sink;
            this.rtp = sink.wantsRtp();
            this.audio = sink.wantsAudio();
        }

        private boolean open() {
            return enabled && readyState == MediaStreamTrackState.LIVE;
        }

        @Override
        public void onEncodedFrame(EncodedFrame frame) {
            if (open()) {
                sink.onEncodedFrame(frame);
                if (audio) {
                    AudioFrame decoded = BuiltInDecoders.decode(frame);
                    if (decoded != null) {
                        sink.onAudioFrame(decoded);
                    }
                }
            }
        }

        @Override
        public void onRtpPacket(byte[] packet) {
            if (open()) {
                sink.onRtpPacket(packet);
            }
        }

        @Override
        public boolean wantsRtp() {
            return rtp;
        }
    }

    /** "audio" or "video". */
    public String getKind() {
        return source.kind();
    }

    public String getId() {
        return id;
    }

    /** What a user may be shown: the device's or source's name. */
    public String getLabel() {
        return label;
    }

    public boolean isEnabled() {
        return enabled;
    }

    /** A disabled track delivers nothing: what is encoded already cannot be made black or silent. */
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /** Whether the source is delivering nothing at present. A remote track is muted until its first packet. */
    public boolean isMuted() {
        return muted;
    }

    public MediaStreamTrackState getReadyState() {
        return readyState;
    }

    /** The source behind the track, which other tracks may share. */
    public MediaSource getSource() {
        return source;
    }

    /** Adds a taker of this track's media. */
    public void addSink(MediaSink sink) {
        Gate g = new Gate(sink);
        gates.add(g);
        if (readyState == MediaStreamTrackState.LIVE) {
            source.addSink(g);
        }
    }

    public void removeSink(MediaSink sink) {
        for (Gate g : gates) {
            if (g.sink == sink) {
                gates.remove(g);
                source.removeSink(g);
            }
        }
    }

    /** Adds a taker of encoded frames, for short. */
    public MediaSink onEncodedFrame(Consumer<EncodedFrame> consumer) {
        MediaSink sink = new MediaSink() {
            @Override
            public void onEncodedFrame(EncodedFrame frame) {
                consumer.accept(frame);
            }
        };
        addSink(sink);
        return sink;
    }

    /** Adds a taker of decoded sound, for short. Nothing comes where there is no decoder for the codec; G.711 is built in. */
    public MediaSink onAudioFrame(Consumer<AudioFrame> consumer) {
        MediaSink sink = new MediaSink() {
            @Override
            public boolean wantsAudio() {
                return true;
            }

            @Override
            public void onAudioFrame(AudioFrame frame) {
                consumer.accept(frame);
            }
        };
        addSink(sink);
        return sink;
    }

    /** Asks the sender of a picture for a key frame; for sound it does nothing. */
    public void requestKeyFrame() {
        source.requestKeyFrame(null);
    }

    /** Another track of the same source, live even if this one has ended not yet (mediacapture-streams §4.3.1). */
    @Override
    public MediaStreamTrack clone() {
        MediaStreamTrack t = new MediaStreamTrack(source, UUID.randomUUID().toString(), label, muted);
        t.enabled = enabled;
        if (readyState == MediaStreamTrackState.ENDED) {
            t.finish();
        }
        return t;
    }

    /** Ends the track from the holder's side; fires no event (mediacapture-streams §4.3.3). */
    public void stop() {
        if (readyState == MediaStreamTrackState.LIVE) {
            finish();
        }
    }

    private void finish() {
        readyState = MediaStreamTrackState.ENDED;
        for (Gate g : gates) {
            source.removeSink(g);
        }
        if (source instanceof AbstractSource s) {
            s.trackStopped();
        } else {
            source.stopped();
        }
    }

    /** The one handler of {@code mute}; null clears it. */
    public void onMute(Consumer<? super Event> handler) {
        setHandler(MUTE, handler);
    }

    /** The one handler of {@code unmute}; null clears it. */
    public void onUnmute(Consumer<? super Event> handler) {
        setHandler(UNMUTE, handler);
    }

    /** The one handler of {@code ended}; null clears it. */
    public void onEnded(Consumer<? super Event> handler) {
        setHandler(ENDED, handler);
    }

    @Override
    public String toString() {
        return "MediaStreamTrack[" + getKind() + " " + label + " " + readyState + (muted ? " muted" : "") + "]";
    }
}
