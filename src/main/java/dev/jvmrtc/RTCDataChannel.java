package dev.jvmrtc;

import dev.jvmrtc.datachannel.ChannelParameters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A bidirectional channel for messages (webrtc-pc §6.2). Any thread may call any method; events come on the connection's executor.
 */
public final class RTCDataChannel extends EventTarget {
    public static final EventType<Event> OPEN = EventType.of("open", Event.class);
    public static final EventType<MessageEvent> MESSAGE = EventType.of("message", MessageEvent.class);
    public static final EventType<Event> BUFFERED_AMOUNT_LOW = EventType.of("bufferedamountlow", Event.class);
    public static final EventType<RTCErrorEvent> ERROR = EventType.of("error", RTCErrorEvent.class);
    public static final EventType<Event> CLOSING = EventType.of("closing", Event.class);
    public static final EventType<Event> CLOSE = EventType.of("close", Event.class);

    /** Bytes that {@code send} queues on one channel before it refuses more. */
    public static final long MAX_BUFFERED_AMOUNT = 64L << 20;

    private final DataChannelSlots slots;
    private final int handle;
    private final ChannelParameters parameters;
    private Integer id;
    private RTCDataChannelState readyState;
    private long bufferedAmount;
    private long bufferedAmountLowThreshold;
    long messagesSent;
    long bytesSent;
    long messagesReceived;
    long bytesReceived;
    boolean openFired;

    RTCDataChannel(DataChannelSlots slots, int handle, ChannelParameters parameters, Integer id, RTCDataChannelState readyState) {
        this.slots = slots;
        this.handle = handle;
        this.parameters = parameters;
        this.id = id;
        this.readyState = readyState;
    }

    public String getLabel() {
        return parameters.label();
    }

    public boolean isOrdered() {
        return parameters.ordered();
    }

    /** Milliseconds for which a message is resent, or null for ever. */
    public Integer getMaxPacketLifeTime() {
        return parameters.maxPacketLifeTimeMillis();
    }

    /** How often a message is resent, or null for any number of times. */
    public Integer getMaxRetransmits() {
        return parameters.maxRetransmits();
    }

    public String getProtocol() {
        return parameters.protocol();
    }

    public boolean isNegotiated() {
        return parameters.negotiated();
    }

    /** The SCTP stream, or null while it has not been chosen. */
    public Integer getId() {
        synchronized (slots.lock) {
            return id;
        }
    }

    public RTCDataChannelState getReadyState() {
        synchronized (slots.lock) {
            return readyState;
        }
    }

    /** Bytes given to {@code send} that have not left for the network. Grows in {@code send}, shrinks between callbacks. */
    public long getBufferedAmount() {
        synchronized (slots.lock) {
            return bufferedAmount;
        }
    }

    public long getBufferedAmountLowThreshold() {
        synchronized (slots.lock) {
            return bufferedAmountLowThreshold;
        }
    }

    /** When {@code bufferedAmount} falls to this or below, {@code bufferedamountlow} is fired. */
    public void setBufferedAmountLowThreshold(long bytes) {
        synchronized (slots.lock) {
            bufferedAmountLowThreshold = bytes;
        }
    }

    /** Always {@code arraybuffer}: binary messages come as {@link ByteBuffer}. */
    public String getBinaryType() {
        return "arraybuffer";
    }

