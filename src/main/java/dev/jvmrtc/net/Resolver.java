package dev.jvmrtc.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Resolves the names of configured servers off the event loops: by the operating system, and {@code .local} ones by
 * multicast DNS (RFC 6762). Names that peers give go to {@link PeerNames}.
 */
public final class Resolver implements Executor {
    static final int THREADS = 4;
    /** Lookups and other work that may wait. */
    static final int MAX_WAITING = 256;

    private final Function<String, List<InetAddress>> lookUp;
    private final ThreadPoolExecutor threads;

    public Resolver() {
        this(Resolver::lookUp);
    }

    /** With another way to look names up, for tests. */
    Resolver(Function<String, List<InetAddress>> lookUp) {
        this.lookUp = lookUp;
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 3, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), r -> {
                    Thread t = new Thread(r, "jvmrtc-resolver");
                    t.setDaemon(true);
                    return t;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Calls back on a thread of its own with the addresses of a host, none where it has none; at once and with none
     * where too many are being resolved.
     */
    public void resolve(String host, Consumer<List<InetAddress>> callback) {
        try {
            threads.execute(() -> {
                List<InetAddress> found = List.of();
                try {
                    found = lookUp.apply(host);
                } finally {
                    callback.accept(found); // after an Error too: gathering waits for it
                }
            });
        } catch (RejectedExecutionException e) {
            callback.accept(List.of());
        }
    }

    private static List<InetAddress> lookUp(String host) {
        if (MdnsQuery.isName(host)) {
            List<InetAddress> found = MdnsQuery.resolve(host);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return byOperatingSystem(host);
    }

    static List<InetAddress> byOperatingSystem(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    /** Runs other work that would hold up a loop. Where too much waits it is run at once, here. */
    @Override
    public void execute(Runnable work) {
        try {
            threads.execute(work);
        } catch (RejectedExecutionException e) {
            work.run();
        }
    }

    public void close() {
        threads.shutdownNow();
    }
}
