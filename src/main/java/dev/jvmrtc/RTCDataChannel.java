package dev.jvmrtc;

import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannels;
import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.EventTarget;
import dev.jvmrtc.dom.EventType;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.task.ApiFuture;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * A bidirectional channel for messages (webrtc-pc §6.2). Any thread may call any method; events come on the
 * connection's executor.
 */
public final class RTCDataChannel extends EventTarget {
    /** The channel can send. */
    public static final EventType<Event> OPEN = EventType.of("open", Event.class);
    /** The peer has sent a message. */
    public static final EventType<MessageEvent> MESSAGE = EventType.of("message", MessageEvent.class);
    /** {@link #getBufferedAmount} has fallen to the threshold or below. */
    public static final EventType<Event> BUFFERED_AMOUNT_LOW = EventType.of("bufferedamountlow", Event.class);
    /** The channel has failed; {@code close} follows. */
    public static final EventType<RTCErrorEvent> ERROR = EventType.of("error", RTCErrorEvent.class);
    /** The peer, or the end of the association, begins to close the channel. */
    public static final EventType<Event> CLOSING = EventType.of("closing", Event.class);
    /** The channel is closed. */
    public static final EventType<Event> CLOSE = EventType.of("close", Event.class);

    /** Bytes that may wait to leave while {@link #sendAsync} takes another message at once. */
    public static final long SEND_AHEAD = 1L << 20;

    /** Messages that are handed over in one task where they come as buffers. */
    private static final int MESSAGES_AT_ONCE = 64;

    /** A message of {@code sendAsync} that has not been taken yet. */
    private record Waiting(boolean binary, byte[] data, ApiFuture<Void> taken) {}

    private final DataChannelSlots slots;
    private final int handle;
    private final ChannelParameters parameters;
    private Integer id;
    private RTCDataChannelState readyState;
    private long bufferedAmount;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private DataChannelStreams streams;
    private DataChannelPublisher publisher;
    private ChannelReader reader;
    /** Where messages come in as buffers, once a handler of buffers has been set. */
    final MessageInbox inbox;

    private volatile boolean buffersTaken;
    private final EarlyMessages early;
    /** What was held has gone to the present reader, and no more comes after it. Written under the lock. */
    private volatile boolean earlyRead;

    private boolean readerEnded;
    /** Why it closed, where that was nobody's wish. */
    private RTCError closedBy;

    private long bufferedAmountLowThreshold;
    long messagesSent;
    long bytesSent;
    long messagesReceived;
    long bytesReceived;
    boolean openFired;

    RTCDataChannel(
            DataChannelSlots slots,
            int handle,
            ChannelParameters parameters,
            Integer id,
            RTCDataChannelState readyState) {
        this.slots = slots;
        this.handle = handle;
        this.parameters = parameters;
        this.id = id;
        this.readyState = readyState;
        this.early = new EarlyMessages(slots.earlyBytes, () -> slots.countDrop(EarlyMessages.DROPPED));
        this.inbox = new MessageInbox(() -> slots.post(this::readInbox));
        holdEvents(slots::post);
    }

    /** {@return the label that the channel was created with} May be empty; several channels may have the same. */
    public String getLabel() {
        return parameters.label();
    }

    /** {@return whether messages arrive in order} By default true. */
    public boolean isOrdered() {
        return parameters.ordered();
    }

    /** {@return milliseconds for which a message is resent, or null for ever} */
    public Integer getMaxPacketLifeTime() {
        return parameters.maxPacketLifeTimeMillis();
    }

    /** {@return how often a message is resent, or null for any number of times} */
    public Integer getMaxRetransmits() {
        return parameters.maxRetransmits();
    }

    /** {@return the subprotocol that the channel was created with; empty by default} */
    public String getProtocol() {
        return parameters.protocol();
    }

    /** {@return whether both sides have created the channel themselves, with one id} */
    public boolean isNegotiated() {
        return parameters.negotiated();
    }

