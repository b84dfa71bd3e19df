package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlyFramesTest {
    private static EncodedFrame frame(int bytes) {
        return EncodedFrame.of(new byte[bytes], "opus", 0, true);
    }

    @Test
    void theFirstFramesOfATrackWaitASecondForTheirSink() {
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

    @Test
    void packetsThatNobodyTakesAreReleased() {
        EarlyBytes connection = new EarlyBytes();
        List<ByteBuf> all = new ArrayList<>();
        EarlyFrames<ByteBuf> taken = packets(connection);
        hold(taken, all, 0, 1_000);
        taken.take(1).forEach(ByteBuf::release);
        EarlyFrames<ByteBuf> late = packets(connection);
        hold(late, all, 0, 1_000);
        assertEquals(List.of(), late.take(EarlyFrames.HOLD_NANOS));
        EarlyFrames<ByteBuf> silent = packets(connection);
        hold(silent, all, 0, 1_000);
        hold(silent, all, EarlyFrames.HOLD_NANOS, 1_000);
        EarlyFrames<ByteBuf> ended = packets(connection);
        hold(ended, all, 0, 1_000);
        ended.forget();
        EarlyFrames<ByteBuf> full = packets(connection);
        hold(full, all, 0, 3 << 20);
        hold(full, all, 0, 3 << 20);
        full.forget();
        assertEquals(7, all.size());
        all.forEach(b -> assertEquals(0, b.refCnt()));
        assertTrue(connection.take(EarlyBytes.MAX_BYTES), "and nothing is counted any more");
    }

    private static EarlyFrames<ByteBuf> packets(EarlyBytes connection) {
        return new EarlyFrames<>(connection, LentBytes::pinnedBy, ByteBuf::release);
    }

    private static void hold(EarlyFrames<ByteBuf> early, List<ByteBuf> all, long now, int bytes) {
        all.add(Unpooled.buffer(bytes));
        early.hold(now, all.get(all.size() - 1));
    }
}
