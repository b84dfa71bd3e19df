package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.GcmRecords;
import dev.jvmrtc.dtls.HandshakeExecutor;
import dev.jvmrtc.dtls.RecordNumbers;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.wire.Bytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;

/**
 * DTLS 1.2 by Bouncy Castle behind {@link DtlsEngine}. The handshake runs on a lent thread that works only while the caller waits for it. Afterwards all is done on
 * the caller's thread: application data under AES-GCM by {@link GcmRecords}, the rest, alerts and resent flights, by Bouncy Castle (docs/adr/0006); where another
 * cipher was negotiated, all by Bouncy Castle. It reads the system clock, so runs with this engine cannot be replayed bit by bit.
 */
public final class BcDtlsEngine implements DtlsEngine {
    private static final byte[] NONE = new byte[0];
    /** A refused handshake thread is asked for again after this long. */
    private static final long EXECUTOR_RETRY_NANOS = 50_000_000L;
    private static final int APPLICATION_DATA = 23;

    private final HandshakeExecutor executor;
    private final DtlsIdentity identity;
    private final RandomSource random;
    private final List<SrtpProfile> profiles;
    private final int[] cipherSuites;
    private final Rendezvous rendezvous = new Rendezvous();
    private final RecordNumbers numbers = new RecordNumbers();
    private final Counters drops = new Counters();
    private final DtlsEngine.Output output;
    private final QueueTransport transport;
    private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>();
    /** Where the next record's plaintext goes; as large as the largest datagram so far, since idle connections are many and large records few. */
    private byte[] plain = NONE;
    /** The plaintext that the polled event lends, or null. */
    private byte[] lent;

    private HandshakeParameters parameters;
    private DtlsRole role;
    private boolean threadRunning;
    private FastGcmCrypto crypto;
    private DTLSTransport connected;
    /** Ours, or null where Bouncy Castle does all. */
    private GcmRecords records;
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
        this(identity, output, executor, random, profiles, HandshakeParameters.CIPHER_SUITES);
    }

    /** @param cipherSuites what a client offers, the best first */
    BcDtlsEngine(DtlsIdentity identity, Output output, HandshakeExecutor executor, RandomSource random, List<SrtpProfile> profiles, int[] cipherSuites) {
        this.cipherSuites = cipherSuites;
        this.identity = identity;
        this.random = random;
        this.profiles = profiles;
        this.executor = executor;
        this.output = output;
        this.transport = new QueueTransport(rendezvous, output, numbers, drops);
    }

    @Override
    public void start(long now, DtlsRole newRole, List<Fingerprint> peerFingerprints) {
        if (role != null || done) {
            return;
        }
        role = newRole;
        failAtNanos = now + HandshakeParameters.TIMEOUT_MILLIS * 1_000_000L;
        transport.early.setServer(newRole == DtlsRole.SERVER);
        crypto = new FastGcmCrypto(random, numbers);
        parameters = new HandshakeParameters(identity, peerFingerprints, crypto, profiles, cipherSuites);
        run(now);
    }

    @Override
    public void handleDatagram(long now, byte[] data, int offset, int length) {
        if (done) {
            return;
        }
        if (connected != null) {
            receive(data, offset, length);
        } else if (transport.offer(data, offset, length) && role != null) {
            run(now);
        }
    }

    /** A datagram after the handshake. */
    private void receive(byte[] data, int offset, int length) {
        if (records == null) {
            receiveByBouncyCastle(data, offset, length);
            return;
        }
        int end = offset + length;
        for (int p = offset; p < end && !done; ) {
            int n = end - p < GcmRecords.HEADER_LENGTH ? Integer.MAX_VALUE : GcmRecords.HEADER_LENGTH + Bytes.u16(data, p + 11);
            if (n > end - p) {
                drops.count("DTLS record of a wrong length");
                return;
            }
            if (GcmRecords.isApplicationData(data, p)) {
                makeRoom(n);
                addData(records.open(data, p, n, plain));
            } else {
                receiveByBouncyCastle(data, p, n);
            }
            p += n;
        }
    }

    private void makeRoom(int length) {
        if (plain.length < length) {
            plain = new byte[length];
        }
    }

    private void addData(int length) {
        if (length >= 0) {
            events.add(new DtlsEvent.Data(plain, length));
            plain = NONE; // until it comes back
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
        List<byte[]> left = transport.handshakeDone();
        if (handshakeResult != null) {
            connected = handshakeResult;
            records = crypto.records(drops);
            events.add(new DtlsEvent.Connected(parameters.profile, parameters.keyingMaterial, parameters.peerCertificates, role, parameters.cipherSuite));
            left.forEach(d -> receive(d, 0, d.length));
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

    private void receiveByBouncyCastle(byte[] data, int offset, int length) {
        if (!transport.lend(data, offset, length)) {
            return;
        }
        try {
            while (connected != null && !done) {
                makeRoom(transport.getReceiveLimit());
                addData(connected.receive(plain, 0, plain.length, 1));
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
        } finally {
            transport.takeBack();
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
        if (records != null) {
            int n = records.seal(APPLICATION_DATA, data, offset, length);
            output.send(records.sealed(), 0, n);
            return true;
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
    public Map<String, Long> dropCounts() {
        return drops.snapshot();
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
