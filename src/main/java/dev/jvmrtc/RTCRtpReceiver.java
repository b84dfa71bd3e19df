package dev.jvmrtc;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.dom.RTCRangeError;
import dev.jvmrtc.jsep.Agreement;
import dev.jvmrtc.jsep.Codecs;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.Sinks;
import dev.jvmrtc.media.pipeline.PromptSink;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives a track (webrtc-pc §5.3). Any thread may call any method. */
public final class RTCRtpReceiver {

    /** Frames and packets that may wait for the application's executor; more are dropped, oldest kept, and counted. */
    public static final int MAX_WAITING = 512;

    /** The bytes of these frames and packets: beyond 16 MiB they are dropped too. */
    public static final int MAX_WAITING_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(RTCRtpReceiver.class);
    /** A key frame that was asked for and does not come is asked for again after so many frames. */
    private static final int ASK_AGAIN = 30;
    /** Of audio that came before its first sink, frames that are played: all would delay what follows. */
    private static final int AUDIO_PLAYED = 5;

    private static final int MAX_JITTER_BUFFER_TARGET = 4_000;

    private final ConnectionSlots slots;
    private final RTCRtpTransceiver transceiver;
    private final MediaStreamTrack.Control track;
    private final Source source;
    private final RecentSources recentSources = new RecentSources();
    private RTCDtlsTransport transport;
    private Agreement.Media plan;
    private volatile Double jitterBufferTarget;
    /** Streams that the peer put the track in (webrtc-pc [[AssociatedRemoteMediaStreams]]). */
    List<MediaStream.Control> streams = List.of();

    /** Whether anything comes. */
    final LatestNews<Boolean> muted;

    private boolean toldHeard;

    RTCRtpReceiver(ConnectionSlots slots, RTCRtpTransceiver transceiver, MediaKind kind, String trackId) {
        this.slots = slots;
        this.transceiver = transceiver;
        this.source = new Source(kind);
        this.track = MediaStreamTrack.create(
                source, trackId, "remote " + kind, true, slots.factory.codecs().registry()::clockRate);
        track.holdEvents(slots.tasks::post);
        this.muted = new LatestNews<>(slots.tasks, none -> {
            if (!slots.isClosed()) {
                track.setMuted(none);
            }
        });
    }

    /** {@return the track, always the same; muted until something comes} */
    public MediaStreamTrack getTrack() {
        return track.track();
    }

    /** {@return the transport, or null before negotiation} */
    public RTCDtlsTransport getTransport() {
        synchronized (slots.lock) {
            return transport;
        }
    }

    /**
     * What can be received (webrtc-pc §5.3).
     *
     * @param kind "audio" or "video"
     * @return codecs and header extensions; null for any other kind
     */
    public static RTCRtpCapabilities getCapabilities(String kind) {
        return RTCRtpSender.getCapabilities(kind);
    }

    /** {@return what was negotiated for receiving; empty before} (webrtc-pc §5.3) */
    public RTCRtpReceiveParameters getParameters() {
        synchronized (slots.lock) {
            Agreement.Media p = plan;
            return new RTCRtpReceiveParameters(
                    p == null
                            ? List.of()
                            : p.receiveExtensions().stream()
                                    .map(e -> new RTCRtpHeaderExtensionParameters(e.uri(), e.id(), false))
                                    .toList(),
                    new RTCRtcpParameters(null, p == null || p.reducedSizeRtcp()),
                    p == null
                            ? List.of()
                            : p.receiveCodecs().stream()
                                    .map(c -> CodecTranslator.parameters(transceiver.kind(), c))
                                    .toList());
        }
    }

    /** {@return statistics of what this receiver receives (webrtc-pc §5.3)} */
    public CompletableFuture<RTCStatsReport> getStats() {
        return slots.stats(transceiver.jsep().id, false);
    }

    /** {@return what {@link #setJitterBufferTarget} has set, in milliseconds; null where nothing was} */
    public Double getJitterBufferTarget() {
        return jitterBufferTarget;
    }

    /**
     * For how long what is decoded is held back, at least: more makes playing smoother on a path that delivers
     * unevenly, at the price of delay (webrtc-pc §5.3). It holds for video and audio that are decoded here, not for
     * encoded frames and packets.
     *
     * @param millis from 0 to 4,000, or null to leave it to the receiver; other values throw {@link RTCRangeError}
     */
    public void setJitterBufferTarget(Double millis) {
        if (millis != null && !(millis >= 0 && millis <= MAX_JITTER_BUFFER_TARGET)) {
            throw new RTCRangeError(
                    "jitterBufferTarget is from 0 to " + MAX_JITTER_BUFFER_TARGET + " milliseconds, not " + millis);
        }
        jitterBufferTarget = millis;
        track.setJitterBufferTarget(millis == null ? 0 : (int) Math.round(millis));
    }

