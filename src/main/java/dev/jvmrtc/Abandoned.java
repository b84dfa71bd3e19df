package dev.jvmrtc;

import dev.jvmrtc.engine.SessionDriver;
import java.lang.ref.Cleaner;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the session of a connection that nobody has closed and nobody can reach any more, and says where it was made.
 * Knows nothing of the connection itself.
 */
final class Abandoned implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Abandoned.class);
    private static final Cleaner CLEANER = Cleaner.create(r -> {
        Thread t = new Thread(r, "jvmrtc-cleaner");
        t.setDaemon(true);
        return t;
    });
    /** Of the library, as far as a connection's making goes through them. */
    @SuppressWarnings("deprecation") // the older name makes connections too
    private static final Set<Class<?>> OURS = Set.of(
            Abandoned.class,
            ConnectionSlots.class,
            RTCPeerConnection.class,
            webkitRTCPeerConnection.class,
            RTCPeerConnectionFactory.class);

    private static final StackWalker CALLERS = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private final SessionDriver driver;
    private final StackTraceElement madeAt;
    private final Cleaner.Cleanable cleanable;
    private volatile boolean closed;

    private Abandoned(RTCPeerConnection connection, SessionDriver driver) {
        this.driver = driver;
        this.madeAt = CALLERS.walk(frames -> frames.filter(f -> !OURS.contains(f.getDeclaringClass()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
        this.cleanable = CLEANER.register(connection, this);
    }

    static Abandoned watch(RTCPeerConnection connection, SessionDriver driver) {
        return new Abandoned(connection, driver);
    }

    /** It has been closed as it should be. */
    void closed() {
        closed = true;
        cleanable.clean();
    }

    @Override
    public void run() {
        if (!closed) {
            LOG.warn(
                    "a connection that was made at {} and never closed is closed now, since nothing refers to it any more: close() connections",
                    madeAt);
            driver.close(() -> {});
        }
    }
}
