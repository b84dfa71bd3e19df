package dev.jvmrtc.net;

import dev.jvmrtc.core.ProtocolCore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread with a selector that serves any number of connections. One turn: read the clock once, run commands, read
 * ready sockets in bounded batches, fire deadlines. The thread starts with the first command and ends when nothing has
 * been registered for a while; it is a daemon. Nothing that is thrown ends it before, no Error either: each command,
 * socket, deadline and action has its own catch, so that the others of the turn have their turn.
 */
public final class EventLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final int MAX_DATAGRAM = 65_536;
    private static final long LINGER_NANOS = 3_000_000_000L;

    /** Something with a deadline. */
    public abstract static class Timed {
        long deadline = ProtocolCore.NEVER;
        private long queuedFor = ProtocolCore.NEVER;

        /** Called on the loop when the deadline has come. */
        protected abstract void onDeadline(long nowNanos);
    }

    /** A channel on the loop. */
    interface Selectable {
        /** Called on the loop when the channel can do what its key is interested in. */
        void ready(long nowNanos, SelectionKey key);
    }

    private record Entry(long deadline, Timed timed) {}

    /** Commands in one turn: whoever gives them faster than they are done must not keep the loop from its sockets. */
    private static final int MAX_COMMANDS_PER_TURN = 4_096;

    /**
     * How long to look for an answer before going to sleep, where that pays: to be woken on another core takes a
     * virtual machine 30 to 40 µs, which is most of a small message's way to a peer nearby.
     */
    private static final long SPIN_NANOS = 50_000;
    /**
     * So many more answers than not must have come soon. Looking in vain once begins the count anew: it costs a tenth
     * of the waits at most.
     */
    private static final int ANSWERS_BEFORE_SPIN = 8;

    private final String name;
    private boolean sent;
    private int soonAnswered;
    /** Whether the loop sleeps, or is about to: who gives it a command has to wake it then. */
    private volatile boolean asleep;

    private final ArrayDeque<Runnable> afterSelect = new ArrayDeque<>();
    /** Commands that no turn has taken yet; guarded by {@link #startLock}. A queue of links would cost one for each. */
    private ArrayDeque<Runnable> commands = new ArrayDeque<>();
    /** Whether there are any. */
    private volatile boolean commanded;
    /** Those that turns have taken, and run in their order. Of the loop alone. */
    private ArrayDeque<Runnable> taken = new ArrayDeque<>();
    /** Whether those were more than a turn runs: the room for them is not kept. */
    private boolean takenMany;

    private final AtomicBoolean wakeupPending = new AtomicBoolean();
    private final PriorityQueue<Entry> deadlines =
            new PriorityQueue<>((a, b) -> Long.compare(a.deadline - b.deadline, 0));
    private final ArrayDeque<LongConsumer> endOfTurn = new ArrayDeque<>();
    /** Where streams are read to. */
    private final ByteBuffer receiveBuffer = ByteBuffer.allocate(MAX_DATAGRAM);
    /** Where datagrams are read to; outside the heap, where the operating system can write. */
    private final ByteBuffer datagramBuffer = ByteBuffer.allocateDirect(MAX_DATAGRAM);

    private final ByteBuffer sendBuffer = ByteBuffer.allocateDirect(MAX_DATAGRAM);
    private final Object startLock = new Object();
    private Thread thread;
    private Selector selector;
    private int registrations;
    private boolean closing;

    public EventLoop(String name) {
        this.name = name;
    }

    /** Runs a command on the loop, soon; from any thread. */
    public void execute(Runnable command) {
        synchronized (startLock) {
            commands.add(command);
            commanded = true;
            if (thread == null) {
                start();
                return;
            }
        }
        if (asleep && wakeupPending.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    private void start() {
        try {
            if (selector == null) {
                selector = Selector.open();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open a selector", e);
        }
        closing = false;
        Thread t = new Thread(this::run, name);
        t.setDaemon(true);
        t.start(); // where the system has no thread left, the next command tries again
        thread = t;
    }

    /** A user of the loop came (+1) or went (−1); without any, the thread ends after a few seconds. On the loop. */
    public void retain(int delta) {
        registrations += delta;
    }

    /** Ends the thread as soon as its commands are done. */
    public void close() {
        synchronized (startLock) {
            if (thread == null) {
                return;
            }
        }
        execute(() -> closing = true);
    }

    private void run() {
        long idleSince = System.nanoTime();
        while (true) {
            try {
                // Callbacks run here where the application asks for it. An interrupt that one of them leaves behind
                // would let no selection wait any more.
                Thread.interrupted();
                long now = System.nanoTime();
                if (registrations > 0) {
                    idleSince = now;
                }
                select(now, idleSince);
                wakeupPending.set(false);
                runAfterSelect();
                turn(System.nanoTime());
            } catch (Throwable t) {
                failed("the selector", t);
            }
            if (registrations == 0 && (closing || System.nanoTime() - idleSince > LINGER_NANOS) && stop()) {
                return;
            }
        }
    }

    /** Tells what was thrown; where there is no memory even for that, it is not told. */
    private static void failed(String what, Throwable t) {
        try {
            LOG.error("event loop: {} failed", what, t);
        } catch (Throwable again) {
            // The loop goes on, that is what matters.
        }
    }

    private boolean stop() {
        synchronized (startLock) {
            if (hasCommands() || !afterSelect.isEmpty()) {
                return false;
            }
            try {
                selector.close();
            } catch (IOException e) {
                LOG.debug("closing a selector", e);
            }
            selector = null;
            thread = null;
            deadlines.clear();
            return true;
        }
    }

    private void select(long now, long idleSince) throws IOException {
        long wait = Long.MAX_VALUE;
        Entry next = deadlines.peek();
        if (next != null) {
            wait = Math.max(0, next.deadline - now);
        }
        if (registrations == 0) {
            wait = Math.min(wait, closing ? 0 : Math.max(0, idleSince + LINGER_NANOS - now));
        }
        if (hasCommands() || !afterSelect.isEmpty() || wait == 0) {
            selector.selectNow();
        } else if (!spin(now, wait)) {
            sleep(wait);
        }
        sent = false;
    }

    /**
     * Looks for a packet for a while, where something was sent just now and most answers of late came soon; whether
     * there is one, or a command. Who only receives a stream of packets sleeps between them: nobody gains by hearing of
     * the next a little earlier.
     */
    private boolean spin(long now, long wait) throws IOException {
        if (!sent || soonAnswered < ANSWERS_BEFORE_SPIN) {
            return false;
        }
        long most = Math.min(wait, SPIN_NANOS);
        while (selector.selectNow() == 0 && !hasCommands()) {
            if (System.nanoTime() - now >= most) {
                soonAnswered = 0;
                return false;
            }
            Thread.yield(); // the packet may have to come from a thread on this core
        }
        return true;
    }

    private void sleep(long wait) throws IOException {
        asleep = true;
        try {
            long before = System.nanoTime();
            int ready;
            if (hasCommands()) {
                ready = selector.selectNow(); // given before the giver could see that we sleep
            } else if (wait == Long.MAX_VALUE) {
                ready = selector.select();
            } else {
                // Rounded up: waking before the deadline would only spin.
                ready = selector.select(wait / 1_000_000 + 1);
            }
            // Twice as long, since the time to wake is in it.
            boolean soon = sent && ready > 0 && System.nanoTime() - before < 2 * SPIN_NANOS;
            soonAnswered = soon ? Math.min(ANSWERS_BEFORE_SPIN, soonAnswered + 1) : Math.max(0, soonAnswered - 2);
        } finally {
            asleep = false;
        }
    }

    /** A packet has left by this loop. On the loop. */
    void noteSent() {
        sent = true;
    }

    private boolean hasCommands() {
        return commanded || !taken.isEmpty();
    }

    /** The oldest command, or null. */
    private Runnable nextCommand() {
        if (taken.isEmpty() && commanded) {
            synchronized (startLock) {
                ArrayDeque<Runnable> empty = takenMany ? new ArrayDeque<>() : taken; // many do not come again soon
                taken = commands;
                takenMany = taken.size() > MAX_COMMANDS_PER_TURN;
                commands = empty;
                commanded = false;
            }
        }
        return taken.poll();
    }

    private void turn(long now) {
        int left = MAX_COMMANDS_PER_TURN;
        for (Runnable c = nextCommand(); c != null; c = --left > 0 ? nextCommand() : null) {
            try {
                c.run();
            } catch (Throwable t) {
                failed("a command", t);
            }
        }
        Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
        while (keys.hasNext()) {
            SelectionKey key = keys.next();
            keys.remove();
            try {
                if (key.isValid()) {
                    ((Selectable) key.attachment()).ready(now, key);
                }
            } catch (CancelledKeyException e) {
                LOG.trace("socket closed during its turn", e);
            } catch (Throwable t) {
                failed("a socket's handler", t);
            }
        }
        runEndOfTurn(now);
        fireDeadlines(now);
        runEndOfTurn(now);
    }

    private void fireDeadlines(long now) {
        for (Entry e = deadlines.peek(); e != null && e.deadline - now <= 0; e = deadlines.peek()) {
            deadlines.poll();
            Timed t = e.timed;
            if (t.queuedFor == e.deadline) {
                t.queuedFor = ProtocolCore.NEVER;
            }
            if (t.deadline == ProtocolCore.NEVER) {
                continue;
            }
            if (t.deadline - now <= 0) {
                t.deadline = ProtocolCore.NEVER;
                try {
                    t.onDeadline(now);
                } catch (Throwable thrown) {
                    failed("a deadline", thrown);
                }
            } else {
                enqueue(t);
            }
        }
    }

    /**
     * Runs once at the end of this turn, after all commands and datagrams that it brought, with the time of the turn:
     * the place for work that one burst needs only once. On the loop.
     */
    public void atEndOfTurn(LongConsumer action) {
        endOfTurn.add(action);
    }

    /**
     * Runs once after the next selection. On the loop. The place to say that a closed socket is gone: the operating
     * system's socket is freed only when the selector has noticed.
     */
    public void afterNextSelect(Runnable action) {
        afterSelect.add(action);
    }

    private void runAfterSelect() {
        for (Runnable r = afterSelect.poll(); r != null; r = afterSelect.poll()) {
            try {
                r.run();
            } catch (Throwable t) {
                failed("an action after selection", t);
            }
        }
    }

    private void runEndOfTurn(long now) {
        for (LongConsumer r = endOfTurn.poll(); r != null; r = endOfTurn.poll()) {
            try {
                r.accept(now);
            } catch (Throwable t) {
                failed("an action at the end of a turn", t);
            }
        }
    }

    /**
     * Sets the deadline of {@code timed}, or clears it with NEVER. On the loop. A later deadline than before costs
     * nothing.
     */
    public void schedule(Timed timed, long deadlineNanos) {
        timed.deadline = deadlineNanos;
        if (deadlineNanos != ProtocolCore.NEVER) {
            enqueue(timed);
        }
    }

    /**
     * Forgets {@code timed}, which will have no deadline any more: an entry that is left until its time comes would
     * keep all that hangs on it. On the loop.
     */
    public void cancel(Timed timed) {
        timed.deadline = ProtocolCore.NEVER;
        timed.queuedFor = ProtocolCore.NEVER;
        deadlines.removeIf(e -> e.timed == timed);
    }

    private void enqueue(Timed t) {
        if (t.queuedFor == ProtocolCore.NEVER || t.deadline - t.queuedFor < 0) {
            t.queuedFor = t.deadline;
            deadlines.add(new Entry(t.deadline, t));
        }
    }

    Selector selector() {
        return selector;
    }

    /** What is read is put here; on the heap. */
    ByteBuffer datagramBuffer() {
        return datagramBuffer;
    }

    ByteBuffer receiveBuffer() {
        return receiveBuffer;
    }

    ByteBuffer sendBuffer() {
        return sendBuffer;
    }
}
