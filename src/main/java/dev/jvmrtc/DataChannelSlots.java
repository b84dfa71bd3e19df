package dev.jvmrtc;

import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.datachannel.DataChannels;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.engine.SessionDriver;
import dev.jvmrtc.task.ApiFuture;
import dev.jvmrtc.task.TaskQueue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The data channels of a connection: checks arguments, keeps the channels, turns what the session reports into their
 * events.
 */
final class DataChannelSlots {
    private static final int MAX_STRING_BYTES = 65_535;
    private static final int MAX_ID = 65_534;
    /**
     * Bytes that the application has taken before the session is told, so that not every small message costs a command.
     */
    private static final int CONSUMED_STEP = 64 * 1024;

    final Object lock;
    private final TaskQueue tasks;
    private final SessionDriver driver;
    private final long sendBuffer;
    private long buffered;
    private final Consumer<RTCDataChannelEvent> onIncoming;
    final EarlyBytes earlyBytes;
    private final Map<Integer, RTCDataChannel> channels = new LinkedHashMap<>();
    private RTCSctpTransport sctp;
    private int nextHandle = 1;
    private final AtomicLong consumed = new AtomicLong();
    /**
     * Bytes that have left the queue, by channel, since its last task about them began: one such task waits for each
     * channel at the most.
     */
    private final Map<Integer, Long> decreases = new HashMap<>();

    /** Buffers that were sent without a copy, by the numbers that the session knows their messages by. */
    private final Map<Long, SendReceipt> receipts = new LinkedHashMap<>();

    private long lastReceipt = DataChannels.NO_RECEIPT;
    /** Whether a channel's messages have ever been taken as buffers. */
    private volatile boolean buffersTaken;

    long opened;
    long closed;

    DataChannelSlots(
            Object lock,
            TaskQueue tasks,
            SessionDriver driver,
            long sendBuffer,
            EarlyBytes earlyBytes,
            Consumer<RTCDataChannelEvent> onIncoming) {
        this.lock = lock;
        this.tasks = tasks;
        this.driver = driver;
        this.sendBuffer = sendBuffer;
        this.earlyBytes = earlyBytes;
        this.onIncoming = onIncoming;
    }

    /** webrtc-pc §6.1.1: the transport is there once a data section is negotiated. Under the lock. */
    void setTransport(RTCDtlsTransport dtls, long maxMessageSize) {
        if (sctp == null) {
            sctp = new RTCSctpTransport(lock, dtls);
        }
        sctp.setTransport(dtls, maxMessageSize);
    }

    RTCSctpTransport sctp() {
        return sctp;
    }

    double maxMessageSize() {
        return sctp == null ? 65_536 : sctp.getMaxMessageSize();
    }

    List<RTCDataChannel> channels() {
        return new ArrayList<>(channels.values());
    }

    /** webrtc-pc §6.2, createDataChannel steps 3 to 20. Under the lock. */
    RTCDataChannel create(String label, RTCDataChannelInit init) {
        requireShort("label", label);
        requireShort("protocol", init.protocol());
        if (init.maxPacketLifeTime() != null && init.maxRetransmits() != null) {
            throw new RTCTypeError("maxPacketLifeTime and maxRetransmits exclude each other: set one");
        }
        requireU16("maxPacketLifeTime", init.maxPacketLifeTime());
        requireU16("maxRetransmits", init.maxRetransmits());
        Integer id = init.negotiated() ? init.id() : null;
        if (init.negotiated() && id == null) {
            throw new RTCTypeError("a negotiated channel needs an id, the same on both sides");
        }
        if (id != null && (id < 0 || id > MAX_ID)) {
            throw new RTCTypeError("the id of a channel is 0 … 65534");
        }
        if (id != null && channels.values().stream().anyMatch(c -> id.equals(c.getId()))) {
            throw new RTCException("OperationError", "the id " + id + " is in use by another channel");
        }
        if (sctp != null && sctp.getState() == RTCSctpTransportState.CLOSED) {
            throw new RTCException("OperationError", "the SCTP transport has closed: make a new connection");
        }
        ChannelParameters p = new ChannelParameters(
                label,
                init.protocol(),
                init.ordered(),
                init.maxRetransmits(),
                init.maxPacketLifeTime(),
                init.negotiated(),
                init.priority().channelPriority());
        int handle = nextHandle++;
        RTCDataChannel channel = new RTCDataChannel(this, handle, p, id, RTCDataChannelState.CONNECTING);
        channels.put(handle, channel);
        driver.command((session, now) -> session.data().openChannel(handle, p, id));
        return channel;
    }

