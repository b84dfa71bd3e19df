package dev.jvmrtc;

import dev.jvmrtc.task.TaskQueue;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * RTP packets of a connection that wait for the application's executor, in order, one task for each. They are counted
 * buffers, and so kept here and not in the tasks, which nobody runs after the end. Any thread.
 */
final class WaitingPackets {
    /** @param to gets the packet lent, and is called once: in a task, or when it was given back */
    private record Waiting(ByteBuf packet, Consumer<ByteBuf> to) {}

    private final TaskQueue tasks;
    private final Runnable deliverNext = this::deliverNext;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean closed;

    WaitingPackets(TaskQueue tasks) {
        this.tasks = tasks;
    }

    /** Takes over a packet, to be given to {@code to} in a task; given back at once after the end. */
    void post(ByteBuf packet, Consumer<ByteBuf> to) {
        if (add(new Waiting(packet, to))) {
            tasks.post(deliverNext); // which may run at once
        } else {
            packet.release();
        }
    }

    private synchronized boolean add(Waiting w) {
        return !closed && waiting.add(w);
    }

    private synchronized Waiting next() {
        return waiting.poll();
    }

    private void deliverNext() {
        Waiting w = next();
        if (w != null) {
            try {
                w.to.accept(w.packet);
            } finally {
                w.packet.release();
            }
        }
    }

    /** The connection was closed: nobody gets them any more. */
    synchronized void close() {
        closed = true;
        waiting.forEach(w -> w.packet.release());
        waiting.clear();
    }
}
