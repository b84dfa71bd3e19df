package dev.jvmrtc.fuzz;

import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/**
 * DTLS without a handshake and in the clear, for targets whose attacker is the authenticated peer: what is above is
 * reached by every input.
 */
final class OpenDtls implements DtlsEngine {
    static final int APPLICATION_DATA = 23;
    private static final SrtpProfile PROFILE = SrtpProfile.AEAD_AES_128_GCM;
    /** Keys and salts of both directions are the same, so that roles do not matter. */
    private static final byte SECRET = 7;

    private final Output output;
    private final byte[] peerCertificate;
    private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>();
    private boolean open;

    OpenDtls(Output output, byte[] peerCertificate) {
        this.output = output;
        this.peerCertificate = peerCertificate;
    }

    static byte[] secret(int length) {
        byte[] s = new byte[length];
        Arrays.fill(s, SECRET);
        return s;
    }

    @Override
    public void start(long now, DtlsRole role, List<Fingerprint> peerFingerprints) {
        open = true;
        events.add(new DtlsEvent.Connected(
                PROFILE,
                secret(2 * (PROFILE.keyLength() + PROFILE.saltLength())),
                List.of(peerCertificate),
                role,
                "open"));
    }

    @Override
    public void handleDatagram(long now, LentBytes datagram) {
        if (open && datagram.length() > 1 && datagram.u8(0) == APPLICATION_DATA) {
            events.add(
                    new DtlsEvent.Data(datagram.slice(1, datagram.length() - 1).retain()));
        }
    }

    @Override
    public boolean send(byte[] data, int offset, int length) {
        if (!open) {
            return false;
        }
        byte[] d = new byte[length + 1];
        d[0] = APPLICATION_DATA;
        System.arraycopy(data, offset, d, 1, length);
        output.send(d, 0, d.length);
        return true;
    }

    @Override
    public void abandon() {
        // No thread was lent to it.
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public void handleTimeout(long now) {
        // Nothing is ever due.
    }

    @Override
    public long nextTimeoutNanos() {
        return NEVER;
    }

    @Override
    public DtlsEvent pollEvent() {
        return events.poll();
    }
}
