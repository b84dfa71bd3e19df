package dev.jvmrtc;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.EventTarget;
import dev.jvmrtc.dom.EventType;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.jsep.Agreement;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.RtpSource;
import dev.jvmrtc.media.frame.CodecStatistics;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.EncodingLimits;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.SourceStatistics;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.session.plan.SourceFormat;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Sends a track (webrtc-pc §5.2). Any thread may call any method. */
public final class RTCRtpSender extends EventTarget {
    /**
     * What is sent has changed: another codec was negotiated, or none that the track's source can deliver. Not of W3C.
     */
    public static final EventType<Event> CODEC_CHANGE = EventType.of("codecchange", Event.class);

    /** Fewer frames of another codec may be what was on its way when the source was told which one to deliver. */
    private static final int FRAMES_BEFORE_FOLLOWING = 10;

    /** A capture time that is off by more than this is not believed. */
    private static final long MAX_AGE_MILLIS = 10_000;

    private final ConnectionSlots slots;
    private final RTCRtpTransceiver transceiver;
    private MediaStreamTrack track;
    private RTCDtlsTransport transport;
    private List<RTCRtpEncodingParameters> encodings;
    private RTCRtpSendParameters lastParameters;
    private Agreement.Media plan;
    private volatile RtpCodec codec;
    private volatile SourceAttachment attachment;
    private volatile boolean active = true;

    /** Bits per second that the path carries for this sender. */
    final LatestNews<Long> targetBitrates;
    /** The peer needs a key frame. */
    final LatestNews<Boolean> keyFrameRequests;

    RTCRtpSender(ConnectionSlots slots, RTCRtpTransceiver transceiver, List<RTCRtpEncodingParameters> encodings) {
        this.targetBitrates = new LatestNews<>(slots.tasks, this::targetBitrateChanged);
        this.keyFrameRequests = new LatestNews<>(slots.tasks, asked -> keyFrameRequested());
        this.slots = slots;
        this.transceiver = transceiver;
        this.encodings =
                encodings.isEmpty() ? List.of(RTCRtpEncodingParameters.builder().build()) : encodings;
        if (!this.encodings.get(0).equals(RTCRtpEncodingParameters.builder().build())) {
            applyEncoding();
        }
    }

    /** {@return the track that is sent, or null} */
    public MediaStreamTrack getTrack() {
        synchronized (slots.lock) {
            return track;
        }
    }

    /** {@return the transport, or null before negotiation} */
    public RTCDtlsTransport getTransport() {
        synchronized (slots.lock) {
            return transport;
        }
    }

    /**
     * What can be sent (webrtc-pc §5.2).
     *
     * @param kind "audio" or "video"
     * @return codecs and header extensions; null for any other kind
     */
    public static RTCRtpCapabilities getCapabilities(String kind) {
        return CodecTranslator.capabilities(CodecTranslator.FOUND, kind);
    }

    /**
     * {@return the codec that is being sent, or null while nothing can be: not negotiated, or nothing that the source
     * can deliver} Not of W3C.
     */
    public RTCRtpCodecParameters getSendCodec() {
        RtpCodec c = codec;
        return c == null
                ? null
                : new RTCRtpCodecParameters(
                        c.payloadType(),
                        transceiver.kind() + "/" + c.name(),
                        c.clockRate(),
                        transceiver.kind() == MediaKind.AUDIO ? (Integer) c.channels() : null,
                        null);
    }

    /**
     * Sets who is called when {@link #getSendCodec()} has changed. Not of W3C.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onCodecChange(Consumer<? super Event> handler) {
        setHandler(CODEC_CHANGE, handler);
    }

    /**
     * {@return what was negotiated for sending, and the encoding; to be changed and given to {@link #setParameters}}
     * (webrtc-pc §5.2)
     */
    public RTCRtpSendParameters getParameters() {
        synchronized (slots.lock) {
            Agreement.Media p = plan;
            lastParameters = new RTCRtpSendParameters(
                    UUID.randomUUID().toString(),
                    encodings,
                    p == null
                            ? List.of()
                            : p.sendExtensions().stream()
                                    .map(e -> new RTCRtpHeaderExtensionParameters(e.uri(), e.id(), false))
                                    .toList(),
                    new RTCRtcpParameters(slots.cname, p == null || p.reducedSizeRtcp()),
                    p == null
                            ? List.of()
                            : p.sendCodecs().stream()
                                    .map(c -> CodecTranslator.parameters(transceiver.kind(), c))
                                    .toList());
            return lastParameters;
        }
    }