    /** {@return its share of what is sent beside other channels (webrtc-priority §4.3)} */
    public RTCPriorityType getPriority() {
        return RTCPriorityType.ofChannel(parameters.priority());
    }

    /**
     * {@return the SCTP stream, 0 … 65534, or null while it has not been chosen} That is when the role of DTLS is
     * known.
     */
    public Integer getId() {
        synchronized (slots.lock) {
            return id;
        }
    }

    /** {@return whether it can send, or why not} Changes in tasks only, to {@code closing} also in {@link #close()}. */
    public RTCDataChannelState getReadyState() {
        synchronized (slots.lock) {
            return readyState;
        }
    }

    /**
     * {@return bytes given to {@code send} that have not left for the network} Grows in {@code send}, shrinks between
     * callbacks.
     */
    public long getBufferedAmount() {
        synchronized (slots.lock) {
            return bufferedAmount;
        }
    }

    /** {@return what {@link #setBufferedAmountLowThreshold} has set, in bytes; 0 at first} */
    public long getBufferedAmountLowThreshold() {
        synchronized (slots.lock) {
            return bufferedAmountLowThreshold;
        }
    }

    /**
     * Sets when {@code bufferedamountlow} is fired: when {@link #getBufferedAmount} falls to this or below.
     *
     * @param bytes default 0
     */
    public void setBufferedAmountLowThreshold(long bytes) {
        synchronized (slots.lock) {
            bufferedAmountLowThreshold = bytes;
        }
    }

    /** {@return always {@code arraybuffer}: binary messages come as {@link ByteBuffer}} */
    public String getBinaryType() {
        return "arraybuffer";
    }

