package dev.jvmrtc.session.media;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.congestion.BitrateShares;
import dev.jvmrtc.rtp.congestion.SendSideEstimator;
import dev.jvmrtc.rtp.send.OutgoingPacket;
import dev.jvmrtc.rtp.send.Pacer;
import dev.jvmrtc.rtp.send.PacketPool;
import dev.jvmrtc.rtp.send.QueuedPacket;
import dev.jvmrtc.rtp.send.RepeatedPacket;
import dev.jvmrtc.rtp.send.TransportSequence;
import dev.jvmrtc.session.transport.Transport;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The media of one transport: what arrives is routed to sections, what they send is paced by what the path is believed
 * to carry, numbered and protected, and reports go both ways. Whatever is counted or known once for each path has its
 * place here.
 */
final class TransportMedia {
    private static final int SRTCP_ROOM = 32;

    private final Transport transport;
    private final RandomSource random;
    private final Counters drops;
    private final PacketPool pool;
    private final RtcpReporter reporter;
    private final Pacer pacer = new Pacer();
    private final TransportSequence numbers = new TransportSequence();
    /** SSRCs of ours that have ended, and nobody has been told of yet. */
    private final List<Long> byes = new ArrayList<>();

    private final List<RtpInterceptor> interceptors;
    private final RtpPacket intercepted = new RtpPacket();
    private final Supplier<SendSideEstimator> estimators;
    private final Consumer<ByteWriter> rtcpSink = this::sendRtcp;
    private SendSideEstimator estimator;
    /** What the senders have been told that they may send together, in bits per second; −1 before. */
    private long divided = -1;

    private MediaRouter router;

    TransportMedia(
            Transport transport,
            RandomSource random,
            String cname,
            PacketPool pool,
            List<RtpInterceptor> interceptors,
            Supplier<SendSideEstimator> estimators,
            Counters drops) {
        this.interceptors = interceptors;
        this.estimators = estimators;
        this.transport = transport;
        this.random = random;
        this.drops = drops;
        this.pool = pool;
        this.reporter = new RtcpReporter(random, cname);
        beginAnew();
    }

    private void beginAnew() {
        estimator = estimators.get();
        divided = -1;
        router = new MediaRouter(random, drops, estimator);
    }

    /** Whether there are keys to protect what is sent. */
    boolean canSend() {
        return transport.hasKeys();
    }

    Pacer pacer() {
        return pacer;
    }

    List<MediaSection> sections() {
        return router.sections();
    }

    /** Its sections have changed. */
    void setSections(long now, List<MediaSection> own) {
        router.setSections(now, own, reporter);
        maybeStart(now);
    }

    /** The peer has been replaced by another: what was known of the path, of its sources and to be sent is void. */
    void restart(long now) {
        List<MediaSection> own = router.sections();
        pacer.clear(pool);
        router.close();
        byes.clear(); // of sources that the new peer never knew
        beginAnew();
        own.forEach(MediaSection::restart);
        router.setSections(now, own, reporter);
    }

    /** As soon as there are keys and sections. */
    void maybeStart(long now) {
        if (transport.hasKeys() && !sections().isEmpty()) {
            sections().forEach(MediaSection::maybeStartSending);
            reporter.start(now);
            divideBitrate();
        }
    }

    /** Tells the senders what each may send of what the path carries. */
    void divideBitrate() {
        List<MediaSection> sending = new ArrayList<>();
        for (MediaSection s : sections()) {
            if (s.isSending()) {
                sending.add(s);
            }
        }
        boolean[] video = new boolean[sending.size()];
        long[] limits = new long[sending.size()];
        int[] weights = new int[sending.size()];
        for (int i = 0; i < limits.length; i++) {
            MediaSection s = sending.get(i);
            video[i] = s.plan.video();
            limits[i] = Math.min(s.plan.maxBitrate(), s.share().maxBitrate());
            weights[i] = s.share().weight();
        }
        divided = estimator.mediaBitsPerSecond();
        long[] shares = BitrateShares.divide(divided, video, limits, weights);
        for (int i = 0; i < shares.length; i++) {
            sending.get(i).setTargetBitrate(shares[i]);
        }
    }

    // ---------------------------------------------------------------- input

