package dev.jvmrtc.media.playout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.AbstractSource;
import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.MediaStreamTrackState;
import dev.jvmrtc.media.RtpSource;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Sound that is pushed faster than it plays. */
class PacedSoundTest {
    private static final long MILLI = 1_000_000L;
    private final PacedSound paced = new PacedSound();
    private long now = -5_000 * MILLI;
    private final List<Short> played = new ArrayList<>();

    private static AudioFrame sound(int millis, int first) {
        short[] s = new short[16 * millis];
        for (int i = 0; i < s.length; i++) {
            s[i] = (short) (first + i);
        }
        return new AudioFrame(s, 16_000, 1);
    }

    /** What comes out in this time, in milliseconds. */
    private double play(int millis) {
        int before = played.size();
        for (int i = 0; i < millis; i++, now += MILLI) {
            for (AudioFrame f = paced.poll(now); f != null; f = paced.poll(now)) {
                for (short s : f.samples()) {
                    played.add(s);
                }
            }
            paced.takeRoom().forEach(r -> r.complete(null));
        }
        return (played.size() - before) / 16.0;
    }

    @Test
    void whatComesAtOnceIsPlayedAtItsRateAndNoneOfItIsLost() {
        CompletableFuture<Void> room = paced.offer(sound(3_000, 0), now);
        assertEquals(1_060, play(1_000), 20);
        assertFalse(room.isDone());
        assertEquals(1_000, play(1_000), 20);
        assertEquals(800, play(800), 20);
        assertTrue(room.isDone(), "less than 200 ms are left");
        assertEquals(140, play(1_000), 20);
        assertEquals(48_000, played.size());
        for (int i = 0; i < played.size(); i++) {
            assertEquals((short) i, played.get(i));
        }
    }

    @Test
    void whoWaitsForRoomIsKeptAheadAndPlaysAtTheRate() {
        CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
        double all = 0;
        int pushed = 0;
        for (int i = 0; i < 60_000; i++) {
            while (room.isDone()) {
                room = paced.offer(sound(20, 0), now);
                paced.takeRoom().forEach(r -> r.complete(null));
                pushed++;
            }
            all += play(1);
            played.clear();
        }
        assertEquals(60_000, all, 100);
        assertTrue(pushed * 20 - all <= 240, "and no more than that waits");
    }

    @Test
    void aSourceInRealTimeIsNotHeldUpEvenIfItsClockIsFast() {
        long waits = 0;
        for (int i = 0; i < 200_000; i++, now += MILLI) {
            if (i % 20 == i / 500 % 15 || i % 4_000 == 3_999) { // uneven, and faster by half a percent
                paced.offer(sound(20, 0), now);
            }
            boolean gave = false;
            for (AudioFrame f = paced.poll(now); f != null; f = paced.poll(now)) {
                gave = true;
            }
            waits = gave || paced.isEmpty() ? 0 : waits + 1;
            assertTrue(waits <= 20, "after " + i + " ms");
        }
        assertTrue(paced.flush() <= 100_000);
    }

    @Test
    void framesOfUsualLengthStayWhatTheyAre() {
        AudioFrame f = sound(60, 0);
        paced.offer(f, now);
        assertSame(f, paced.poll(now));
        assertNull(paced.poll(now));
    }

    @Test
    void afterAHiccupARealTimeSourceIsUpToDateAtOnce() {
        for (int hiccup : new int[] {20, 150, 1_500, 20, 20, 800, 20}) {
            now += hiccup * MILLI;
            if (hiccup == 800) {
                paced.offer(sound(hiccup, 0), now); // all of it in one
            }
            for (int i = 0; hiccup != 800 && i < hiccup / 20; i++) {
                paced.offer(sound(20, 0), now);
            }
            for (AudioFrame f = paced.poll(now); f != null; f = paced.poll(now)) {
                assertNotNull(f);
            }
            assertTrue(paced.isEmpty(), "after " + hiccup);
        }
    }

    @Test
    void aSourceInRealTimeThatBeginsLateOrIsHeldUpForLongCatchesUp() {
        for (int late : new int[] {600, 5_000, 240, 160}) {
            now += late * MILLI;
            paced.offer(sound(late, 0), now);
            for (int i = 0; i < 1_200 + late; i++) {
                play(10);
                paced.offer(sound(10, 0), now);
            }
            assertTrue(paced.flush() <= 30_000, "after " + late);
        }
    }

