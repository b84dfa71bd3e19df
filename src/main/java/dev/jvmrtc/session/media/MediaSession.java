package dev.jvmrtc.session.media;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.WallClock;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.congestion.SendRateEstimate;
import dev.jvmrtc.rtp.congestion.SendSideEstimator;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.receive.ReceiveMemory;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.send.PacketPool;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.plan.SessionSnapshot;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.session.transport.Transport;
import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * The media of a session: its sections by the ids of the plan, and what goes over each transport. What the application
 * wishes of a section holds for those that a later plan brings, too.
 */
public final class MediaSession {
    private final RandomSource random;
    private final WallClock wallClock;
    private final String cname;
    private final Queue<SessionEvent> events;
    private final Counters drops;
    private final PacketPool pool = new PacketPool();
    private final ReceiveMemory receiveMemory = new ReceiveMemory();
    private final RtpPacket forwarded = new RtpPacket();
    private List<RtpInterceptor> interceptors = List.of();
    private Supplier<SendSideEstimator> estimators = SendRateEstimate::new;
    private final Map<Integer, TransportMedia> transports = new LinkedHashMap<>();
    /** The same, to be gone through for each packet. */
    private List<TransportMedia> perTransport = List.of();

    private final Map<Integer, MediaSection> sections = new LinkedHashMap<>();
    private final Map<Integer, MediaWishes> wishes = new LinkedHashMap<>();
    /** Ids of media that is gone; what is still said of it is of no use. */
    private final BitSet forgotten = new BitSet();

    public MediaSession(
            RandomSource random, WallClock wallClock, String cname, Queue<SessionEvent> events, Counters drops) {
        this.random = random;
        this.wallClock = wallClock;
        this.cname = cname;
        this.events = events;
        this.drops = drops;
    }

    // ---------------------------------------------------------------- the plan

    public void opened(Transport transport) {
        transports.put(
                transport.id, new TransportMedia(transport, random, cname, pool, interceptors, estimators, drops));
        perTransport = List.copyOf(transports.values());
    }

    public void closed(Transport transport) {
        transports.remove(transport.id).close();
        perTransport = List.copyOf(transports.values());
    }

    /** Takes on a plan: sections come, change and go until they are as it says. */
    public void apply(long now, List<SessionPlan.Media> planned) {
        Map<Integer, MediaSection> old = new LinkedHashMap<>(sections);
        sections.clear();
        for (SessionPlan.Media m : planned) {
            MediaSection s = old.remove(m.id());
            if (s == null) {
                s = new MediaSection(m, wishesOf(m.id()), random, pool, receiveMemory, events, drops);
            } else {
                if (s.plan.send() && !m.send()) {
                    bye(s);
                }
                s.apply(m);
            }
            sections.put(m.id(), s);
        }
        old.values().forEach(MediaSection::close);
        old.values().stream().filter(s -> s.plan.send()).forEach(this::bye);
        transports.forEach((id, t) -> t.setSections(
                now,
                sections.values().stream()
                        .filter(s -> s.plan.transportId() == id)
                        .toList()));
    }

    private void bye(MediaSection s) {
        TransportMedia t = transports.get(s.plan.transportId());
        if (t != null) {
            t.bye(s.plan.ssrc());
        }
    }

    private MediaWishes wishesOf(int id) {
        return forgotten.get(id) ? new MediaWishes() : wishes.computeIfAbsent(id, k -> new MediaWishes());
    }

    /** A sender and its receiver are gone, and their id will not be used again. */
    public void forget(int id) {
        setSource(id, List.of());
        wishes.remove(id);
        forgotten.set(id);
    }

    /** The session is over: what was sent and received is kept for nobody. */
    public void close() {
        perTransport.forEach(TransportMedia::close);
        sections.values().forEach(MediaSection::close);
        sections.clear();
        wishes.clear();
    }

    /** Whether anything is to be sent or received over a transport. */
    public boolean isCarriedBy(Transport transport) {
        return sections.values().stream()
                .anyMatch(s -> s.plan.transportId() == transport.id && (s.plan.send() || s.plan.receive()));
    }

    // ---------------------------------------------------------------- what the application wishes

    /** What the track of a sender can deliver; empty for no track. */
    public void setSource(int id, List<SourceFormat> formats) {
        wishesOf(id).source = formats;
        MediaSection s = sections.get(id);
        if (s != null) {
            s.sourceChanged();
            TransportMedia t = withKeys(s);
            if (t != null) {
                s.maybeStartSending();
                t.divideBitrate();
            }
        }
    }

    /**
     * How much of what the path carries a sender is told to send.
     *
     * @param maxBitrate the most, in bits per second; {@code Long.MAX_VALUE} for no limit
     * @param weight beside other senders of video
     */
    public void setShare(int id, long maxBitrate, int weight) {
        wishesOf(id).share = new MediaWishes.Share(maxBitrate, weight);
        MediaSection s = sections.get(id);
        TransportMedia t = s == null ? null : withKeys(s);
        if (t != null) {
            t.divideBitrate();
        }
    }

    /**
     * Whether anybody takes what a receiver receives, as is assumed until this is called; while nobody does, no key
     * frames are asked for.
     */
    public void setHeard(int id, boolean heard) {
        wishesOf(id).heard = heard;
        MediaSection s = sections.get(id);
        if (s != null) {
            s.sources.heardChanged();
        }
    }

    /** Asks for the packets of a receiver besides its frames. */
    public void setRawRtp(int id, boolean raw) {
        wishesOf(id).rawRtp = raw;
    }

