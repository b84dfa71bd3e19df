package dev.jvmrtc.rtp.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a receiver can draw from a sender by asking for packets again. */
class ResendingTest {
    private static final long MILLI = 1_000_000L;
    private static final RtpCodec VP8 = new RtpCodec(96, "VP8", 90_000, 1, Map.of(), List.of("nack", "nack pli"), -1);
    private static final RtpCodec RTX = new RtpCodec(97, "rtx", 90_000, 1, Map.of("apt", "96"), List.of(), 96);
    private final PacketPool pool = new PacketPool();
    private final Pacer pacer = new Pacer();
    private final RtpSendStream stream = new RtpSendStream(1, 2, RandomSource.seeded(1), pool);
    private final List<Integer> sent = new ArrayList<>();
    private long now = 1_000_000_000L;
    private static final long PATH = 100_000_000;
    private long bytes;
    private long againBytes;

    private void leave() {
        pacer.setPathRate(now, PATH);
        for (QueuedPacket q = pacer.poll(now); q != null; q = pacer.poll(now)) {
            bytes += q.length;
            againBytes += q.retransmission ? q.length : 0;
            if (q instanceof OutgoingPacket p) {
                stream.beforeProtect(p, new TransportSequence(), now);
                if (!p.retransmission) {
                    sent.add(p.sequence);
                }
                pool.release(p);
            }
        }
    }

    /** A frame of so many bytes every 33 ms for so many seconds; {@code each} millisecond something is done. */
    private void run(int seconds, int frameBytes, Consumer<Long> each) {
        for (int i = 0; i < seconds * 1_000; i++) {
            if (i % 33 == 0) {
                stream.sendFrame(OutgoingFrame.of(new byte[frameBytes], i == 0, i * 90L), now, pacer);
            }
            each.accept(now);
            leave();
            now += MILLI;
        }
    }

    private List<Integer> last(int n) {
        return List.copyOf(sent.subList(Math.max(0, sent.size() - n), sent.size()));
    }

    @Test
    void whoAsksForEverythingAgainAndAgainDrawsAQuarterMore() {
        for (RtpCodec rtx : new RtpCodec[] {RTX, null}) {
            stream.configure(VP8, rtx, HeaderExtensions.NONE, "0");
            stream.setTargetBitrate(300_000);
            run(2, 4_166, t -> {});
            bytes = 0;
            againBytes = 0;
            run(10, 4_166, t -> stream.handleNack(t, last(374), 2 * MILLI, pacer));
            long media = bytes - againBytes;
            assertTrue(againBytes > media / 8, againBytes + " of " + media);
            assertTrue(againBytes <= media / 4 + RetransmissionBudget.MIN_BURST, againBytes + " of " + media);
        }
    }

    @Test
    void atOnceAsMuchIsSentAgainAsAKeyFrameHas() {
        stream.configure(VP8, RTX, HeaderExtensions.NONE, "0");
        stream.sendFrame(OutgoingFrame.of(new byte[200_000], true, 0), now, pacer);
        while (pacer.size() > 0) {
            now += MILLI;
            leave();
        }
        assertEquals(0, stream.handleNack(now, List.copyOf(sent), 2 * MILLI, pacer), "all of it");
        now += 10 * MILLI;
        assertEquals(
                sent.size(),
                stream.handleNack(now, List.copyOf(sent), 2 * MILLI, pacer),
                "and then nothing for a while");
    }

    @Test
    void aPacketIsSentAgainFiveTimesAndNoSoonerThanARoundTripOfOurs() {
        stream.configure(VP8, RTX, HeaderExtensions.NONE, "0");
        stream.sendFrame(OutgoingFrame.of(new byte[500], true, 0), now, pacer);
        leave();
        List<Long> resent = new ArrayList<>();
        long start = now;
        for (int i = 0; i < 2_000; i++) {
            long before = againBytes;
            stream.handleNack(now, sent, 40 * MILLI, pacer);
            leave();
            if (againBytes > before) {
                resent.add((now - start) / MILLI);
            }
            now += MILLI;
        }
        assertEquals(List.of(0L, 40L, 80L, 120L, 160L), resent);
    }

