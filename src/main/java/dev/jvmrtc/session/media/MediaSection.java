package dev.jvmrtc.session.media;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.congestion.CircuitBreaker;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.receive.ReceiveMemory;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.rtp.receive.Repair;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.receive.RtxRepair;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.rtp.send.Pacer;
import dev.jvmrtc.rtp.send.PacketPool;
import dev.jvmrtc.rtp.send.RtpSendStream;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.plan.SourceFormat;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** The media of one section of the plan: what is sent, and the sources that are received. */
final class MediaSection {

    /** Sources that one section may have over its life; a peer that changes its SSRC gets the oldest one's place. */
    static final int MAX_SOURCES = 16;

    private static final int PAYLOAD_TYPES = 128;

    /** One source, and when it wants to be called. */
    final class Receiver extends Deadlines.Item {
        final RtpReceiveStream stream;

        Receiver(RtpReceiveStream stream) {
            this.stream = stream;
        }

        MediaSection section() {
            return MediaSection.this;
        }
    }

    /** Key frames that the peer asks for: one event in a while, however often it asks. */
    final class KeyFrameRequests extends Deadlines.Item {
        static final long INTERVAL_NANOS = 200_000_000L;
        private boolean asked;
        private long askedNanos;
        private boolean waiting;

        void request(long now) {
            if (waiting || !plan.send()) {
                return;
            }
            if (asked && now - askedNanos < INTERVAL_NANOS) {
                waiting = true;
                deadlines.set(this, askedNanos + INTERVAL_NANOS);
            } else {
                tell(now);
            }
        }

        private void tell(long now) {
            waiting = false;
            asked = true;
            askedNanos = now;
            events.add(new SessionEvent.KeyFrameRequested(plan.id()));
        }

        void handleTimeout(long now) {
            if (waiting) {
                tell(now);
            }
        }

        private void resume() {
            deadlines.set(this, waiting ? askedNanos + INTERVAL_NANOS : NEVER);
        }
    }

    SessionPlan.Media plan;
    private final MediaWishes wishes;
    private final RandomSource random;
    private final PacketPool pool;
    private final ReceiveMemory memory;
    private final Queue<SessionEvent> events;
    private final Counters drops;
    /** The oldest first; few enough to be looked through for each packet. */
    private final List<Receiver> sources = new ArrayList<>();

    final KeyFrameRequests keyFrameRequests = new KeyFrameRequests();
    private RtpReceiveStream latestSource;
    /** Of the transport; a section that has none yet waits for nothing. */
    private Deadlines deadlines = new Deadlines();
    /** What makes media of the packets of a payload type that is no media itself; null for media. */
    private final Repair[] repairs = new Repair[PAYLOAD_TYPES];

    /** Payload types that are received. */
    private final boolean[] received = new boolean[PAYLOAD_TYPES];

    RtpSendStream sender;
    private boolean arrived;
    private boolean sendReady;
    private RtpCodec announcedCodec;
    private boolean codecAnnounced;
    private long targetBitrate = -1;
    private final CircuitBreaker breaker = new CircuitBreaker();
    private boolean stopped;

    MediaSection(
            SessionPlan.Media plan,
            MediaWishes wishes,
            RandomSource random,
            PacketPool pool,
            ReceiveMemory memory,
            Queue<SessionEvent> events,
            Counters drops) {
        this.memory = memory;
        this.wishes = wishes;
        this.random = random;
        this.pool = pool;
        this.events = events;
        this.drops = drops;
        apply(plan);
    }

    void apply(SessionPlan.Media newPlan) {
        plan = newPlan;
        java.util.Arrays.fill(repairs, null);
        java.util.Arrays.fill(received, false);
        for (RtpCodec c : plan.receiveCodecs()) {
            if (plan.receive() && c.payloadType() >= 0 && c.payloadType() < PAYLOAD_TYPES) {
                received[c.payloadType()] = true;
                repairs[c.payloadType()] = c.isRtx() ? new RtxRepair(c.associatedPayloadType()) : null;
            }
        }
        sources.forEach(r -> configure(r.stream));
        if (!plan.receive()) {
            forgetSources();
            arrived = false;
        }
        configureSender();
    }

