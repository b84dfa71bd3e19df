package dev.jvmrtc.net;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.wire.LentBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP connection on an event loop, opened by us, with TLS where asked for, or by somebody else; used on the loop
 * only.
 */
public final class TcpStream extends EventLoop.Timed implements EventLoop.Selectable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpStream.class);
    /** Bytes that wait for the peer to read; what comes beyond is dropped, as UDP would do. */
    static final int MAX_WAITING_BYTES = 1 << 20;
    /** Time for connection and TLS handshake together. */
    static final long OPEN_NANOS = 8_000_000_000L;
    /** Reads of one stream before others have their turn. */
    private static final int READ_BATCH = 8;
    /** The same under TLS, where 64 KiB may be three thousand records without content, each of which is decrypted. */
    private static final int TLS_READ_BATCH = 1;

    /** What happens to a stream; called on the loop. Nothing follows {@code closed}. */
    public interface Handler {
        void opened(long nowNanos);

        /** Bytes of the stream, cut anyhow. */
        void received(long nowNanos, LentBytes bytes);

        /** The stream did not open, broke or was ended by the peer; not called after {@link #close()}. */
        void closed(long nowNanos, String reason);
    }

    private final EventLoop loop;
    private final InetSocketAddress remote;
    private final Handler handler;
    private final Executor workers;
    private final SocketChannel channel;
    private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();
    private SelectionKey key;
    private TlsLayer tls;
    private boolean tlsWorking;
    private boolean open;
    private boolean closed;
    private int waitingBytes;

    private TcpStream(
            EventLoop loop, SocketChannel channel, InetSocketAddress remote, Executor workers, Handler handler) {
        this.loop = loop;
        this.channel = channel;
        this.remote = remote;
        this.workers = workers;
        this.handler = handler;
    }

    /**
     * Goes on with a connection that is open and registered with no selector. The handler is not told that it is open.
     */
    public static TcpStream accepted(EventLoop loop, AcceptedStream stream, Handler handler) throws IOException {
        SocketChannel channel = stream.channel;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        TcpStream s = new TcpStream(loop, channel, stream.remote(), Runnable::run, handler);
        s.key = channel.register(loop.selector(), SelectionKey.OP_READ, s);
        s.open = true;
        return s;
    }

    /**
     * Begins to connect; what becomes of it, the handler hears.
     *
     * @param local the address to connect from, or null for any
     * @param context null for a stream without TLS
     * @param host whom the certificate must name
     * @param workers where a TLS handshake does its heavy work
     */
    public static TcpStream connect(
            EventLoop loop,
            InetAddress local,
            InetSocketAddress remote,
            SSLContext context,
            String host,
            Executor workers,
            Handler handler)
            throws IOException {
        TcpStream s = new TcpStream(loop, SocketChannel.open(), remote, workers, handler);
        try {
            s.channel.configureBlocking(false);
            if (local != null) {
                s.channel.bind(new InetSocketAddress(local, 0));
            }
            s.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (context != null) {
                s.tls = new TlsLayer(context, host, remote.getPort(), s::write, s::deliver);
            }
            s.key = s.channel.register(loop.selector(), SelectionKey.OP_CONNECT, s);
            loop.schedule(s, System.nanoTime() + OPEN_NANOS);
            if (s.channel.connect(remote)) {
                loop.execute(() -> s.connected(System.nanoTime()));
            }
            return s;
        } catch (IOException | RuntimeException e) {
            s.channel.close();
            throw e;
        }
    }

    /**
     * Sends; false where the whole is dropped because too much waits already, the stream is not open, or TLS is busy
     * with itself.
     */
    public boolean send(byte[] data, int offset, int length) {
        if (!open || closed || tlsWorking || waitingBytes + length > MAX_WAITING_BYTES) {
            return false;
        }
        loop.noteSent();
        try {
            if (tls != null) {
                return tls.send(data, offset, length);
            }
            write(ByteBuffer.wrap(data, offset, length));
            return true;
        } catch (IOException e) {
            fail(System.nanoTime(), reason(e));
            return false;
        }
    }

    @Override
    public void ready(long now, SelectionKey ready) {
        try {
            if (ready.isConnectable()) {
                if (channel.finishConnect()) {
                    connected(now);
                }
            } else {
                if (ready.isWritable()) {
                    flush();
                }
                if (ready.isReadable()) {
                    read(now);
                }
            }
        } catch (IOException e) {
            fail(now, reason(e));
        }
    }

    private void connected(long now) {
        if (closed) {
            return;
        }
        setInterest();
        if (tls == null) {
            opened(now);
        } else {
            proceed(now);
        }
    }

    private void opened(long now) {
        open = true;
        loop.schedule(this, ProtocolCore.NEVER);
        handler.opened(now);
    }

    private void read(long now) throws IOException {
        ByteBuffer b = loop.receiveBuffer();
        int batch = tls == null ? READ_BATCH : TLS_READ_BATCH;
        for (int i = 0; i < batch && !closed && !tlsWorking; i++) {
            b.clear();
            int n = channel.read(b);
            if (n == 0) {
                return;
            }
            if (n < 0) {
                fail(now, "the other end closed the connection");
                return;
            }
            if (tls == null) {
                handler.received(now, LentBytes.of(b.array(), 0, n));
            } else {
                tls.receive(b.array(), 0, n);
                proceed(now);
            }
        }
    }

    /** Lets TLS go on; its heavy work is done elsewhere, so that nobody waits for it. */
    private void proceed(long now) {
        if (tlsWorking || closed) {
            return;
        }
        try {
            if (tls.proceed()) {
                Runnable task = tls.task();
                tlsWorking = true;
                setInterest();
                workers.execute(() -> work(task));
            }
            if (tls.isOpen() && !open && !closed) {
                opened(now);
            }
        } catch (IOException | RuntimeException e) {
            fail(now, "TLS: " + reason(e));
        }
    }

    /** On a thread for such work. */
    private void work(Runnable task) {
        Throwable[] thrown = {null};
        try {
            task.run();
        } catch (Throwable e) {
            thrown[0] = e;
        }
        loop.execute(() -> {
            tlsWorking = false;
            if (thrown[0] != null) {
                fail(System.nanoTime(), "TLS: " + reason(thrown[0]));
            } else if (!closed) {
                setInterest();
                proceed(System.nanoTime());
            }
        });
    }

    /** Nothing is read while TLS cannot go on: what the server sends meanwhile waits in its own machine. */
    private void setInterest() {
        key.interestOps((tlsWorking ? 0 : SelectionKey.OP_READ) | (waiting.isEmpty() ? 0 : SelectionKey.OP_WRITE));
    }

    private static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void deliver(ByteBuffer plain) {
        if (!closed) {
            handler.received(
                    System.nanoTime(),
                    LentBytes.of(plain.array(), plain.arrayOffset() + plain.position(), plain.remaining()));
        }
    }

    private void write(ByteBuffer b) {
        try {
            if (waiting.isEmpty()) {
                channel.write(b);
            }
            if (b.hasRemaining()) {
                ByteBuffer copy = ByteBuffer.allocate(b.remaining()).put(b).flip();
                waiting.add(copy);
                waitingBytes += copy.remaining();
                setInterest();
            }
        } catch (IOException e) {
            loop.execute(() -> fail(System.nanoTime(), reason(e))); // not from within TLS
        }
    }

    private void flush() throws IOException {
        for (ByteBuffer b = waiting.peek(); b != null; b = waiting.peek()) {
            waitingBytes -= channel.write(b);
            if (b.hasRemaining()) {
                return;
            }
            waiting.poll();
        }
        setInterest();
    }

    @Override
    protected void onDeadline(long now) {
        fail(now, "the other end does not answer");
    }

    private void fail(long now, String why) {
        if (!closed) {
            close();
            handler.closed(now, why);
        }
    }

    /**
     * Gives an accepted connection away; this handler hears nothing more. Another may have it after the loop's next
     * selection.
     */
    public void release() {
        closed = true;
        key.cancel();
    }

    /** Ends the stream; the handler hears nothing more. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        loop.cancel(this);
        try {
            if (open && tls != null) {
                tls.close();
            }
        } catch (IOException e) {
            LOG.trace("no goodbye to {}", remote, e);
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing the stream to {}", remote, e);
        }
    }
}