    /**
     * Sends a text message. Errors as in {@link #send(byte[])}.
     *
     * @param data sent as UTF-8
     */
    public void send(String data) {
        enqueue(false, data.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends a binary message; the array is copied.
     *
     * @param data any number of bytes, none too
     * @throws RTCException {@code InvalidStateError} unless the channel is open; {@code OperationError} when the
     *     connection's send buffer is full, see {@link RTCPeerConnectionFactory.Builder#dataSendBuffer}
     * @throws RTCTypeError where the message is larger than the peer takes, see
     *     {@link RTCSctpTransport#getMaxMessageSize()}
     */
    public void send(byte[] data) {
        enqueue(true, data.clone());
    }

    /**
     * Sends what remains in the buffer as a binary message. Errors as in {@link #send(byte[])}.
     *
     * @param data copied; its position stays
     */
    public void send(ByteBuffer data) {
        byte[] copy = new byte[data.remaining()];
        data.duplicate().get(copy);
        enqueue(true, copy);
    }

    /**
     * Sends a binary message, copied, as soon as fewer than {@link #SEND_AHEAD} bytes wait to leave: for senders that
     * have more than the network takes. Messages leave in the order of the calls; those of {@link #send} do not wait
     * behind them. Not of W3C.
     *
     * @param data copied before this returns
     * @return completes when the message has been taken and the next may come; fails with what {@code send} would
     *     throw, also where the connection's send buffer is full because the caller did not wait
     */
    public CompletableFuture<Void> sendAsync(byte[] data) {
        return data == null ? nothing() : sendOwned(data.clone());
    }

    /**
     * As {@link #sendAsync(byte[])}, for what remains in a buffer.
     *
     * @param data copied before this returns; its position stays
     * @return as there
     */
    public CompletableFuture<Void> sendAsync(ByteBuffer data) {
        if (data == null) {
            return nothing();
        }
        byte[] copy = new byte[data.remaining()];
        data.duplicate().get(copy);
        return sendOwned(copy);
    }

    /**
     * As {@link #sendAsync(byte[])}, for a text message.
     *
     * @param data sent as UTF-8
     * @return as there
     */
    public CompletableFuture<Void> sendAsync(String data) {
        return data == null ? nothing() : sendWhenPossible(false, data.getBytes(StandardCharsets.UTF_8), false);
    }

    private CompletableFuture<Void> nothing() {
        ApiFuture<Void> failed = slots.newFuture();
        failed.settleFailed(new RTCTypeError("there is no message to send: null"));
        return failed;
    }

    /**
     * Sends what remains in the buffer as a binary message without making a copy of it, and tells when the peer has it.
     * Not of W3C.
     *
     * <p>The buffer, on the heap or direct, is read by the connection until the future is complete, and its content is
     * not to be changed before. Then, and however the future ends, it is free: to be filled again, or to be given back
     * to its pool, as in {@code channel.sendZeroCopy(buf.nioBuffer()).whenComplete((v, e) -> buf.release())} with a
     * {@code ByteBuf} of Netty. The position stays. The message waits in order with those of {@link #send}.
     *
     * @param data what remains in it is sent; its position stays
     * @return completes on the connection's executor when the peer's SCTP has acknowledged all of the message; fails
     *     with an {@link RTCException}, an {@code OperationError} where the message was given up (see
     *     {@link #getMaxRetransmits}, {@link #getMaxPacketLifeTime}) or the channel or the connection has ended before,
     *     and otherwise at once with what {@link #send(byte[])} would throw
     */
    public CompletableFuture<Void> sendZeroCopy(ByteBuffer data) {
        if (data == null) {
            return nothing();
        }
        ApiFuture<Void> free = slots.newFuture();
        synchronized (slots.lock) {
            try {
                reserve(data.remaining());
                enqueueReserved(true, data.slice(), slots.receiptFor(SendReceipt.of(free)));
            } catch (RTCException | RTCTypeError e) {
                free.settleFailed(e);
            }
        }
        return free;
    }

    /**
     * Sends what is readable in a buffer as a binary message without making a copy of it. The buffer belongs to the
     * connection from this call on, as with the writes of Netty: it is released once, when the peer has acknowledged
     * all of the message, when the message was given up or its channel or connection has ended, and also where this
     * call throws. Whoever wants to keep it retains it before; nobody changes what is in it meanwhile. Its indexes
     * stay. The message waits in order with those of {@link #send(byte[])}. Not of W3C.
     *
     * @param data on the heap or direct; released by the connection, on any thread
     * @throws RTCException as {@link #send(byte[])}
     * @throws RTCTypeError as {@link #send(byte[])}
     */
    public void send(ByteBuf data) {
        try {
            ByteBuffer bytes = data.nioBuffer();
            synchronized (slots.lock) {
                reserve(bytes.remaining());
                enqueueReserved(true, bytes, slots.receiptFor(SendReceipt.of(data)));
            }
        } catch (Throwable e) {
            data.release();
            throw e;
        }
    }

    private CompletableFuture<Void> sendOwned(byte[] data) {
        return sendWhenPossible(true, data, false);
    }

    /** Sends an array that nobody changes any more as soon as the channel is open and has room. */
    CompletableFuture<Void> sendOwnedWhenOpen(byte[] data) {
        return sendWhenPossible(true, data, true);
    }

    private CompletableFuture<Void> sendWhenPossible(boolean binary, byte[] data, boolean waitForOpen) {
        synchronized (slots.lock) {
            ApiFuture<Void> taken = slots.newFuture();
            try {
                boolean connecting = waitForOpen && readyState == RTCDataChannelState.CONNECTING;
                if (waiting.isEmpty()
                        && !connecting
                        && (bufferedAmount < SEND_AHEAD || readyState != RTCDataChannelState.OPEN)) {
                    enqueue(binary, data);
                    taken.settle(null);
                    return taken;
                }
                if (!connecting) {
                    requireSendable(data.length);
                }
                if (!slots.reserve(data.length)) {
                    throw new RTCException(
                            "OperationError",
                            "more than " + slots.sendBuffer()
                                    + " bytes wait to be sent: wait for the futures of sendAsync");
                }
                waiting.add(new Waiting(binary, data, taken));
                waitingBytes += data.length;
            } catch (RTCException | RTCTypeError e) {
                taken.settleFailed(e);
            }
            return taken;
        }
    }

    /** Takes what has waited and has room now; to be settled outside the lock. */
    private List<Waiting> takeWaiting() {
        List<Waiting> taken = new ArrayList<>();
        while (!waiting.isEmpty() && bufferedAmount < SEND_AHEAD && readyState == RTCDataChannelState.OPEN) {
            Waiting w = waiting.poll();
            waitingBytes -= w.data.length;
            enqueueReserved(w.binary, ByteBuffer.wrap(w.data), DataChannels.NO_RECEIPT);
            taken.add(w);
        }
        return taken;
    }

    /** The channel is not open any more. */
    private void failWaiting() {
        RTCException e = new RTCException("InvalidStateError", "the channel was closed before the message could leave");
        takeAllWaiting().forEach(w -> w.taken.settleFailed(e));
    }

    private List<Waiting> takeAllWaiting() {
        List<Waiting> failed;
        synchronized (slots.lock) {
            failed = List.copyOf(waiting);
            waiting.clear();
            slots.unreserve(waitingBytes);
            waitingBytes = 0;
        }
        return failed;
    }

    /**
     * Makes a stream of bytes in each direction of the channel; {@code message} is not fired from now on. What nobody
     * has listened to yet, see {@link #onMessage}, is read first. Idempotent. Not of W3C.
     *
     * @return the streams, the same at each call
     * @throws RTCException {@code InvalidStateError} where there is a publisher already
     */
    public DataChannelStreams openStreams() {
        DataChannelStreams opened;
        synchronized (slots.lock) {
            requireNoBuffers();
            if (publisher != null) {
                throw new RTCException(
                        "InvalidStateError",
                        "the messages of this channel go to its publisher: open streams or a publisher, not both");
            }
            if (streams == null) {
                streams = new DataChannelStreams(this);
                reader = streams.reader();
            }
            opened = streams;
        }
        slots.post(this::readEarlyMessages);
        return opened;
    }

    /**
     * Makes the channel a publisher of its messages, for one subscriber; {@code message} is not fired from now on, and
     * what nobody has listened to yet comes first, as with {@link #openStreams}. The subscriber is called on the
     * connection's executor; a message that it has not requested fills the connection's receive buffer, and so slows
     * the peer. It completes when the channel is closed, with an {@link RTCError} where that was nobody's wish.
     * Idempotent. Not of W3C.
     *
     * @return the publisher, the same at each call
     * @throws RTCException {@code InvalidStateError} where there are streams already
     */
    public Flow.Publisher<MessageEvent> openPublisher() {
        DataChannelPublisher opened;
        synchronized (slots.lock) {
            requireNoBuffers();
            if (streams != null) {
                throw new RTCException(
                        "InvalidStateError",
                        "the messages of this channel go to its streams: open streams or a publisher, not both");
            }
            if (publisher == null) {
                publisher = new DataChannelPublisher(this);
                reader = publisher;
            }
            opened = publisher;
        }
        slots.post(this::readEarlyMessages);
        return opened;
    }

    /** Takes messages as counted buffers, see {@link #onMessageBuffer}. */
    @FunctionalInterface
    public interface MessageBufferHandler {
        /**
         * A message has come. On the connection's executor.
         *
         * @param data the message, UTF-8 where it is text; lent for the duration of the call: whoever keeps it longer
         *     retains it, and releases it once. Not to be written to
         * @param binary whether the message is binary; else it is text
         */
        void message(ByteBuf data, boolean binary);
    }

    /**
     * The one handler of messages as counted buffers, without a copy where that pays; {@code message} is not fired from
     * now on. What nobody has listened to yet, see {@link #onMessage}, comes first. Not of W3C.
     *
     * @param handler called for each message; null for {@code message} events again
     * @throws RTCException {@code InvalidStateError} where the channel has streams or a publisher
     */
    public void onMessageBuffer(MessageBufferHandler handler) {
        synchronized (slots.lock) {
            if (streams != null || publisher != null) {
                throw new RTCException(
                        "InvalidStateError",
                        "the messages of this channel go to its streams or its publisher: handle buffers, or have those");
            }
            reader = handler == null ? null : new BufferReader(handler);
            earlyRead = false;
            buffersTaken |= handler != null;
        }
        slots.takeBuffers(this.handle, handler != null);
        if (handler != null) {
            slots.post(this::readEarlyMessages);
        }
    }

    private void requireNoBuffers() {
        if (reader instanceof BufferReader) {
            throw new RTCException(
                    "InvalidStateError",
                    "the messages of this channel go to a handler of buffers: clear that with onMessageBuffer(null) first");
        }
    }

    /** Whether messages have come as buffers, or will: then all go one way, in their order. */
    boolean takesBuffers() {
        return buffersTaken;
    }

    /**
     * A subscriber that sends each buffer as a binary message, copied, and requests more as the network takes them. The
     * channel is closed when the publisher completes or fails; what fails to be sent cancels the subscription. Not of
     * W3C.
     *
     * @return a new subscriber
     */
    public Flow.Subscriber<ByteBuffer> newSubscriber() {
        return new DataChannelSubscriber(this);
    }

    /** The application has taken a message that a reader had accepted. */
    void taken(byte[] message) {
        slots.taken(message);
    }

    void post(Runnable task) {
        slots.post(task);
    }

    private void enqueue(boolean binary, byte[] data) {
        synchronized (slots.lock) {
            reserve(data.length);
            enqueueReserved(binary, ByteBuffer.wrap(data), DataChannels.NO_RECEIPT);
        }
    }

    private void reserve(int length) {
        requireSendable(length);
        if (!slots.reserve(length)) {
            throw new RTCException(
                    "OperationError",
                    "more than " + slots.sendBuffer()
                            + " bytes wait to be sent: watch bufferedAmount and go on at bufferedamountlow");
        }
    }

    private void enqueueReserved(boolean binary, ByteBuffer data, long receipt) {
        bufferedAmount += data.remaining();
        messagesSent++;
        bytesSent += data.remaining();
        slots.sendMessage(handle, binary, data, receipt);
    }

    private void requireSendable(int length) {
        if (readyState != RTCDataChannelState.OPEN) {
            throw new RTCException(
                    "InvalidStateError",
                    "the channel is " + readyState + ": wait for the open event, and stop sending after close");
        }
        double max = slots.maxMessageSize();
        if (length > max) {
            throw new RTCTypeError("a message of " + length + " bytes is larger than the " + (long) max
                    + " that the peer takes (sctp.maxMessageSize): send it in parts");
        }
    }

    /**
     * Closes the channel when all that was sent has left; {@code close} follows. What {@code sendAsync} has not taken
     * fails. Idempotent.
     */
    public void close() {
        synchronized (slots.lock) {
            if (readyState == RTCDataChannelState.CLOSING || readyState == RTCDataChannelState.CLOSED) {
                return;
            }
            readyState = RTCDataChannelState.CLOSING;
            slots.closeChannel(handle);
        }
        failWaiting();
    }

    /**
     * Sets the one handler of {@code open}: the channel can send.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onOpen(Consumer<? super Event> handler) {
        setHandler(OPEN, handler);
    }

    /**
     * Sets the one handler of {@code message}. Messages that have come before anybody listened are held for the first
     * handler, at most 64 KiB of them; what is beyond that, and all that follows, is dropped and counted until then,
     * see {@link RTCPeerConnection#getDropCounts()}. Nobody has to listen: a channel without a handler does not slow
     * the others. All that a connection holds so, of channels and tracks together, is at most 4 MiB.
     *
     * @param handler gets the message; null clears it
     */
    public void onMessage(Consumer<? super MessageEvent> handler) {
        setHandler(MESSAGE, handler);
    }

    /**
     * Sets the one handler of {@code bufferedamountlow}: {@link #getBufferedAmount} has fallen to the threshold or
     * below.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onBufferedAmountLow(Consumer<? super Event> handler) {
        setHandler(BUFFERED_AMOUNT_LOW, handler);
    }

    /**
     * Sets the one handler of {@code error}: the channel has failed; {@code close} follows.
     *
     * @param handler gets why; null clears it
     */
    public void onError(Consumer<? super RTCErrorEvent> handler) {
        setHandler(ERROR, handler);
    }

    /**
     * Sets the one handler of {@code closing}: the peer, or the end of the association, begins to close the channel.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onClosing(Consumer<? super Event> handler) {
        setHandler(CLOSING, handler);
    }

    /**
     * Sets the one handler of {@code close}: the channel is closed.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onClose(Consumer<? super Event> handler) {
        setHandler(CLOSE, handler);
    }

    @Override
    public String toString() {
        return "RTCDataChannel[" + getLabel() + ", " + getReadyState() + ", id " + getId() + "]";
    }

    // ---------------------------------------------------------------- the connection's side: called in tasks

    /** webrtc-pc §6.2, "announce the data channel as open". */
    void announceOpen(Integer streamId) {
        List<Waiting> taken;
        synchronized (slots.lock) {
            if (streamId != null) {
                id = streamId;
            }
            if (readyState == RTCDataChannelState.CLOSING || readyState == RTCDataChannelState.CLOSED || openFired) {
                return;
            }
            readyState = RTCDataChannelState.OPEN;
            openFired = true;
            taken = takeWaiting();
            if (reader instanceof BufferReader) {
                slots.takeBuffers(handle, true); // there was no channel in the session before
            }
        }
        taken.forEach(w -> w.taken.settle(null));
        fire(OPEN, new Event("open"));
    }

    /** Hands a message over; false where it is read later, and only then {@link #taken}. */
    boolean deliver(boolean binary, byte[] data) {
        ChannelReader r;
        synchronized (slots.lock) {
            messagesReceived++;
            bytesReceived += data.length;
            // §6.2 "receive messages on a data channel": "If channel's [[ReadyState]] is not open, abort".
            if (readyState != RTCDataChannelState.OPEN) {
                return true;
            }
            r = reader;
        }
        if (r != null) {
            if (!earlyRead) {
                readEarlyMessages();
            }
            return !r.accept(binary, data);
        }
        fire(MESSAGE, messageEvent(binary, data));
        return true;
    }

    /** Hands over what has come as buffers. In a task. */
    private void readInbox() {
        inbox.begin();
        for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
            MessageInbox.Message m = inbox.poll();
            if (m == null) {
                return;
            }
            int keeps = 0;
            try {
                keeps = read(m);
            } finally {
                m.data().release();
                slots.taken(m.held() - keeps);
            }
        }
        inbox.goOn(); // other tasks have their turn first
    }

    /** Hands a message over; gives back the bytes of the receive window that a reader fills with it from now on. */
    private int read(MessageInbox.Message m) {
        ChannelReader r;
        boolean open;
        synchronized (slots.lock) {
            messagesReceived++;
            bytesReceived += m.data().readableBytes();
            open = readyState == RTCDataChannelState.OPEN;
            r = reader;
        }
        if (!open) {
            return 0;
        }
        if (r != null && !earlyRead) {
            readEarlyMessages();
        }
        if (r instanceof BufferReader b) {
            b.lend(m.binary(), m.data());
            return 0;
        }
        // There is no handler of buffers any more.
        byte[] bytes = ByteBufUtil.getBytes(m.data());
        if (r != null) {
            return r.accept(m.binary(), bytes) ? DataChannels.held(bytes.length) : 0;
        }
        fire(MESSAGE, messageEvent(m.binary(), bytes));
        return 0;
    }

    private static MessageEvent messageEvent(boolean binary, byte[] data) {
        return new MessageEvent(binary ? ByteBuffer.wrap(data) : new String(data, StandardCharsets.UTF_8));
    }

    /**
     * A reader takes what was held for a handler of {@code message}, and hears that the channel is closed if it is. In
     * a task.
     */
    private void readEarlyMessages() {
        ChannelReader r;
        boolean closed;
        synchronized (slots.lock) {
            r = reader;
            closed = readyState == RTCDataChannelState.CLOSED;
        }
        if (r == null) {
            return; // a handler of buffers that was cleared before it was called
        }
        for (Object event : takeHeld(MESSAGE)) {
            MessageEvent m = (MessageEvent) event;
            byte[] data = payload(m);
            slots.notTaken(data);
            if (!r.accept(m.isBinary(), data)) {
                slots.taken(data);
            }
        }
        synchronized (slots.lock) {
            earlyRead = reader == r; // else another reader has come meanwhile, and looks for itself
        }
        if (closed && !readerEnded) {
            readerEnded = true;
            r.end(closedBy);
        }
    }

    private static byte[] payload(MessageEvent m) {
        return m.isBinary() ? m.bytes().array() : m.text().getBytes(StandardCharsets.UTF_8);
    }

    void decreaseBufferedAmount(long bytes) {
        boolean low;
        List<Waiting> taken;
        synchronized (slots.lock) {
            boolean wasAbove = bufferedAmount > bufferedAmountLowThreshold;
            long left = Math.min(bytes, bufferedAmount); // an OPEN has left, too
            bufferedAmount -= left;
            slots.unreserve(left);
            low = wasAbove && bufferedAmount <= bufferedAmountLowThreshold;
            taken = waiting.isEmpty() ? List.of() : takeWaiting();
        }
        taken.forEach(w -> w.taken.settle(null));
        if (low) {
            fire(BUFFERED_AMOUNT_LOW, new Event("bufferedamountlow"));
        }
    }

    void announceClosing() {
        synchronized (slots.lock) {
            if (readyState != RTCDataChannelState.OPEN && readyState != RTCDataChannelState.CONNECTING) {
                return;
            }
            readyState = RTCDataChannelState.CLOSING;
        }
        fire(CLOSING, new Event("closing"));
    }

    void announceClosed(RTCError error) {
        synchronized (slots.lock) {
            if (readyState == RTCDataChannelState.CLOSED) {
                return;
            }
            readyState = RTCDataChannelState.CLOSED;
            closedBy = error;
            slots.unreserve(bufferedAmount);
        }
        endReading();
        if (error != null) {
            fire(ERROR, new RTCErrorEvent(error));
        }
        fire(CLOSE, new Event("close"));
        clearListeners();
        early.close();
        inbox.close();
    }

    /** The connection was closed: webrtc-pc §4.4.2 sets the state and fires nothing here. */
    void closeSilently() {
        readyState = RTCDataChannelState.CLOSED;
        slots.postSettlement(() -> {
            RTCException e =
                    new RTCException("InvalidStateError", "the connection was closed before the message could leave");
            takeAllWaiting().forEach(w -> w.taken.abandon(e));
            endReading();
        });
        clearListeners();
        forgetHeld();
        inbox.close();
    }

    private void endReading() {
        failWaiting();
        boolean read;
        synchronized (slots.lock) {
            read = reader != null;
        }
        if (read) {
            readEarlyMessages();
        }
    }

    @Override
    protected boolean isStillTrue(EventType<?> type, Object event) {
        synchronized (slots.lock) {
            return type != BUFFERED_AMOUNT_LOW || bufferedAmount <= bufferedAmountLowThreshold;
        }
    }

    @Override
    protected boolean takeRoom(EventType<?> type, Object event, int alreadyHeld) {
        return event instanceof MessageEvent m
                ? early.take(payload(m).length, alreadyHeld)
                : super.takeRoom(type, event, alreadyHeld);
    }

    @Override
    protected void giveRoomBack(EventType<?> type, Object event) {
        if (event instanceof MessageEvent m) {
            early.giveBack(payload(m).length);
        }
    }

    /** Whether the event that tells the application of the channel is held. */
    void setUnannounced(boolean value) {
        early.setUnannounced(value);
    }

    int handle() {
        return handle;
    }
}
