package dev.jvmrtc.core;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a trust boundary does with a runtime exception. Nobody has vouched for bytes that are not authenticated yet, so
 * they may not end anything, whatever they make any code throw: RFC 6347 §4.1.2.7, "invalid records SHOULD be silently
 * discarded, thus preserving the association". The bytes are dropped and counted as {@link Counters#INTERNAL_ERROR};
 * the first exception of each place in the code is logged with its stack trace, so that the bug behind it is found, and
 * no more than that, so that nobody fills a log from outside. From any thread.
 */
public final class InternalErrors {
    private static final Logger LOG = LoggerFactory.getLogger(InternalErrors.class);
    /** Places that are logged. There are fewer that can throw. */
    private static final int MAX_PLACES = 256;

    private static final String OURS = "dev.jvmrtc.";
    private static final Set<Object> PLACES = ConcurrentHashMap.newKeySet();
    private static final AtomicLong TOTAL = new AtomicLong();

    private InternalErrors() {}

    /** Counts what is dropped for {@code cause}. */
    public static void count(Counters drops, RuntimeException cause) {
        drops.count(Counters.INTERNAL_ERROR);
        note(cause);
    }

    /** The same where there is no table of counts. */
    public static void note(RuntimeException cause) {
        TOTAL.incrementAndGet();
        if (PLACES.size() < MAX_PLACES && PLACES.add(place(cause))) {
            LOG.warn(
                    "bytes that nobody has vouched for made our code fail; they are dropped, and nothing else happens",
                    cause);
        }
    }

    /**
     * Where our code failed: what throws is mostly the runtime, in one of a few lines that check everybody's indexes.
     */
    static Object place(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        for (StackTraceElement e : root.getStackTrace()) {
            if (e.getClassName().startsWith(OURS)) {
                return e;
            }
        }
        return root.getClass();
    }

    /** How many there have been in this process. Above zero means a bug of ours. */
    public static long total() {
        return TOTAL.get();
    }
}
