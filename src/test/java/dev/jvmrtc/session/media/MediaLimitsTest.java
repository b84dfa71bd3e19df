package dev.jvmrtc.session.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.congestion.SendRateEstimate;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.rtp.header.RtpHeaders;
import dev.jvmrtc.rtp.receive.ReceiveMemory;
import dev.jvmrtc.rtp.send.Pacer;
import dev.jvmrtc.rtp.send.PacketPool;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.wire.LentBytes;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MediaLimitsTest {
    private static final int OPUS = 111;
    private static final RtpCodec CODEC = new RtpCodec(OPUS, "opus", 48_000, 2, Map.of(), List.of(), -1);
    private final RandomSource random = RandomSource.seeded(1);
    private final Counters drops = new Counters();
    private final ArrayDeque<SessionEvent> events = new ArrayDeque<>();
    private final MediaRouter router = new MediaRouter(random, drops, new SendRateEstimate());
    private final RtcpReporter reporter = new RtcpReporter(random, "c");

    private MediaSection audio() {
        return new MediaSection(
                new SessionPlan.Media(
                        1,
                        false,
                        "0",
                        1,
                        false,
                        true,
                        1,
                        2,
                        List.of(),
                        List.of(CODEC),
                        HeaderExtensions.NONE,
                        HeaderExtensions.NONE,
                        List.of(),
                        Map.of(),
                        true,
                        Long.MAX_VALUE,
                        0),
                new MediaWishes(),
                random,
                new PacketPool(),
                new ReceiveMemory(),
                events,
                drops);
    }

    private void packet(long now, int payloadType, int ssrc) {
        byte[] p = new byte[20];
        RtpHeaders.writeHeader(p, payloadType, true, 1, 0, ssrc, RtpHeaders.Extensions.NONE, 0, 0);
        router.handleRtp(now, LentBytes.of(p), reporter);
    }

    @Test
    void holdsSoManyPacketsForASectionToComeAndDropsTheOldest() {
        for (int i = 0; i < MediaRouter.MAX_HELD + 10; i++) {
            packet(0, OPUS, i);
        }
        assertEquals(10, drops.get("RTP that no section takes"));
        MediaSection s = audio();
        router.setSections(1, List.of(s), reporter);
        assertEquals(MediaRouter.MAX_HELD + 9, s.sources.latest().ssrc(), "the newest are kept");
        assertEquals(0, drops.get("RTP malformed"));
    }

    @Test
    void aSectionKeepsItsNewestSources() {
        MediaSection s = audio();
        router.setSections(0, List.of(s), reporter);
        for (int ssrc = 1; ssrc <= SectionSources.MAX + 1; ssrc++) {
            packet(0, OPUS, ssrc);
        }
        assertNull(s.sources.find(1));
        assertEquals(SectionSources.MAX + 1, s.sources.latest().ssrc());
    }

    @Test
    void aTransportRemembersSoManySourcesAndCountsTheRest() {
        MediaSection s = audio();
        router.setSections(0, List.of(s), reporter);
        for (int ssrc = 1; ssrc <= MediaRouter.MAX_ROUTES + 5; ssrc++) {
            packet(0, OPUS, ssrc);
        }
        assertEquals(5, drops.get("RTP: too many sources"));
    }

    @Test
    void aSenderWhosePacketsNobodyReportsOnStopsAndBeginsAgainWithAKeyFrame() {
        MediaWishes wishes = new MediaWishes();
        wishes.source = List.of(SourceFormat.ANY);
        MediaSection s = new MediaSection(
                new SessionPlan.Media(
                        1,
                        false,
                        "0",
                        1,
                        true,
                        false,
                        1,
                        2,
                        List.of(CODEC),
                        List.of(),
                        HeaderExtensions.NONE,
                        HeaderExtensions.NONE,
                        List.of(),
                        Map.of(),
                        true,
                        Long.MAX_VALUE,
                        0),
                wishes,
                random,
                new PacketPool(),
                new ReceiveMemory(),
                events,
                drops);
        Pacer out = new Pacer();
        int[] sent = new int[60];
        for (int second = 0; second < 60; second++) {
            assertTrue(s.sendFrame(
                    second * 1_000_000_000L,
                    OutgoingFrame.of(new byte[10], true, second * 48_000L),
                    second * 1_000_000_000L,
                    out));
            sent[second] = out.size();
        }
        assertEquals(15, sent[14]);
        assertEquals(15, sent[44], "nothing leaves any more");
        assertEquals(16, sent[45], "half a minute later it is tried again");
        assertEquals(30, drops.get("media of a sender whose packets arrive nowhere (RFC 8083)"));
        assertTrue(events.stream().anyMatch(e -> e instanceof SessionEvent.KeyFrameRequested));
    }

    /**
     * A packet that came before is dropped by its stream: what it costs until then is finding the section, the source
     * and the codec.
     */
    @Test
    void findingWhereAPacketBelongsMakesNoObject() {
        router.setSections(0, List.of(audio()), reporter);
        byte[] p = new byte[60];
        RtpHeaders.writeHeader(p, OPUS, true, 1, 0, 0x5a5a5a5a, RtpHeaders.Extensions.NONE, 0, 0);
        LentBytes lent = LentBytes.of(p);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            router.handleRtp(1, lent, reporter);
        }
        events.clear();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 20_000; i++) {
            router.handleRtp(1, lent, reporter);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / 20_000;
        assertEquals(0, each, "bytes for each packet");
        assertTrue(events.isEmpty());
    }
}
