package dev.jvmrtc.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The default executor of callbacks: virtual threads where Java has them, else daemon threads that end when idle.
 * Application code may block on them.
 */
public final class TaskThreads {

    private TaskThreads() {}

    public static Executor create() {
        Executor virtual = HandshakeThreads.virtualThreads();
        if (virtual != null) {
            return virtual;
        }
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 3, TimeUnit.SECONDS, new SynchronousQueue<>(), r -> {
            Thread t = new Thread(r, "jvmrtc-callback");
            t.setDaemon(true);
            return t;
        });
    }
}
