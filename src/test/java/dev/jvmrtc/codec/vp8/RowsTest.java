package dev.jvmrtc.codec.vp8;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class RowsTest {
    private static final long SEED = 11;

    /** Helpers whose threads come when all is over. */
    private static final class Latecomers implements Helpers {
        private final List<Runnable> parts = new ArrayList<>();

        @Override
        public int count() {
            return 3;
        }

        @Override
        public void start(Runnable part) {
            parts.add(part);
        }

        @Override
        public void pause(int times) {
            throw new AssertionError("nobody is there to wait for");
        }
    }

    private static List<byte[]> encode(Helpers helpers) throws Exception {
        Vp8Encoder encoder = new Vp8Encoder(330, 250, helpers);
        encoder.setTargetBitrate(500_000);
        Vp8Decoder decoder = new Vp8Decoder(1 << 24);
        Random random = new Random(SEED);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Picture p = encoder.input();
            for (int k = 0; k < p.y.length; k++) {
                p.y[k] = (byte) ((k % p.stride * 3 + 2 * i ^ k / p.stride * 2) + random.nextInt(1 + i));
            }
            byte[] data = encoder.encode(i / 30.0).data();
            frames.add(data);
            assertArrayEquals(encoder.reconstructed().y, decoder.decode(data, 0, data.length).y, "frame " + i);
        }
        return frames;
    }

    @Test
    void everyRowIsDoneOnceAndNeverOvertakesTheOneAbove() {
        int columns = 40;
        AtomicIntegerArray done = new AtomicIntegerArray(60);
        for (int count = 0; count < 8; count++) {
            for (int row = 0; row < done.length(); row++) {
                done.set(row, 0);
            }
            new Rows(new TestHelpers(count)).run(done.length(), (member, row, progress) -> {
                for (int column = 0; column < columns; column++) {
                    progress.await(row - 1, Math.min(column + 2, columns));
                    if (row > 0 && done.get(row - 1) < Math.min(column + 2, columns)) {
                        throw new AssertionError("row " + row + " is ahead at column " + column);
                    }
                    assertEquals(column, done.getAndIncrement(row));
                    progress.done(row, column + 1);
                }
            });
            for (int row = 0; row < done.length(); row++) {
                assertEquals(columns, done.get(row));
            }
        }
    }

    @Test
    void theSameNumberOfThreadsMakesTheSameStreamHoweverTheyRun() throws Exception {
        for (int count : new int[] {1, 2, 3, 7}) {
            List<byte[]> first = encode(new TestHelpers(count));
            List<byte[]> second = encode(new TestHelpers(count));
            for (int i = 0; i < first.size(); i++) {
                assertArrayEquals(first.get(i), second.get(i), count + " helpers, frame " + i + ", seed " + SEED);
            }
        }
    }

    @Test
    void threadsThatComeLateFindNothingToDoAndTheFrameIsTheSame() throws Exception {
        Latecomers late = new Latecomers();
        List<byte[]> frames = encode(late);
        late.parts.forEach(Runnable::run);
        List<byte[]> expected = encode(new TestHelpers(3));
        for (int i = 0; i < frames.size(); i++) {
            assertArrayEquals(expected.get(i), frames.get(i), "frame " + i + ", seed " + SEED);
        }
    }

    @Test
    void aFailureInOneRowEndsThoseThatWaitForIt() {
        RuntimeException failure = new RuntimeException("of a test");
        Rows rows = new Rows(new TestHelpers(3));
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> rows.run(10, (member, row, progress) -> {
                    progress.await(row - 1, 1);
                    if (row == 4) {
                        throw failure;
                    }
                    progress.done(row, 1);
                }));
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertSame(failure, cause, Arrays.toString(e.getStackTrace()));
    }
}
