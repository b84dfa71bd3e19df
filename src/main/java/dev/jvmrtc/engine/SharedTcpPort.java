package dev.jvmrtc.engine;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.net.AcceptedStream;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.TcpListener;
import dev.jvmrtc.net.TcpStream;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * TCP listeners on one port, one for each address of the machine, shared by any number of connections. A stream's first packet must be a check; its username
 * fragment names the connection, whose loop has the stream from then on.
 */
public final class SharedTcpPort implements SharedPort {
    /** Streams whose first packet has not come; at the limit the oldest gives way. */
    static final int MAX_WAITING = 1_024;
    /** How long a stream may take for it. */
    static final long FIRST_PACKET_NANOS = 5_000_000_000L;
    /** No check is larger. */
    private static final int MAX_FIRST_PACKET = 1_500;

    private record Member(SessionDriver driver, int transportId, IceCredentials credentials) {
        boolean is(SessionDriver d, int id) {
            return driver == d && transportId == id;
        }
    }

    private final EventLoop loop;
    private final Map<InetSocketAddress, TcpListener> listeners = new LinkedHashMap<>();
    private final Map<String, Member> members = new HashMap<>();
    private final Set<Waiting> waiting = new LinkedHashSet<>();
    private final Counters drops = new Counters();
    private boolean open;

    /** Binds the port on every address; throws where one of them is taken. */
    public SharedTcpPort(EventLoop loop, int port, NetworkSettings settings) throws IOException {
        this.loop = loop;
        int chosen = port;
        try {
            for (InetAddress a : settings.localAddresses()) {
                TcpListener l = TcpListener.open(loop, new InetSocketAddress(a, chosen), this::accept);
                chosen = l.local().getPort();
                listeners.put(l.local(), l);
            }
        } catch (IOException e) {
            listeners.values().forEach(TcpListener::close);
            throw e;
        }
        if (listeners.isEmpty()) {
            throw new IOException("no address to bind the shared port to");
        }
        loop.execute(this::register);
    }

    private void register() {
        loop.retain(1);
        open = true;
        for (TcpListener l : listeners.values()) {
            try {
                l.register();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    public int port() {
        return listeners.keySet().iterator().next().getPort();
    }

    List<InetSocketAddress> addresses() {
        return List.copyOf(listeners.keySet());
    }

    /** Hands over what was dropped on the port, by reason. On the loop. */
    public void queryDrops(Consumer<Map<String, Long>> answer) {
        loop.execute(() -> answer.accept(drops.snapshot()));
    }

    @Override
    public void join(SessionDriver driver, int transportId, IceCredentials credentials) {
        loop.execute(() -> members.put(credentials.usernameFragment(), new Member(driver, transportId, credentials)));
    }

    @Override
    public void keepOnly(SessionDriver driver, int transportId, IceCredentials credentials) {
        loop.execute(() -> members.values().removeIf(m -> m.is(driver, transportId) && !m.credentials.equals(credentials)));
    }

    @Override
    public void leave(SessionDriver driver, int transportId) {
        loop.execute(() -> {
            if (members.values().removeIf(m -> m.is(driver, transportId))) {
                releaseLoop();
            }
        });
    }

    // ---------------------------------------------------------------- on the loop

    private void accept(AcceptedStream accepted) {
        Waiting w = new Waiting(accepted);
        try {
            w.stream = TcpStream.accepted(loop, accepted, w);
        } catch (IOException e) {
            drops.count("TCP stream that broke at once");
            accepted.close();
            return;
        }
        if (waiting.size() >= MAX_WAITING) {
            waiting.iterator().next().giveUp("TCP stream without a check, too many");
        }
        waiting.add(w);
        loop.schedule(w, System.nanoTime() + FIRST_PACKET_NANOS);
    }

    /** A stream of which it is not yet known whose it is. */
    private final class Waiting extends EventLoop.Timed implements TcpStream.Handler {
        private final AcceptedStream accepted;
        private TcpStream stream;
        private byte[] bytes = {};

        Waiting(AcceptedStream accepted) {
            this.accepted = accepted;
        }

        @Override
        public void opened(long now) {
            throw new IllegalStateException("it was open from the beginning");
        }

        @Override
        public void received(long now, byte[] data, int offset, int length) {
            int before = bytes.length;
            bytes = Arrays.copyOf(bytes, before + length);
            System.arraycopy(data, offset, bytes, before, length);
            if (bytes.length < 2) {
                return;
            }
            int first = Bytes.u16(bytes, 0);
            if (first > MAX_FIRST_PACKET) {
                giveUp("TCP stream that does not begin with a check");
            } else if (bytes.length >= 2 + first) {
                handOver(first);
            }
        }

        private void handOver(int first) {
            Member m;
            StunMessage check;
            try {
                check = StunMessage.parse(bytes, 2, first);
                String username = check.text(StunAttribute.USERNAME);
                int colon = username == null ? -1 : username.indexOf(':');
                m = colon < 0 ? null : members.get(username.substring(0, colon));
            } catch (MalformedException e) {
                giveUp("TCP stream that does not begin with a check");
                return;
            }
            if (m == null) {
                giveUp("TCP stream that no connection expects");
                return;
            }
            if (!m.credentials.authenticate(check)) {
                giveUp("check with wrong credentials");
                return;
            }
            forget();
            stream.release();
            loop.afterNextSelect(() -> m.driver.adopt(m.transportId, accepted, bytes));
        }

        @Override
        public void closed(long now, String reason) {
            forget();
        }

        @Override
        protected void onDeadline(long now) {
            giveUp("TCP stream without a check");
        }

        void giveUp(String why) {
            drops.count(why);
            forget();
            stream.close();
        }

        private void forget() {
            waiting.remove(this);
            loop.cancel(this);
        }
    }

    /** Closes the listeners; streams of connections go on. */
    public void close() {
        loop.execute(() -> {
            if (open) {
                open = false;
                listeners.values().forEach(TcpListener::close);
                List.copyOf(waiting).forEach(w -> w.giveUp("TCP stream without a check"));
                releaseLoop();
            }
        });
    }

    /** Closed and left by all: the loop is not needed here any more. Before that, those who leave would only start it again. */
    private void releaseLoop() {
        if (!open && members.isEmpty()) {
            loop.retain(-1);
        }
    }
}
