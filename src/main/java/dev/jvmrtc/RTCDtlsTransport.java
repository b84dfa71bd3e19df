package dev.jvmrtc;

import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.EventTarget;
import dev.jvmrtc.dom.EventType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** A DTLS transport (webrtc-pc §5.5). Any thread may call any method. */
public final class RTCDtlsTransport extends EventTarget {
    /** {@link #getState} has changed. */
    public static final EventType<Event> STATE_CHANGE = EventType.of("statechange", Event.class);
    /** The handshake or the transport has failed. */
    public static final EventType<RTCErrorEvent> ERROR = EventType.of("error", RTCErrorEvent.class);

    private final Object lock;
    private final RTCIceTransport iceTransport;
    private RTCDtlsTransportState state = RTCDtlsTransportState.NEW;
    private List<byte[]> remoteCertificates = List.of();

    RTCDtlsTransport(Object lock) {
        this.lock = lock;
        this.iceTransport = new RTCIceTransport(lock);
    }

    /** {@return the ICE transport below, always the same} */
    public RTCIceTransport getIceTransport() {
        return iceTransport;
    }

    /** {@return how far the handshake is; {@code new} at first} */
    public RTCDtlsTransportState getState() {
        synchronized (lock) {
            return state;
        }
    }

    /** {@return the peer's certificate chain in DER, its own first; empty before {@code connected}} */
    public List<ByteBuffer> getRemoteCertificates() {
        synchronized (lock) {
            return remoteCertificates.stream()
                    .map(c -> ByteBuffer.wrap(c.clone()))
                    .toList();
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

    /**
     * Sets the one handler of {@code error}: the handshake or the transport has failed.
     *
     * @param handler gets why, with the alert; null clears it
     */
    public void onError(Consumer<? super RTCErrorEvent> handler) {
        setHandler(ERROR, handler);
    }

    boolean setState(RTCDtlsTransportState newState, List<byte[]> certificates) {
        boolean changed = state != newState;
        state = newState;
        remoteCertificates = certificates;
        return changed;
    }

    void fireStateChange() {
        fire(STATE_CHANGE, new Event("statechange"));
    }

    void fireError(RTCError error) {
        fire(ERROR, new RTCErrorEvent(error));
    }

    void release() {
        clearListeners();
        iceTransport.release();
    }
}
