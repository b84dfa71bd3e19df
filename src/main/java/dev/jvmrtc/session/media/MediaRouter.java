package dev.jvmrtc.session.media;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.IntMap;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.congestion.SendSideEstimator;
import dev.jvmrtc.rtp.receive.Repair;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.rtp.send.Pacer;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings the RTP and RTCP of one transport to the sections they belong to (RFC 9143 §9.2): by SSRC, MID, then payload
 * type. What a packet costs does not grow with the number of sections and sources: tables are made when sections
 * change, and only those are called whose time has come.
 */
final class MediaRouter {

    /** Sources of one transport that are remembered. */
    static final int MAX_ROUTES = 1_024;
    /** Packets held for a section that the answer on its way will bring. */
    static final int MAX_HELD = 128;
    /** Longest of them. */
    static final int MAX_HELD_LENGTH = 2_048;

    private static final long HOLD_NANOS = 2_000_000_000L;

    /** @param repairs the source that an RTX source belongs to, or null for a source of its own */
    private record Route(MediaSection section, Integer repairs) {}

    private record Held(ByteBuf packet, long nanos) {}

    private final Counters drops;
    /** What the peer's reports say of the path to it. */
    private final SendSideEstimator estimator;

    private final IntMap<Route> routes;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private final RtpPacket packet = new RtpPacket();
    private final Deadlines deadlines = new Deadlines();
    private List<MediaSection> sections = List.of();
    private SectionTable table = new SectionTable(List.of());
    /** As the peer's reports say; it serves to ask for packets again, not to send them again. */
    private long reportedRoundTripNanos = -1;

    MediaRouter(RandomSource random, Counters drops, SendSideEstimator estimator) {
        this.routes = new IntMap<>(random);
        this.drops = drops;
        this.estimator = estimator;
    }

    List<MediaSection> sections() {
        return sections;
    }

    SectionTable table() {
        return table;
    }

    /** The sections of the transport have changed; packets that waited for one are tried again. */
    void setSections(long now, List<MediaSection> newSections, RtcpReporter reporter) {
        sections = newSections;
        table = new SectionTable(newSections);
        Set<MediaSection> present = new HashSet<>(newSections);
        routes.removeIf(r -> !present.contains(r.section));
        deadlines.clear();
        for (MediaSection s : newSections) {
            s.setDeadlines(deadlines);
            if (!s.plan.receive()) {
                continue;
            }
            Set<Long> repairing = new HashSet<>(s.plan.remoteFid().values());
            for (long ssrc : s.plan.remoteSsrcs()) {
                if (!repairing.contains(ssrc)) {
                    addRoute((int) ssrc, new Route(s, null));
                }
            }
            s.plan.remoteFid().forEach((main, rtx) -> addRoute(rtx.intValue(), new Route(s, main.intValue())));
        }
        for (int waiting = held.size(); waiting > 0; waiting--) {
            Held h = held.poll();
            try {
                if (now - h.nanos < HOLD_NANOS) {
                    handleRtp(now, LentBytes.of(h.packet), reporter);
                }
            } finally {
                h.packet.release();
            }
        }
    }

    private void addRoute(int ssrc, Route route) {
        if (routes.containsKey(ssrc) || routes.size() < MAX_ROUTES) {
            routes.put(ssrc, route);
        } else {
            drops.count("RTP: too many sources");
        }
    }

    void handleRtp(long now, LentBytes bytes, RtcpReporter reporter) {
        if (!packet.wrap(bytes)) {
            drops.count("RTP malformed");
            return;
        }
        // Every packet counts for the peer's estimate of the path, also one that no section takes.
        int transportSequence = table.transportSequence(packet);
        if (transportSequence >= 0) {
            reporter.observeTransportSequence(transportSequence, now);
        }
        Route route = routes.get(packet.ssrc());
        if (route == null || !route.section.sources.receives(packet.payloadType())) {
            route = discover(route);
        }
        if (route == null) {
            hold(now, bytes);
            return;
        }
        MediaSection section = route.section;
        Repair repair = section.sources.repair(packet.payloadType());
        if (repair != null) {
            int main = route.repairs != null
                    ? route.repairs
                    : section.sources.latest() == null
                            ? packet.ssrc()
                            : section.sources.latest().ssrc();
            section.sources.handleRepair(now, packet, main, repair);
        } else {
            section.sources.handlePacket(now, packet, packet.ssrc(), reportedRoundTripNanos);
        }
    }

    /** Finds the section of an unknown source. */
    private Route discover(Route stale) {
        MediaSection found = table.byMid(packet);
        // RFC 9143 §9.2: the payload type decides only where it is used in one section.
        if (found == null && stale == null) {
            found = table.onlyReceiver(packet.payloadType());
        }
        if (found == null) {
            return null;
        }
        Route route = new Route(found, null);
        addRoute(packet.ssrc(), route);
        return route;
    }