    private void configure(RtpReceiveStream s) {
        s.setCodecs(plan.receiveCodecs());
        s.setOrientationExtension(plan.receiveExtensions().videoOrientation());
    }

    /** What packets of a payload type repair others by; null for media. */
    Repair repair(int payloadType) {
        return repairs[payloadType];
    }

    boolean receives(int payloadType) {
        return received[payloadType];
    }

    /** Puts the section where its payload types are; {@code ambiguous} where another is. */
    void addPayloadTypes(MediaSection[] byPayloadType, boolean[] ambiguous) {
        for (int i = 0; i < PAYLOAD_TYPES; i++) {
            if (received[i]) {
                ambiguous[i] |= byPayloadType[i] != null;
                byPayloadType[i] = this;
            }
        }
    }

    /** The section is one of those of this transport now. */
    void setDeadlines(Deadlines ofTransport) {
        sources.forEach(r -> deadlines.set(r, NEVER));
        deadlines.set(keyFrameRequests, NEVER);
        deadlines = ofTransport;
        sources.forEach(this::schedule);
        keyFrameRequests.resume();
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

    /** Chooses the first negotiated codec that the source can deliver, with matching parameters. */
    private void configureSender() {
        RtpCodec chosen = null;
        RtpCodec rtx = null;
        if (plan.send()) {
            // Packetization mode 0 cannot cut NAL units (RFC 6184 §6.2), which sources make of any size: it is the last
            // resort.
            for (boolean fragmenting : new boolean[] {true, false}) {
                for (RtpCodec c : plan.sendCodecs()) {
                    if (chosen == null
                            && c.codec() != null
                            && (!fragmenting || c.codec().payload().canFragment(c.parameters()))
                            && deliverable(c)) {
                        chosen = withPtime(c);
                    }
                }
            }
            for (RtpCodec c : plan.sendCodecs()) {
                if (chosen != null && c.isRtx() && c.associatedPayloadType() == chosen.payloadType()) {
                    rtx = c;
                }
            }
            if (sender == null) {
                sender = new RtpSendStream((int) plan.ssrc(), (int) plan.rtxSsrc(), random, pool);
            }
        }
        if (sender != null) {
            sender.configure(chosen, rtx, plan.sendExtensions(), plan.mid());
        }
        if (plan.send()
                && !wishes.source.isEmpty()
                && (!codecAnnounced || !java.util.Objects.equals(announcedCodec, chosen))) {
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

    /** What the section asks of the sound's packets is for the encoder to know, as what its format asks. */
    private RtpCodec withPtime(RtpCodec c) {
        if (plan.video() || plan.ptime() == 0) {
            return c;
        }
        Map<String, String> parameters = new LinkedHashMap<>(c.parameters());
        parameters.put("ptime", Integer.toString(plan.ptime()));
        return c.withParameters(parameters);
    }

    private boolean deliverable(RtpCodec negotiated) {
        for (SourceFormat f : wishes.source) {
            if (f == SourceFormat.ANY
                    || f.codec().equalsIgnoreCase(negotiated.name())
                            && negotiated.codec().canCarry(negotiated.parameters(), f.parameters())) {
                return true;
            }
        }
        return false;
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
            keyFrameRequests.request(now);
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

    // ---------------------------------------------------------------- receiving

    /** Somebody takes what comes, or nobody any more. */
    void heardChanged() {
        for (Receiver r : sources) {
            r.stream.setHeard(wishes.heard);
            schedule(r);
        }
    }

    /**
     * @param roundTripNanos of the path, as far as is known: after it, what was asked for may be asked for again; −1
     *     where it is not known
     */
    void handlePacket(long now, RtpPacket p, int ssrc, long roundTripNanos) {
        Receiver r = find(ssrc);
        if (r == null) {
            if (sources.size() >= MAX_SOURCES) {
                forget(sources.get(0));
            }
            RtpReceiveStream s = new RtpReceiveStream(ssrc, plan.video(), plan.receiveCodecs(), memory);
            s.setHeard(wishes.heard);
            configure(s);
            r = new Receiver(s);
            sources.add(r);
            latestSource = s;
        }
        arrived();
        if (wishes.rawRtp) {
            events.add(new SessionEvent.RtpReceived(plan.id(), p.keep()));
        }
        if (roundTripNanos >= 0) {
            r.stream.setRtt(roundTripNanos);
        }
        r.stream.handlePacket(now, p);
        settle(r);
    }

    /** @param ssrc of the source that is repaired */
    void handleRepair(long now, RtpPacket p, int ssrc, Repair repair) {
        Receiver r = find(ssrc);
        if (r == null) {
            drops.count("RTX for a source that has sent nothing");
            return;
        }
        r.stream.handleRepair(now, p, repair);
        settle(r);
    }

    /** After anything that happened to a source. */
    private void settle(Receiver r) {
        pollFrames(r.stream);
        schedule(r);
    }

    private void schedule(Receiver r) {
        deadlines.set(r, r.stream.nextTimeoutNanos());
    }

    private void forget(Receiver r) {
        sources.remove(r);
        deadlines.set(r, NEVER);
        r.stream.close();
        if (r.stream == latestSource) {
            latestSource = sources.isEmpty() ? null : sources.get(sources.size() - 1).stream;
        }
    }

    /** The source of an SSRC, or null. */
    private Receiver find(int ssrc) {
        for (int i = 0; i < sources.size(); i++) {
            if (sources.get(i).stream.ssrc() == ssrc) {
                return sources.get(i);
            }
        }
        return null;
    }

    /** Lets go of all sources. */
    void forgetSources() {
        for (Receiver r : sources) {
            deadlines.set(r, NEVER);
            r.stream.close();
        }
        sources.clear();
        latestSource = null;
    }

    /** The section is gone: lets go of all that was received and sent. */
    void close() {
        forgetSources();
        if (sender != null) {
            sender.end();
        }
    }

    private void arrived() {
        if (!arrived) {
            arrived = true;
            events.add(new SessionEvent.MediaArrived(plan.id(), plan.mid()));
        }
    }

    private void pollFrames(RtpReceiveStream s) {
        for (ReceivedFrame f = s.pollFrame(); f != null; f = s.pollFrame()) {
            ReceivedFrame given = wishes.transform == null ? f : wishes.transform.incoming(f);
            if (given == null) {
                drops.count("frame dropped by a transform");
            } else {
                events.add(new SessionEvent.FrameReceived(plan.id(), given, s.ssrc() & 0xffffffffL));
            }
        }
    }

    /** The newest source, or null. */
    RtpReceiveStream latestSource() {
        return latestSource;
    }

    RtpReceiveStream source(int ssrc) {
        Receiver r = find(ssrc);
        return r == null ? null : r.stream;
    }

    List<RtpReceiveStream> sources() {
        return sources.stream().map(r -> r.stream).toList();
    }

    void requestKeyFrame() {
        for (Receiver r : sources) {
            r.stream.requestKeyFrame();
            schedule(r);
        }
    }

    void handleBye(int ssrc) {
        Receiver r = find(ssrc);
        if (r != null) {
            forget(r);
            if (sources.isEmpty()) {
                arrived = false;
                events.add(new SessionEvent.MediaEnded(plan.id(), plan.mid()));
            }
        }
    }

    /** Keys and peer are new: what was kept for the old one is void, and what is sent begins with a key frame again. */
    void restart() {
        forgetSources();
        arrived = false;
        sendReady = false;
        targetBitrate = -1;
        breaker.reset();
        if (sender != null) {
            sender.forgetSentPackets();
        }
    }

    void handleTimeout(long now, Receiver r) {
        r.stream.handleTimeout(now);
        settle(r);
    }

    void collectFeedback(long now, Receiver r, long senderSsrc, List<Rtcp> out) {
        r.stream.collectFeedback(now, senderSsrc, out);
        schedule(r);
    }

    List<Rtcp.ReportBlock> reportBlocks(long now) {
        List<Rtcp.ReportBlock> blocks = new ArrayList<>();
        for (Receiver r : sources) {
            Rtcp.ReportBlock b = r.stream.reportBlock(now);
            if (b != null) {
                blocks.add(b);
            }
        }
        return blocks;
    }
}
