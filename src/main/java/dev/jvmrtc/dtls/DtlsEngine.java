package dev.jvmrtc.dtls;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.wire.LentBytes;
import java.util.List;
import java.util.Map;

/**
 * One DTLS association, seen from the session: datagrams and time in, datagrams, data and events out. No type of the
 * library behind it appears here.
 */
public interface DtlsEngine extends ProtocolCore<DtlsEvent> {

    /** Receives what is to be sent; the bytes are lent for the duration of the call. */
    @FunctionalInterface
    interface Output {
        void send(byte[] data, int offset, int length);
    }

    /** Makes engines. */
    @FunctionalInterface
    interface Factory {
        DtlsEngine create(DtlsIdentity identity, Output output);
    }

    /**
     * Begins the handshake; the path to the peer works and its fingerprints are known. At least one fingerprint must
     * match the peer's certificate, else the association ends before any key leaves it.
     */
    void start(long nowNanos, DtlsRole role, List<Fingerprint> peerFingerprints);

    /**
     * A datagram of the range 20 … 63 (RFC 7983). What it makes our code throw comes out of this call, before it has
     * proved to be the peer's. A few are held before {@link #start} or while the handshake computes: what one of these
     * makes our code throw costs that datagram, in whatever call it is handled. What is decrypted may be decrypted in
     * place.
     */
    void handleDatagram(long nowNanos, LentBytes datagram);

    /** Encrypts and sends application data; false where the association is not connected. */
    boolean send(byte[] data, int offset, int length);

    /** What was dropped, by reason. */
    default Map<String, Long> dropCounts() {
        return Map.of();
    }

    /** Sends close_notify where connected, and releases everything; no data is polled afterwards. */
    void close();

    /**
     * Gives back what has been lent to it, as a handshake's thread: what is around it has failed, or it has. Says
     * nothing to the peer, tells no event, can be called again and after {@link #close}, and throws nothing.
     */
    void abandon();
}
