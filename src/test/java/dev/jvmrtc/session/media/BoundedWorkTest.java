package dev.jvmrtc.session.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.congestion.SendRateEstimate;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.rtp.header.RtpHeaders;
import dev.jvmrtc.rtp.receive.ReceiveMemory;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.rtp.send.OutgoingPacket;
import dev.jvmrtc.rtp.send.Pacer;
import dev.jvmrtc.rtp.send.PacketPool;
import dev.jvmrtc.rtp.send.QueuedPacket;
import dev.jvmrtc.rtp.send.TransportSequence;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a packet of RTP or RTCP costs, in steps, where a peer has set up as much as it can: it is its size that counts.
 */
class BoundedWorkTest {
    private static final int SECTIONS = 64;
    private static final int PACKETS = 2_000;
    private static final long MILLI = 1_000_000L;
    private static final RtpCodec VP8 = new RtpCodec(96, "VP8", 90_000, 1, Map.of(), List.of("nack", "nack pli"), -1);
    private static final HeaderExtensions EXTENSIONS =
            HeaderExtensions.of(Map.of(HeaderExtensions.MID, 1, HeaderExtensions.TRANSPORT_SEQUENCE, 2));
    private static final RtpHeaders.Extensions NONE = RtpHeaders.Extensions.NONE;

    private final RandomSource random = RandomSource.seeded(1);
    private final Counters drops = new Counters();
    private final ArrayDeque<SessionEvent> events = new ArrayDeque<>();
    private final MediaRouter router = new MediaRouter(random, drops, new SendRateEstimate());
    private final RtcpReporter reporter = new RtcpReporter(random, "c");
    private final Pacer pacer = new Pacer();
    private final List<MediaSection> sections = new ArrayList<>();
    private long now = 1_000_000_000L;
    private long sentBytes;
    private long sentPackets;

    /**
     * Many sections, all with as many sources as may be, each with a frame that is not whole and packets that are
     * missing.
     */
    @BeforeEach
    void setUp() {
        PacketPool pool = new PacketPool();
        ReceiveMemory memory = new ReceiveMemory();
        for (int i = 0; i < SECTIONS; i++) {
            MediaWishes wishes = new MediaWishes();
            wishes.source = List.of(SourceFormat.ANY);
            MediaSection s = new MediaSection(
                    new SessionPlan.Media(
                            i,
                            true,
                            "m" + i,
                            1,
                            true,
                            true,
                            100_000 + i,
                            200_000 + i,
                            List.of(VP8),
                            List.of(VP8),
                            EXTENSIONS,
                            EXTENSIONS,
                            List.of(),
                            Map.of(),
                            true,
                            Long.MAX_VALUE,
                            0),
                    wishes,
                    random,
                    pool,
                    memory,
                    events,
                    drops);
            sections.add(s);
        }
        router.setSections(now, sections, reporter);
        for (int i = 0; i < SECTIONS; i++) {
            for (int k = 0; k < SectionSources.MAX; k++) {
                for (int sequence = 1; sequence < 60; sequence += 3) {
                    receive(
                            new RtpHeaders.Extensions(1, "m" + i, 2, 0),
                            1_000 * (k + 1) + i,
                            sequence,
                            7,
                            sequence == 1);
                }
            }
        }
        drain();
    }

    private int receive(RtpHeaders.Extensions e, int ssrc, int sequence, long timestamp, boolean start) {
        byte[] p = new byte[400];
        int n = RtpHeaders.writeHeader(p, 96, false, sequence & 0xffff, timestamp, ssrc, e, sequence & 0xffff, 0);
        p[n] = (byte) (start ? 0x10 : 0);
        p[n + 1] = (byte) (start ? 0 : 1);
        router.handleRtp(now, LentBytes.of(p, 0, n + 3), reporter);
        return n + 3;
    }

    private void drain() {
        reporter.run(now, 0, router, w -> {
            sentBytes += w.length();
            sentPackets++;
        });
        events.clear();
    }

    /** So many packets, after each of which all is sent that is to be sent; steps for one on average. */
    private long stepsForEach(IntConsumer packet) {
        return Steps.of(() -> {
                    for (int i = 0; i < PACKETS; i++) {
                        now += MILLI;
                        router.handleTimeout(now);
                        packet.accept(i);
                        drain();
                        router.nextTimeoutNanos();
                    }
                })
                / PACKETS;
    }

    private void assertFew(long steps, long bound) {
        assertTrue(steps > 0 && steps <= bound, steps + " steps for a packet");
    }

    /** What stands from the beginning is asked for again and given up, once, which is not the packets' cost. */
    private void settle() {
        for (int i = 0; i < 200; i++) {
            now += 100 * MILLI;
            router.handleTimeout(now);
            drain();
        }
    }

    @Test
    void aPacketOfAnUnknownSourceOrSectionCostsNoLookAtAllOfThem() {
        settle();
        long plain = stepsForEach(i -> receive(NONE, 5_000_000 + i, i, i, true));
        assertTrue(plain <= 4, plain + " steps for a packet");
        assertFew(
                stepsForEach(i -> receive(new RtpHeaders.Extensions(1, "nobody", 0, 0), 6_000_000 + i, i, i, true)),
                16);
    }

