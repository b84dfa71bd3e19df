package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.HandshakeExecutor;
import dev.jvmrtc.dtls.SrtpProfile;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;

/**
 * DTLS 1.2 by Bouncy Castle behind {@link DtlsEngine}. The handshake runs on a lent thread that works only while the caller waits for it; afterwards records
 * are decrypted on the caller's thread. Bouncy Castle reads the system clock, so runs with this engine cannot be replayed bit by bit.
 */
public final class BcDtlsEngine implements DtlsEngine {
    /** A refused handshake thread is asked for again after this long. */
    private static final byte[] NONE = new byte[0];
    private static final long EXECUTOR_RETRY_NANOS = 50_000_000L;

    private final HandshakeExecutor executor;
    private final DtlsIdentity identity;
    private final RandomSource random;
    private final List<SrtpProfile> profiles;
    private final Rendezvous rendezvous = new Rendezvous();
    private final QueueTransport transport;
    private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>();
    /** Where the next record's plaintext goes; as large as the largest datagram so far, since idle connections are many and large records few. */
    private byte[] plain = NONE;
    /** The plaintext that the polled event lends, or null. */
    private byte[] lent;

    private HandshakeParameters parameters;
    private DtlsRole role;
    private boolean threadRunning;
    private DTLSTransport connected;
    private DTLSTransport handshakeResult;
    private Exception handshakeFailure;
    private boolean done;
    private long deadlineNanos = NEVER;
    /** A handshake that is not done by then has failed. Bouncy Castle has a limit of its own, but by the system's clock. */
    private long failAtNanos = NEVER;

    public BcDtlsEngine(DtlsIdentity identity, Output output, HandshakeExecutor executor, RandomSource random) {
        this(identity, output, executor, random, List.of(SrtpProfile.values()));
    }

    /** @param profiles the SRTP profiles to offer or take, the best first */
    public BcDtlsEngine(DtlsIdentity identity, Output output, HandshakeExecutor executor, RandomSource random, List<SrtpProfile> profiles) {
        this.identity = identity;
        this.random = random;
        this.profiles = profiles;
        this.executor = executor;
        this.transport = new QueueTransport(rendezvous, output);
    }

    @Override
    public void start(long now, DtlsRole newRole, List<Fingerprint> peerFingerprints) {
        if (role != null || done) {
            return;
        }
        role = newRole;
        failAtNanos = now + HandshakeParameters.TIMEOUT_MILLIS * 1_000_000L;
        transport.early.setServer(newRole == DtlsRole.SERVER);
        parameters = new HandshakeParameters(identity, peerFingerprints, new FastGcmCrypto(random), profiles);
        run(now);
    }

    @Override
    public void handleDatagram(long now, byte[] data, int offset, int length) {
        if (done) {
            return;
        }
        if (connected != null && transport.lend(data, offset, length)) {
            receiveRecords();
            transport.takeBack();
            return;
        }
        if (!transport.offer(data, offset, length)) {
            return;
        }
        if (connected != null) {
            receiveRecords();
        } else if (role != null) {
            run(now);
        }
    }

    @Override
    public void handleTimeout(long now) {
        if (done || connected != null || role == null) {
            return;
        }
        if (ProtocolCore.due(failAtNanos, now)) {
            fail(new IOException("no handshake within " + HandshakeParameters.TIMEOUT_MILLIS / 1_000 + " s"));
            endThread();
        } else if (ProtocolCore.due(deadlineNanos, now)) {
            if (threadRunning) {
                transport.fireTimeout();
            }
            run(now);
        }
    }