    /** What changes the frames of a sender and its receiver from now on; null for nothing. */
    public void setTransform(int id, FrameTransform transform) {
        wishesOf(id).transform = transform;
    }

    /**
     * What sees the packets of transports that are opened from now on, in their order when they leave, in the reverse
     * one when they arrive.
     */
    public void setInterceptors(List<RtpInterceptor> all) {
        interceptors = List.copyOf(all);
    }

    /** What decides how much transports that are opened from now on carry: one for each, and for each of its peers. */
    public void setEstimators(Supplier<SendSideEstimator> factory) {
        estimators = factory;
    }

    /** Asks the sender of a receiver's video for a key frame. */
    public void requestKeyFrame(int id) {
        MediaSection s = sections.get(id);
        if (s != null) {
            s.sources.requestKeyFrame();
        }
    }

    // ---------------------------------------------------------------- what is sent

    /** The media of a section's transport, if it can send. */
    private TransportMedia withKeys(MediaSection s) {
        TransportMedia t = transports.get(s.plan.transportId());
        return t != null && t.canSend() ? t : null;
    }

    /**
     * Sends a frame of the chosen codec; counted and dropped while nothing can be sent.
     *
     * @param captureNanos when it was taken, by the clock of {@code now}
     */
    public void sendFrame(long now, int id, OutgoingFrame frame, long captureNanos) {
        MediaSection s = sections.get(id);
        TransportMedia t = s == null ? null : withKeys(s);
        if (t == null || !s.sendFrame(now, frame, captureNanos, t.pacer())) {
            drops.count("frame to send while nothing can be sent");
        }
    }

    /**
     * Forwards an RTP packet in the clear.
     *
     * @param packet on the heap; it stays the caller's, is retained as long as it is needed, and must not change
     * @param skipped the sequence number of the last packet before it that was dropped here, or −1: only what was
     *     missing after that one shows as a gap
     */
    public void sendRtp(long now, int id, ByteBuf packet, int skipped) {
        if (!forwarded.wrap(packet.array(), packet.arrayOffset() + packet.readerIndex(), packet.readableBytes())) {
            drops.count("malformed RTP packet to send");
            return;
        }
        MediaSection s = sections.get(id);
        if (s != null && skipped >= 0) {
            s.skipPacket(skipped);
        }
        TransportMedia t = s == null ? null : withKeys(s);
        if (t == null || !s.sendPacket(forwarded, packet, now, t.pacer())) {
            drops.count("RTP packet to send while nothing can be sent");
            if (s != null) {
                s.skipPacket(forwarded.sequenceNumber());
            }
        }
    }

    /** A source was faster than we are, and so much of it never came here: video has to begin anew. */
    public void mediaDropped(long now, int id, long count) {
        drops.count("media of a source that is faster than it can be sent", count);
        MediaSection s = sections.get(id);
        if (s != null) {
            s.handleKeyFrameRequest(now);
        }
    }

    // ---------------------------------------------------------------- what transports tell

    public void handleRtp(long now, Transport from, LentBytes packet) {
        transports.get(from.id).handleRtp(now, packet);
    }

    public void handleRtcp(long now, Transport from, LentBytes packet) {
        transports.get(from.id).handleRtcp(now, packet, wallClock.ntp(now));
    }

    public void connected(long now, Transport from) {
        transports.get(from.id).maybeStart(now);
    }

    public void pathSelected(Transport from) {
        sections.values().stream().filter(s -> s.plan.transportId() == from.id).forEach(MediaSection::pathSelected);
    }

    /** The peer of the transport has been replaced by another. */
    public void restarted(long now, Transport from) {
        transports.get(from.id).restart(now);
    }

    // ---------------------------------------------------------------- time and output

    public void handleTimeout(long now) {
        for (int i = 0; i < perTransport.size(); i++) { // for most packets that are paced: no iterator
            perTransport.get(i).handleTimeout(now);
        }
    }

    /** May change after any other call. */
    public long nextTimeoutNanos() {
        long next = ProtocolCore.NEVER;
        for (int i = 0; i < perTransport.size(); i++) { // for each packet: no iterator
            next = ProtocolCore.soonest(next, perTransport.get(i).nextTimeoutNanos());
        }
        return next;
    }

    /** Sends what may leave over a transport now, between the beginning and the end of its drain. */
    public void drain(long now, Transport transport) {
        transports.get(transport.id).drain(now, wallClock.ntp(now));
    }

    /** The session ends, and a transport is told of it, between the beginning and the end of its drain. */
    public void end(Transport transport) {
        transports.get(transport.id).end();
    }

    // ---------------------------------------------------------------- statistics

    /** Bytes of the peer's packets that wait for the rest of their frames. */
    public long heldBytes() {
        return receiveMemory.held();
    }

    /** Packets of ours that wait to be sent. */
    public int waitingPackets() {
        return pool.out();
    }

    /** What a transport's path is believed to carry, in bits per second; −1 where it sends nothing. */
    public long sendBitrate(Transport transport) {
        return transports.get(transport.id).sendBitrate();
    }

    public List<SessionSnapshot.Media> snapshot() {
        List<SessionSnapshot.Media> all = new ArrayList<>();
        for (MediaSection s : sections.values()) {
            all.add(new SessionSnapshot.Media(
                    s.plan,
                    s.sender == null ? null : s.sender.snapshot(),
                    s.sources.all().stream().map(RtpReceiveStream::snapshot).toList(),
                    s.isSending() ? s.targetBitrate() : -1,
                    s.isStopped()));
        }
        return all;
    }
}