    /**
     * Changes {@code active}, {@code maxBitrate}, {@code priority}, {@code maxFramerate}, {@code scaleResolutionDownBy}
     * and {@code scalabilityMode} of the encoding (webrtc-pc §5.2, setParameters).
     *
     * @param parameters made of what the last {@link #getParameters} gave
     * @return fails with {@code InvalidStateError} after the end of the transceiver or without getParameters before,
     *     with {@code InvalidModificationError} where something read-only was changed, with {@code NotSupportedError}
     *     where frame rate, scale or layers were and the track's source is encoded already, and with
     *     {@code OperationError} for a scalabilityMode that the codec cannot have
     */
    public CompletableFuture<Void> setParameters(RTCRtpSendParameters parameters) {
        if (parameters == null) {
            return slots.failed(new RTCTypeError("parameters are needed: those of getParameters(), changed"));
        }
        synchronized (slots.lock) {
            // webrtc-pc §5.2: "If transceiver.[[Stopping]] is true, return a promise rejected with a newly created
            // InvalidStateError."
            if (transceiver.isStoppingOrStopped()) {
                return slots.failed(
                        new RTCException("InvalidStateError", "the transceiver is stopped, or its connection closed"));
            }
            RTCRtpSendParameters last = lastParameters;
            lastParameters = null;
            if (last == null) {
                return slots.failed(new RTCException(
                        "InvalidStateError", "call getParameters() first, change its result, and set that"));
            }
            if (!last.transactionId().equals(parameters.transactionId())) {
                return slots.failed(new RTCException(
                        "InvalidModificationError", "these are not the parameters of the last getParameters()"));
            }
            if (parameters.encodings().size() != encodings.size()) {
                return slots.failed(
                        new RTCException("InvalidModificationError", "the number of encodings cannot change"));
            }
            if (!parameters.codecs().equals(last.codecs())
                    || !parameters.rtcp().equals(last.rtcp())
                    || !parameters.headerExtensions().equals(last.headerExtensions())) {
                return slots.failed(new RTCException(
                        "InvalidModificationError", "codecs, header extensions and RTCP change by negotiation only"));
            }
            RTCRtpEncodingParameters before = encodings.get(0);
            RTCRtpEncodingParameters after = parameters.encodings().get(0);
            if (!Objects.equals(before.rid(), after.rid())) {
                return slots.failed(
                        new RTCException("InvalidModificationError", "the rid of an encoding cannot change"));
            }
            if (after.outOfRange() != null) {
                return slots.failed(after.outOfRange());
            }
            RtpCodec sent = codec; // a task may change it
            RTCException layers = after.unsupportedLayers(transceiver.kind(), sent == null ? null : sent.codec());
            if (layers != null) {
                return slots.failed(layers);
            }
            RTCRtpEncodingParameters limited = after.toBuilder()
                    .active(before.active())
                    .maxBitrate(before.maxBitrate())
                    .priority(before.priority())
                    .build();
            if (!limited.equals(before) && media() != null && !media().isEncodedHere()) {
                return slots.failed(
                        new RTCException(
                                "NotSupportedError",
                                "the track is encoded already: neither its frame rate nor its scale nor its layers can be changed"));
            }
            encodings = parameters.encodings();
            applyEncoding();
            if (after.active() && !before.active()) {
                slots.tasks.post(this::keyFrameRequested);
            }
        }
        return slots.succeeded();
    }

    /** Takes on the limit and the state of the encoding; under the lock. */
    private void applyEncoding() {
        RTCRtpEncodingParameters e = encodings.get(0);
        active = e.active();
        long limit = e.maxBitrate() == null ? Long.MAX_VALUE : e.maxBitrate();
        int weight = e.priority().channelPriority();
        slots.driver.command((session, now) -> session.media().setShare(transceiver.jsep().id, limit, weight));
        applyLimits();
    }

    private void applyLimits() {
        EncodedMedia m = media();
        if (m != null) {
            RTCRtpEncodingParameters e = encodings.get(0);
            m.setLimits(new EncodingLimits(
                    e.scaleResolutionDownBy() == null ? 1 : e.scaleResolutionDownBy(),
                    e.maxFramerate() == null ? Double.POSITIVE_INFINITY : Math.max(0.1, e.maxFramerate()),
                    e.temporalLayers(),
                    plan != null
                            && plan.sendExtensions().stream()
                                    .anyMatch(x -> x.uri().equals(HeaderExtensions.VIDEO_ORIENTATION))));
        }
    }

    /**
     * Sends another track without negotiation (webrtc-pc §5.2, replaceTrack).
     *
     * @param withTrack of the same kind, or null for none
     * @return completes when it is sent; fails with a TypeError for another kind, and with {@code InvalidStateError}
     *     where the transceiver is stopped
     */
    public CompletableFuture<Void> replaceTrack(MediaStreamTrack withTrack) {
        if (withTrack != null && MediaKind.of(withTrack.getKind()) != transceiver.kind()) {
            return slots.failed(new RTCTypeError(
                    "a sender of " + transceiver.kind() + " cannot send a track of " + withTrack.getKind()));
        }
        return slots.chain(future -> {
            boolean stopped = slots.call(() -> {
                if (!transceiver.isStoppingOrStopped() && !slots.isClosed()) {
                    setTrack(withTrack);
                }
                return transceiver.isStoppingOrStopped();
            });
            if (stopped) {
                future.settleFailed(new RTCException("InvalidStateError", "the transceiver is stopped"));
            } else {
                future.settle(null);
            }
        });
    }