    /** Starts the handshake's thread if need be, and lets it go on until it waits for the peer or ends. */
    private void run(long now) {
        if (!threadRunning) {
            if (!executor.tryExecute(this::handshake)) {
                deadlineNanos = now + EXECUTOR_RETRY_NANOS;
                return;
            }
            threadRunning = true;
        }
        rendezvous.resume();
        if (!rendezvous.hasEnded()) {
            int wait = rendezvous.waitMillis();
            deadlineNanos = wait == 0 ? NEVER : now + wait * 1_000_000L;
            return;
        }
        deadlineNanos = NEVER;
        failAtNanos = NEVER;
        transport.handshakeDone();
        if (handshakeResult != null) {
            connected = handshakeResult;
            events.add(new DtlsEvent.Connected(parameters.profile, parameters.keyingMaterial, parameters.peerCertificates, role, parameters.cipherSuite));
            receiveRecords();
        } else if (!done) {
            fail(handshakeFailure);
        }
    }

    private void handshake() {
        rendezvous.begin();
        try {
            if (role == DtlsRole.CLIENT) {
                handshakeResult = new DTLSClientProtocol().connect(new WebRtcDtlsClient(parameters), transport);
            } else {
                DTLSServerProtocol protocol = new DTLSServerProtocol();
                protocol.setVerifyRequests(false);
                handshakeResult = protocol.accept(new WebRtcDtlsServer(parameters), transport);
            }
        } catch (Exception e) {
            handshakeFailure = e;
        } finally {
            rendezvous.end();
        }
    }

    private void receiveRecords() {
        try {
            while (connected != null && !done) {
                if (plain.length < transport.getReceiveLimit()) {
                    plain = new byte[transport.getReceiveLimit()];
                }
                int n = connected.receive(plain, 0, plain.length, 1);
                if (n >= 0) {
                    events.add(new DtlsEvent.Data(plain, n));
                    plain = NONE; // until it comes back
                }
                if (transport.isClosed()) {
                    finish(null);
                }
            }
        } catch (QueueTransport.Empty e) {
            if (transport.isClosed()) {
                finish(null);
            }
        } catch (IOException e) {
            if (transport.isClosed() && parameters.receivedAlert != null && parameters.receivedAlert == 0) {
                finish(null);
            } else {
                fail(e);
            }
        }
    }

    private void fail(Exception e) {
        String text = e instanceof TlsFatalAlertReceived ? "the peer ended DTLS with " + e.getMessage()
            : "DTLS failed: " + (e.getMessage() == null ? e.toString() : e.getMessage());
        finish(text);
    }

    private void finish(String cause) {
        if (!done) {
            done = true;
            connected = null;
            deadlineNanos = NEVER;
            failAtNanos = NEVER;
            events.add(new DtlsEvent.Closed(cause, parameters != null && parameters.fingerprintMismatch,
                parameters == null ? null : parameters.sentAlert, parameters == null ? null : parameters.receivedAlert));
        }
    }

    @Override
    public boolean send(byte[] data, int offset, int length) {
        if (connected == null || done) {
            return false;
        }
        try {
            connected.send(data, offset, length);
            return true;
        } catch (IOException e) {
            fail(e);
            return false;
        }
    }

    @Override
    public void close() {
        if (done) {
            return;
        }
        if (connected != null) {
            try {
                connected.close();
            } catch (IOException e) {
                // The alert could not be sent; the association ends all the same.
            }
        }
        done = true;
        connected = null;
        deadlineNanos = NEVER;
        failAtNanos = NEVER;
        endThread();
    }

    /** A handshake that waits for the peer wakes once more and ends. */
    private void endThread() {
        transport.close();
        if (threadRunning && !rendezvous.hasEnded()) {
            rendezvous.resume();
        }
    }

    @Override
    public long droppedDatagrams() {
        return transport.dropped;
    }

    @Override
    public long nextTimeoutNanos() {
        return ProtocolCore.soonest(deadlineNanos, failAtNanos);
    }

    @Override
    public DtlsEvent pollEvent() {
        if (lent != null && lent.length > plain.length) {
            plain = lent;
        }
        DtlsEvent e = events.poll();
        lent = e instanceof DtlsEvent.Data d ? d.data() : null;
        return e;
    }
}
