package dev.jvmrtc.codec.vp8;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Does the work of a frame row by row on several threads. Each takes the next row that nobody has, so that those which
 * are not finished always follow one another, no more of them than there are threads; a thread that comes late finds
 * none left. Within a row, {@link Progress#await} holds a thread back from overtaking the row above.
 */
final class Rows {
    /** What is done in each row. */
    interface Work {
        /** @param member from 0: no two threads are the same one at a time */
        void row(int member, int row, Progress progress);
    }

    private final Helpers helpers;

    Rows(Helpers helpers) {
        this.helpers = helpers;
    }

    /** How many may work at once. */
    int members() {
        return 1 + helpers.count();
    }

    /** Returns when all rows are done; what they wrote is seen then. */
    void run(int rows, Work work) {
        Progress progress = new Progress(rows, helpers);
        for (int i = Math.min(helpers.count(), rows - 1); i > 0; i--) {
            helpers.start(() -> progress.help(work));
        }
        progress.work(0, work);
        progress.awaitEnd();
    }

    /** Of one frame: which row comes next, and how far those that were taken are. */
    static final class Progress {
        private static final int ALL = Integer.MAX_VALUE;

        private final int rows;
        private final Helpers helpers;
        private final AtomicInteger nextRow = new AtomicInteger();
        private final AtomicInteger nextMember = new AtomicInteger(1);
        /** By row: how many of its columns are done. */
        private final AtomicIntegerArray columns;
        /** What ended a row before its time; nobody waits on after it. */
        private volatile Throwable failure;

        private Progress(int rows, Helpers helpers) {
            this.rows = rows;
            this.helpers = helpers;
            columns = new AtomicIntegerArray(rows);
        }

        private void help(Work work) {
            if (nextRow.get() < rows) {
                work(nextMember.getAndIncrement(), work);
            }
        }

        private void work(int member, Work work) {
            try {
                for (int row = nextRow.getAndIncrement(); row < rows; row = nextRow.getAndIncrement()) {
                    work.row(member, row, this);
                    columns.setRelease(row, ALL);
                }
            } catch (Throwable e) { // whoever waits for the row has to hear of it
                failure = e;
            }
        }

        /** Waits until {@code count} columns of a row are done; rows above the first are. */
        void await(int row, int count) {
            for (int times = 0; row >= 0 && columns.getAcquire(row) < count; times++) {
                if (failure != null) {
                    throw new IllegalStateException("another row failed", failure);
                }
                helpers.pause(times);
            }
        }

        /** Tells how many columns of a row are done. */
        void done(int row, int count) {
            columns.setRelease(row, count);
        }

        private void awaitEnd() {
            for (int row = 0; row < rows; row++) {
                await(row, ALL);
            }
        }
    }
}
