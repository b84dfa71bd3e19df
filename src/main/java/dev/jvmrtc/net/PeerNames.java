package dev.jvmrtc.net;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves the names that peers give in place of addresses, on threads of its own, so that no peer can keep a
 * connection from its servers. Each connection has a few names at once, and connections have their turns one after the
 * other, so that none can keep others from theirs.
 */
public final class PeerNames {
    private static final Logger LOG = LoggerFactory.getLogger(PeerNames.class);
    /** Names of one connection that wait or are being resolved; a browser has one for each of its addresses. */
    public static final int MAX_OF_ONE = 16;

    static final int THREADS = 8;
    /** Of them at the most for one connection. */
    static final int THREADS_OF_ONE = 2;

    /** Finds the addresses of a name. */
    interface LookUp {
        /** @param unwanted asked now and then whether the answer is of no use any more */
        List<InetAddress> of(String host, BooleanSupplier unwanted);
    }

    private record Question(String host, Consumer<List<InetAddress>> answer) {}

    private final boolean onlyLocal;
    private final LookUp lookUp;
    private final ThreadPoolExecutor threads;

    /** @param onlyLocal whether names that multicast DNS does not answer for are refused, see {@link #takes} */
    public PeerNames(boolean onlyLocal) {
        this(onlyLocal, PeerNames::lookUp);
    }

    /** With another way to look names up, for tests. */
    PeerNames(boolean onlyLocal, LookUp lookUp) {
        this.onlyLocal = onlyLocal;
        this.lookUp = lookUp;
        // What waits is one turn for each free place of a connection, and so bounded by the connections.
        threads = new ThreadPoolExecutor(THREADS, THREADS, 3, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), r -> {
            Thread t = new Thread(r, "jvmrtc-names");
            t.setDaemon(true);
            return t;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    private static List<InetAddress> lookUp(String host, BooleanSupplier unwanted) {
        // Never the servers of the machine's network for a .local name: RFC 6762 §3 has them asked on the link alone.
        return MdnsQuery.isName(host) ? MdnsQuery.resolve(host, unwanted) : Resolver.byOperatingSystem(host);
    }

    /**
     * Whether a name may be resolved at all: one of multicast DNS, or any where that is wanted. Others would have us
     * ask the name servers of the peer's choice.
     */
    public boolean takes(String host) {
        return MdnsQuery.isName(host) || !onlyLocal;
    }

    /** The names of one connection. */
    public Lookups newLookups() {
        return new Lookups();
    }

    /** Ends the threads; what waits gets no answer. */
    public void close() {
        threads.shutdownNow();
    }

    /** The names of one connection. All methods may be called from any thread. */
    public final class Lookups {
        private final ArrayDeque<Question> waiting = new ArrayDeque<>();
        private int running;
        private volatile boolean cancelled;

        private Lookups() {}

        /**
         * Calls back on a thread of its own with the addresses, none where the name has none; false where too many of
         * the connection's names are on their way.
         */
        public boolean resolve(String host, Consumer<List<InetAddress>> answer) {
            synchronized (this) {
                if (cancelled || waiting.size() + running >= MAX_OF_ONE || threads.isShutdown()) {
                    return false;
                }
                waiting.add(new Question(host, answer));
                beginOne();
            }
            return true;
        }

        /** Nobody wants answers any more: what waits is forgotten, what runs ends soon. */
        public synchronized void cancel() {
            cancelled = true;
            waiting.clear();
        }

        private synchronized void beginOne() {
            Question q = running < THREADS_OF_ONE ? waiting.poll() : null;
            if (q == null) {
                return;
            }
            try {
                threads.execute(() -> run(q));
                running++;
            } catch (RejectedExecutionException e) {
                waiting.clear(); // the threads have been ended
            }
        }

        private void run(Question q) {
            List<InetAddress> found = List.of();
            try {
                found = cancelled ? List.of() : lookUp.of(q.host, () -> cancelled);
            } catch (RuntimeException e) {
                LOG.debug("looking up a name of a peer failed", e);
            } finally { // after an Error too, or the place would be taken for good
                synchronized (this) {
                    running--;
                    beginOne(); // behind those of other connections
                }
            }
            if (!cancelled) {
                q.answer.accept(found);
            }
        }
    }
}
