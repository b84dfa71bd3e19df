package dev.jvmrtc.engine;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.net.AcceptedStream;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.TcpListener;
import dev.jvmrtc.net.TcpStream;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * TCP listeners on one port, one for each address of the machine, shared by any number of connections. A stream's first
 * packet must be a check; its username fragment names the connection, whose loop has the stream from then on.
 */
public final class SharedTcpPort extends SharedPort<TcpListener> {
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

    private final Map<String, Member> members = new HashMap<>();
    private final Set<Waiting> waiting = new LinkedHashSet<>();

    /** Binds the port on every address; throws where one of them is taken. */
    public SharedTcpPort(EventLoop loop, int port, NetworkSettings settings) throws IOException {
        super(loop);
        bind(port, settings);
    }

    @Override
    TcpListener open(InetSocketAddress address) throws IOException {
        return TcpListener.open(loop, address, this::accept);
    }

    @Override
    InetSocketAddress localAddress(TcpListener socket) {
        return socket.local();
    }

    @Override
    void register(TcpListener socket) throws IOException {
        socket.register();
    }

    @Override
    void closeSocket(TcpListener socket) {
        socket.close();
    }

    @Override
    boolean isUnused() {
        return members.isEmpty();
    }

    /** Streams of connections go on. */
    @Override
    void closed() {
        List.copyOf(waiting).forEach(w -> w.giveUp("TCP stream without a check"));
    }

    @Override
    void join(SessionDriver driver, int transportId, IceCredentials credentials) {
        loop.execute(() -> {
            Member other = members.get(credentials.usernameFragment());
            if (other == null || other.is(driver, transportId)) {
                members.put(credentials.usernameFragment(), new Member(driver, transportId, credentials));
            } else {
                refuseFragment(driver);
            }
        });
    }

    @Override
    void keepOnly(SessionDriver driver, int transportId, IceCredentials credentials) {
        loop.execute(
                () -> members.values().removeIf(m -> m.is(driver, transportId) && !m.credentials.equals(credentials)));
    }

    @Override
    void leave(SessionDriver driver, int transportId) {
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
        public void received(long now, LentBytes data) {
            int before = bytes.length;
            bytes = Arrays.copyOf(bytes, before + data.length());
            System.arraycopy(data.array(), data.offset(), bytes, before, data.length());
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
            } catch (RuntimeException e) {
                InternalErrors.note(e);
                giveUp(Counters.INTERNAL_ERROR);
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
}
