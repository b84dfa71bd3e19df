package dev.jvmrtc.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP port that others connect to, on an event loop; used on the loop only. */
public final class TcpListener extends EventLoop.Timed implements EventLoop.Selectable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);
    /**
     * Connections accepted at once; where as many wait, the others stay with the operating system for a while. That
     * bounds what a crowd of strangers costs, to 2,000 a second, and gives each that is accepted the time to say
     * something before those behind it push it out.
     */
    private static final int ACCEPT_BATCH = 16;

    private static final long BATCH_PAUSE_NANOS = 8_000_000L;
    /** Connections that may wait with the operating system, which has its own limit below. */
    private static final int BACKLOG = 1_024;
    /** After a failure, as where the process has no file descriptors left: the connection waits, and so do we. */
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final EventLoop loop;
    private final ServerSocketChannel channel;
    private final InetSocketAddress local;
    private final Consumer<AcceptedStream> acceptor;
    private SelectionKey key;
    private boolean closed;

    private TcpListener(EventLoop loop, ServerSocketChannel channel, Consumer<AcceptedStream> acceptor)
            throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.local = (InetSocketAddress) channel.getLocalAddress();
        this.acceptor = acceptor;
    }

    /** Binds without accepting yet, port 0 for any; from any thread. */
    public static TcpListener open(EventLoop loop, InetSocketAddress address, Consumer<AcceptedStream> acceptor)
            throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.bind(address, BACKLOG);
            return new TcpListener(loop, channel, acceptor);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Begins to accept; the acceptor owns what it is given. On the loop. */
    public void register() throws IOException {
        key = channel.register(loop.selector(), SelectionKey.OP_ACCEPT, this);
    }

    public InetSocketAddress local() {
        return local;
    }

    @Override
    public void ready(long now, SelectionKey ready) {
        try {
            for (int i = 0; i < ACCEPT_BATCH && !closed; i++) {
                SocketChannel accepted = channel.accept();
                if (accepted == null) {
                    return;
                }
                acceptor.accept(new AcceptedStream(accepted, local));
            }
            pause(now + BATCH_PAUSE_NANOS);
        } catch (IOException e) {
            LOG.warn("accepting on {} failed", local, e);
            pause(now + PAUSE_NANOS);
        }
    }

    private void pause(long until) {
        if (!closed) {
            key.interestOps(0);
            loop.schedule(this, until);
        }
    }

    @Override
    protected void onDeadline(long now) {
        key.interestOps(SelectionKey.OP_ACCEPT);
    }

    public void close() {
        if (!closed) {
            closed = true;
            loop.cancel(this);
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("closing {}", local, e);
            }
        }
    }
}
