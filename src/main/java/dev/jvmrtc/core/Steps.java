package dev.jvmrtc.core;

/**
 * Counts the work that input costs, so that tests can hold it to a bound that does not depend on the machine. One step
 * is one turn of a loop whose length a peer sets: entries of a packet, chunks held, streams known, sections of a
 * description.
 *
 * <p>Counted only inside {@code assert}, so that production pays nothing: {@code assert Steps.count();} as the first
 * line of such a loop's body. The count is the thread's own.
 */
public final class Steps {
    private static final ThreadLocal<long[]> COUNT = ThreadLocal.withInitial(() -> new long[1]);

    private Steps() {}

    /** One step. Always true. */
    public static boolean count() {
        return count(1);
    }

    /** So many steps at once, for a call whose own loop is not ours (a copy, a search in a library). Always true. */
    public static boolean count(long steps) {
        COUNT.get()[0] += steps;
        return true;
    }

    /** Steps of this thread so far; without assertions enabled it stays 0. */
    public static long taken() {
        return COUNT.get()[0];
    }

    /** Steps that {@code work} takes on this thread. */
    public static long of(Runnable work) {
        long before = taken();
        work.run();
        return taken() - before;
    }
}
