package dev.jvmrtc;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;

/**
 * A data channel as a stream of bytes in each direction, for code that wants streams: see
 * {@link RTCDataChannel#openStreams()}. Reading and writing block, so neither belongs into a callback of the
 * connection. One thread may read while another writes.
 *
 * <p>A reader that stops reading stops the peer: what it has not read counts against the receive window of the
 * connection, of which all its channels share one: close the input of a channel that you do not read to its end. A
 * writer waits until the channel is open, and while more than {@link RTCDataChannel#SEND_AHEAD} bytes have not left.
 * The channel should be reliable and ordered. Not of W3C.
 */
public final class DataChannelStreams {
    /** Bytes in one message at the most: every WebRTC peer takes as many. */
    private static final int MESSAGE_BYTES = 16_384;

    private final RTCDataChannel channel;
    private final Input input = new Input();
    private final Output output = new Output();
    private final ByteChannel bytes = new Bytes();
    private volatile boolean closed;

    DataChannelStreams(RTCDataChannel channel) {
        this.channel = channel;
    }

    /**
     * {@return the messages of the peer, one after the other, text as UTF-8} Ends when the channel is closed. Its
     * {@code read} blocks.
     */
    public InputStream getInputStream() {
        return input;
    }

    /**
     * {@return what leaves in messages of 16 KiB, and what is left with {@code flush} and {@code close}} {@code close}
     * closes the channel; {@code write} blocks where more is written than the network takes.
     */
    public OutputStream getOutputStream() {
        return output;
    }

    /**
     * {@return both directions as one} Its {@code read} and {@code write} block; {@code close} sends what is left and
     * closes the channel.
     */
    public ByteChannel getByteChannel() {
        return bytes;
    }

    ChannelReader reader() {
        return input;
    }

    private final class Bytes implements ByteChannel {

        @Override
        public int read(ByteBuffer to) throws IOException {
            requireOpen();
            if (to.hasArray()) {
                int n = input.read(to.array(), to.arrayOffset() + to.position(), to.remaining());
                to.position(to.position() + Math.max(0, n));
                return n;
            }
            byte[] some = new byte[Math.min(to.remaining(), MESSAGE_BYTES)];
            int n = input.read(some, 0, some.length);
            to.put(some, 0, Math.max(0, n));
            return n;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            requireOpen();
            int n = from.remaining();
            while (from.hasRemaining()) {
                byte[] some = new byte[Math.min(from.remaining(), MESSAGE_BYTES)];
                from.get(some);
                output.write(some, 0, some.length);
            }
            output.flush();
            return n;
        }

        private void requireOpen() throws ClosedChannelException {
            if (!isOpen()) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() throws IOException {
            closed = true;
            input.close();
            output.close();
        }
    }

    private final class Input extends InputStream implements ChannelReader {
        private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
        private int at;
        private boolean ended;

        @Override
        public synchronized boolean accept(boolean binary, byte[] message) {
            if (message.length == 0 || ended) {
                return false;
            }
            messages.add(message);
            notifyAll();
            return true;
        }

        @Override
        public synchronized void end(RTCError error) {
            ended = true;
            notifyAll();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, b.length);
            if (length == 0) {
                return 0;
            }
            byte[] emptied = null;
            int n;
            synchronized (this) {
                while (messages.isEmpty()) {
                    if (ended) {
                        return -1;
                    }
                    await();
                }
                byte[] m = messages.peek();
                n = Math.min(length, m.length - at);
                System.arraycopy(m, at, b, offset, n);
                at += n;
                if (at == m.length) {
                    emptied = messages.poll();
                    at = 0;
                }
            }
            if (emptied != null) {
                channel.taken(emptied);
            }
            return n;
        }

        private void await() throws InterruptedIOException {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for the peer");
            }
        }

        @Override
        public synchronized int available() {
            int sum = -at;
            for (byte[] m : messages) {
                sum += m.length;
            }
            return messages.isEmpty() ? 0 : sum;
        }

        /** What comes from now on is thrown away. */
        @Override
        public void close() {
            List<byte[]> unread;
            synchronized (this) {
                ended = true;
                unread = List.copyOf(messages);
                messages.clear();
                at = 0;
                notifyAll();
            }
            unread.forEach(channel::taken);
        }
    }

    private final class Output extends OutputStream {
        private byte[] buffer = new byte[MESSAGE_BYTES];
        private int length;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] b, int offset, int count) throws IOException {
            Objects.checkFromIndexSize(offset, count, b.length);
            for (int done = 0; done < count; ) {
                int n = Math.min(count - done, MESSAGE_BYTES - length);
                System.arraycopy(b, offset + done, buffer, length, n);
                length += n;
                done += n;
                if (length == MESSAGE_BYTES) {
                    flush();
                }
            }
        }

        @Override
        public synchronized void flush() throws IOException {
            if (length == 0) {
                return;
            }
            byte[] message = Arrays.copyOf(buffer, length);
            length = 0;
            try {
                channel.sendOwnedWhenOpen(message).get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while the channel was full");
            } catch (ExecutionException e) {
                throw new IOException(e.getCause().getMessage(), e.getCause());
            }
        }

        @Override
        public void close() throws IOException {
            if (channel.getReadyState() == RTCDataChannelState.OPEN
                    || channel.getReadyState() == RTCDataChannelState.CONNECTING) {
                flush();
                channel.close();
            }
        }
    }
}
