package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TrackClockTest {

    @Test
    void timesBeginWhenTheFirstFrameComesAndGoOnAsTheTimestampsDo() {
        TrackClock c = new TrackClock(90_000, null);
        assertEquals(500_000, c.of(0xFFFFFFFFL, null, 500_000));
        assertEquals(533_333, c.of(2_999, null, 540_000), "over the end of 32 bits");
        assertEquals(1_533_333, c.of(92_999, null, 1_560_000), "a gap stays");
    }

    @Test
    void audioAndVideoOfOneSenderComeInStepByTheirCaptureTimes() {
        TrackClock.Sender sender = new TrackClock.Sender();
        TrackClock audio = new TrackClock(48_000, sender);
        TrackClock video = new TrackClock(90_000, sender);
        long heard = 0;
        long seen = 0;
        // Audio comes 60 ms after its capture, video after 300 ms; sender reports come after a second.
        for (int ms = 0; ms < 20_000; ms += 20) {
            Long capture = ms < 1_000 ? null : 1_700_000_000_000L + ms;
            heard = audio.of(ms * 48L, capture, (ms + 60) * 1_000L);
            seen = video.of(ms * 90L, capture, (ms + 300) * 1_000L);
            if (ms < 1_000) {
                assertEquals(240_000, seen - heard, 2);
            }
        }
        assertEquals(heard, seen, 1_000);
        TrackClock late = new TrackClock(90_000, sender);
        assertEquals(heard, late.of(77, 1_700_000_000_000L + 19_980, 20_400_000), 1_000, "who comes later too");
    }

    @Test
    void clocksThatRunApartStayInStep() {
        TrackClock.Sender sender = new TrackClock.Sender();
        TrackClock audio = new TrackClock(48_000, sender);
        TrackClock video = new TrackClock(90_000, sender);
        for (long ms = 0; ms < 3_600_000; ms += 20) {
            long heard = audio.of(ms * 48L + ms / 10, ms, ms * 1_000); // two thousandths faster
            long seen = video.of(ms * 90L, ms, ms * 1_000);
            assertTrue(Math.abs(heard - seen) < 5_000, ms + " ms: " + (heard - seen));
        }
    }

    @Test
    void timesThatLeapAreNotBelieved() {
        Random random = new Random(3);
        TrackClock c = new TrackClock(90_000, new TrackClock.Sender());
        long last = 0;
        for (int i = 0; i < 100_000; i++) {
            long now = i * 20_000L;
            long t = c.of(random.nextInt(), random.nextInt(3) == 0 ? null : random.nextLong(), now);
            boolean near = t <= now + TrackClock.MAX_AHEAD_MICROS + 2_000_000
                    && t >= now - TrackClock.MAX_BEHIND_MICROS - 2_000_000;
            assertTrue(t >= last && near, t + " at " + now);
            last = t;
        }
    }

    @Test
    void aPauseWithoutTimestampsOfItsOwnIsKept() {
        TrackClock c = new TrackClock(48_000, null);
        c.of(0, null, 0);
        assertEquals(
                60_000_000, c.of(960, null, 60_000_000), "a minute later the timestamps have gone on by 20 ms only");
    }

    @Test
    void aShortPauseWithoutTimestampsOfItsOwnIsSeenByAllThatComesLateAndAPathThatIsHeldUpIsNot() {
        TrackClock c = new TrackClock(8_000, null);
        for (int i = 0; i < 50; i++) {
            c.of(i * 160L, null, i * 20_000L);
        }
        // For four seconds a call is on hold, and its timestamps stand still.
        long t = 0;
        for (int i = 50; i < 300; i++) {
            t = c.of(i * 160L, null, i * 20_000L + 4_000_000);
        }
        assertEquals(299 * 20_000L + 4_000_000, t);
        // What is held up for two seconds comes all at once.
        for (int i = 300; i < 400; i++) {
            t = c.of(i * 160L, null, 400 * 20_000L + 4_000_000);
        }
        assertEquals(399 * 20_000L + 4_000_000, t);
    }
}
