package dev.jvmrtc.media;

import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.EventTarget;
import dev.jvmrtc.dom.EventType;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.CodecStatistics;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.PlayoutStatistics;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.media.pipeline.FrameRateLimit;
import dev.jvmrtc.media.pipeline.TrackDecoder;
import dev.jvmrtc.media.pipeline.TrackView;
import dev.jvmrtc.media.playout.LipSync;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * A track of audio or video (mediacapture-streams §4.3). {@link #addSink} takes raw video and audio out, or encoded
 * frames, or RTP packets; a local track gets its media from the {@link MediaSource} that it was made of, raw or
 * encoded.
 *
 * <p>Any thread may call any method.
 */
public final class MediaStreamTrack extends EventTarget {
    /** The source has stopped delivering; see {@link #onMute}. */
    public static final EventType<Event> MUTE = EventType.of("mute", Event.class);
    /** The source delivers again; see {@link #onUnmute}. */
    public static final EventType<Event> UNMUTE = EventType.of("unmute", Event.class);
    /** The source will never deliver again; see {@link #onEnded}. */
    public static final EventType<Event> ENDED = EventType.of("ended", Event.class);

    private final MediaSource source;
    private final String id;
    private final String label;
    private final CopyOnWriteArrayList<Gate> gates = new CopyOnWriteArrayList<>();
    /** Where there are sinks of raw media and the source is encoded; under the lock of {@link #gates}. */
    private TrackDecoder decoder;

    private volatile boolean enabled = true;
    private volatile boolean muted;
    private volatile String contentHint = "";
    private volatile int jitterBufferTargetMillis;
    private volatile LipSync lipSync;
    private volatile long maxDecodedPixels = VideoDecoder.DEFAULT_MAX_PIXELS;
    private final TrackShaping shaping;
    /** Of RTP timestamps, by the name of a codec: what the track's frames may be of, whoever sends them knows. */
    private final ToIntFunction<String> clockRates;

    private volatile MediaStreamTrackState readyState = MediaStreamTrackState.LIVE;

    /** The track as encoding and decoding see it. */
    private final TrackView view = new TrackView() {
        @Override
        public String kind() {
            return source.kind();
        }

        @Override
        public int clockRate(String codec) {
            return clockRates.applyAsInt(codec);
        }

        @Override
        public String contentHint() {
            return contentHint;
        }

        @Override
        public int jitterBufferTargetMillis() {
            return jitterBufferTargetMillis;
        }

        @Override
        public LipSync lipSync() {
            return lipSync;
        }

        @Override
        public long maxDecodedPixels() {
            return maxDecodedPixels;
        }

        @Override
        public void requestKeyFrame() {
            MediaStreamTrack.this.requestKeyFrame();
        }

        @Override
        public void addSink(MediaSink sink) {
            MediaStreamTrack.this.addSink(sink);
        }

        @Override
        public void removeSink(MediaSink sink) {
            MediaStreamTrack.this.removeSink(sink);
        }
    };

    /**
     * A live track of a source, with a random id.
     *
     * @param source which other tracks may share
     * @param label what a user may be shown
     */
    public MediaStreamTrack(MediaSource source, String label) {
        this(
                source,
                UUID.randomUUID().toString(),
                label,
                false,
                new TrackShaping(source, null, MediaTrackConstraints.NONE),
                Codecs::clockRate);
    }

    /** A live track of a device. */
    MediaStreamTrack(MediaSource source, MediaDeviceInfo device, MediaTrackConstraints constraints) {
        this(
                source,
                UUID.randomUUID().toString(),
                device.label(),
                false,
                new TrackShaping(source, device, constraints),
                Codecs::clockRate);
    }

    private MediaStreamTrack(
            MediaSource source,
            String id,
            String label,
            boolean muted,
            TrackShaping shaping,
            ToIntFunction<String> clockRates) {
        this.source = Objects.requireNonNull(source, "source");
        this.shaping = shaping;
        this.clockRates = clockRates;
        this.id = id;
        this.label = label;
        this.muted = muted;
        if (source instanceof AbstractSource s) {
            s.trackAdded(this);
        }
    }

    /**
     * For those who make sources: a track together with the handle that mutes and ends it from the source's side.
     *
     * @param source which other tracks may share
     * @param id which the peer has given it, or any that no other track has
     * @param label what a user may be shown
     * @param muted whether nothing comes yet
     * @return the handle
     */
    public static Control create(MediaSource source, String id, String label, boolean muted) {
        return create(source, id, label, muted, Codecs::clockRate);
    }

    /**
     * As {@link #create(MediaSource, String, String, boolean)}, for a source that knows of codecs that are not known
     * everywhere.
     *
     * @param source which other tracks may share
     * @param id which the peer has given it, or any that no other track has
     * @param label what a user may be shown
     * @param muted whether nothing comes yet
     * @param clockRates of RTP timestamps, in Hz, by the name of a codec; 0 for one that it does not know either
     * @return the handle
     */
    public static Control create(
            MediaSource source, String id, String label, boolean muted, ToIntFunction<String> clockRates) {
        TrackShaping shaping = new TrackShaping(source, null, MediaTrackConstraints.NONE);
        return new Control(new MediaStreamTrack(source, id, label, muted, shaping, clockRates));
    }

    /** The source's side of a track: what the track's holder must not be able to do. */
    public static final class Control {
        private final MediaStreamTrack track;

        private Control(MediaStreamTrack track) {
            this.track = track;
        }

        /** {@return the track that is controlled} */
        public MediaStreamTrack track() {
            return track;
        }

        /**
         * Events that come before anybody listens are held for the first listener of their type from now on, see
         * {@link EventTarget}.
         *
         * @param tasks runs what it is given one at a time with the other methods of this object, in order
         */
        public void holdEvents(Consumer<Runnable> tasks) {
            track.holdEvents(tasks);
        }

        /**
         * The source has stopped or resumed delivering; fires {@code mute} or {@code unmute} on a change.
         *
         * @param muted whether it has stopped
         */
        public void setMuted(boolean muted) {
            if (track.muted != muted && track.readyState == MediaStreamTrackState.LIVE) {
                track.muted = muted;
                EventType<Event> type = muted ? MUTE : UNMUTE;
                track.fire(type, new Event(type.name()));
            }
        }

        /**
         * What is played of the track is held back at least so long (webrtc-pc §5.3, jitterBufferTarget).
         *
         * @param millis from 0, which leaves it to the track, to 4,000
         */
        public void setJitterBufferTarget(int millis) {
            track.jitterBufferTargetMillis = millis;
        }

        /**
         * What is played of the track is kept in step with the stream's other tracks.
         *
         * @param stream null for none
         */
        public void synchronizeWith(MediaStream stream) {
            track.lipSync = stream == null ? null : stream.lipSync;
        }

        /** The source will never deliver again; fires {@code ended} if the track was live. */
        public void end() {
            track.endFromSource();
        }
    }

    @Override
    protected boolean isStillTrue(EventType<?> type, Object event) {
        return type == ENDED || muted == (type == MUTE);
    }

    void endFromSource() {
        if (readyState == MediaStreamTrackState.LIVE) {
            finish();
            fire(ENDED, new Event(ENDED.name()));
        }
    }

    /**
     * Stands between the source and a sink: passes on while the track is live and enabled. Raw media of a disabled
     * track is black or silent.
     */
    private final class Gate implements MediaSink {
        final MediaSink sink;
        private final boolean rtp;
        private final boolean audio;
        private final boolean video;
        private final FrameRateLimit frameRate = new FrameRateLimit();

        Gate(MediaSink sink) {
            this.sink = sink;
            this.rtp = sink.wantsRtp();
            this.audio = sink.wantsAudio();
            this.video = sink.wantsVideo();
        }

        private boolean isLive() {
            return readyState == MediaStreamTrackState.LIVE;
        }

        @Override
        public void onEncodedFrame(EncodedFrame frame) {
            if (enabled && isLive()) {
                sink.onEncodedFrame(frame);
            }
        }

        @Override
        public void onRtpPacket(byte[] packet) { // of a source that the application has written
            onRtpPacket(Unpooled.wrappedBuffer(packet));
        }

        @Override
        public void onRtpSkipped(byte[] packet) {
            onRtpSkipped(Unpooled.wrappedBuffer(packet));
        }

        @Override
        public void onRtpPacket(ByteBuf packet) {
            if (enabled && isLive()) {
                sink.onRtpPacket(packet);
            } else {
                sink.onRtpSkipped(packet);
            }
        }

        @Override
        public void onRtpSkipped(ByteBuf packet) {
            sink.onRtpSkipped(packet);
        }

        @Override
        public CompletableFuture<Void> rtpRoom() {
            return enabled && isLive() ? sink.rtpRoom() : null;
        }

        @Override
        public void onAudioFrame(AudioFrame frame) {
            if (isLive()) {
                sink.onAudioFrame(enabled ? frame : frame.silence());
            }
        }

        @Override
        public void onVideoFrame(VideoFrame frame) {
            if (!isLive()) {
                return;
            }
            VideoFrame shaped = shaping.shape(frame, frameRate);
            if (shaped == null) {
                return;
            }
            try {
                deliver(shaped);
            } finally {
                shaped.release();
            }
        }

        private void deliver(VideoFrame frame) {
            if (enabled) {
                sink.onVideoFrame(frame);
                return;
            }
            VideoFrame black = frame.black();
            try {
                sink.onVideoFrame(black);
            } finally {
                black.release();
            }
        }

        @Override
        public boolean wantsRtp() {
            return rtp;
        }

        @Override
        public boolean wantsAudio() {
            return audio;
        }

        @Override
        public boolean wantsVideo() {
            return video;
        }

        /** Whether a decoder has to stand between. */
        boolean needsDecoder() {
            return (audio || video) && !isRaw();
        }
    }

    /** {@return "audio" or "video"} Never changes. */
    public String getKind() {
        return source.kind();
    }

    /** {@return its id: random, or what the peer has given it} (mediacapture-streams §4.3) */
    public String getId() {
        return id;
    }

    /** {@return what a user may be shown: the name of the device or source} */
    public String getLabel() {
        return label;
    }

    /** {@return what {@link #setEnabled} has set; true at first} */
    public boolean isEnabled() {
        return enabled;
    }

    /**
     * Sets whether the track delivers its media, at once, from any thread (mediacapture-streams §4.3.1).
     *
     * @param enabled false makes it deliver black frames and silence; nothing where its source is encoded, since that
     *     cannot be made black or silent
     */
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /**
     * {@return what the track's content is, for whoever encodes it (mst-content-hint); empty, as at first, where that
     * is not said}
     */
    public String getContentHint() {
        return contentHint;
    }

    /**
     * Says what the track's content is (mst-content-hint). Of {@code detail} and {@code text} a machine that is too
     * slow drops frames only, and does not make them smaller.
     *
     * @param hint {@code speech}, {@code speech-recognition}, {@code music} or empty for audio, {@code motion},
     *     {@code detail}, {@code text} or empty for video; other values are ignored
     */
    public void setContentHint(String hint) {
        List<String> known = getKind().equals("audio")
                ? List.of("", "speech", "speech-recognition", "music")
                : List.of("", "motion", "detail", "text");
        if (known.contains(hint)) {
            contentHint = hint;
        }
    }

    /** {@return whether the source is delivering nothing at present} A remote track is muted until its first packet. */
    public boolean isMuted() {
        return muted;
    }

    /** {@return whether it is live or has ended} Once ended it stays so. */
    public MediaStreamTrackState getReadyState() {
        return readyState;
    }

    /**
     * {@return how the track is at present (mediacapture-streams §4.3.1)} What is not known yet, as the size before the
     * first frame, is null.
     */
    public MediaTrackSettings getSettings() {
        return shaping.settings();
    }

    /**
     * {@return what the track may be made to be by {@link #applyConstraints}: of its frames, smaller ones and fewer}
     */
    public MediaTrackCapabilities getCapabilities() {
        return shaping.capabilities();
    }

    /** {@return what was asked last, of getUserMedia or {@link #applyConstraints}} */
    public MediaTrackConstraints getConstraints() {
        return shaping.constraints();
    }

    /**
     * Asks the track to be otherwise (mediacapture-streams §4.3.1): its frames are cropped and made smaller, and left
     * out, for all its sinks, not for those of its clones. Encoded tracks stay as they are.
     *
     * @param wanted which replaces what was asked before
     * @return complete at once; fails with {@link OverconstrainedError}, and changes nothing, where something required
     *     cannot be had
     */
    public CompletableFuture<Void> applyConstraints(MediaTrackConstraints wanted) {
        try {
            shaping.apply(wanted);
            return CompletableFuture.completedFuture(null);
        } catch (OverconstrainedError e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** {@return the source behind the track, which other tracks may share} */
    public MediaSource getSource() {
        return source;
    }

    /**
     * Adds a sink of this track's media. It gets what comes from now on, of a remote track also what was held for the
     * first sink; adding one twice gives it everything twice.
     *
     * @param sink called on the threads that {@link MediaSink} names
     */
    public void addSink(MediaSink sink) {
        Gate g = new Gate(sink);
        gates.add(g);
        if (readyState == MediaStreamTrackState.LIVE) {
            source.addSink(g);
            if (g.needsDecoder()) {
                decodeFor(g);
            }
        }
    }

    /**
     * Removes a sink, as often as it was added; one that is being called may get one more frame.
     *
     * @param sink one that was added; others are ignored
     */
    public void removeSink(MediaSink sink) {
        for (Gate g : gates) {
            if (g.sink == sink) {
                gates.remove(g);
                detach(g);
            }
        }
    }

    private void detach(Gate g) {
        source.removeSink(g);
        synchronized (gates) {
            if (decoder != null && decoder.sinks().remove(g) && decoder.sinks().isEmpty()) {
                source.removeSink(decoder);
                decoder.release();
                decoder = null;
            }
        }
    }

    private boolean isRaw() {
        return source instanceof AbstractSource s && s.isRaw();
    }

    private void decodeFor(Gate g) {
        synchronized (gates) {
            boolean first = decoder == null;
            if (first) {
                decoder = TrackDecoder.of(view);
            }
            decoder.sinks().add(g);
            if (first) {
                source.addSink(decoder);
            }
        }
    }

    /**
     * {@return how many frames of an encoded track could not be decoded for its sinks of raw video or audio, by the
     * reason}
     */
    public Map<String, Long> getDecodeFailures() {
        synchronized (gates) {
            return decoder == null ? Map.of() : decoder.failures();
        }
    }

    /**
     * Pixels, width times height, of the largest frame that is decoded for this track's sinks of video; encoded frames
     * of larger ones are refused before anything is allocated for them, and counted. It holds for decoders that are
     * made later: to be set before the first sink is added, as in the handler of the track event.
     *
     * @param pixels from 1 to 16383x16383; 4096x2304 where nothing was set; others throw IllegalArgumentException
     */
    public void setMaxDecodedPixels(long pixels) {
        if (pixels < 1 || pixels > 16_383L * 16_383) {
            throw new IllegalArgumentException("a frame has 1 to 16383x16383 pixels, not " + pixels);
        }
        maxDecodedPixels = pixels;
    }

    /** {@return what was set by {@link #setMaxDecodedPixels}} */
    public long getMaxDecodedPixels() {
        return maxDecodedPixels;
    }

    /** {@return how an encoded track is played for its sinks of raw video or audio; null where it has none} */
    public PlayoutStatistics getPlayoutStatistics() {
        synchronized (gates) {
            return decoder == null ? null : decoder.playout();
        }
    }

    /** {@return what the decoder of an encoded track of video has done for its sinks so far; null where it has none} */
    public CodecStatistics getDecodingStatistics() {
        synchronized (gates) {
            return decoder == null ? null : decoder.statistics();
        }
    }

    /**
     * This track's media encoded: by a new encoder of its own where the track is raw, which is told the format by
     * {@link MediaSource#formatSelected}, else as the source delivers it.
     *
     * @return encoded media for one sink; whoever asks for it closes it
     */
    public EncodedMedia encoded() {
        return isRaw() ? ((AbstractSource) source).encode(view) : new PassedThrough(this);
    }

    /**
     * Adds a sink of encoded frames, for short.
     *
     * @param consumer called with each frame, which is not to be changed
     * @return the sink, for {@link #removeSink}
     */
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

    /**
     * Adds a sink of audio, for short. Nothing comes where the track is encoded with a codec that this machine has no
     * decoder for.
     *
     * @param consumer called with each frame, whose array is shared with other sinks
     * @return the sink, for {@link #removeSink}
     */
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

    /**
     * Adds a sink of video, for short. Nothing comes where there is no decoder for the track's codec.
     *
     * @param consumer called with each frame, which is lent: see {@link VideoFrame#keep()}
     * @return the sink, for {@link #removeSink}
     */
    public MediaSink onVideoFrame(Consumer<VideoFrame> consumer) {
        MediaSink sink = new MediaSink() {
            @Override
            public boolean wantsVideo() {
                return true;
            }

            @Override
            public void onVideoFrame(VideoFrame frame) {
                consumer.accept(frame);
            }
        };
        addSink(sink);
        return sink;
    }

    /** Asks the sender of video for a key frame; for audio it does nothing. */
    public void requestKeyFrame() {
        source.requestKeyFrame(null);
    }

    /** Another track of the same source, live even if this one has ended not yet (mediacapture-streams §4.3.1). */
    @Override
    public MediaStreamTrack clone() {
        MediaStreamTrack t =
                new MediaStreamTrack(source, UUID.randomUUID().toString(), label, muted, shaping.copy(), clockRates);
        t.enabled = enabled;
        t.contentHint = contentHint;
        t.jitterBufferTargetMillis = jitterBufferTargetMillis;
        t.lipSync = lipSync;
        t.maxDecodedPixels = maxDecodedPixels;
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
            detach(g);
        }
        if (source instanceof AbstractSource s) {
            s.trackStopped(this);
        } else {
            source.stopped();
        }
    }

    /**
     * Sets the one handler of {@code mute}: the source has stopped delivering for a while.
     *
     * @param handler null clears it
     */
    public void onMute(Consumer<? super Event> handler) {
        setHandler(MUTE, handler);
    }

    /**
     * Sets the one handler of {@code unmute}: the source delivers again.
     *
     * @param handler null clears it
     */
    public void onUnmute(Consumer<? super Event> handler) {
        setHandler(UNMUTE, handler);
    }

    /**
     * Sets the one handler of {@code ended}: the source will never deliver again, for another reason than
     * {@link #stop()}.
     *
     * @param handler null clears it
     */
    public void onEnded(Consumer<? super Event> handler) {
        setHandler(ENDED, handler);
    }

    @Override
    public String toString() {
        return "MediaStreamTrack[" + getKind() + " " + label + " " + readyState + (muted ? " muted" : "") + "]";
    }
}
