package dev.jvmrtc.engine;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.net.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port on every address of the machine that connections share: the first check of a peer names the username fragment
 * of the transport that it is for.
 *
 * @param <S> the socket on one address
 */
abstract class SharedPort<S> {
    /** Of 48 bits: somebody's random numbers are none. */
    static final String TAKEN_FRAGMENT = "username fragment that another connection has";

    private static final Logger LOG = LoggerFactory.getLogger(SharedPort.class);

    final EventLoop loop;
    final Counters drops = new Counters();
    /** Replaced whole where an address comes, since others read it. */
    private volatile Map<InetSocketAddress, S> sockets = Map.of();

    private boolean open;
    private boolean closing;
    private int connections;

    SharedPort(EventLoop loop) {
        this.loop = loop;
    }

    // ---------------------------------------------------------------- from any thread

    /** Checks for the credentials go to the transport, besides those for others that it has already. */
    abstract void join(SessionDriver driver, int transportId, IceCredentials credentials);

    /** The transport is known by these credentials only. */
    abstract void keepOnly(SessionDriver driver, int transportId, IceCredentials credentials);

    abstract void leave(SessionDriver driver, int transportId);

    public int port() {
        return sockets.keySet().iterator().next().getPort();
    }

    List<InetSocketAddress> addresses() {
        return List.copyOf(sockets.keySet());
    }

    S socket(InetSocketAddress local) {
        return sockets.get(local);
    }

    /** Hands over what was dropped on the port, by reason. On the loop. */
    public void queryDrops(Consumer<Map<String, Long>> answer) {
        loop.execute(() -> answer.accept(drops.snapshot()));
    }

    /** Closes the sockets, whoever is on the port. */
    public void close() {
        loop.execute(this::closeNow);
    }

    /** Closes the sockets as soon as there is no connection any more that has {@link #entered}. */
    public void closeWhenUnused() {
        loop.execute(() -> {
            closing = true;
            closeIfDone();
        });
    }

    /** There is a connection that gathers on this port, now or later. */
    final void entered() {
        loop.execute(() -> connections++);
    }

    /** It has ended. */
    final void exited() {
        loop.execute(() -> {
            connections--;
            closeIfDone();
        });
    }

    private void closeIfDone() {
        if (closing && connections == 0) {
            closeNow();
        }
    }

    private void closeNow() {
        if (open) {
            open = false;
            sockets.values().forEach(this::closeSocket);
            closed();
            releaseLoop();
        }
    }

    // ---------------------------------------------------------------- the kinds of sockets

    /** Binds without receiving yet. */
    abstract S open(InetSocketAddress address) throws IOException;

    abstract InetSocketAddress localAddress(S socket);

    /** Begins to receive. On the loop. */
    abstract void register(S socket) throws IOException;

    abstract void closeSocket(S socket);

    /** Whether no connection is on the port. On the loop. */
    abstract boolean isUnused();

    /** The sockets have been closed. On the loop. */
    void closed() {}

    /**
     * Binds the port, 0 for any, on every address, and begins to receive soon; throws where it is taken on one of them.
     */
    final void bind(int port, NetworkSettings settings) throws IOException {
        int chosen = port;
        try {
            for (InetAddress a : settings.localAddresses()) {
                S s = open(new InetSocketAddress(a, chosen));
                chosen = localAddress(s).getPort();
                add(s);
            }
        } catch (IOException e) {
            sockets.values().forEach(this::closeSocket);
            throw e;
        }
        if (sockets.isEmpty()) {
            throw new IOException("no address to bind the shared port to");
        }
        loop.execute(this::registerAll);
    }

    private void add(S s) {
        Map<InetSocketAddress, S> more = new LinkedHashMap<>(sockets);
        more.put(localAddress(s), s);
        sockets = more;
    }

    /**
     * Binds the port on those of the machine's addresses that have come since, where it is free. Those that have gone
     * may come back. From any thread.
     */
    final void follow(List<InetAddress> present) {
        loop.execute(() -> {
            int port = port();
            for (InetAddress a : open ? present : List.<InetAddress>of()) {
                if (!sockets.containsKey(new InetSocketAddress(a, port))) {
                    bindLater(new InetSocketAddress(a, port));
                }
            }
        });
    }

    private void bindLater(InetSocketAddress address) {
        S s = null;
        try {
            s = open(address);
            register(s);
            add(s);
        } catch (IOException e) {
            LOG.debug("cannot bind the shared port to {}", address, e);
            if (s != null) {
                closeSocket(s);
            }
        }
    }

    private void registerAll() {
        loop.retain(1);
        open = true;
        for (S s : sockets.values()) {
            try {
                register(s);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A connection has a username fragment that is another's on the port already, which keeps it. */
    final void refuseFragment(SessionDriver driver) {
        drops.count(TAKEN_FRAGMENT);
        driver.command((session, at) -> session.countDrop(TAKEN_FRAGMENT));
    }

    /**
     * Closed and left by all: the loop is not needed here any more. Before that, those who leave would only start it
     * again. To be called as they leave.
     */
    final void releaseLoop() {
        if (!open && isUnused()) {
            loop.retain(-1);
        }
    }
}
