package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.HandshakeExecutor;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;

/**
 * One handshake by Bouncy Castle, on a thread of its own. What it has come to may be read once the {@link Handoff} says
 * that it has ended.
 */
final class Handshake implements HandshakeExecutor.Handshake {
    /** Between its thread and the engine. */
    final Handoff handoff;
    /** What Bouncy Castle reads from and writes to. */
    final QueueTransport transport;
    /** What it computes with. */
    final FastGcmCrypto crypto;
    /** What it is to agree on, and what it has. */
    final HandshakeParameters parameters;

    private final DtlsRole role;
    /** What has come of it; null before its end, and where it has failed. */
    DTLSTransport result;
    /** Why it has failed; null where it has not. */
    Throwable failure;

    Handshake(
            DtlsRole role,
            HandshakeParameters parameters,
            FastGcmCrypto crypto,
            Handoff handoff,
            DtlsEngine.Output output) {
        this.role = role;
        this.parameters = parameters;
        this.crypto = crypto;
        this.handoff = handoff;
        this.transport = new QueueTransport(handoff, output, crypto);
    }

    @Override
    public void run() {
        try {
            if (role == DtlsRole.CLIENT) {
                result = new DTLSClientProtocol().connect(new WebRtcDtlsClient(parameters), transport);
            } else {
                DTLSServerProtocol protocol = new DTLSServerProtocol();
                protocol.setVerifyRequests(false);
                result = protocol.accept(new WebRtcDtlsServer(parameters), transport);
            }
        } catch (Throwable e) {
            failure = e; // an Error too, such as a class that is missing: otherwise nobody would ever hear of it
        } finally {
            handoff.end();
        }
    }

    @Override
    public long heardNanos() {
        return handoff.heardNanos();
    }

    @Override
    public boolean hasHeard() {
        return handoff.hasHeard();
    }

    @Override
    public boolean giveWay() {
        return handoff.giveWay();
    }
}
