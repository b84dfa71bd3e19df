package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.frame.EncodedFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlyFramesTest {
    private static EncodedFrame frame(int bytes) {
        return EncodedFrame.of(new byte[bytes], "opus", 0, true);
    }

    @Test
    void theFirstFramesOfATrackWaitASecondForTheirTaker() {
        EarlyBytes connection = new EarlyBytes();
        EarlyFrames<EncodedFrame> early = new EarlyFrames<>(connection, f -> f.data().length);
        long start = -5;
        EncodedFrame first = frame(10);
        EncodedFrame second = frame(20);
        early.hold(start, first);
        early.hold(start + EarlyFrames.HOLD_NANOS - 1, second);
        assertFalse(early.isOver());
        assertEquals(List.of(first, second), early.take(start + EarlyFrames.HOLD_NANOS - 1));
        assertTrue(early.isOver());
        assertTrue(connection.take(EarlyBytes.MAX_BYTES), "all was given back");
    }

    @Test
    void framesOfATrackThatNobodyTakesAreGivenUpAfterASecond() {
        EarlyBytes connection = new EarlyBytes();
        EarlyFrames<EncodedFrame> early = new EarlyFrames<>(connection, f -> f.data().length);
        early.hold(0, frame(10));
        early.hold(EarlyFrames.HOLD_NANOS, frame(10));
        assertTrue(early.isOver());
        assertTrue(connection.take(EarlyBytes.MAX_BYTES));
        EarlyFrames<EncodedFrame> silent = new EarlyFrames<>(new EarlyBytes(), f -> f.data().length);
        silent.hold(0, frame(10));
        assertEquals(List.of(), silent.take(EarlyFrames.HOLD_NANOS), "nothing came to tell the time by");
    }

    @Test
    void ofFramesTheBeginningIsHeldWithoutAGap() {
        EarlyFrames<EncodedFrame> early = new EarlyFrames<>(new EarlyBytes(), f -> f.data().length);
        early.hold(0, frame(1 << 20));
        early.hold(1, frame(4 << 20));
        early.hold(2, frame(1));
        assertEquals(1, early.take(3).size());
        EarlyFrames<EncodedFrame> many = new EarlyFrames<>(new EarlyBytes(), f -> f.data().length);
        for (int i = 0; i < 10_000; i++) {
            many.hold(i, frame(1));
        }
        assertEquals(EarlyFrames.MAX_FRAMES, many.take(10_000).size());
    }

    @Test
    void aTrackWhoseFirstFrameHadNoRoomIsGivenUpAfterASecondToo() {
        EarlyBytes connection = new EarlyBytes();
        assertTrue(connection.take(EarlyBytes.MAX_BYTES));
        EarlyFrames<EncodedFrame> early = new EarlyFrames<>(connection, f -> f.data().length);
        early.hold(0, frame(10));
        early.hold(EarlyFrames.HOLD_NANOS / 2, frame(10));
        early.hold(EarlyFrames.HOLD_NANOS, frame(10));
        assertTrue(early.isOver());
    }
}