    /** Sends a text message. Errors as in {@link #send(byte[])}. */
    public void send(String data) {
        enqueue(false, data.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends a binary message; the array is copied.
     *
     * @throws RTCException {@code InvalidStateError} unless the channel is open; {@code OperationError} when more than {@link #MAX_BUFFERED_AMOUNT} bytes wait
     * @throws RTCTypeError where the message is larger than the peer takes, see {@link RTCSctpTransport#getMaxMessageSize()}
     */
    public void send(byte[] data) {
        enqueue(true, data.clone());
    }

    /** Sends what remains in the buffer as a binary message; it is copied, and the buffer's position stays. */
    public void send(ByteBuffer data) {
        byte[] copy = new byte[data.remaining()];
        data.duplicate().get(copy);
        enqueue(true, copy);
    }

    private void enqueue(boolean binary, byte[] data) {
        synchronized (slots.lock) {
            if (readyState != RTCDataChannelState.OPEN) {
                throw new RTCException("InvalidStateError", "the channel is " + readyState + ": wait for the open event, and stop sending after close");
            }
            double max = slots.maxMessageSize();
            if (data.length > max) {
                throw new RTCTypeError("a message of " + data.length + " bytes is larger than the " + (long) max
                    + " that the peer takes (sctp.maxMessageSize): send it in parts");
            }
            if (bufferedAmount + data.length > MAX_BUFFERED_AMOUNT) {
                throw new RTCException("OperationError", "more than " + MAX_BUFFERED_AMOUNT
                    + " bytes wait to be sent: watch bufferedAmount and go on at bufferedamountlow");
            }
            bufferedAmount += data.length;
            messagesSent++;
            bytesSent += data.length;
            slots.sendMessage(handle, binary, data);
        }
    }

    /** Closes the channel when all that was sent has left; {@code close} follows. Idempotent. */
    public void close() {
        synchronized (slots.lock) {
            if (readyState == RTCDataChannelState.CLOSING || readyState == RTCDataChannelState.CLOSED) {
                return;
            }
            readyState = RTCDataChannelState.CLOSING;
            slots.closeChannel(handle);
        }
    }

    /** The one handler of {@code open}; null clears it. */
    public void onOpen(Consumer<? super Event> handler) {
        setHandler(OPEN, handler);
    }

    /** The one handler of {@code message}; null clears it. Messages that come before it is set are lost, so set it before the first callback returns. */
    public void onMessage(Consumer<? super MessageEvent> handler) {
        setHandler(MESSAGE, handler);
    }

    /** The one handler of {@code bufferedamountlow}; null clears it. */
    public void onBufferedAmountLow(Consumer<? super Event> handler) {
        setHandler(BUFFERED_AMOUNT_LOW, handler);
    }

    /** The one handler of {@code error}; null clears it. */
    public void onError(Consumer<? super RTCErrorEvent> handler) {
        setHandler(ERROR, handler);
    }

    /** The one handler of {@code closing}; null clears it. */
    public void onClosing(Consumer<? super Event> handler) {
        setHandler(CLOSING, handler);
    }

    /** The one handler of {@code close}; null clears it. */
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
        synchronized (slots.lock) {
            if (streamId != null) {
                id = streamId;
            }
            if (readyState == RTCDataChannelState.CLOSING || readyState == RTCDataChannelState.CLOSED || openFired) {
                return;
            }
            readyState = RTCDataChannelState.OPEN;
            openFired = true;
        }
        fire(OPEN, new Event("open"));
    }

    void deliver(boolean binary, byte[] data) {
        synchronized (slots.lock) {
            messagesReceived++;
            bytesReceived += data.length;
            // §6.2 "receive messages on a data channel": "If channel's [[ReadyState]] is not open, abort".
            if (readyState != RTCDataChannelState.OPEN) {
                return;
            }
        }
        fire(MESSAGE, new MessageEvent(binary ? ByteBuffer.wrap(data) : new String(data, StandardCharsets.UTF_8)));
    }

    void decreaseBufferedAmount(long bytes) {
        boolean low;
        synchronized (slots.lock) {
            boolean wasAbove = bufferedAmount > bufferedAmountLowThreshold;
            bufferedAmount = Math.max(0, bufferedAmount - bytes);
            low = wasAbove && bufferedAmount <= bufferedAmountLowThreshold;
        }
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
        }
        if (error != null) {
            fire(ERROR, new RTCErrorEvent(error));
        }
        fire(CLOSE, new Event("close"));
        clearListeners();
    }

    /** The connection was closed: webrtc-pc §4.4.2 sets the state and fires nothing here. */
    void closeSilently() {
        readyState = RTCDataChannelState.CLOSED;
        clearListeners();
    }

    int handle() {
        return handle;
    }
}