    /**
     * Puts the track into these streams for the peer (webrtc-pc §5.2, setStreams); negotiation follows.
     *
     * @param streams which replace those of before; may be none
     */
    public void setStreams(MediaStream... streams) {
        slots.locked(() -> {
            slots.requireOpen();
            transceiver.jsep().streamIds =
                    Arrays.stream(streams).map(MediaStream::getId).distinct().toList();
            slots.updateNegotiationNeeded();
        });
    }

    /** {@return statistics of what this sender sends (webrtc-pc §5.2)} */
    public CompletableFuture<RTCStatsReport> getStats() {
        return slots.stats(transceiver.jsep().id, true);
    }

    // ---------------------------------------------------------------- the connection's side

    /** What is sent of the track; null where nothing is, or not yet. */
    private EncodedMedia media() {
        SourceAttachment a = attachment;
        return a == null ? null : a.media();
    }

    /** Takes on a track; under the lock. The sources of the old and the new one hear of it when the lock is free. */
    void setTrack(MediaStreamTrack newTrack) {
        SourceAttachment before = attachment;
        SourceAttachment now = newTrack == null ? null : new SourceAttachment(newTrack, new TrackSink(newTrack));
        track = newTrack;
        attachment = now;
        if (now == null) {
            slots.driver.command((session, at) -> session.media().setSource(transceiver.jsep().id, List.of()));
        }
        if (before != null) {
            slots.afterUnlock(() -> detach(before));
        }
        if (now != null) {
            slots.afterUnlock(() -> attach(now));
        }
    }

    /**
     * Without the lock, since it calls the source. Where the source throws, nothing is sent: not what the track before
     * could deliver either.
     */
    private void attach(SourceAttachment a) {
        try {
            takeFrom(a);
        } catch (Throwable e) {
            a.abandon();
            ((TrackSink) a.sink()).end();
            offerFormats(a, List.of());
            throw e;
        }
    }

    private void takeFrom(SourceAttachment a) {
        if (!offerFormats(a, a.open())) {
            a.abandon();
            return;
        }
        a.attach();
        RtpCodec chosen = codec;
        if (a.media().isEncodedHere() && chosen != null) {
            select(a.media(), chosen);
        }
    }

    /** Tells the session what the source can deliver; false where another track has taken its place. */
    private boolean offerFormats(SourceAttachment a, List<SourceFormat> formats) {
        return slots.call(() -> {
            if (attachment != a) {
                return false;
            }
            applyLimits();
            slots.driver.command((session, at) -> session.media().setSource(transceiver.jsep().id, formats));
            return true;
        });
    }

    /** Without the lock. */
    private static void detach(SourceAttachment a) {
        a.detach();
        ((TrackSink) a.sink()).end();
    }

    void setPlan(Agreement.Media newPlan, RTCDtlsTransport newTransport) {
        plan = newPlan;
        applyLimits();
        if (newTransport != null) {
            transport = newTransport;
        }
    }

    /** A task: the session has chosen a codec. */
    void codecChanged(RtpCodec chosen) {
        codec = chosen;
        EncodedMedia m = media();
        if (m != null) {
            select(m, chosen);
            Agreement.Media agreed;
            synchronized (slots.lock) {
                agreed = plan;
            }
            if (chosen == null && agreed != null && agreed.send()) {
                SilentSender.tell(slots.log, agreed, m.formats());
            }
        }
        fire(CODEC_CHANGE, new Event("codecchange"));
    }

    /**
     * An encoder of ours is told what was negotiated, or null to rest; who encodes elsewhere, which of its formats it
     * is.
     */
    private static void select(EncodedMedia media, RtpCodec chosen) {
        if (chosen == null) {
            if (media.isEncodedHere()) {
                media.formatSelected(null);
            }
            return;
        }
        for (EncodedFormat f : media.formats()) {
            if (f.codec().equalsIgnoreCase(chosen.name())
                    && (media.isEncodedHere() || chosen.codec().canCarry(chosen.parameters(), f.parameters()))) {
                media.formatSelected(media.isEncodedHere() ? negotiated(f, chosen) : f);
                return;
            }
        }
    }

    private static EncodedFormat negotiated(EncodedFormat format, RtpCodec chosen) {
        Map<String, String> parameters = new HashMap<>();
        chosen.parameters().forEach((k, v) -> parameters.put(k, v == null ? "" : v));
        return new EncodedFormat(format.codec(), parameters);
    }

