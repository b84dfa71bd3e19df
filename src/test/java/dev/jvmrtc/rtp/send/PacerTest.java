package dev.jvmrtc.rtp.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long MILLI = 1_000_000L;

    private final PacketPool pool = new PacketPool();
    private final Pacer pacer = new Pacer();
    private final RtpSendStream video = stream(new RtpCodec(96, "VP8", 90_000, 1, Map.of(), List.of("nack"), -1));
    private final RtpSendStream audio = stream(new RtpCodec(111, "opus", 48_000, 2, Map.of(), List.of(), -1));
    private long now = 1_000_000_000L;

    private RtpSendStream stream(RtpCodec codec) {
        RtpSendStream s = new RtpSendStream(codec.payloadType(), 0, RandomSource.seeded(1), pool);
        s.configure(codec, null, HeaderExtensions.NONE, "0");
        return s;
    }

    /** Lets the clock go on until nothing waits any more; what left after how many milliseconds. */
    private List<Long> drain() {
        long start = now;
        List<Long> left = new ArrayList<>();
        while (true) {
            for (QueuedPacket p = pacer.poll(now); p != null; p = pacer.poll(now)) {
                left.add((now - start) / MILLI);
                pool.release((OutgoingPacket) p);
            }
            if (pacer.nextTimeoutNanos() == ProtocolCore.NEVER) {
                return left;
            }
            assertTrue(pacer.nextTimeoutNanos() > now, "time goes on");
            now = pacer.nextTimeoutNanos();
        }
    }

    @Test
    void aKeyFrameLeavesAtTwiceTheRateOfThePath() {
        pacer.setPathRate(now, 400_000);
        video.sendFrame(OutgoingFrame.of(new byte[30_000], true, 0), now, pacer);
        List<Long> left = drain();
        assertEquals(26, left.size());
        assertEquals(300, left.get(25), 20, "30 kB at 800 kbit/s");
        for (int i = 1; i < left.size(); i++) {
            assertTrue(left.get(i) - left.get(i - 1) <= 13, "one after the other: " + left);
        }
    }

    @Test
    void soundWaitsForNoPicture() {
        pacer.setPathRate(now, 400_000);
        video.sendFrame(OutgoingFrame.of(new byte[30_000], true, 0), now, pacer);
        pacer.poll(now);
        audio.sendFrame(OutgoingFrame.of(new byte[100], true, 0), now, pacer);
        assertSame(audio, pacer.poll(now).stream());
        assertNull(pacer.poll(now), "the rest of the picture still waits");
    }

    @Test
    void whatIsSentAgainGoesBeforeWhatIsNew() {
        pacer.setPathRate(now, 400_000);
        video.sendFrame(OutgoingFrame.of(new byte[500], true, 0), now, pacer);
        OutgoingPacket first = (OutgoingPacket) pacer.poll(now);
        int sequence = first.sequence;
        video.beforeProtect(first, new TransportSequence(), now);
        video.sendFrame(OutgoingFrame.of(new byte[30_000], false, 3_000), now, pacer);
        drainSome(2);
        assertEquals(0, video.handleNack(now, List.of(sequence), -1, pacer));
        now = pacer.nextTimeoutNanos();
        assertTrue(pacer.poll(now).retransmission);
    }

    private void drainSome(int packets) {
        for (int i = 0; i < packets; i++) {
            now = Math.max(now, pacer.nextTimeoutNanos());
            pacer.poll(now);
        }
    }

    @Test
    void aSourceThatMakesMoreThanThePathIsBelievedToCarryIsNotHeldUp() {
        List<Long> worst = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            long due = now + 33 * MILLI;
            pacer.setPathRate(now, 300_000);
            video.sendFrame(OutgoingFrame.of(new byte[16_000], i == 0, i * 3_000L), now, pacer); // 4 Mbit/s
            while (pacer.nextTimeoutNanos() != ProtocolCore.NEVER && pacer.nextTimeoutNanos() < due) {
                now = Math.max(now, pacer.nextTimeoutNanos());
                pacer.setPathRate(now, 300_000);
                pacer.poll(now);
            }
            worst.add((long) pacer.size());
            now = due;
        }
        assertTrue(
                worst.stream().mapToLong(n -> n).max().orElseThrow() < 6 * 14,
                "half a second's packets, at the beginning: " + worst);
        assertEquals(0, worst.get(149), "then none is left when the next picture comes");
    }

    @Test
    void whatIsForgottenIsNotSent() {
        video.sendFrame(OutgoingFrame.of(new byte[30_000], true, 0), now, pacer);
        pacer.clear(pool);
        assertEquals(0, pacer.size());
        assertNull(pacer.poll(now));
        assertEquals(ProtocolCore.NEVER, pacer.nextTimeoutNanos());
    }
}
