package dev.jvmrtc.session.media;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.congestion.CircuitBreaker;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.receive.ReceiveMemory;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.rtp.send.Pacer;
import dev.jvmrtc.rtp.send.PacketPool;
import dev.jvmrtc.rtp.send.RtpSendStream;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.Queue;

/** The media of one section of the plan: what is sent, and the sources that are received. */
final class MediaSection {

    SessionPlan.Media plan;
    private final MediaWishes wishes;
    private final RandomSource random;
    private final PacketPool pool;
    private final Queue<SessionEvent> events;
    private final Counters drops;
    private final KeyFrameRequests keyFrameRequests;
    /** What is received. */
    final SectionSources sources;
    /** What is sent; null where nothing was ever to be sent. */
    RtpSendStream sender;
    /** There are keys, and the first key frame was asked for. */
    private boolean sendReady;
    /** What whoever encodes was told, where {@link #codecAnnounced}; null for that nothing can be sent. */
    private RtpCodec announcedCodec;

    private boolean codecAnnounced;
    /** What whoever encodes was told last; −1 where nothing yet. */
    private long targetBitrate = -1;

    private final CircuitBreaker breaker = new CircuitBreaker();
    /** The breaker was found open when something was to be sent last. */
    private boolean stopped;

    MediaSection(
            SessionPlan.Media plan,
            MediaWishes wishes,
            RandomSource random,
            PacketPool pool,
            ReceiveMemory memory,
            Queue<SessionEvent> events,
            Counters drops) {
        this.wishes = wishes;
        this.random = random;
        this.pool = pool;
        this.events = events;
        this.drops = drops;
        this.keyFrameRequests =
                new KeyFrameRequests(() -> events.add(new SessionEvent.KeyFrameRequested(this.plan.id())));
        this.sources = new SectionSources(wishes, memory, events, drops);
        apply(plan);
    }

    void apply(SessionPlan.Media newPlan) {
        plan = newPlan;
        sources.apply(newPlan);
        configureSender();
    }

    /** The section is one of those of this transport now. */
    void setDeadlines(Deadlines ofTransport) {
        sources.setDeadlines(ofTransport);
        keyFrameRequests.setDeadlines(ofTransport);
    }

    /** The peer wants a key frame, or what is sent is of no use to it without one. */
    void handleKeyFrameRequest(long now) {
        if (plan.send()) {
            keyFrameRequests.request(now);
        }
    }

    // ---------------------------------------------------------------- sending

    /** The track can deliver something else than before. */
    void sourceChanged() {
        codecAnnounced = false;
        configureSender();
        if (sender != null) {
            sender.newSource();
        }
    }

    /** The plan or the source is another: so may be the codec, which whoever encodes is told. */
    private void configureSender() {
        SendCodec choice = plan.send() ? SendCodec.choose(plan, wishes.source) : SendCodec.NONE;
        RtpCodec chosen = choice.codec();
        if (plan.send() && sender == null) {
            sender = new RtpSendStream((int) plan.ssrc(), (int) plan.rtxSsrc(), random, pool);
        }
        if (sender != null) {
            sender.configure(chosen, choice.rtx(), plan.sendExtensions(), plan.mid());
        }
        if (plan.send() && !wishes.source.isEmpty() && (!codecAnnounced || !Objects.equals(announcedCodec, chosen))) {
            codecAnnounced = true;
            announcedCodec = chosen;
            sendReady = false;
            targetBitrate = -1; // a new source has not been told yet
            events.add(new SessionEvent.SendCodecChanged(plan.id(), plan.mid(), chosen));
            if (chosen == null) {
                drops.count("sender without a codec that its source can deliver");
            }
        }
        if (!plan.send()) {
            if (announcedCodec != null) {
                events.add(new SessionEvent.SendCodecChanged(
                        plan.id(), plan.mid(), null)); // an encoder need not go on for nobody
            }
            announcedCodec = null;
            codecAnnounced = false;
        }
    }

    MediaWishes.Share share() {
        return wishes.share;
    }

    /** The transport has keys: the first thing to send is a key frame. */
    void maybeStartSending() {
        if (!sendReady && sender != null && sender.codec() != null && plan.send()) {
            sendReady = true;
            events.add(new SessionEvent.KeyFrameRequested(plan.id()));
        }
    }

    boolean isSending() {
        return sendReady && plan.send() && sender != null && sender.codec() != null;
    }

    /** What the path has for this sender. An encoder is not bothered with changes of less than a twentieth. */
    void setTargetBitrate(long bitsPerSecond) {
        if (targetBitrate < 0 || Math.abs(bitsPerSecond - targetBitrate) > targetBitrate / 20) {
            targetBitrate = bitsPerSecond;
            sender.setTargetBitrate(bitsPerSecond);
            events.add(new SessionEvent.TargetBitrateChanged(plan.id(), bitsPerSecond));
        }
    }

    /** What the sender was last told, or −1. */
    long targetBitrate() {
        return targetBitrate;
    }

    boolean sendFrame(long now, OutgoingFrame frame, long captureNanos, Pacer out) {
        if (!plan.send() || sender == null) {
            return false;
        }
        OutgoingFrame f = wishes.transform == null ? frame : wishes.transform.outgoing(frame);
        if (f == null) {
            drops.count("frame dropped by a transform");
            return true;
        }
        return isStopped(now) || noteSent(now, sender.sendFrame(f, captureNanos, out));
    }

    /** @param owner holds the packet's bytes, and stays the caller's */
    boolean sendPacket(RtpPacket packet, ByteBuf owner, long now, Pacer out) {
        if (!plan.send() || sender == null) {
            return false;
        }
        if (isStopped(now)) {
            sender.skipPacket(packet.sequenceNumber());
            return true;
        }
        return noteSent(now, sender.sendPacket(packet, owner, now, out));
    }

    /** A packet of the source was dropped here: its number is not to be missed. */
    void skipPacket(int sourceSequence) {
        if (sender != null) {
            sender.skipPacket(sourceSequence);
        }
    }

    /** Whether the circuit breaker is open: what is to be sent is dropped and counted. */
    private boolean isStopped(long now) {
        boolean was = stopped;
        stopped = breaker.isOpen(now);
        if (stopped) {
            drops.count("media of a sender whose packets arrive nowhere (RFC 8083)");
        } else if (was) {
            handleKeyFrameRequest(now);
        }
        return stopped;
    }

    private boolean noteSent(long now, boolean sent) {
        if (sent) {
            breaker.handleSent(now);
        }
        return sent;
    }

    /** The circuit breaker keeps the sender from sending. */
    boolean isStopped() {
        return stopped;
    }

    void handleReportBlock(long now, Rtcp.ReportBlock block, long ntpNowMiddle) {
        sender.handleReportBlock(block, ntpNowMiddle);
        breaker.handleReport(now, block.highestSequence());
    }

    /** The transport goes over another path: what arrived nowhere may arrive now. */
    void pathSelected() {
        breaker.reset();
    }

    /** The section is gone: lets go of all that was received and sent. */
    void close() {
        sources.forgetAll();
        if (sender != null) {
            sender.end();
        }
    }

    /** Keys and peer are new: what was kept for the old one is void, and what is sent begins with a key frame again. */
    void restart() {
        sources.restart();
        sendReady = false;
        targetBitrate = -1;
        breaker.reset();
        if (sender != null) {
            sender.forgetSentPackets();
        }
    }
}