    /** What our encoder has done, or null where the track is encoded already. */
    CodecStatistics encoding() {
        EncodedMedia m = media();
        return m == null ? null : m.getStatistics();
    }

    /** What our encoder was given, or null where the track is encoded already. */
    SourceStatistics source() {
        EncodedMedia m = media();
        return m == null ? null : m.getSourceStatistics();
    }

    /** What the first encoding asks for, or null. */
    String scalabilityMode() {
        synchronized (slots.lock) {
            return encodings.get(0).scalabilityMode();
        }
    }

    /** A task: the path carries more or less than before. */
    private void targetBitrateChanged(long bitsPerSecond) {
        EncodedMedia m = media();
        if (m != null) {
            m.targetBitrate(null, bitsPerSecond);
        }
    }

    /** A task: the peer needs a key frame. */
    void keyFrameRequested() {
        EncodedMedia m = media();
        if (m != null) {
            m.requestKeyFrame(null);
        }
    }

    /** The session has failed: it takes nothing any more; under the lock. */
    void sessionFailed() {
        SourceAttachment a = attachment;
        if (a != null) {
            ((TrackSink) a.sink()).end();
        }
    }

    /** The transceiver has stopped: nothing is taken of the track any more; under the lock. */
    void stopSending() {
        SourceAttachment before = attachment;
        attachment = null;
        if (before != null) {
            slots.driver.command((session, at) -> session.media().setSource(transceiver.jsep().id, List.of()));
            slots.afterUnlock(() -> detach(before));
        }
    }

    /** The connection was closed; under the lock. */
    void release() {
        stopSending();
        clearListeners();
    }

    /** Between the track and the session. Called on the source's thread. */
    private final class TrackSink implements MediaSink {
        private final boolean rtp;
        /** Frames in a row of a codec other than the one that is sent. */
        private int otherCodec;

        private final SendQueue queue = new SendQueue(slots.driver, slots.tasks, transceiver.jsep().id);
        /** The sequence number of the last packet that was not handed on, or −1: what is sent has no gap for it. */
        private volatile int skipped = -1;

        TrackSink(MediaStreamTrack t) {
            this.rtp = t.getSource() instanceof RtpSource;
            if (slots.hasSessionFailed()) {
                queue.end();
            }
        }

        private boolean isAttached() {
            SourceAttachment a = attachment;
            return a != null && a.sink() == this;
        }

        @Override
        public boolean wantsRtp() {
            return rtp;
        }

        @Override
        public void onEncodedFrame(EncodedFrame frame) {
            RtpCodec c = codec;
            if (!isAttached() || !active || c == null) {
                return; // replaced, switched off, or nothing negotiated yet
            }
            if (!c.name().equalsIgnoreCase(frame.codec())) {
                maybeFollow(frame.codec());
                return;
            }
            otherCodec = 0;
            long capture = captureNanos(frame);
            queue.offer((session, now) -> session.media()
                    .sendFrame(
                            now,
                            transceiver.jsep().id,
                            new OutgoingFrame(
                                    frame.data(),
                                    frame.keyFrame(),
                                    frame.rtpTimestamp(),
                                    frame.temporalLayer(),
                                    frame.temporalLayers(),
                                    frame.layerSync(),
                                    frame.rotation()),
                            capture));
        }

        /**
         * By the clock of this machine's monotonic time; a frame of another machine's may be off, as are all those of
         * its stream.
         */
        private long captureNanos(EncodedFrame frame) {
            long age = frame.captureTimeMillis() == null ? 0 : System.currentTimeMillis() - frame.captureTimeMillis();
            return System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(Math.abs(age) <= MAX_AGE_MILLIS ? age : 0);
        }

        /** A source that forwards may change its codec on the way: the sender follows if the new one was negotiated. */
        private void maybeFollow(String otherName) {
            if (++otherCodec == FRAMES_BEFORE_FOLLOWING) {
                slots.driver.command((session, now) -> session.media()
                        .setSource(transceiver.jsep().id, List.of(new SourceFormat(otherName, Map.of()))));
            }
        }

        @Override
        public void onRtpPacket(ByteBuf packet) {
            if (isAttached() && active && queue.offer(packet, skipped)) {
                skipped = -1;
            } else {
                onRtpSkipped(packet);
            }
        }

        @Override
        public void onRtpSkipped(ByteBuf packet) {
            if (packet.readableBytes() >= 4) {
                skipped = packet.getUnsignedShort(packet.readerIndex() + 2);
            }
        }

        @Override
        public CompletableFuture<Void> rtpRoom() {
            return isAttached() ? queue.room() : null;
        }

        void end() {
            queue.end();
        }
    }
}