    @Test
    void afterAPauseWhatWasMadeBeforehandPlaysFromItsBeginning() {
        for (int pause : new int[] {0, 300, 1_000, 5_000}) {
            now += pause * MILLI;
            paced.offer(sound(1_000, 0), now);
            assertEquals(560, play(500), 20, "after " + pause);
            assertEquals(440, play(500), 20);
        }
    }

    @Test
    void whoPushesWithoutWaitingIsToldBeforeTheMemoryIsGone() {
        AudioFrame minute = new AudioFrame(new short[48_000 * 60], 48_000, 1);
        for (int i = 0; i < PacedSound.MAX_SAMPLES / minute.samples().length; i++) {
            paced.offer(minute, now);
        }
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> paced.offer(minute, now));
        assertTrue(e.getMessage().contains("future"));
        assertEquals(PacedSound.MAX_SAMPLES / minute.samples().length * 60_000_000L, paced.flush());
        paced.offer(minute, now);
    }

    @Test
    void whatIsFlushedIsNotHeardAndItsFutureCompletes() throws Exception {
        AudioSource source = new AudioSource();
        List<AudioFrame> heard = new ArrayList<>();
        MediaStreamTrack track = source.createTrack();
        track.onAudioFrame(f -> {
            synchronized (heard) {
                heard.add(f);
            }
        });
        CompletableFuture<Void> room = source.push(sound(60_000, 0));
        long left = source.flush();
        room.get(5, TimeUnit.SECONDS);
        assertTrue(left > 55_000_000 && left < 60_000_000, left + " µs");
        source.push(sound(40, 7)).get(5, TimeUnit.SECONDS);
        CountDownLatch last = new CountDownLatch(1);
        track.onAudioFrame(f -> {
            if (f.samples()[0] == 9) {
                last.countDown();
            }
        });
        source.push(sound(20, 9));
        assertTrue(last.await(5, TimeUnit.SECONDS));
        synchronized (heard) {
            long samples = heard.stream().mapToLong(f -> f.samples().length).sum();
            assertTrue(
                    samples * 1_000_000 / 16_000 <= 60_000_000 - left + 60_000,
                    "of a minute, " + samples + " samples were heard");
        }
        track.stop();
    }

    @Test
    void soundIsHeardInOrderWhoeverGivesItOut() throws Exception {
        AudioSource source = new AudioSource();
        CountDownLatch all = new CountDownLatch(300 * 16);
        List<Short> heard = new ArrayList<>();
        source.createTrack().onAudioFrame(f -> {
            for (short s : f.samples()) {
                heard.add(s);
                all.countDown();
            }
        });
        CompletableFuture<Void> room = null;
        for (int i = 0; i < 60; i++) {
            room = source.push(sound(5, i * 80));
        }
        assertTrue(all.await(10, TimeUnit.SECONDS));
        room.get(5, TimeUnit.SECONDS);
        short[] expected = new short[heard.size()];
        short[] got = new short[heard.size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (short) i;
            got[i] = heard.get(i);
        }
        assertArrayEquals(expected, got);
    }

    @Test
    void anOwnerEndsItsSourceAndAllTracksOfItOnce() throws Exception {
        for (AbstractSource source : List.of(
                new AudioSource(),
                new VideoSource(),
                new EncodedVideoSource("VP8"),
                new RtpSource("audio", EncodedFormat.of("opus")))) {
            List<String> ended = new ArrayList<>();
            MediaStreamTrack one = source.createTrack();
            MediaStreamTrack other = source.createTrack();
            one.onEnded(e -> ended.add("one"));
            other.onEnded(e -> ended.add("other"));
            source.end();
            source.end();
            assertEquals(List.of("one", "other"), ended);
            assertEquals(MediaStreamTrackState.ENDED, one.getReadyState());
            assertEquals(MediaStreamTrackState.ENDED, source.createTrack().getReadyState());
        }
        AudioSource talks = new AudioSource();
        MediaStreamTrack track = talks.createTrack();
        CompletableFuture<Void> room = talks.push(sound(10_000, 0));
        talks.end();
        room.get(5, TimeUnit.SECONDS);
        assertTrue(talks.push(sound(20, 0)).isDone());
        assertEquals(MediaStreamTrackState.ENDED, track.getReadyState());
    }
}