    private static void requireShort(String what, String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_STRING_BYTES) {
            throw new RTCTypeError("the " + what + " of a channel has at most 65535 bytes");
        }
    }

    <T> ApiFuture<T> newFuture() {
        return new ApiFuture<>(tasks);
    }

    /** Runs as a task of the connection. */
    void post(Runnable task) {
        tasks.post(task);
    }

    /** Settles futures as a task of the connection, after its end too. */
    void postSettlement(Runnable task) {
        tasks.postSettlement(task);
    }

    private static void requireU16(String what, Integer value) {
        if (value != null && (value < 0 || value > 65_535)) {
            throw new RTCTypeError(what + " is 0 … 65535");
        }
    }

    void sendMessage(int handle, boolean binary, ByteBuffer data, long receipt) {
        driver.command((session, now) -> session.data().sendMessage(now, handle, binary, data, receipt));
    }

    /** A number for a message, by which its receipt is found when the buffer is free. Under the lock. */
    long receiptFor(SendReceipt receipt) {
        receipts.put(++lastReceipt, receipt);
        return lastReceipt;
    }

    /** On the loop: what calls nobody is done at once, and the rest in a task. */
    private void finished(DataChannelEvent.Finished f) {
        SendReceipt receipt;
        synchronized (lock) {
            receipt = receipts.get(f.receipt());
            if (receipt != null && receipt.isPrompt()) {
                receipts.remove(f.receipt());
            }
        }
        if (receipt != null && receipt.isPrompt()) {
            receipt.free(f.delivered());
        } else {
            tasks.post(() -> free(f));
        }
    }

    private void free(DataChannelEvent.Finished f) {
        SendReceipt receipt;
        synchronized (lock) {
            receipt = receipts.remove(f.receipt());
        }
        if (receipt != null) {
            receipt.free(f.delivered());
        }
    }

    /**
     * The session has failed and is gone, though nobody has closed the connection: no channel carries anything any
     * more. In a task.
     */
    void sessionFailed() {
        List<RTCDataChannel> all;
        synchronized (lock) {
            all = channels();
            channels.clear();
            closed += all.size();
        }
        takeReceipts().forEach(r -> r.free(false));
        all.forEach(c -> c.announceClosed(new RTCError(
                RTCErrorDetailType.DATA_CHANNEL_FAILURE, null, null, null, null, "the connection has failed")));
        transportState(RTCSctpTransportState.CLOSED, null);
    }

    /** The connection was closed and its session is gone: nobody reads the buffers any more. */
    void sessionGone() {
        takeReceipts().forEach(SendReceipt::abandon);
    }

    private List<SendReceipt> takeReceipts() {
        synchronized (lock) {
            List<SendReceipt> left = List.copyOf(receipts.values());
            receipts.clear();
            return left;
        }
    }

    /**
     * The data section was refused: takes out the channels that wait to open, to be
     * {@linkplain RTCDataChannel#announceClosed told so}. Those that were open end with their association. Under the
     * lock.
     */
    List<RTCDataChannel> refused() {
        List<RTCDataChannel> waiting = channels().stream()
                .filter(c -> c.getReadyState() == RTCDataChannelState.CONNECTING)
                .toList();
        channels.values().removeAll(waiting);
        closed += waiting.size();
        driver.command((session, now) -> session.data().dataRefused());
        return waiting;
    }

    void closeChannel(int handle) {
        driver.command((session, now) -> session.data().closeChannel(handle));
    }

    /** Turns an event of the session into a task. On the loop. */
    void post(DataChannelEvent event) {
        if (event instanceof DataChannelEvent.BufferedAmountDecreased b) {
            postDecrease(b.channel(), b.bytes());
        } else if (event instanceof DataChannelEvent.Finished f) {
            finished(f);
        } else if (event instanceof DataChannelEvent.BufferMessage m) {
            RTCDataChannel c = find(m.channel());
            if (c == null) {
                m.release();
                taken(m.held());
            } else {
                c.inbox.put(m.binary(), m.data(), m.held());
            }
        } else if (!(buffersTaken && event instanceof DataChannelEvent.Message m && putAmongBuffers(m))) {
            tasks.post(() -> handle(event));
        }
    }

    /** Where a channel's messages have come as buffers, all go one way, so that they keep their order. */
    private boolean putAmongBuffers(DataChannelEvent.Message m) {
        RTCDataChannel c = find(m.channel());
        boolean among = c != null && c.takesBuffers();
        if (among) {
            c.inbox.put(m.binary(), m.data(), m.held());
        }
        return among;
    }

    /** Whether a channel's messages come as buffers from now on. */
    void takeBuffers(int handle, boolean value) {
        buffersTaken = true;
        driver.command((session, now) -> session.data().takeBuffers(handle, value));
    }

    private void postDecrease(int channel, long bytes) {
        boolean first;
        synchronized (decreases) {
            Long waiting = decreases.get(channel);
            decreases.put(channel, waiting == null ? bytes : waiting + bytes);
            first = waiting == null;
        }
        if (first) {
            tasks.post(() -> decreased(channel));
        }
    }

    private void decreased(int channel) {
        long bytes;
        synchronized (decreases) {
            bytes = decreases.remove(channel);
        }
        RTCDataChannel c = find(channel);
        if (c != null) {
            c.decreaseBufferedAmount(bytes);
        }
    }

    private RTCDataChannel find(int handle) {
        synchronized (lock) {
            return channels.get(handle);
        }
    }

    private void handle(DataChannelEvent event) {
        if (event instanceof DataChannelEvent.Message m) {
            RTCDataChannel c = find(m.channel());
            if (c == null || c.deliver(m.binary(), m.data())) {
                taken(m.held());
            }
        } else if (event instanceof DataChannelEvent.Incoming in) {
            incoming(in);
            taken(in.held());
        } else if (event instanceof DataChannelEvent.Opened o) {
            RTCDataChannel c = find(o.channel());
            if (c != null) {
                opened++;
                c.announceOpen(o.streamId());
            }
        } else if (event instanceof DataChannelEvent.Closing c) {
            RTCDataChannel channel = find(c.channel());
            if (channel != null) {
                channel.announceClosing();
            }
        } else if (event instanceof DataChannelEvent.Closed c) {
            closed(c);
            taken(c.held());
        } else if (event instanceof DataChannelEvent.TransportConnected t) {
            transportState(RTCSctpTransportState.CONNECTED, t.maxChannels());
        } else if (event instanceof DataChannelEvent.TransportRestarted) {
            transportState(RTCSctpTransportState.CONNECTING, null);
        } else if (event instanceof DataChannelEvent.TransportClosed) {
            transportState(RTCSctpTransportState.CLOSED, null);
        }
    }

    /** Takes room in the send buffer that all channels share; false where there is none. Under the lock. */
    boolean reserve(long bytes) {
        if (buffered + bytes > sendBuffer) {
            return false;
        }
        buffered += bytes;
        return true;
    }

    /** Gives room in the send buffer back. Under the lock. */
    void unreserve(long bytes) {
        buffered -= bytes;
    }

    long sendBuffer() {
        return sendBuffer;
    }

    void countDrop(String reason) {
        driver.command((session, now) -> session.countDrop(reason));
    }

    /** A message that was taken, as the session has heard, is to be taken again. */
    void notTaken(byte[] message) {
        consumed.addAndGet(-DataChannels.held(message.length));
    }

    void taken(byte[] message) {
        taken(DataChannels.held(message.length));
    }

    /**
     * The sender's window opens again as the application takes what came, so that one that stops taking stops the peer.
     */
    void taken(int held) {
        if (held > 0 && consumed.addAndGet(held) >= CONSUMED_STEP) {
            long n = consumed.getAndSet(0);
            driver.command((session, now) -> session.data().messagesConsumed(n));
        }
    }

    /**
     * webrtc-pc §6.2: {@code datachannel} first, the channel open already; {@code open} in a task of its own; messages
     * after that.
     */
    private void incoming(DataChannelEvent.Incoming in) {
        RTCDataChannel channel =
                new RTCDataChannel(this, in.channel(), in.parameters(), in.streamId(), RTCDataChannelState.OPEN);
        synchronized (lock) {
            channels.put(in.channel(), channel);
            opened++;
        }
        onIncoming.accept(new RTCDataChannelEvent(channel));
        tasks.postNext(() -> channel.announceOpen(null));
    }

    private void closed(DataChannelEvent.Closed c) {
        RTCDataChannel channel;
        synchronized (lock) {
            channel = channels.remove(c.channel());
            closed += channel == null ? 0 : 1;
        }
        if (channel != null) {
            channel.announceClosed(
                    c.error() == null
                            ? null
                            : new RTCError(
                                    c.sctpCauseCode() != null
                                            ? RTCErrorDetailType.SCTP_FAILURE
                                            : RTCErrorDetailType.DATA_CHANNEL_FAILURE,
                                    null,
                                    c.sctpCauseCode(),
                                    null,
                                    null,
                                    c.error()));
        }
    }

    private void transportState(RTCSctpTransportState state, Integer maxChannels) {
        RTCSctpTransport t;
        boolean changed;
        synchronized (lock) {
            t = sctp;
            changed = t != null && t.setState(state, maxChannels);
        }
        if (changed) {
            t.fireStateChange();
        }
    }

    /** The connection was closed. Under the lock. */
    void close() {
        channels.values().forEach(RTCDataChannel::closeSilently);
        channels.clear();
        if (sctp != null) {
            sctp.setState(RTCSctpTransportState.CLOSED, null);
            sctp.release();
        }
    }
}
