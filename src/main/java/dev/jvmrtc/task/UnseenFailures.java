package dev.jvmrtc.task;

import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of the failed futures of a connection that nobody has looked at, as a browser prints "Uncaught (in promise)"
 * (HTML, "unhandledrejection"): else a call that does not come about has no trace. A browser looks at the end of the
 * task; threads get a second. A bounded number for each connection. Any thread.
 */
final class UnseenFailures {
    static final int MAX_TOLD = 16;

    /** Where it is told. */
    interface Teller {
        void tell(String what, Throwable cause);
    }

    private static final Logger LOG = LoggerFactory.getLogger(UnseenFailures.class);

    private final Executor later;
    private final Teller teller;
    /** Those that have been told of, or wait to be. */
    private final AtomicInteger told = new AtomicInteger();

    private WeakReference<Throwable> last = new WeakReference<>(null);
    private final Set<Throwable> dismissed = Collections.newSetFromMap(new WeakHashMap<>());

    UnseenFailures() {
        this(CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS), LOG::warn);
    }

    /** @param later runs what it is given when whoever wants to look at a future has had time to */
    UnseenFailures(Executor later, Teller teller) {
        this.later = later;
        this.teller = teller;
    }

    /** Nobody is told of this one, by whatever future. */
    synchronized void dismiss(Throwable cause) {
        dismissed.add(cause);
    }

    private synchronized boolean isDismissed(Throwable cause) {
        return dismissed.contains(cause);
    }

    /** A future has failed. */
    void failed(DependentFuture<?> future, Throwable cause) {
        if (future.isSeen() || cause instanceof CancellationException || isDismissed(root(cause))) {
            return;
        }
        if (told.incrementAndGet() > MAX_TOLD) {
            told.decrementAndGet();
            return;
        }
        later.execute(() -> {
            if (future.isSeen() || !isNew(cause)) {
                told.decrementAndGet();
            } else {
                Throwable root = root(cause);
                teller.tell(
                        "a future of a connection has failed, and nobody looks at it (add exceptionally, handle or join): "
                                + root,
                        root);
            }
        });
    }

    private static Throwable root(Throwable t) {
        return t instanceof CompletionException && t.getCause() != null ? t.getCause() : t;
    }

    /** Not the one that was told of last, by way of another future. */
    private synchronized boolean isNew(Throwable cause) {
        Throwable root = root(cause);
        boolean isNew = last.get() != root;
        last = new WeakReference<>(root);
        return isNew;
    }
}
