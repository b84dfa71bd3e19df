package dev.jvmrtc.net;

import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A UDP socket on an event loop; used on the loop only. */
public final class UdpSocket implements EventLoop.Selectable {
    private static final Logger LOG = LoggerFactory.getLogger(UdpSocket.class);
    /** Datagrams read from one socket before the others have their turn. */
    private static final int READ_BATCH = 64;
    /** Room for a burst between two turns of the loop. The operating system may grant less. */
    private static final int BUFFER_BYTES = 1 << 20;
    /** Datagrams of so many bytes and fewer are not probes of what a path takes, and have to pass. */
    private static final int EVERY_PATH = 1_232;

    /** Takes datagrams, lent in buffers of their size from the pool. */
    @FunctionalInterface
    public interface Handler {
        void datagram(long nowNanos, UdpSocket socket, InetSocketAddress from, LentBytes datagram);
    }

    private final EventLoop loop;
    private final DatagramChannel channel;
    private final InetSocketAddress local;
    private final Handler handler;
    /** What is lent to it, one datagram after the other. */
    private final LentBytes lent = LentBytes.reusable();

    private volatile long unsent;
    private volatile boolean dontFragment;
    private volatile boolean closed;

    private UdpSocket(EventLoop loop, DatagramChannel channel, InetSocketAddress local, Handler handler) {
        this.loop = loop;
        this.channel = channel;
        this.local = local;
        this.handler = handler;
        this.dontFragment = DontFragment.set(channel, true);
    }

    /** Binds to an address, port 0 for any, and receives. On the loop. */
    public static UdpSocket bind(EventLoop loop, InetSocketAddress address, Handler handler) throws IOException {
        UdpSocket socket = open(loop, address, handler);
        try {
            socket.register();
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Binds without receiving yet; from any thread. */
    public static UdpSocket open(EventLoop loop, InetSocketAddress address, Handler handler) throws IOException {
        DatagramChannel channel = DatagramChannel.open(
                address.getAddress() instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
            channel.bind(address);
            return new UdpSocket(loop, channel, (InetSocketAddress) channel.getLocalAddress(), handler);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Begins to receive. On the loop. */
    public void register() throws IOException {
        channel.register(loop.selector(), SelectionKey.OP_READ, this);
    }

    /**
     * Marks what is sent with a differentiated services code point (RFC 2474), 0 … 63, where the operating system lets
     * us.
     */
    public void setDscp(int dscp) {
        try {
            channel.setOption(StandardSocketOptions.IP_TOS, dscp << 2);
        } catch (IOException | RuntimeException e) {
            LOG.debug("cannot mark packets from {}", local, e);
        }
    }

    public InetSocketAddress local() {
        return local;
    }

    @Override
    public void ready(long now, SelectionKey key) {
        ByteBuffer buffer = loop.datagramBuffer();
        for (int i = 0; i < READ_BATCH && !closed; i++) {
            buffer.clear();
            InetSocketAddress from;
            try {
                from = (InetSocketAddress) channel.receive(buffer);
            } catch (IOException e) {
                LOG.debug("receive on {} failed", local, e);
                break; // an ICMP error of an earlier send; the socket stays usable
            }
            if (from == null) {
                break;
            }
            lend(now, from, buffer.flip());
        }
    }

    /**
     * The datagram moves to a buffer as long as it is: whoever keeps a part of it then pins no more. NIO itself would
     * move it, out of native memory, if it were given an array.
     */
    private void lend(long now, InetSocketAddress from, ByteBuffer received) {
        int n = received.remaining();
        ByteBuf datagram = ByteBufAllocator.DEFAULT.heapBuffer(n, n);
        try {
            received.get(datagram.array(), datagram.arrayOffset(), n); // netty would make two views of it for that
            datagram.writerIndex(n);
            handler.datagram(now, this, from, lent.lend(datagram));
        } finally {
            lent.end();
            datagram.release();
        }
    }

    /** Datagrams that the operating system would not take. */
    public long unsent() {
        return unsent;
    }

    /**
     * Sends at once or, where the operating system has no room, not at all: UDP promises nothing, and waiting would
     * delay everyone.
     */
    public void send(InetSocketAddress to, byte[] data, int offset, int length) {
        send(loop, to, data, offset, length);
    }

    /** As above, from the thread of another loop. */
    public void send(EventLoop caller, InetSocketAddress to, byte[] data, int offset, int length) {
        if (closed) {
            return;
        }
        caller.noteSent();
        ByteBuffer b = caller.sendBuffer();
        b.clear();
        b.put(data, offset, length).flip();
        try {
            if (channel.send(b, to) == 0) {
                unsent = unsent + 1; // a count for people: two loops at once may lose one
            }
        } catch (IOException | RuntimeException e) {
            if (dontFragment && length <= EVERY_PATH) {
                sendInFragments(b, to);
                return;
            }
            unsent = unsent + 1; // a count for people: two loops at once may lose one
            LOG.trace("send from {} to {} failed", local, to, e);
        }
    }

    /**
     * The path takes less than everything here is made for: fragments are better than nothing. From now on for this
     * socket, which may have learned it by its first loss.
     */
    private void sendInFragments(ByteBuffer b, InetSocketAddress to) {
        dontFragment = false;
        DontFragment.set(channel, false);
        b.rewind();
        try {
            channel.send(b, to);
        } catch (IOException | RuntimeException e) {
            dontFragment = DontFragment.set(channel, true); // it was not for its size
            unsent = unsent + 1;
            LOG.trace("send from {} to {} failed", local, to, e);
        }
    }

    public void close() {
        if (!closed) {
            closed = true;
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("closing {}", local, e);
            }
        }
    }
}
