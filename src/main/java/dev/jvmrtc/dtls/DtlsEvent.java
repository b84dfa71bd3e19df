package dev.jvmrtc.dtls;

import dev.jvmrtc.wire.LentBytes;
import java.util.List;

/** What a {@link DtlsEngine} has to tell. */
public sealed interface DtlsEvent {

    /**
     * The handshake is complete and the peer's certificate matched a fingerprint.
     *
     * @param srtpProfile null where the peer negotiated no SRTP
     * @param keyingMaterial the exporter's output (RFC 5764 §4.2), empty without SRTP
     */
    record Connected(
            SrtpProfile srtpProfile,
            byte[] keyingMaterial,
            List<byte[]> peerCertificatesDer,
            DtlsRole role,
            String cipherSuite)
            implements DtlsEvent {
        @Override
        public String toString() {
            return "Connected[" + srtpProfile + ", " + role + ", " + cipherSuite + "]";
        }
    }

    /** Decrypted application data, to be {@linkplain LentBytes#release released} by whoever has polled it. */
    record Data(LentBytes plaintext) implements DtlsEvent {}

    /**
     * The end. {@code cause} is null for a close_notify of either side; alerts are their numbers (RFC 5246 §7.2) or
     * null.
     */
    record Closed(String cause, boolean fingerprintMismatch, Integer sentAlert, Integer receivedAlert)
            implements DtlsEvent {
        public boolean isFailure() {
            return cause != null;
        }
    }
}
