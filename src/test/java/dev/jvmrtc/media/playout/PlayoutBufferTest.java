package dev.jvmrtc.media.playout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.frame.AudioFrame;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlayoutBufferTest {
    private static final int RATE = 48_000;
    private static final long FRAME_NANOS = 20_000_000;

    private final PlayoutBuffer buffer = new PlayoutBuffer(RATE, 1);
    private final Random random = new Random(3);
    private long sent;
    private long taken;
    private double worstStep;
    private short before;

    private AudioFrame frame() {
        short[] s = new short[RATE / 50];
        for (int i = 0; i < s.length; i++, sent++) {
            s[i] = (short) (10_000 * Math.sin(2 * Math.PI * 440 * sent / RATE));
        }
        return new AudioFrame(s, RATE, 1);
    }

    /**
     * Sender and player by clocks of their own, frames late by chance up to {@code jitterMillis}; returns the most that
     * was held, in milliseconds.
     */
    private int run(double seconds, double senderFasterBy, int jitterMillis) {
        long start = taken * (FRAME_NANOS / 2);
        double nextPut = start;
        long lastArrival = start;
        int most = 0;
        long arrival = start + (long) (random.nextDouble() * jitterMillis * 1_000_000);
        short[] out = new short[RATE / 100];
        for (long now = start; now < start + seconds * 1e9; now += FRAME_NANOS / 2) {
            while (arrival <= now) {
                buffer.put(frame(), arrival);
                lastArrival = arrival;
                nextPut += FRAME_NANOS / (1 + senderFasterBy);
                arrival =
                        Math.max(lastArrival, (long) nextPut + (long) (random.nextDouble() * jitterMillis * 1_000_000));
            }
            buffer.take(out);
            taken++;
            for (short s : out) {
                worstStep = Math.max(worstStep, Math.abs(s - before));
                before = s;
            }
            if (now > start + 2e9) {
                most = Math.max(most, buffer.heldMillis());
            }
        }
        return most;
    }

    @Test
    void whatComesEvenlyIsHeardWithLittleDelayAndWithoutAStep() {
        int most = run(20, 0, 0);
        assertTrue(most <= 70, most + " ms were held");
        assertEquals(0, buffer.dryTimes());
        assertTrue(worstStep < 700, "a sine of 440 Hz moves by 576 a sample at most, this by " + worstStep);
    }

    @Test
    void clocksThatDifferAreMadeGoodForAnHour() {
        for (double drift : new double[] {300e-6, -300e-6}) {
            PlayoutBufferTest t = new PlayoutBufferTest();
            int most = t.run(3_600, drift, 10);
            assertTrue(most <= 110, drift + ": " + most + " ms were held");
            assertEquals(0, t.buffer.dryTimes(), "at " + drift);
            assertEquals(0, t.buffer.cutMillis());
        }
    }

    @Test
    void theDelayFollowsHowUnevenlyItComes() {
        run(30, 0, 120);
        long dryAtFirst = buffer.dryTimes();
        assertTrue(buffer.delayMillis() > 90, buffer.delayMillis() + " ms");
        run(60, 0, 120);
        assertTrue(
                buffer.dryTimes() - dryAtFirst <= 2,
                "ran dry " + (buffer.dryTimes() - dryAtFirst) + " times in a minute");
        run(60, 0, 0);
        assertTrue(buffer.delayMillis() < 60, "and falls again: " + buffer.delayMillis() + " ms");
    }

    @Test
    void aPauseFadesAndWhatPiledUpIsCutOut() {
        run(5, 0, 0);
        short[] out = new short[RATE / 100];
        for (int i = 0; i < 100; i++) {
            buffer.take(out);
        }
        assertEquals(1, buffer.dryTimes());
        assertEquals(0, out[out.length - 1]);
        long now = 60_000_000_000L;
        for (int i = 0; i < 200; i++) {
            buffer.put(frame(), now);
        }
        assertTrue(buffer.heldMillis() <= 600, buffer.heldMillis() + " ms");
        assertTrue(buffer.cutMillis() > 3_000);
    }
}
