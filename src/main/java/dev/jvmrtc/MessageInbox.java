package dev.jvmrtc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Messages of one channel on their way from the loop to a task of the connection, where they are counted buffers: each
 * is taken once, or released once where no task will run any more. The loop puts, tasks take, any thread closes.
 */
final class MessageInbox {

    /**
     * A message.
     *
     * @param data to be released by whoever takes it
     * @param held bytes of the receive window that it fills until it has been taken
     */
    record Message(boolean binary, ByteBuf data, int held) {}

    private final ConcurrentLinkedQueue<Message> messages = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable schedule;
    private volatile boolean closed;

    /** @param schedule has a task look here soon, which calls {@link #begin} first */
    MessageInbox(Runnable schedule) {
        this.schedule = schedule;
    }

    void put(boolean binary, ByteBuf data, int held) {
        messages.add(new Message(binary, data, held));
        if (closed) {
            releaseAll(); // whoever has closed it may not have seen this one
        } else if (scheduled.compareAndSet(false, true)) {
            schedule.run();
        }
    }

    void put(boolean binary, byte[] data, int held) {
        put(binary, Unpooled.wrappedBuffer(data), held);
    }

    /** The task has begun: what is put from now on has another one. */
    void begin() {
        scheduled.set(false);
    }

    /** Where there are more, they have another task. */
    void goOn() {
        if (!messages.isEmpty() && scheduled.compareAndSet(false, true)) {
            schedule.run();
        }
    }

    /** The next message, or null. */
    Message poll() {
        return messages.poll();
    }

    /** Nobody takes anything any more; can be called again. */
    void close() {
        closed = true;
        releaseAll();
    }

    private void releaseAll() {
        for (Message m = messages.poll(); m != null; m = messages.poll()) {
            m.data.release();
        }
    }
}
