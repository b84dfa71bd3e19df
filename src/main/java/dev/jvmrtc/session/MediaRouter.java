package dev.jvmrtc.session;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.congestion.SendRateEstimate;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.rtp.stream.Pacer;
import dev.jvmrtc.rtp.stream.RtpReceiveStream;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Brings the RTP and RTCP of one transport to the sections they belong to (RFC 9143 §9.2): by SSRC, MID, then payload type. */
final class MediaRouter {

    /** Sources of one transport that are remembered. */
    static final int MAX_ROUTES = 1_024;
    /** Packets held for a section that the answer on its way will bring. */
    static final int MAX_HELD = 128;
    private static final long HOLD_NANOS = 2_000_000_000L;

    /** @param repairs the source that an RTX source belongs to, or null for a source of its own */
    private record Route(MediaSection section, Integer repairs) {
    }

    private record Held(byte[] packet, long nanos) {
    }

    private final Counters drops;
    /** What the peer's reports say of the path to it. */
    private final SendRateEstimate sendRate;
    private final Map<Integer, Route> routes = new LinkedHashMap<>();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private final RtpPacket packet = new RtpPacket();
    private List<MediaSection> sections = List.of();

    MediaRouter(Counters drops, SendRateEstimate sendRate) {
        this.drops = drops;
        this.sendRate = sendRate;
    }

    List<MediaSection> sections() {
        return sections;
    }