    /**
     * {@return sources that were mixed into what came within the last ten seconds, the latest first (webrtc-pc §5.3)}
     */
    public List<RTCRtpContributingSource> getContributingSources() {
        return recentSources.contributing(System.currentTimeMillis());
    }

    /** {@return sources that sent what came within the last ten seconds, the latest first (webrtc-pc §5.3)} */
    public List<RTCRtpSynchronizationSource> getSynchronizationSources() {
        return recentSources.synchronization(System.currentTimeMillis());
    }

    // ---------------------------------------------------------------- the connection's side

    MediaStreamTrack.Control control() {
        return track;
    }

    /** The track has ended, in a task; what was held for its first sink takes no room from the others any more. */
    void end() {
        track.end();
        forgetEarly();
    }

    /** What was held for the first sink is let go of, on the loop. */
    void forgetEarly() {
        slots.driver.command((session, now) -> source.forgetEarly(), source::forgetEarly);
    }

    void setPlan(Agreement.Media newPlan, RTCDtlsTransport newTransport) {
        if (!toldHeard) {
            toldHeard = true;
            source.tellHeard();
            source.tellRawWanted();
        }
        plan = newPlan;
        if (newTransport != null) {
            transport = newTransport;
        }
    }

    long droppedFrames() {
        return source.dropped.get();
    }

    /** On the loop: gives a frame to decoders at once, and queues it for the application. */
    void deliver(ReceivedFrame f, long ssrc) {
        recentSources.delivered(System.currentTimeMillis(), ssrc, f.contributingSources(), f.rtpTimestamp());
        EncodedFrame frame = new EncodedFrame(
                f.data(),
                f.codec(),
                f.rtpTimestamp(),
                f.ntpMillis(),
                f.keyFrame(),
                null,
                f.temporalLayer(),
                f.spatialLayer(),
                1,
                false,
                f.rotation());
        source.accept(frame);
    }

    /** On the loop: takes over a packet. */
    void deliverRtp(ByteBuf packet) {
        source.acceptPacket(packet);
    }

    /** The network as a source. */
    private final class Source implements MediaSource {
        private final MediaKind kind;
        final CopyOnWriteArrayList<PromptSink> decoders = new CopyOnWriteArrayList<>();
        private final Sinks sinks;
        final AtomicInteger waiting = new AtomicInteger();
        final AtomicInteger waitingBytes = new AtomicInteger();
        final AtomicLong dropped = new AtomicLong();
        /**
         * On the loop: frames were dropped, and what follows is of no use up to the next key frame, which is asked for
         * when there is room again.
         */
        private boolean keyFrameNeeded;

        private int sinceAsked;
        /** Of the loop alone. */
        private final EarlyFrames<EncodedFrame> early = new EarlyFrames<>(slots.earlyBytes, f -> f.data().length);

        private final EarlyFrames<ByteBuf> earlyPackets =
                new EarlyFrames<>(slots.earlyBytes, LentBytes::pinnedBy, ByteBuf::release);

        private final Consumer<ByteBuf> deliverPacket = this::deliverPacket;

        Source(MediaKind kind) {
            this.kind = kind;
            this.sinks = new Sinks("remote " + kind);
        }

        /** On the loop. */
        void accept(EncodedFrame frame) {
            if (early.isOver()) {
                pass(frame);
            } else {
                early.hold(System.nanoTime(), frame);
            }
        }

        private void pass(EncodedFrame frame) {
            for (PromptSink s : decoders) {
                s.onEncodedFrame(frame);
            }
            queueFrame(frame);
        }

        /** There is a sink: it gets the first frames before all that comes from now on. On the loop. */
        private void passEarlyFrames() {
            if (!early.isOver()) {
                List<EncodedFrame> frames = early.take(System.nanoTime());
                int stale = kind == MediaKind.AUDIO ? frames.size() - AUDIO_PLAYED : 0;
                for (int i = 0; i < frames.size(); i++) {
                    if (i >= stale) {
                        pass(frames.get(i));
                    } else {
                        queueFrame(frames.get(i));
                    }
                }
            }
        }

        /** On the loop. */
        void acceptPacket(ByteBuf packet) {
            if (earlyPackets.isOver()) {
                queuePacket(packet);
                return;
            }
            earlyPackets.hold(System.nanoTime(), packet);
            if (earlyPackets.isOver()) {
                tellRawWanted(); // nobody has come for them
            }
        }