    void handleRtp(long now, LentBytes packet) {
        if (interceptors.isEmpty() || passes(now, packet)) {
            router.handleRtp(now, packet, reporter);
        }
    }

    /** Whether all interceptors let an arriving packet through; what is no RTP packet is for the router to refuse. */
    private boolean passes(long now, LentBytes packet) {
        for (int i = interceptors.size() - 1; i >= 0; i--) {
            if (intercepted.wrap(packet) && !interceptors.get(i).incoming(now, intercepted)) {
                drops.count("RTP taken by an interceptor");
                return false;
            }
        }
        return true;
    }

    private boolean leaves(long now, OutgoingPacket p) {
        for (RtpInterceptor i : interceptors) {
            if (intercepted.wrap(p.data(), 0, p.length()) && !i.outgoing(now, intercepted)) {
                drops.count("RTP dropped by an interceptor");
                return false;
            }
        }
        return true;
    }

    void handleRtcp(long now, LentBytes packet, long ntp) {
        router.handleRtcp(now, packet, ntp, transport.roundTripNanos(), pacer);
        if (estimator.mediaBitsPerSecond() != divided) {
            divideBitrate();
        }
    }

    /** The peer is to be told that a source of ours has ended. */
    void bye(long ssrc) {
        byes.add(ssrc);
    }

    // ---------------------------------------------------------------- time and output

    void handleTimeout(long now) {
        router.handleTimeout(now);
    }

    long nextTimeoutNanos() {
        if (transport.hasLetGo()) {
            return NEVER; // there is nothing to send from
        }
        if (!transport.hasKeys()) {
            // Without them no report and no feedback can leave: what is due would be due for ever, and the loop would
            // spin.
            return pacer.nextTimeoutNanos();
        }
        return ProtocolCore.soonest(
                pacer.nextTimeoutNanos(), ProtocolCore.soonest(reporter.nextTimeoutNanos(), router.nextTimeoutNanos()));
    }

    /** Sends all that may leave now. */
    void drain(long now, long ntp) {
        pacer.setPathRate(now, estimator.bitsPerSecond());
        for (QueuedPacket q = pacer.poll(now); q != null; q = pacer.poll(now)) {
            if (q instanceof OutgoingPacket p) {
                send(now, interceptors.isEmpty() ? p : pool.owned(p)); // those may change it
            } else if (q instanceof RepeatedPacket r) {
                transport.repeatRtp(r.ssrc(), r.sequence());
                estimator.handleSent(now, -1, r.length());
            }
        }
        if (transport.hasKeys()) {
            reporter.run(now, ntp, router, rtcpSink);
            sayBye();
        }
    }

    /** Lets a packet leave, if interceptors do. */
    private void send(long now, OutgoingPacket p) {
        try {
            if (!interceptors.isEmpty() && !p.isRetransmission() && !leaves(now, p)) {
                return;
            }
            int length = p.length();
            int number = p.stream().beforeProtect(p, numbers, now);
            boolean keep = p.stream().keepsProtected();
            if (p.isShared()) {
                transport.sendRtp(p.data(), p.headerLength(), p.payload(), p.payloadOffset(), p.payloadLength(), keep);
            } else {
                transport.sendRtp(p.data(), p.length(), keep);
            }
            estimator.handleSent(now, number, length);
        } finally {
            pool.release(p);
        }
    }

    private void sayBye() {
        if (!byes.isEmpty()) {
            byes.forEach(ssrc -> reporter.bye(ssrc & 0xffffffffL, rtcpSink));
            byes.clear();
        }
    }

    private void sendRtcp(ByteWriter w) {
        int length = w.length();
        w.zeros(SRTCP_ROOM); // for the index and the tag
        transport.sendRtcp(w.array(), length);
    }

    /** The session ends: the peer is told of all sources of ours. While the transport drains. */
    void end() {
        for (MediaSection s : sections()) {
            if (s.plan.send() && s.sender != null) {
                bye(s.plan.ssrc());
            }
        }
        sayBye();
    }

    /** The transport is gone. */
    void close() {
        router.close();
        pacer.clear(pool);
    }

    /** What the path is believed to carry, in bits per second; −1 where nothing is sent. */
    long sendBitrate() {
        return sections().stream().anyMatch(MediaSection::isSending) ? estimator.bitsPerSecond() : -1;
    }
}
