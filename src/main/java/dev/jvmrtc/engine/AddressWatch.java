package dev.jvmrtc.engine;

import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.Resolver;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;

/**
 * Looks at the machine's addresses again and again, as long as that is wanted. Listing them takes a while, so not on
 * the loop; all else is on it.
 */
final class AddressWatch extends EventLoop.Timed {
    private static final long PERIOD_NANOS = 2_000_000_000L;
    /** What many connections want to know at once is listed once. */
    private static final long RECENT_NANOS = 1_000_000_000L;

    private record Recent(long nanos, List<InetAddress> addresses) {}

    private static final Map<NetworkSettings, Recent> RECENT = Collections.synchronizedMap(new WeakHashMap<>());

    private final EventLoop loop;
    private final Resolver resolver;
    private final SessionDriver driver;
    private final BooleanSupplier wanted;
    private final NetworkSettings network;
    private final Supplier<List<InetAddress>> list;
    private final ObjLongConsumer<List<InetAddress>> found;
    private boolean running;

    /**
     * @param driver of whose connection this is
     * @param list lists what {@code network} wants, not on the loop
     * @param found is given all that there are
     */
    AddressWatch(
            EventLoop loop,
            Resolver resolver,
            SessionDriver driver,
            BooleanSupplier wanted,
            NetworkSettings network,
            Supplier<List<InetAddress>> list,
            ObjLongConsumer<List<InetAddress>> found) {
        this.loop = loop;
        this.resolver = resolver;
        this.driver = driver;
        this.wanted = wanted;
        this.network = network;
        this.list = list;
        this.found = found;
    }

    /** Begins where it is wanted and does not run yet. */
    void update(long now) {
        if (!running && wanted.getAsBoolean()) {
            running = true;
            loop.schedule(this, now + PERIOD_NANOS);
        }
    }

    @Override
    protected void onDeadline(long nowNanos) {
        if (!wanted.getAsBoolean()) {
            running = false;
            return;
        }
        resolver.execute(() -> {
            List<InetAddress> present = null;
            try {
                present = recent(System.nanoTime());
            } finally {
                List<InetAddress> all =
                        present; // null where the application's filter throws: they are looked at again later all the
                // same
                driver.command((session, now) -> {
                    if (all != null) {
                        found.accept(all, now);
                    }
                    loop.schedule(this, now + PERIOD_NANOS);
                });
            }
        });
    }

    /** Without a lock while the application's filters run. */
    private List<InetAddress> recent(long now) {
        Recent r = RECENT.get(network);
        if (r == null || now - r.nanos > RECENT_NANOS) {
            r = new Recent(now, list.get());
            RECENT.put(network, r);
        }
        return r.addresses;
    }
}