    /** The sections of the transport have changed; packets that waited for one are tried again. */
    void setSections(long now, List<MediaSection> newSections, RtcpReporter reporter) {
        sections = newSections;
        routes.values().removeIf(r -> !newSections.contains(r.section));
        for (MediaSection s : newSections) {
            if (!s.plan.receive()) {
                continue;
            }
            for (long ssrc : s.plan.remoteSsrcs()) {
                if (!s.plan.remoteFid().containsValue(ssrc)) {
                    addRoute((int) ssrc, new Route(s, null));
                }
            }
            s.plan.remoteFid().forEach((main, rtx) -> addRoute(rtx.intValue(), new Route(s, main.intValue())));
        }
        List<Held> waiting = List.copyOf(held);
        held.clear();
        for (Held h : waiting) {
            if (now - h.nanos < HOLD_NANOS) {
                handleRtp(now, h.packet, 0, h.packet.length, reporter);
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

    void handleRtp(long now, byte[] data, int offset, int length, RtcpReporter reporter) {
        if (!packet.wrap(data, offset, length)) {
            drops.count("RTP malformed");
            return;
        }
        observeTransportSequence(now, reporter);
        Route route = routes.get(packet.ssrc());
        if (route == null || !route.section.receives(packet.payloadType())) {
            route = discover(route);
        }
        if (route == null) {
            hold(now, data, offset, length);
            return;
        }
        MediaSection section = route.section;
        int repaired = section.repairedPayloadType(packet.payloadType());
        if (repaired >= 0) {
            int main = route.repairs != null ? route.repairs : section.latestSource() == null ? packet.ssrc() : section.latestSource().ssrc();
            section.handleRtx(now, packet, main, repaired);
        } else {
            section.handlePacket(now, packet, packet.ssrc());
        }
    }

    /** Every packet counts for the peer's estimate of the path, also one that no section takes. */
    private void observeTransportSequence(long now, RtcpReporter reporter) {
        for (MediaSection s : sections) {
            int sequence = packet.extensionU16(s.transportCcExtension());
            if (sequence >= 0) {
                reporter.observeTransportSequence(sequence, now);
                return;
            }
        }
    }

    /** Finds the section of an unknown source. */
    private Route discover(Route stale) {
        MediaSection byPayloadType = null;
        int candidates = 0;
        MediaSection found = null;
        for (MediaSection s : sections) {
            String mid = packet.extensionText(s.midExtension());
            if (mid != null && mid.equals(s.plan.mid()) && s.receives(packet.payloadType())) {
                found = s;
            }
            if (s.receives(packet.payloadType())) {
                byPayloadType = s;
                candidates++;
            }
        }
        // RFC 9143 §9.2: the payload type decides only where it is used in one section.
        if (found == null && candidates == 1 && stale == null) {
            found = byPayloadType;
        }
        if (found == null) {
            return null;
        }
        Route route = new Route(found, null);
        addRoute(packet.ssrc(), route);
        return route;
    }

    private void hold(long now, byte[] data, int offset, int length) {
        while (!held.isEmpty() && now - held.peek().nanos >= HOLD_NANOS) {
            held.poll();
            drops.count("RTP that no section takes");
        }
        if (held.size() >= MAX_HELD) {
            held.poll();
            drops.count("RTP that no section takes");
        }
        held.add(new Held(Arrays.copyOfRange(data, offset, offset + length), now));
    }

    // ---------------------------------------------------------------- RTCP

    void handleRtcp(long now, byte[] data, int offset, int length, long ntpNow, Pacer resend, Queue<SessionEvent> events) {
        List<Rtcp> all;
        try {
            all = Rtcp.parse(data, offset, length);
        } catch (MalformedException e) {
            drops.count("malformed RTCP: " + e.getMessage());
            return;
        }
        for (Rtcp r : all) {
            if (r instanceof Rtcp.SenderReport sr) {
                MediaSection s = sectionOf((int) sr.ssrc());
                RtpReceiveStream source = s == null ? null : s.source((int) sr.ssrc());
                if (source != null) {
                    source.handleSenderReport(now, sr);
                }
                handleBlocks(now, sr.blocks(), ntpNow);
            } else if (r instanceof Rtcp.ReceiverReport rr) {
                handleBlocks(now, rr.blocks(), ntpNow);
            } else if (r instanceof Rtcp.Nack nack) {
                MediaSection s = sendingSection(nack.mediaSsrc());
                if (s != null) {
                    s.sender.handleNack(now, nack.sequenceNumbers(), resend);
                }
            } else if (r instanceof Rtcp.PictureLoss pli) {
                MediaSection s = sendingSection(pli.mediaSsrc());
                if (s != null) {
                    s.sender.handlePli();
                    events.add(new SessionEvent.KeyFrameRequested(s.transceiver));
                }
            } else if (r instanceof Rtcp.FullIntraRequest fir) {
                MediaSection s = sendingSection(fir.mediaSsrc());
                if (s != null && s.sender.handleFir(fir.sequence())) {
                    events.add(new SessionEvent.KeyFrameRequested(s.transceiver));
                }
            } else if (r instanceof Rtcp.ReceiverEstimatedMaximumBitrate remb) {
                sendRate.handleRemb(remb.bitsPerSecond());
            } else if (r instanceof Rtcp.Bye bye) {
                for (long ssrc : bye.ssrcs()) {
                    MediaSection s = sectionOf((int) ssrc);
                    if (s != null) {
                        s.handleBye((int) ssrc);
                    }
                }
            }
        }
    }

    private MediaSection sectionOf(int ssrc) {
        Route r = routes.get(ssrc);
        return r == null || r.repairs != null ? null : r.section;
    }

    private MediaSection sendingSection(long ssrc) {
        for (MediaSection s : sections) {
            if (s.sender != null && s.sender.ssrc() == (int) ssrc) {
                return s;
            }
        }
        return null;
    }

    private void handleBlocks(long now, List<Rtcp.ReportBlock> blocks, long ntpNow) {
        for (Rtcp.ReportBlock b : blocks) {
            MediaSection s = sendingSection(b.ssrc());
            if (s != null) {
                s.handleReportBlock(now, b, ntpNow >>> 16 & 0xffffffffL);
                sendRate.handleReportBlock(now, b, s.sender.roundTripNanos());
                if (s.sender.roundTripNanos() >= 0) {
                    sections.forEach(x -> x.sources().forEach(source -> source.setRtt(s.sender.roundTripNanos())));
                }
            }
        }
    }
}