    @Test
    void whereNoRoundTripIsKnownALongOneIsAssumed() {
        stream.configure(VP8, RTX, HeaderExtensions.NONE, "0");
        stream.sendFrame(OutgoingFrame.of(new byte[500], true, 0), now, pacer);
        leave();
        stream.handleNack(now, sent, -1, pacer);
        leave();
        long once = againBytes;
        now += 99 * MILLI;
        stream.handleNack(now, sent, -1, pacer);
        leave();
        assertEquals(once, againBytes);
        now += MILLI;
        stream.handleNack(now, sent, -1, pacer);
        leave();
        assertEquals(2 * once, againBytes);
    }

    @Test
    void whatIsSentAgainIsNeverThePacketItselfInTheClear() {
        // Every way to stop sending, or to send otherwise, between a packet and the NACK for it.
        record Change(String name, RtpCodec codec, RtpCodec rtx) {}
        RtpCodec otherRtx = new RtpCodec(99, "rtx", 90_000, 1, Map.of("apt", "96"), List.of(), 96);
        RtpCodec withoutNack = new RtpCodec(96, "VP8", 90_000, 1, Map.of(), List.of(), -1);
        for (RtpCodec before : new RtpCodec[] {RTX, null}) {
            for (Change c : List.of(
                    new Change("no track, or on hold", null, null),
                    new Change("no RTX any more", VP8, null),
                    new Change("RTX from now on", VP8, RTX),
                    new Change("RTX under another number", VP8, otherRtx),
                    new Change("no NACK any more", withoutNack, null))) {
                RtpSendStream s = new RtpSendStream(1, 2, RandomSource.seeded(1), pool);
                s.configure(VP8, before, HeaderExtensions.NONE, "0");
                s.sendFrame(OutgoingFrame.of(new byte[500], true, 0), now, pacer);
                now += 1_000 * MILLI;
                OutgoingPacket p = (OutgoingPacket) pacer.poll(now);
                int sequence = p.sequence;
                s.beforeProtect(p, new TransportSequence(), now);
                s.configure(c.codec, c.rtx, HeaderExtensions.NONE, "0");
                s.handleNack(now, List.of(sequence), 2 * MILLI, pacer);
                now += 1_000 * MILLI;
                for (QueuedPacket q = pacer.poll(now); q != null; q = pacer.poll(now)) {
                    if (q instanceof OutgoingPacket again) {
                        assertEquals(
                                2,
                                dev.jvmrtc.wire.Bytes.i32(again.data, 8),
                                c.name + ": a packet of the RTX source, to be protected as such");
                        assertEquals(c.rtx == null ? -1 : c.rtx.payloadType(), again.data[1] & 0x7f, c.name);
                    } else {
                        assertFalse(s.hasRtx(), c.name + ": as it was sent, by whoever protected it");
                    }
                }
            }
        }
    }

    /** The origin of the monotonic clock is any, and a long way before it is before it. */
    @Test
    void theBudgetIsThatOfTheLastSecondWhateverTheClockCountsFrom() {
        for (long origin : new long[] {-5_000_000_000_000L, 0, 5_000_000_000_000L}) {
            RetransmissionBudget budget = new RetransmissionBudget();
            long time = origin;
            for (int i = 0; i < 100; i++, time += 100 * MILLI) {
                budget.sent(time, i, 1_000);
            }
            long granted = 0;
            for (int i = 0; i < 4_000; i++, time += MILLI) {
                granted += budget.take(time, 500) ? 500 : 0;
            }
            // What may be sent at once, and a quarter of what was sent in the second before, once.
            assertTrue(
                    granted <= RetransmissionBudget.MIN_BURST + 10_000 / RetransmissionBudget.SHARE,
                    granted + " bytes from " + origin);
        }
    }
}
