package dev.jvmrtc;

import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.EventTarget;
import dev.jvmrtc.dom.EventType;
import java.util.function.Consumer;

/** The SCTP transport under the data channels (webrtc-pc §6.1). Any thread may call any method. */
public final class RTCSctpTransport extends EventTarget {
    /** {@link #getState} has changed. */
    public static final EventType<Event> STATE_CHANGE = EventType.of("statechange", Event.class);

    private final Object lock;
    private RTCDtlsTransport transport;
    private RTCSctpTransportState state = RTCSctpTransportState.CONNECTING;
    private double maxMessageSize;
    private Integer maxChannels;

    RTCSctpTransport(Object lock, RTCDtlsTransport transport) {
        this.lock = lock;
        this.transport = transport;
    }

    /** {@return the DTLS transport below} */
    public RTCDtlsTransport getTransport() {
        synchronized (lock) {
            return transport;
        }
    }

    /** {@return how far the association is; {@code connecting} at first} */
    public RTCSctpTransportState getState() {
        synchronized (lock) {
            return state;
        }
    }

    /**
     * {@return the largest message that the peer takes, in bytes; positive infinity where it names no limit} (RFC 8841
     * §6)
     */
    public double getMaxMessageSize() {
        synchronized (lock) {
            return maxMessageSize;
        }
    }

    /**
     * {@return channels that the peer may have open at once, see
     * {@link RTCPeerConnectionFactory.Builder#maxDataChannels}; null before {@code connected}}
     */
    public Integer getMaxChannels() {
        synchronized (lock) {
            return maxChannels;
        }
    }

    /**
     * Sets the one handler of {@code statechange}: {@link #getState} has changed.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onStateChange(Consumer<? super Event> handler) {
        setHandler(STATE_CHANGE, handler);
    }

    void setTransport(RTCDtlsTransport newTransport, long maxMessage) {
        transport = newTransport;
        maxMessageSize = maxMessage == 0 ? Double.POSITIVE_INFINITY : maxMessage;
    }

    boolean setState(RTCSctpTransportState newState, Integer channels) {
        boolean changed = state != newState;
        state = newState;
        if (channels != null) {
            maxChannels = channels;
        }
        return changed;
    }

    void fireStateChange() {
        fire(STATE_CHANGE, new Event("statechange"));
    }

    void release() {
        clearListeners();
    }
}
