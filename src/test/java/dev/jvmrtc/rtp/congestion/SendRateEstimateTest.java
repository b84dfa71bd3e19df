package dev.jvmrtc.rtp.congestion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendRateEstimateTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NONE = Long.MAX_VALUE;
    private static final int[] EQUAL = {1, 1, 1};

    private final SendRateEstimate estimate = new SendRateEstimate();
    private long now;
    private long highest = 1_000;
    private int lost;

    /** One second in which so much was sent, and the report on it. */
    private void second(long bitsPerSecond, double loss) {
        second(bitsPerSecond, loss, 50);
    }

    private void second(long bitsPerSecond, double loss, int roundTripMillis) {
        int packets = 100;
        estimate.handleSent(now, -1, (int) (bitsPerSecond / 8));
        now += SECOND;
        highest += packets;
        lost += (int) (packets * loss);
        estimate.handleReportBlock(
                now, new Rtcp.ReportBlock(7, (int) (loss * 256), lost, highest, 0, 0, 0), roundTripMillis * 1_000_000L);
    }

    @Test
    void growsByAnEighthOfATenthASecondWhileNothingIsLost() {
        second(0, 0); // the first report has nothing to be compared with
        for (int i = 0; i < 30; i++) {
            second(estimate.bitsPerSecond(), 0);
        }
        assertTrue(
                estimate.bitsPerSecond() > 2_500_000,
                "300 kbit/s times 1.08 to the 30th, but was " + estimate.bitsPerSecond());
        assertTrue(estimate.bitsPerSecond() < 3_500_000);
    }

    @Test
    void doesNotGrowBeyondWhatWasTried() {
        second(0, 0);
        for (int i = 0; i < 100; i++) {
            second(400_000, 0);
        }
        assertEquals(610_000, estimate.bitsPerSecond(), 5_000, "one and a half times what is sent, and a little");
    }

    @Test
    void keepsWhatItHasWhileASourcePauses() {
        second(0, 0);
        second(0, 0);
        assertEquals(SendRateEstimate.START, estimate.bitsPerSecond());
    }

    @Test
    void fallsByHalfTheShareThatWasLostAndHoldsBetweenTwoAndTenPercent() {
        second(0, 0);
        second(300_000, 0.05);
        assertEquals(SendRateEstimate.START, estimate.bitsPerSecond());
        second(300_000, 0.20);
        assertEquals(SendRateEstimate.START * 9 / 10, estimate.bitsPerSecond(), 2);
        for (int i = 0; i < 200; i++) {
            second(300_000, 0.9);
        }
        assertEquals(SendRateEstimate.MIN, estimate.bitsPerSecond());
    }

    @Test
    void stopsGrowingWhileAQueueFillsAndFallsBeforeItOverflows() {
        second(0, 0);
        second(300_000, 0);
        long before = estimate.bitsPerSecond();
        second(before, 0, 50 + 100);
        assertEquals(before, estimate.bitsPerSecond(), "a round trip that is 100 ms longer");
        second(300_000, 0, 50 + 200);
        assertEquals(
                225_000,
                estimate.bitsPerSecond(),
                2_000,
                "one that is 200 ms longer: 0.95 of what was sent, less a fifth to empty the queue");
        second(225_000, 0, 60);
        assertTrue(estimate.bitsPerSecond() > 240_000, "the queue is empty again");
        for (int i = 0; i < 3; i++) {
            second(estimate.bitsPerSecond(), 0, 60);
        }
        long close = estimate.bitsPerSecond();
        second(close, 0, 60);
        assertTrue(
                estimate.bitsPerSecond() < close * 1.03,
                "slowly, close to where the path was full: " + close + " to " + estimate.bitsPerSecond());
    }

    @Test
    void aPathThatHasBecomeLongerForGoodIsUsedAgainAfterTwentySeconds() {
        second(0, 0);
        second(300_000, 0);
        for (int i = 0; i < 20; i++) {
            second(estimate.bitsPerSecond(), 0, 400);
        }
        long least = estimate.bitsPerSecond();
        for (int i = 0; i < 20; i++) {
            second(estimate.bitsPerSecond(), 0, 400);
        }
        assertTrue(estimate.bitsPerSecond() > 2 * least, least + " to " + estimate.bitsPerSecond());
    }

    @Test
    void staysBelowTheReceiversOwnEstimate() {
        estimate.handleRemb(123_000);
        assertEquals(123_000, estimate.bitsPerSecond());
        estimate.handleRemb(1);
        assertEquals(SendRateEstimate.MIN, estimate.bitsPerSecond());
        estimate.handleRemb(Long.MAX_VALUE);
        assertEquals(SendRateEstimate.START, estimate.bitsPerSecond());
    }

    @Test
    void soundComesFirstAndWhatOneStreamMayNotTakeGoesToTheOthers() {
        assertArrayEquals(
                new long[] {64_000, 118_000, 118_000},
                BitrateShares.divide(300_000, new boolean[] {false, true, true}, new long[] {NONE, NONE, NONE}, EQUAL));
        assertArrayEquals(
                new long[] {20_000, 50_000, 230_000},
                BitrateShares.divide(
                        300_000, new boolean[] {false, true, true}, new long[] {20_000, 50_000, NONE}, EQUAL));
        assertArrayEquals(
                new long[] {15_000, 15_000, 0},
                BitrateShares.divide(30_000, new boolean[] {false, false, true}, new long[] {NONE, NONE, NONE}, EQUAL));
        assertArrayEquals(new long[0], BitrateShares.divide(30_000, new boolean[0], new long[0], new int[0]));
        assertArrayEquals(
                new long[] {64_000, 80_000, 160_000},
                BitrateShares.divide(
                        304_000, new boolean[] {false, true, true}, new long[] {NONE, NONE, NONE}, new int[] {
                            1, 256, 512
                        }),
                "by their weights");
        assertArrayEquals(
                new long[] {140_000, 100_000},
                BitrateShares.divide(240_000, new boolean[] {true, true}, new long[] {NONE, 100_000}, new int[] {1, 4}),
                "what one may not take the other has");
    }

    @Test
    void anEstimateOfTheReceiverSurvivesItsWireForm() throws MalformedException {
        for (long bits : new long[] {0, 1, 262_143, 262_144, 3_000_000, 1L << 40}) {
            ByteWriter w = new ByteWriter(64);
            new Rtcp.ReceiverEstimatedMaximumBitrate(1, bits, List.of(2L, 3L)).write(w);
            Rtcp.ReceiverEstimatedMaximumBitrate read = (Rtcp.ReceiverEstimatedMaximumBitrate)
                    Rtcp.parse(w.array(), 0, w.length()).get(0);
            assertEquals(bits, read.bitsPerSecond(), bits >> 17);
            assertEquals(List.of(2L, 3L), read.ssrcs());
        }
        byte[] absurd = {
            (byte) 0x8f,
            (byte) 206,
            0,
            4,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            0,
            'R',
            'E',
            'M',
            'B',
            0,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xff
        };
        assertEquals(
                Long.MAX_VALUE,
                ((Rtcp.ReceiverEstimatedMaximumBitrate)
                                Rtcp.parse(absurd, 0, absurd.length).get(0))
                        .bitsPerSecond());
    }
}
