package dev.jvmrtc.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP connection that somebody has opened to us, on its way to whoever it belongs to: see {@link TcpStream#accepted}.
 */
public final class AcceptedStream {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptedStream.class);

    final SocketChannel channel;
    private final InetSocketAddress listener;

    AcceptedStream(SocketChannel channel, InetSocketAddress listener) {
        this.channel = channel;
        this.listener = listener;
    }

    /** The address of the listener that it came to. */
    public InetSocketAddress listener() {
        return listener;
    }

    /** Fails where it has ended already. */
    public InetSocketAddress remote() throws IOException {
        InetSocketAddress a = (InetSocketAddress) channel.getRemoteAddress();
        if (a == null) {
            throw new IOException("the connection has ended");
        }
        return a;
    }

    /** Nobody wants it. */
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing a stream", e);
        }
    }
}