    private void hold(long now, LentBytes bytes) {
        while (!held.isEmpty() && now - held.peek().nanos >= HOLD_NANOS) {
            assert Steps.count();
            held.poll().packet.release();
            drops.count("RTP that no section takes");
        }
        if (held.size() >= MAX_HELD) {
            held.poll().packet.release();
            drops.count("RTP that no section takes");
        }
        if (bytes.length() <= MAX_HELD_LENGTH) {
            held.add(new Held(bytes.keep(0, bytes.length()), now));
        } else {
            drops.count("RTP that no section takes");
        }
    }

    /** What waits for a section is let go of. */
    void close() {
        held.forEach(h -> h.packet.release());
        held.clear();
    }

    // ---------------------------------------------------------------- time

    long nextTimeoutNanos() {
        return deadlines.next();
    }

    void handleTimeout(long now) {
        for (Deadlines.Item i : deadlines.takeDue(now)) {
            if (i instanceof SectionSources.Source s) {
                s.handleTimeout(now);
            } else if (i instanceof KeyFrameRequests k) {
                k.handleTimeout(now);
            }
        }
    }

    /** Feedback of those sources that have some now. */
    void collectFeedback(long now, long senderSsrc, List<Rtcp> out) {
        for (Deadlines.Item i : deadlines.takeDue(now)) {
            if (i instanceof SectionSources.Source s) {
                s.collectFeedback(now, senderSsrc, out);
            } else if (i instanceof KeyFrameRequests k) {
                k.handleTimeout(now);
            }
        }
    }

    // ---------------------------------------------------------------- RTCP

    /** @param roundTripNanos of the transport, as measured by us; −1 where it is not known */
    void handleRtcp(long now, LentBytes compound, long ntpNow, long roundTripNanos, Pacer resend) {
        List<Rtcp> all;
        try {
            all = Rtcp.parse(compound.array(), compound.offset(), compound.length());
        } catch (MalformedException e) {
            drops.count("malformed RTCP: " + e.getMessage());
            return;
        }
        for (Rtcp r : all) {
            assert Steps.count();
            if (r instanceof Rtcp.SenderReport sr) {
                MediaSection s = sectionOf((int) sr.ssrc());
                RtpReceiveStream source = s == null ? null : s.sources.find((int) sr.ssrc());
                if (source != null) {
                    source.handleSenderReport(now, sr);
                }
                handleBlocks(now, sr.blocks(), ntpNow);
            } else if (r instanceof Rtcp.ReceiverReport rr) {
                handleBlocks(now, rr.blocks(), ntpNow);
            } else if (r instanceof Rtcp.Nack nack) {
                MediaSection s = table.sender(nack.mediaSsrc());
                int refused = s == null ? 0 : s.sender.handleNack(now, nack.sequenceNumbers(), roundTripNanos, resend);
                if (refused > 0) {
                    drops.count("retransmissions beyond the budget", refused);
                }
            } else if (r instanceof Rtcp.PictureLoss pli) {
                MediaSection s = table.sender(pli.mediaSsrc());
                if (s != null) {
                    s.sender.handlePli();
                    s.handleKeyFrameRequest(now);
                }
            } else if (r instanceof Rtcp.FullIntraRequest fir) {
                MediaSection s = table.sender(fir.mediaSsrc());
                if (s != null && s.sender.handleFir(fir.sequence())) {
                    s.handleKeyFrameRequest(now);
                }
            } else if (r instanceof Rtcp.ReceiverEstimatedMaximumBitrate remb) {
                estimator.handleRemb(remb.bitsPerSecond());
            } else if (r instanceof Rtcp.TransportCc feedback) {
                estimator.handleTransportFeedback(now, feedback);
            } else if (r instanceof Rtcp.Bye bye) {
                for (long ssrc : bye.ssrcs()) {
                    MediaSection s = sectionOf((int) ssrc);
                    if (s != null) {
                        s.sources.handleBye((int) ssrc);
                    }
                }
            }
        }
    }

    private MediaSection sectionOf(int ssrc) {
        Route r = routes.get(ssrc);
        return r == null || r.repairs != null ? null : r.section;
    }

    private void handleBlocks(long now, List<Rtcp.ReportBlock> blocks, long ntpNow) {
        for (Rtcp.ReportBlock b : blocks) {
            assert Steps.count();
            MediaSection s = table.sender(b.ssrc());
            if (s != null) {
                s.handleReportBlock(now, b, ntpNow >>> 16 & 0xffffffffL);
                estimator.handleReportBlock(now, b, s.sender.roundTripNanos());
                reportedRoundTripNanos =
                        s.sender.roundTripNanos() >= 0 ? s.sender.roundTripNanos() : reportedRoundTripNanos;
            }
        }
    }
}
