package dev.jvmrtc.sim;

import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.wire.LentBytes;
import java.util.List;
import java.util.Map;

/** Another engine, of which a test changes something. */
public abstract class ForwardingDtls implements DtlsEngine {
    private final DtlsEngine inner;

    protected ForwardingDtls(DtlsEngine inner) {
        this.inner = inner;
    }

    @Override
    public void start(long now, DtlsRole role, List<Fingerprint> peerFingerprints) {
        inner.start(now, role, peerFingerprints);
    }

    @Override
    public void handleDatagram(long now, LentBytes datagram) {
        inner.handleDatagram(now, datagram);
    }

    @Override
    public boolean send(byte[] data, int offset, int length) {
        return inner.send(data, offset, length);
    }

    @Override
    public Map<String, Long> dropCounts() {
        return inner.dropCounts();
    }

    @Override
    public void abandon() {
        inner.abandon();
    }

    @Override
    public void close() {
        inner.close();
    }

    @Override
    public void handleTimeout(long now) {
        inner.handleTimeout(now);
    }

    @Override
    public long nextTimeoutNanos() {
        return inner.nextTimeoutNanos();
    }

    @Override
    public DtlsEvent pollEvent() {
        return inner.pollEvent();
    }
}
