package dev.jvmrtc.session.media;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.receive.ReceiveMemory;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.rtp.receive.Repair;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.receive.RtxRepair;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/** What one media section receives: its sources, what comes of them, and what is asked of them. */
final class SectionSources {

    /** Sources that one section may have over its life; a peer that changes its SSRC gets the oldest one's place. */
    static final int MAX = 16;

    private static final int PAYLOAD_TYPES = 128;

    /** One source, and when it wants to be called. */
    final class Source extends Deadlines.Item {
        private final RtpReceiveStream stream;

        private Source(RtpReceiveStream stream) {
            this.stream = stream;
        }

        void handleTimeout(long now) {
            stream.handleTimeout(now);
            settle(this);
        }

        /** Feedback that is due now, to be sent at once. */
        void collectFeedback(long now, long senderSsrc, List<Rtcp> out) {
            stream.collectFeedback(now, senderSsrc, out);
            schedule(this);
        }
    }

    private final MediaWishes wishes;
    private final ReceiveMemory memory;
    private final Queue<SessionEvent> events;
    private final Counters drops;
    private SessionPlan.Media plan;
    /** The oldest first; few enough to be looked through for each packet. */
    private final List<Source> sources = new ArrayList<>();
    /** The newest of them, or null: what repairs without saying what repairs that. */
    private RtpReceiveStream latest;
    /** Of the transport; a section that has none yet waits for nothing. */
    private Deadlines deadlines = new Deadlines();
    /** What makes media of the packets of a payload type that is no media itself; null for media. */
    private final Repair[] repairs = new Repair[PAYLOAD_TYPES];
    /** Payload types that are received. */
    private final boolean[] received = new boolean[PAYLOAD_TYPES];
    /** Something has come, and the application was told so; not yet, or not any more. */
    private boolean arrived;

    SectionSources(MediaWishes wishes, ReceiveMemory memory, Queue<SessionEvent> events, Counters drops) {
        this.wishes = wishes;
        this.memory = memory;
        this.events = events;
        this.drops = drops;
    }

    void apply(SessionPlan.Media newPlan) {
        plan = newPlan;
        Arrays.fill(repairs, null);
        Arrays.fill(received, false);
        for (RtpCodec c : plan.receiveCodecs()) {
            if (plan.receive() && c.payloadType() >= 0 && c.payloadType() < PAYLOAD_TYPES) {
                received[c.payloadType()] = true;
                repairs[c.payloadType()] = c.isRtx() ? new RtxRepair(c.associatedPayloadType()) : null;
            }
        }
        sources.forEach(s -> configure(s.stream));
        if (!plan.receive()) {
            forgetAll();
            arrived = false;
        }
    }

    private void configure(RtpReceiveStream s) {
        s.setCodecs(plan.receiveCodecs());
        s.setOrientationExtension(plan.receiveExtensions().videoOrientation());
    }

    /** The section is one of those of this transport now. */
    void setDeadlines(Deadlines ofTransport) {
        sources.forEach(s -> deadlines.set(s, NEVER));
        deadlines = ofTransport;
        sources.forEach(this::schedule);
    }

    boolean receives(int payloadType) {
        return received[payloadType];
    }

    /** What packets of a payload type repair others by; null for media. */
    Repair repair(int payloadType) {
        return repairs[payloadType];
    }

    /** Somebody takes what comes, or nobody any more. */
    void heardChanged() {
        for (Source s : sources) {
            s.stream.setHeard(wishes.heard);
            schedule(s);
        }
    }

    /**
     * @param roundTripNanos of the path, as far as is known: after it, what was asked for may be asked for again; −1
     *     where it is not known
     */
    void handlePacket(long now, RtpPacket p, int ssrc, long roundTripNanos) {
        Source s = source(ssrc);
        if (s == null) {
            s = begin(ssrc);
        }
        if (!arrived) {
            arrived = true;
            events.add(new SessionEvent.MediaArrived(plan.id(), plan.mid()));
        }
        if (wishes.rawRtp) {
            events.add(new SessionEvent.RtpReceived(plan.id(), p.keep()));
        }
        if (roundTripNanos >= 0) {
            s.stream.setRtt(roundTripNanos);
        }
        s.stream.handlePacket(now, p);
        settle(s);
    }

    private Source begin(int ssrc) {
        if (sources.size() >= MAX) {
            forget(sources.get(0));
        }
        RtpReceiveStream stream = new RtpReceiveStream(ssrc, plan.video(), plan.receiveCodecs(), memory);
        stream.setHeard(wishes.heard);
        configure(stream);
        Source s = new Source(stream);
        sources.add(s);
        latest = stream;
        return s;
    }

    /** @param ssrc of the source that is repaired */
    void handleRepair(long now, RtpPacket p, int ssrc, Repair repair) {
        Source s = source(ssrc);
        if (s == null) {
            drops.count("RTX for a source that has sent nothing");
            return;
        }
        s.stream.handleRepair(now, p, repair);
        settle(s);
    }

    /** After anything that happened to a source. */
    private void settle(Source s) {
        pollFrames(s.stream);
        schedule(s);
    }

    private void schedule(Source s) {
        deadlines.set(s, s.stream.nextTimeoutNanos());
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

    void requestKeyFrame() {
        for (Source s : sources) {
            s.stream.requestKeyFrame();
            schedule(s);
        }
    }

    List<Rtcp.ReportBlock> reportBlocks(long now) {
        List<Rtcp.ReportBlock> blocks = new ArrayList<>();
        for (Source s : sources) {
            Rtcp.ReportBlock b = s.stream.reportBlock(now);
            if (b != null) {
                blocks.add(b);
            }
        }
        return blocks;
    }

    void handleBye(int ssrc) {
        Source s = source(ssrc);
        if (s != null) {
            forget(s);
            if (sources.isEmpty()) {
                arrived = false;
                events.add(new SessionEvent.MediaEnded(plan.id(), plan.mid()));
            }
        }
    }

    // ---------------------------------------------------------------- which there are

    private Source source(int ssrc) {
        for (int i = 0; i < sources.size(); i++) {
            if (sources.get(i).stream.ssrc() == ssrc) {
                return sources.get(i);
            }
        }
        return null;
    }

    /** The stream of an SSRC, or null. */
    RtpReceiveStream find(int ssrc) {
        Source s = source(ssrc);
        return s == null ? null : s.stream;
    }

    /** The newest, or null. */
    RtpReceiveStream latest() {
        return latest;
    }

    List<RtpReceiveStream> all() {
        return sources.stream().map(s -> s.stream).toList();
    }

    private void forget(Source s) {
        sources.remove(s);
        deadlines.set(s, NEVER);
        s.stream.close();
        if (s.stream == latest) {
            latest = sources.isEmpty() ? null : sources.get(sources.size() - 1).stream;
        }
    }

    /** Lets go of all. */
    void forgetAll() {
        for (Source s : sources) {
            deadlines.set(s, NEVER);
            s.stream.close();
        }
        sources.clear();
        latest = null;
    }

    /** Keys and peer are new: what was kept for the old one is void. */
    void restart() {
        forgetAll();
        arrived = false;
    }
}
