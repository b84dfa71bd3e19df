package dev.jvmrtc.session.media;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.rtp.rtcp.TransportFeedback;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** When RTCP leaves one transport and what a packet holds (RFC 3550 §6.2, RFC 4585 §3.5, RFC 5506). */
final class RtcpReporter {
    /** RFC 4585 §3.4 allows less than the 5 s of RFC 3550; browsers report video once a second. */
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private static final long TRANSPORT_FEEDBACK_NANOS = 100_000_000L;
    /** Packets of transport feedback at once; with numbers in a row, one reports 4,096. */
    static final int MAX_TRANSPORT_FEEDBACK = 16;

    private static final int MAX_BLOCKS = 31;

    final TransportFeedback transportFeedback = new TransportFeedback();
    private final RandomSource random;
    private final String cname;
    /** Stands for us where we send no media. */
    private final int receiverSsrc;

    private final ByteWriter packet = new ByteWriter(1_400);
    private final List<Rtcp> feedback = new ArrayList<>();
    private long nextReportNanos = NEVER;
    private long nextTransportFeedbackNanos = NEVER;

    RtcpReporter(RandomSource random, String cname) {
        this.random = random;
        this.cname = cname;
        this.receiverSsrc = random.nextInt();
    }

    /**
     * RFC 3550 §6.2: the first report after half the interval; intervals vary by half so that peers do not fall into
     * step.
     */
    void start(long now) {
        if (nextReportNanos == NEVER) {
            nextReportNanos = now + interval() / 2;
        }
    }

    private long interval() {
        return INTERVAL_NANOS * (50 + random.nextInt(101)) / 100;
    }

    void observeTransportSequence(int sequence, long now) {
        transportFeedback.observe(sequence, now);
        if (nextTransportFeedbackNanos == NEVER) {
            nextTransportFeedbackNanos = now + TRANSPORT_FEEDBACK_NANOS;
        }
    }

    private long senderSsrc(SectionTable table) {
        return (table.firstSender() == null
                        ? receiverSsrc
                        : table.firstSender().sender.ssrc())
                & 0xffffffffL;
    }

    /**
     * Sends what is due: reports by the clock, feedback at once. {@code send} takes a packet with room for SRTCP behind
     * it.
     */
    void run(long now, long ntp, MediaRouter router, Consumer<ByteWriter> send) {
        List<MediaSection> sections = router.sections();
        long ssrc = senderSsrc(router.table());
        feedback.clear();
        router.collectFeedback(now, ssrc, feedback);
        if (ProtocolCore.due(nextTransportFeedbackNanos, now)) {
            nextTransportFeedbackNanos = NEVER;
            long media = mediaSsrc(sections);
            int packets = 0;
            Rtcp.TransportCc t;
            while (packets < MAX_TRANSPORT_FEEDBACK && (t = transportFeedback.build(ssrc, media)) != null) {
                feedback.add(t);
                packets++;
            }
            if (packets == MAX_TRANSPORT_FEEDBACK) {
                transportFeedback.forget(); // numbers that leap: each would cost a packet of its own
            }
        }
        if (ProtocolCore.due(nextReportNanos, now)) {
            nextReportNanos = now + interval();
            report(now, ntp, sections, ssrc, send);
        }
        if (!feedback.isEmpty()) {
            boolean reduced = router.table().reducedSize();
            for (Rtcp f : feedback) {
                packet.clear();
                if (!reduced) {
                    // RFC 4585 §3.1: without reduced size every packet is a compound with a report and SDES.
                    new Rtcp.ReceiverReport(ssrc, List.of()).write(packet);
                    new Rtcp.SourceDescription(ssrc, cname).write(packet);
                }
                f.write(packet);
                send.accept(packet);
            }
        }
    }

    private static long mediaSsrc(List<MediaSection> sections) {
        for (MediaSection s : sections) {
            if (s.sources.latest() != null) {
                return s.sources.latest().ssrc() & 0xffffffffL;
            }
        }
        return 0;
    }

    private void report(long now, long ntp, List<MediaSection> sections, long ssrc, Consumer<ByteWriter> send) {
        List<Rtcp.ReportBlock> blocks = new ArrayList<>();
        sections.forEach(s -> blocks.addAll(s.sources.reportBlocks(now)));
        List<Rtcp.ReportBlock> shown = blocks.subList(0, Math.min(MAX_BLOCKS, blocks.size()));
        packet.clear();
        boolean first = true;
        for (MediaSection s : sections) {
            Rtcp.SenderReport sr = s.sender == null || !s.plan.send()
                    ? null
                    : s.sender.senderReport(now, ntp, first ? shown : List.of());
            if (sr != null && packet.length() < 1_000) {
                sr.write(packet);
                new Rtcp.SourceDescription(sr.ssrc(), cname).write(packet);
                first = false;
            }
        }
        if (first) {
            new Rtcp.ReceiverReport(ssrc, shown).write(packet);
            new Rtcp.SourceDescription(ssrc, cname).write(packet);
        }
        send.accept(packet);
    }

    void bye(long ssrc, Consumer<ByteWriter> send) {
        packet.clear();
        new Rtcp.ReceiverReport(ssrc, List.of()).write(packet);
        new Rtcp.SourceDescription(ssrc, cname).write(packet);
        new Rtcp.Bye(List.of(ssrc)).write(packet);
        send.accept(packet);
    }

    long nextTimeoutNanos() {
        return ProtocolCore.soonest(nextReportNanos, nextTransportFeedbackNanos);
    }
}
