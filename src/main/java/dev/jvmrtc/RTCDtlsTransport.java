package dev.jvmrtc;

import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.EventTarget;
import dev.jvmrtc.dom.EventType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** A DTLS transport (webrtc-pc §5.5). Any thread may call any method. */
public final class RTCDtlsTransport extends EventTarget {
    public static final EventType<Event> STATE_CHANGE = EventType.of("statechange", Event.class);
    public static final EventType<RTCErrorEvent> ERROR = EventType.of("error", RTCErrorEvent.class);

    private final Object lock;
    private final RTCIceTransport iceTransport;
    private RTCDtlsTransportState state = RTCDtlsTransportState.NEW;
    private List<byte[]> remoteCertificates = List.of();

    RTCDtlsTransport(Object lock) {
        this.lock = lock;
        this.iceTransport = new RTCIceTransport(lock);
    }

    public RTCIceTransport getIceTransport() {
        return iceTransport;
    }

    public RTCDtlsTransportState getState() {
        synchronized (lock) {
            return state;
        }
    }

    /** The peer's certificate chain in DER, its own first; empty before {@code connected}. */
    public List<ByteBuffer> getRemoteCertificates() {
        synchronized (lock) {
            return remoteCertificates.stream()
                    .map(c -> ByteBuffer.wrap(c.clone()))
                    .toList();
        }
    }

    /** The one handler of {@code statechange}; null clears it. */
    public void onStateChange(Consumer<? super Event> handler) {
        setHandler(STATE_CHANGE, handler);
    }

    /** The one handler of {@code error}; null clears it. */
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
