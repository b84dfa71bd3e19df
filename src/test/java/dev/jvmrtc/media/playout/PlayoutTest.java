package dev.jvmrtc.media.playout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.PlayoutStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlayoutTest {
    private static final long MILLI = 1_000_000L;

    private static EncodedFrame picture(int n, Long captureMillis) {
        return new EncodedFrame(new byte[] {0}, "VP8", n * 3_000L, captureMillis, n == 0, null);
    }

    /** Decodes to the one value that a frame consists of; what is lost sounds like 9. */
    private static final class Constant implements AudioDecoder {
        @Override
        public AudioFrame decode(byte[] frame) {
            short[] s = new short[960];
            java.util.Arrays.fill(s, (short) (frame[0] * 1_000));
            return new AudioFrame(s, 48_000, 1);
        }

        @Override
        public AudioFrame conceal(byte[] next, int millis) {
            short[] s = new short[48 * millis];
            java.util.Arrays.fill(s, (short) 9_000);
            return new AudioFrame(s, 48_000, 1);
        }
    }

    private static EncodedFrame sound(int n, int value, Long captureMillis) {
        return new EncodedFrame(new byte[] {(byte) value}, "opus", n * 960L, captureMillis, true, null);
    }

    @Test
    void picturesAreShownAtOnceWhereNothingIsAsked() {
        VideoPlayout p = new VideoPlayout();
        for (int i = 0; i < 10; i++) {
            p.offer(picture(i, null), i * 33 * MILLI, new LipSync());
            assertEquals(i * 3_000L, p.poll(i * 33 * MILLI).rtpTimestamp());
            assertNull(p.poll(i * 33 * MILLI));
            assertEquals(ProtocolCore.NEVER, p.nextTimeoutNanos());
        }
    }

    @Test
    void anAskedDelayMakesUnevenPicturesEven() {
        VideoPlayout p = new VideoPlayout();
        p.setTargetMillis(200);
        Random random = new Random(1);
        List<Long> shown = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 300; i++) {
            long arrival =
                    Math.max(now, (long) (i * 1_000 * MILLI / 30.0) + (long) (random.nextDouble() * 150 * MILLI));
            while (p.nextTimeoutNanos() != ProtocolCore.NEVER && p.nextTimeoutNanos() <= arrival) {
                now = Math.max(now, p.nextTimeoutNanos());
                while (p.poll(now) != null) {
                    shown.add(now);
                }
            }
            now = arrival;
            p.offer(picture(i, null), now, null);
        }
        assertTrue(shown.size() > 280, shown.size() + " shown");
        int uneven = 0;
        for (int i = 100; i < shown.size(); i++) {
            uneven += Math.abs((shown.get(i) - shown.get(i - 1)) / 1e6 - 33.3) > 8 ? 1 : 0;
        }
        assertTrue(uneven <= 3, uneven + " of 200: where one has come sooner than any before");
    }

    @Test
    void soundWaitsForSlowPicturesAndPicturesForSlowSound() {
        for (int[] delays : new int[][] {{30, 150}, {150, 30}, {80, 80}}) {
            LipSync sync = new LipSync();
            AudioPlayout audio = new AudioPlayout(new Constant(), 48_000);
            VideoPlayout video = new VideoPlayout();
            long heard = -1;
            long seen = -1;
            // Each millisecond for a minute: frames come so long after their capture; at 50 s a loud one and a picture
            // to go with it.
            for (int ms = 0; ms < 60_000; ms++) {
                long now = ms * MILLI;
                int a = ms - delays[0];
                int v = ms - delays[1];
                try {
                    if (a >= 0 && a % 20 == 0) {
                        audio.offer(sound(a / 20, a == 50_000 ? 8 : 0, (long) a), now, sync);
                    }
                } catch (CodecException e) {
                    throw new AssertionError(e);
                }
                if (v >= 0 && v % 40 == 0) {
                    video.offer(new EncodedFrame(new byte[1], "VP8", v * 90L, (long) v, true, null), now, sync);
                }
                if (ms % 10 == 0) {
                    AudioFrame f = audio.take(now, sync);
                    for (int i = 0; f != null && heard < 0 && i < f.samples().length; i++) {
                        heard = f.samples()[i] > 4_000 ? ms + i / 48 : -1;
                    }
                }
                for (EncodedFrame f = video.poll(now); f != null; f = video.poll(now)) {
                    seen = f.captureTimeMillis() == 50_000 ? ms : seen;
                }
            }
            assertTrue(heard > 0 && seen > 0);
            assertEquals(seen, heard, 15, delays[0] + " and " + delays[1] + " ms on the way");
            assertTrue(Math.max(seen, heard) - 50_000 < 220, "neither waits longer than needed: " + seen + " " + heard);
        }
    }

    @Test
    void timesThatCannotBeAreNotWaitedFor() {
        LipSync sync = new LipSync();
        sync.soundPlayed(10_000 * MILLI, 4_000);
        assertEquals(0, sync.pictureWaitMillis(10_000 * MILLI, 9_000), "five seconds more than a second");
        sync.soundPlayed(10_000 * MILLI, 9_900);
        assertEquals(60, sync.pictureWaitMillis(10_000 * MILLI, 9_960), 1);
        assertEquals(0, sync.pictureWaitMillis(16_000 * MILLI, 15_960), "nobody has been heard for long");
    }

    @Test
    void lostSoundIsMadeUpAndAPauseIsNot() throws CodecException {
        AudioPlayout p = new AudioPlayout(new Constant(), 48_000);
        List<Integer> heard = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 400; i++) {
            now = i * 20 * MILLI;
            boolean lost = i == 50 || i == 51;
            boolean pause = i >= 150 && i < 250;
            if (!lost && !pause) {
                p.offer(sound(i, 5, null), now, null);
            }
            for (int k = 0; k < 2; k++) {
                AudioFrame f = p.take(now + k * 10 * MILLI, null);
                if (f != null) {
                    heard.add((int) f.samples()[240]);
                }
            }
        }
        PlayoutStatistics s = p.statistics();
        long madeUp = heard.stream().filter(v -> v > 8_000).count();
        assertTrue(madeUp >= 3 && madeUp <= 5, "40 ms of what was lost: " + madeUp);
        long silent = heard.stream().skip(20).filter(v -> v == 0).count();
        assertTrue(silent > 180 && silent < 215, "two seconds of silence: " + silent);
        assertEquals(heard.size() * 480L, s.emitted());
        assertEquals(1_920 + s.silentSamples(), s.concealedSamples());
        assertTrue(s.delaySeconds() / s.emitted() < 0.08, "held " + s.delaySeconds() / s.emitted());
        assertTrue(s.targetSeconds() / s.emitted() < 0.07, "a pause is not uneven arrival: " + s.targetSeconds());
    }

    @Test
    void anAskedDelayIsHeldBySound() throws CodecException {
        AudioPlayout p = new AudioPlayout(new Constant(), 48_000);
        p.setTargetMillis(2_000);
        int held = 0;
        for (int i = 0; i < 500; i++) {
            p.offer(sound(i, 5, null), i * 20 * MILLI, null);
            p.take(i * 20 * MILLI, null);
            p.take(i * 20 * MILLI + 10 * MILLI, null);
            held = p.heldMillis();
        }
        assertEquals(2_000, held, 60);
        p.setTargetMillis(0);
        for (int i = 500; i < 600; i++) {
            p.offer(sound(i, 5, null), i * 20 * MILLI, null);
            p.take(i * 20 * MILLI, null);
            p.take(i * 20 * MILLI + 10 * MILLI, null);
        }
        assertTrue(p.heldMillis() < 350, p.heldMillis() + " ms, once it is not asked any more");
    }

    @Test
    void aPictureThatStandsStillIsCountedAsFrozen() {
        VideoPlayout p = new VideoPlayout();
        for (int i = 0; i < 100; i++) {
            p.shown(i * 33 * MILLI + (i >= 60 ? 1_000 * MILLI : 0) + 1, 0);
        }
        assertEquals(1, p.statistics().freezes());
        assertEquals(1.033, p.statistics().freezeSeconds(), 0.001);
    }
}
