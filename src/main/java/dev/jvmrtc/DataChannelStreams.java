package dev.jvmrtc;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.ExecutionException;

/**
 * A data channel as a stream of bytes in each direction, for code that wants streams: see {@link RTCDataChannel#openStreams()}. Reading and writing block, so
 * neither belongs into a callback of the connection. One thread may read while another writes.
 *
 * <p>A reader that stops reading stops the peer: what it has not read counts against the receive window of the connection, of which all its channels share
 * one: close the input of a channel that you do not read to its end. A writer waits while more than {@link RTCDataChannel#SEND_AHEAD} bytes have not left. The channel should be reliable and ordered. Not of W3C.
 */
public final class DataChannelStreams {
    /** Bytes in one message at the most: every WebRTC peer takes as many. */
    private static final int MESSAGE_BYTES = 16_384;

    private final RTCDataChannel channel;
    private final Input input = new Input();
    private final Output output = new Output();

    DataChannelStreams(RTCDataChannel channel) {
        this.channel = channel;
    }

    /** The messages of the peer, one after the other, text as UTF-8; ends when the channel is closed. */
    public InputStream getInputStream() {
        return input;
    }

    /** What is written leaves in messages of 16 KiB, and what is left with {@code flush} and {@code close}; {@code close} closes the channel. */
    public OutputStream getOutputStream() {
        return output;
    }

    /** Takes a message; false where nobody will read it. */
    boolean accept(byte[] message) {
        return input.accept(message);
    }

    void end() {
        input.end();
    }

    private final class Input extends InputStream {
        private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
        private int at;
        private boolean ended;

        synchronized boolean accept(byte[] message) {
            if (message.length == 0 || ended) {
                return false;
            }
            messages.add(message);
            notifyAll();
            return true;
        }

        synchronized void end() {
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
                channel.consumed(emptied.length);
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
            long unread = 0;
            synchronized (this) {
                ended = true;
                for (byte[] m : messages) {
                    unread += m.length;
                }
                messages.clear();
                notifyAll();
            }
            channel.consumed(unread);
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
            byte[] message = java.util.Arrays.copyOf(buffer, length);
            length = 0;
            try {
                channel.sendOwned(message).get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while the channel was full");
            } catch (ExecutionException e) {
                throw new IOException(e.getCause().getMessage(), e.getCause());
            }
        }

        @Override
        public void close() throws IOException {
            if (channel.getReadyState() == RTCDataChannelState.OPEN) {
                flush();
                channel.close();
            }
        }
    }
}