        /** There is a sink of packets. On the loop. */
        private void passEarlyPackets() {
            if (!earlyPackets.isOver()) {
                earlyPackets.take(System.nanoTime()).forEach(this::queuePacket);
            }
        }

        private void forgetEarly() {
            early.forget();
            earlyPackets.forget();
        }

        /**
         * Packets come besides frames where somebody takes them, or may still come for the first ones: as it is when
         * the loop hears of it.
         */
        void tellRawWanted() {
            slots.driver.command((session, now) ->
                    session.media().setRawRtp(transceiver.jsep().id, !earlyPackets.isOver() || isRawWanted()));
        }

        private void queueFrame(EncodedFrame frame) {
            if (sinks.isEmpty()) {
                keyFrameNeeded = false; // whoever takes frames next begins with the key frame that it asks for
                return;
            }
            boolean video = kind == MediaKind.VIDEO;
            boolean room = hasRoom(frame.data().length);
            if (video && keyFrameNeeded && room && sinceAsked++ % ASK_AGAIN == 0) {
                requestKeyFrame(null);
            }
            if (!room || video && keyFrameNeeded && !frame.keyFrame()) {
                dropped.incrementAndGet();
                sinceAsked = room ? sinceAsked : 0;
                keyFrameNeeded = video;
                return;
            }
            keyFrameNeeded = false;
            sinceAsked = 0;
            queue(frame);
        }

        /** Takes over a packet. */
        private void queuePacket(ByteBuf packet) {
            if (!isRawWanted()) {
                packet.release(); // the first packets of a track come, whether or not somebody takes them
                return;
            }
            int bytes = LentBytes.pinnedBy(packet);
            if (!hasRoom(bytes)) {
                dropped.incrementAndGet();
                packet.release();
                return;
            }
            waiting.incrementAndGet();
            waitingBytes.addAndGet(bytes);
            slots.waitingPackets.post(packet, deliverPacket);
        }

        /** A task. */
        private void deliverPacket(ByteBuf packet) {
            waiting.decrementAndGet();
            waitingBytes.addAndGet(-LentBytes.pinnedBy(packet));
            sinks.deliverRtp(packet);
        }

        private boolean isRawWanted() {
            return sinks.wantRtp();
        }

        private boolean hasRoom(int bytes) {
            return waiting.get() < MAX_WAITING && waitingBytes.get() + bytes <= MAX_WAITING_BYTES;
        }

        /** One task. */
        private void queue(EncodedFrame frame) {
            int bytes = frame.data().length;
            waiting.incrementAndGet();
            waitingBytes.addAndGet(bytes);
            slots.tasks.post(() -> {
                waiting.decrementAndGet();
                waitingBytes.addAndGet(-bytes);
                sinks.deliver(frame);
            });
        }

        @Override
        public String kind() {
            return kind.toString();
        }

        @Override
        public List<EncodedFormat> formats() {
            synchronized (slots.lock) {
                Agreement.Media p = plan;
                return p == null
                        ? List.of()
                        : p.receiveCodecs().stream()
                                .filter(c -> !Codecs.isAuxiliary(c))
                                .map(c -> EncodedFormat.of(c.name()))
                                .distinct()
                                .toList();
            }
        }

        @Override
        public void addSink(MediaSink sink) {
            if (sink instanceof PromptSink decoder) {
                decoders.add(decoder);
            } else {
                sinks.add(sink);
            }
            if (sink.wantsRtp()) {
                slots.driver.command((session, now) -> passEarlyPackets());
                tellRawWanted();
            }
            // Who wants raw video or audio gets it of a decoder, which comes as a sink of its own.
            if (sink instanceof PromptSink || !sink.wantsAudio() && !sink.wantsVideo()) {
                slots.driver.command((session, now) -> passEarlyFrames());
            }
            tellHeard();
            requestKeyFrame(null);
        }

        /**
         * Whether anybody takes anything, as it is when the loop hears of it: where nobody does, the peer is asked for
         * no key frames.
         */
        void tellHeard() {
            slots.driver.command((session, now) ->
                    session.media().setHeard(transceiver.jsep().id, !sinks.isEmpty() || !decoders.isEmpty()));
        }

        @Override
        public void removeSink(MediaSink sink) {
            if (sink instanceof PromptSink decoder) {
                decoders.remove(decoder);
            } else {
                sinks.remove(sink);
            }
            tellHeard();
            if (sink.wantsRtp() && !isRawWanted()) {
                tellRawWanted();
            }
        }

        @Override
        public void requestKeyFrame(String rid) {
            if (kind == MediaKind.VIDEO) {
                slots.driver.command((session, now) -> session.media().requestKeyFrame(transceiver.jsep().id));
            }
        }
    }
}