    @Test
    void aPacketOfAFrameThatNeverEndsOrOfNoneAtAll() {
        settle();
        assertFew(stepsForEach(i -> receive(NONE, 1_000, 1_000 + i, 9, i == 0)), 16);
        assertFew(stepsForEach(i -> receive(NONE, 1_000, 1_000 + i, 9, i == 0)), 16);
    }

    @Test
    void aPacketThatLeapsMakesUsListAndAskForFew() {
        settle();
        sentBytes = 0;
        long[] received = {0};
        assertFew(stepsForEach(i -> received[0] += receive(NONE, 1_000, 1_000 + 400 * i, i, true)), 200);
        assertTrue(sentBytes <= 3 * (received[0] + 40L * PACKETS), sentBytes + " bytes of feedback for " + received[0]);
    }

    @Test
    void transportNumbersThatLeapCostWhatOthersCost() {
        settle();
        sentPackets = 0;
        assertFew(
                stepsForEach(i -> receive(new RtpHeaders.Extensions(0, null, 2, 0), 7_000_000, 4_000 * i, i, true)),
                16);
        assertTrue(
                sentPackets <= PACKETS / 100 * RtcpReporter.MAX_TRANSPORT_FEEDBACK + 40,
                sentPackets + " packets of feedback");
    }

    private long rtcp(Rtcp... packets) {
        ByteWriter w = new ByteWriter();
        for (Rtcp r : packets) {
            r.write(w);
        }
        long steps = Steps.of(() -> router.handleRtcp(now, LentBytes.of(w.array(), 0, w.length()), 0, MILLI, pacer));
        assertTrue(steps <= 8L * w.length(), steps + " steps for " + w.length() + " bytes");
        return steps;
    }

    @Test
    void rtcpCostsWhatItsBytesSay() {
        Rtcp[] all = new Rtcp[Rtcp.MAX_PACKETS];
        List<Rtcp.ReportBlock> blocks = new ArrayList<>();
        for (int i = 0; i < 31; i++) {
            blocks.add(new Rtcp.ReportBlock(100_000 + i, 0, 0, 1, 0, 0, 0));
        }
        java.util.Arrays.fill(all, new Rtcp.ReceiverReport(1, blocks));
        assertTrue(rtcp(all) > 0);
        java.util.Arrays.fill(all, new Rtcp.SenderReport(1_000, 1, 2, 3, 4, blocks));
        rtcp(all);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 17 * 1_000; i++) {
            numbers.add(i);
        }
        rtcp(new Rtcp.Nack(1, 100_000, numbers));
        java.util.Arrays.fill(all, new Rtcp.Nack(1, 100_000, numbers.subList(0, 17)));
        rtcp(all);
        java.util.Arrays.fill(all, new Rtcp.Bye(List.of(1_000L, 1_001L, 2_000L, 2_001L)));
        rtcp(all);
        List<Long> ssrcs = new ArrayList<>();
        for (long i = 0; i < 255; i++) {
            ssrcs.add(i);
        }
        java.util.Arrays.fill(all, new Rtcp.ReceiverEstimatedMaximumBitrate(1, 1_000_000, ssrcs));
        rtcp(all);
    }

    @Test
    void keyFrameRequestsBecomeFewEventsHoweverManyThereAre() {
        Rtcp[] all = new Rtcp[Rtcp.MAX_PACKETS];
        int told = 0;
        for (int i = 0; i < 1_000; i++) {
            now += MILLI;
            java.util.Arrays.fill(
                    all,
                    i % 2 == 0 ? new Rtcp.PictureLoss(1, 100_000) : new Rtcp.FullIntraRequest(1, 100_000, i & 0xff));
            rtcp(all);
            router.handleTimeout(now);
            told += (int) events.stream()
                    .filter(e -> e instanceof SessionEvent.KeyFrameRequested)
                    .count();
            events.clear();
        }
        assertEquals(5, told, "64,000 requests in a second");
        now += 250 * MILLI;
        router.handleTimeout(now);
        assertEquals(
                1,
                events.stream()
                        .filter(e -> e instanceof SessionEvent.KeyFrameRequested)
                        .count(),
                "and what was asked for last is not forgotten");
    }

    @Test
    void aNackCostsWhatItsBytesSayWhateverIsKept() {
        MediaSection s = sections.get(0);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            s.sendFrame(now, OutgoingFrame.of(new byte[20_000], i == 0, i * 3_000L), now, pacer);
            pacer.setPathRate(now, 100_000_000);
            for (QueuedPacket q = pacer.poll(now); q != null; q = pacer.poll(now += MILLI)) {
                if (q instanceof OutgoingPacket p) {
                    q.stream().beforeProtect(p, new TransportSequence(), now);
                    numbers.add(dev.jvmrtc.wire.Bytes.u16(p.data(), 2));
                }
            }
        }
        assertEquals(
                1,
                sections.stream().filter(x -> x.sender.snapshot().packets() > 0).count());
        rtcp(new Rtcp.Nack(1, 100_000, numbers));
        assertTrue(pacer.size() > 0, "it is answered");
    }
}
