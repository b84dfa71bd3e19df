package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
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
import dev.jvmrtc.wire.LentBytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlertReceived;

/**
 * DTLS 1.2 by Bouncy Castle behind {@link DtlsEngine}. The handshake runs on a lent thread, which computes while the
 * loop goes on: it says {@code wakeUp} when it has something, and {@link #handleTimeout} takes it. Without a way to
 * wake the caller, the caller waits for it. Afterwards all is done on the caller's thread: application data under
 * AES-GCM by {@link GcmRecords}, the rest, alerts and resent flights, by Bouncy Castle (docs/adr/0006); where another
 * cipher was negotiated, all by Bouncy Castle. It reads the system clock, so runs with this engine cannot be replayed
 * bit by bit.
 *
 * <p>Nothing that is not authentic ends an association: {@link RecordFilter} has what Bouncy Castle may not see, and
 * {@link NumberedCipher} what it must not think. Before there are keys nothing is authentic, and a handshake's messages
 * have to be believed. But an alert in the clear is believed only of a peer that has begun, and when nothing else comes
 * for a while; a server that cannot answer a ClientHello waits for another; and a message that is too large ends a
 * handshake when no other comes in its place ({@link OversizedMessage}).
 */
public final class BcDtlsEngine implements DtlsEngine {
    /**
     * Datagrams that wait to be processed; a flight has fewer than ten. Chromium retries its ClientHello, GStreamer
     * cuts a flight into a dozen.
     */
    static final int MAX_QUEUED = 64;
    /**
     * How long what anybody can have sent waits to be contradicted: a peer that goes on resends within a second or two.
     */
    static final long DOUBT_NANOS = 3_000_000_000L;
    /**
     * How long a server that could not answer a ClientHello waits for one that it can. DTLS is taken only from
     * addresses that have passed a check, so a stranger's comes shortly before the peer's own, which it sends as soon
     * as there is a path, and again after one, two and four seconds.
     */
    static final long UNANSWERED_NANOS = 10_000_000_000L;
    /** ClientHellos that a server tries as they come; each further one waits for {@link #ATTEMPT_NANOS}. */
    static final int MAX_ATTEMPTS = 16;

    private static final long ATTEMPT_NANOS = 250_000_000L;
    private static final byte[] NONE = new byte[0];
    /** A refused handshake thread is asked for again after this long, and after twice as long the next time. */
    private static final long EXECUTOR_RETRY_NANOS = 50_000_000L;

    private static final long MAX_EXECUTOR_RETRY_NANOS = 800_000_000L;
    /** One that has given way begins anew after this long, and after twice as long the next time. */
    private static final long GAVE_WAY_NANOS = 1_000_000_000L;

    private static final long MAX_GAVE_WAY_NANOS = 8_000_000_000L;
    private static final int ALERT = 21;
    private static final int APPLICATION_DATA = 23;

    private final HandshakeExecutor executor;
    private final DtlsIdentity identity;
    private final RandomSource random;
    private final List<SrtpProfile> profiles;
    private final int[] cipherSuites;
    private final Runnable wakeUp;
    private final Counters drops = new Counters();
    private final DtlsEngine.Output output;
    /** Replaced in tests only. */
    RecordFilter filter = new RecordFilter(drops);

    private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>();
    /** What came before {@link #start}. */
    private final ArrayDeque<byte[]> unstarted = new ArrayDeque<>(1);
    /** What the handshake is to have next. */
    private final ArrayDeque<byte[]> inbox = new ArrayDeque<>(1);
    /** The part of it that is being handed over. */
    private final ArrayDeque<byte[]> ready = new ArrayDeque<>(1);

    private final ArrayDeque<byte[]> flight = new ArrayDeque<>(1);
    /**
     * Where Bouncy Castle puts a record's plaintext; as large as the largest datagram so far, since idle connections
     * are many and large records few.
     */
    private byte[] plain = NONE;

    private List<Fingerprint> fingerprints;
    private DtlsRole role;
    private EarlyRecords early;
    /** The present one; null while none has a thread. */
    private Handshake handshake;
    /** What the present one has been given. */
    private Repeats repeats;

    private int attempts;
    /**
     * Of the ClientHello: one that begins anew says the same, since the peer may have heard it the first time. Null in
     * a server.
     */
    private byte[] clientRandom;
    /** Of the clear records that have left. */
    private long clearNumbers;
    /** Whether a message of ours has left: from then on a handshake cannot begin anew. */
    private boolean answered;

    private DTLSTransport connected;
    /** Ours, or null where Bouncy Castle does all. */
    private GcmRecords records;

    private boolean done;
    private long deadlineNanos = NEVER;
    private long executorRetryNanos = EXECUTOR_RETRY_NANOS;
    private long gaveWayNanos = GAVE_WAY_NANOS;
    /** When the alert in doubt is believed. */
    private long doubtUntilNanos = NEVER;
    /** The alert in doubt; −1 for none. */
    private int doubtfulAlert = -1;
    /** The one that could not answer its ClientHello last, and what Bouncy Castle would say to that; null for none. */
    private Handshake unanswerable;

    private long unansweredUntilNanos = NEVER;
    private final OversizedMessage oversized = new OversizedMessage();
    private final ArrayDeque<byte[]> unsaid = new ArrayDeque<>(1);
    /**
     * A handshake that is not done by then has failed. Bouncy Castle has a limit of its own, but by the system's clock.
     */
    private long failAtNanos = NEVER;

    /** One whose caller waits for the handshake's thread. */
    public BcDtlsEngine(DtlsIdentity identity, Output output, HandshakeExecutor executor, RandomSource random) {
        this(identity, output, executor, random, (Runnable) null);
    }

    /**
     * @param random of which the handshake's thread takes too; so of the kind that any thread may use, where there is a
     *     {@code wakeUp}
     * @param wakeUp asks for a call of {@link #handleTimeout} soon; called from the handshake's thread, must not block.
     *     Null where the caller is to wait
     */
    public BcDtlsEngine(
            DtlsIdentity identity, Output output, HandshakeExecutor executor, RandomSource random, Runnable wakeUp) {
        this(
                identity,
                output,
                executor,
                random,
                List.of(SrtpProfile.values()),
                HandshakeParameters.CIPHER_SUITES,
                wakeUp);
    }

    /** @param profiles the SRTP profiles to offer or take, the best first */
    public BcDtlsEngine(
            DtlsIdentity identity,
            Output output,
            HandshakeExecutor executor,
            RandomSource random,
            List<SrtpProfile> profiles) {
        this(identity, output, executor, random, profiles, HandshakeParameters.CIPHER_SUITES, null);
    }

    /** @param cipherSuites what a client offers, the best first */
    BcDtlsEngine(
            DtlsIdentity identity,
            Output output,
            HandshakeExecutor executor,
            RandomSource random,
            List<SrtpProfile> profiles,
            int[] cipherSuites,
            Runnable wakeUp) {
        this.cipherSuites = cipherSuites;
        this.identity = identity;
        this.random = random;
        this.profiles = profiles;
        this.executor = executor;
        this.output = output;
        this.wakeUp = wakeUp;
    }

    // ---------------------------------------------------------------- the handshake

    @Override
    public void start(long now, DtlsRole newRole, List<Fingerprint> peerFingerprints) {
        if (role != null || done) {
            return;
        }
        role = newRole;
        fingerprints = peerFingerprints;
        failAtNanos = now + HandshakeParameters.TIMEOUT_MILLIS * 1_000_000L;
        filter.setRole(newRole);
        early = new EarlyRecords(drops, newRole == DtlsRole.SERVER);
        if (newRole == DtlsRole.CLIENT) {
            clientRandom = new byte[32];
            random.nextBytes(clientRandom);
        }
        for (byte[] d = unstarted.poll(); d != null && !done; d = unstarted.poll()) {
            try {
                shake(now, LentBytes.of(d));
            } catch (RuntimeException e) {
                InternalErrors.count(
                        drops, e); // each has a boundary of its own: whoever calls has handled none of them
            }
        }
        proceed(now);
    }

    @Override
    public void handleDatagram(long now, LentBytes datagram) {
        if (done) {
            return;
        }
        if (connected != null) {
            receive(datagram);
        } else if (role != null) {
            collect(now); // whether it has ended meanwhile
            if (connected != null) {
                receive(datagram);
            } else if (!done) {
                shake(now, datagram);
                proceed(now);
            }
        } else if (unstarted.size() < MAX_QUEUED) {
            unstarted.add(datagram.copy());
        } else {
            drops.count(RecordFilter.BEYOND_BOUNDS);
        }
    }

    /** A datagram for the handshake. */
    private void shake(long now, LentBytes datagram) {
        if (inbox.size() + (handshake == null ? 0 : handshake.handoff.waiting()) >= MAX_QUEUED) {
            drops.count(RecordFilter.BEYOND_BOUNDS);
            return;
        }
        byte[] d = filter.sift(datagram.array(), datagram.offset(), datagram.length());
        oversized.note(now, filter.takeOversized());
        int alert = filter.takeClearAlert();
        if (alert >= 0 && (alert >> 8 == AlertLevel.fatal || (alert & 0xff) == AlertDescription.close_notify)) {
            doubtfulAlert = alert & 0xff;
            // Who has not begun has nothing to end; and who has resends within the time, if it is not the end.
            doubtUntilNanos = handshake != null && handshake.hasHeard() ? now + DOUBT_NANOS : doubtUntilNanos;
        }
        if (d == null) {
            return;
        }
        if (doubtUntilNanos != NEVER) {
            doubtUntilNanos = now + DOUBT_NANOS;
        }
        if (filter.hasWholeClientHello()
                && role == DtlsRole.SERVER
                && !answered
                && handshake != null
                && handshake.handoff.isWaiting()) {
            // It waits for the rest of a ClientHello that came in parts, perhaps from somebody else, and here is a
            // whole one.
            giveUpAttempt(now);
        }
        early.pass(d, inbox);
    }

    private void giveUpAttempt(long now) {
        handshake.handoff.close();
        handshake = null;
        deadlineNanos = untilNextAttempt(now);
        early = new EarlyRecords(drops, role == DtlsRole.SERVER);
        inbox.clear();
    }

    /**
     * Gives the handshake what there is for it, and a thread if need be, and takes what it has. A server needs no
     * thread before its client has said something.
     */
    private void proceed(long now) {
        if (done || connected != null) {
            return;
        }
        if (handshake == null) {
            boolean tooEarly = deadlineNanos != NEVER && !ProtocolCore.due(deadlineNanos, now);
            boolean waits = role == DtlsRole.SERVER
                    ? inbox.isEmpty() || tooEarly && attempts >= MAX_ATTEMPTS
                    : inbox.isEmpty() && tooEarly;
            if (waits) {
                return;
            }
            FastGcmCrypto crypto = new FastGcmCrypto(random, new RecordNumbers(), clientRandom);
            Handshake fresh = new Handshake(
                    role,
                    new HandshakeParameters(identity, fingerprints, crypto, profiles, cipherSuites),
                    crypto,
                    new Handoff(now, wakeUp),
                    output);
            if (!executor.tryExecute(fresh)) {
                deadlineNanos = now + executorRetryNanos;
                executorRetryNanos = Math.min(2 * executorRetryNanos, MAX_EXECUTOR_RETRY_NANOS);
                return;
            }
            handshake = fresh;
            repeats = new Repeats(drops);
            attempts++;
            makeReady(now);
            handOver(now);
        }
        // In turns, since what it may have next depends on what it has come to.
        for (Handshake h = handshake; h != null && h == handshake && connected == null && !done && makeReady(now); ) {
            handOver(now);
        }
    }

    private void handOver(long now) {
        deadlineNanos = NEVER;
        handshake.handoff.give(now, ready);
        ready.clear();
        collect(now);
    }

    /**
     * Takes from the inbox what the handshake may have now; false where it waits as it did. A server gets one
     * ClientHello and no more until it has answered: that one may be a stranger's, and the next the peer's, and where
     * it is the peer's, it may not come again with each copy.
     */
    private boolean makeReady(long now) {
        boolean first = role == DtlsRole.SERVER && !answered;
        if (first && repeats.hasFirstMessage() && !handshake.handoff.isWaiting()) {
            return false;
        }
        boolean had = repeats.hasFirstMessage();
        while (!inbox.isEmpty() && !(first && repeats.hasFirstMessage() != had)) {
            assert Steps.count();
            byte[] d = inbox.poll();
            try {
                int n = repeats.sift(now, d);
                if (n > 0) {
                    ready.add(n == d.length ? d : Arrays.copyOf(d, n));
                }
            } catch (RuntimeException e) {
                InternalErrors.count(drops, e);
            }
        }
        return !ready.isEmpty();
    }

    /** What the handshake's thread has not taken comes before what it has not been given. */
    private void takeBack() {
        int later = inbox.size();
        handshake.handoff.takeLeft(inbox);
        for (int i = 0; i < later; i++) {
            assert Steps.count();
            inbox.add(inbox.poll());
        }
    }

    /** Takes what the handshake's thread has come to. */
    private void collect(long now) {
        if (handshake == null || connected != null || done) {
            return;
        }
        Handoff handoff = handshake.handoff;
        boolean ended = handoff.hasEnded();
        handoff.takeFlight(flight);
        if (!ended) {
            sendFlight();
            int wait = handoff.takeWait();
            if (wait >= 0) {
                deadlineNanos = wait == 0 ? NEVER : now + wait * 1_000_000L;
            }
        } else if (handshake.result != null) {
            sendFlight();
            connect();
        } else if (handoff.hasGivenWayUnheard()) {
            gaveWay(now);
        } else if (role == DtlsRole.SERVER && !answered) {
            cannotAnswer(now);
        } else {
            sendFlight();
            fail(
                    handshake,
                    handoff.hasGivenWay()
                            ? new IOException("the peer has fallen silent, and others wait for the thread")
                            : handshake.failure);
        }
    }

    private void sendFlight() {
        for (byte[] r = flight.poll(); r != null; r = flight.poll()) {
            answered |= r[0] != ALERT;
            send(r);
        }
        if (answered) {
            unanswerable = null;
            unansweredUntilNanos = NEVER;
            unsaid.clear();
        }
    }

    /**
     * A record of a handshake. In the clear it gets a number of ours: the peer takes each once, and a handshake that
     * begins anew would begin with them anew.
     */
    private void send(byte[] record) {
        if (Bytes.u16(record, 3) == 0) {
            Bytes.put16(record, 5, (int) (clearNumbers >>> 32));
            Bytes.put32(record, 7, (int) clearNumbers++);
        }
        output.send(record, 0, record.length);
    }

    /** The thread was needed elsewhere while the peer had not said a word. */
    private void gaveWay(long now) {
        flight.clear();
        takeBack();
        handshake = null;
        // Where the peer has begun to speak meanwhile, as soon as there is a thread.
        deadlineNanos = now + (inbox.isEmpty() ? gaveWayNanos : executorRetryNanos);
        gaveWayNanos = Math.min(2 * gaveWayNanos, MAX_GAVE_WAY_NANOS);
    }

    /**
     * A ClientHello that cannot be answered may be a stranger's. It is the peer's when there is no other for
     * {@link #UNANSWERED_NANOS}; then the peer hears of it.
     */
    private void cannotAnswer(long now) {
        drops.count("DTLS ClientHello that cannot be answered");
        unansweredUntilNanos = unansweredUntilNanos == NEVER ? now + UNANSWERED_NANOS : unansweredUntilNanos;
        unanswerable = handshake;
        unsaid.clear();
        unsaid.addAll(flight);
        flight.clear();
        takeBack();
        handshake = null;
        early = new EarlyRecords(drops, true);
        deadlineNanos = untilNextAttempt(now);
        proceed(now);
    }

    private long untilNextAttempt(long now) {
        return attempts < MAX_ATTEMPTS ? NEVER : now + ATTEMPT_NANOS;
    }

    private void connect() {
        takeBack();
        List<byte[]> left = new ArrayList<>(inbox);
        inbox.clear();
        left.addAll(early.applicationData);
        early = null;
        repeats = null;
        handshake.transport.handshakeDone();
        filter.setConnected();
        deadlineNanos = NEVER;
        failAtNanos = NEVER;
        unansweredUntilNanos = NEVER;
        doubtUntilNanos = NEVER;
        oversized.forget();
        connected = handshake.result;
        records = handshake.crypto.records(drops);
        countRefused();
        HandshakeParameters p = handshake.parameters;
        events.add(new DtlsEvent.Connected(p.profile, p.keyingMaterial, p.peerCertificates, role, p.cipherSuite));
        for (byte[] d : left) {
            assert Steps.count();
            try {
                receive(LentBytes.of(d));
            } catch (RuntimeException e) {
                InternalErrors.count(drops, e); // anybody may have sent it, and whoever calls has not
            }
        }
    }

    private void countRefused() {
        long n = handshake.crypto.takeRefused();
        if (n > 0) {
            drops.count("DTLS record that is not authentic", n);
        }
    }

    @Override
    public void handleTimeout(long now) {
        if (done || connected != null || role == null) {
            return;
        }
        collect(now);
        if (done || connected != null) {
            return;
        }
        if (handshake != null && !inbox.isEmpty()) {
            proceed(now);
            if (done || connected != null) {
                return;
            }
        }
        boolean late = ProtocolCore.due(failAtNanos, now);
        boolean oversizedDue = ProtocolCore.due(oversized.deadlineNanos(), now);
        boolean waits = handshake == null && !inbox.isEmpty(); // for a thread: what it has had is not known yet
        boolean isOversized = oversizedDue && !waits && oversized.stops(role, handshake == null ? null : repeats);
        if (!isOversized && oversizedDue) {
            oversized.forget();
        }
        if (isOversized) {
            endThread();
            send(alert(AlertLevel.fatal, AlertDescription.illegal_parameter));
            finish("DTLS failed: " + oversized, false, (int) AlertDescription.illegal_parameter, null);
        } else if (late || ProtocolCore.due(unansweredUntilNanos, now)) {
            endThread();
            unsaid.forEach(this::send);
            fail(
                    unanswerable,
                    unanswerable != null
                            ? unanswerable.failure
                            : new IOException("no handshake within " + HandshakeParameters.TIMEOUT_MILLIS / 1_000 + " s"
                                    + (doubtfulAlert < 0
                                            ? ""
                                            : ", but an alert in the clear: "
                                                    + AlertDescription.getText((short) doubtfulAlert))));
        } else if (ProtocolCore.due(doubtUntilNanos, now)) {
            endThread();
            finish(
                    "the peer ended DTLS with " + AlertDescription.getText((short) doubtfulAlert),
                    false,
                    null,
                    doubtfulAlert);
        } else if (ProtocolCore.due(deadlineNanos, now)) {
            if (handshake != null) {
                deadlineNanos = NEVER;
                handshake.handoff.fireTimeout();
                collect(now);
            } else {
                proceed(now);
            }
        }
    }

    // ---------------------------------------------------------------- after the handshake

    /** A datagram after the handshake. */
    private void receive(LentBytes datagram) {
        if (records == null) {
            receiveByBouncyCastle(datagram);
            return;
        }
        byte[] data = datagram.array();
        int start = datagram.offset();
        int length = datagram.length();
        for (int p = 0; p < length && !done; ) {
            assert Steps.count();
            int n = length - p < GcmRecords.HEADER_LENGTH
                    ? Integer.MAX_VALUE
                    : GcmRecords.HEADER_LENGTH + Bytes.u16(data, start + p + 11);
            if (n > length - p) {
                drops.count("DTLS record of a wrong length");
                return;
            }
            if (GcmRecords.isApplicationData(data, start + p)) {
                int plaintext = records.open(data, start + p, n);
                if (plaintext >= 0) {
                    events.add(new DtlsEvent.Data(datagram.retain(p + GcmRecords.PLAINTEXT_OFFSET, plaintext)));
                }
            } else {
                receiveByBouncyCastle(datagram.slice(p, n));
            }
            p += n;
        }
    }

    private void makeRoom(int length) {
        if (plain.length < length) {
            plain = new byte[length];
        }
    }

    private void receiveByBouncyCastle(LentBytes received) {
        QueueTransport transport = handshake.transport;
        byte[] d = filter.sift(received.array(), received.offset(), received.length());
        if (d == null || transport.isClosed()) {
            return;
        }
        transport.lend(d);
        try {
            while (connected != null && !done) {
                makeRoom(transport.getReceiveLimit());
                int n = connected.receive(plain, 0, plain.length, 1);
                if (n >= 0) {
                    events.add(new DtlsEvent.Data(LentBytes.of(Arrays.copyOf(plain, n))));
                }
                if (transport.isClosed()) {
                    finish(null);
                }
            }
        } catch (QueueTransport.Empty e) {
            if (transport.isClosed()) {
                finish(null);
            }
        } catch (IOException | RuntimeException e) {
            if (!handshake.crypto.wasAuthentic() && records != null) {
                // Bouncy Castle has given up, over bytes that anybody may have sent. Our own records go on without it.
                InternalErrors.count(
                        drops,
                        new IllegalStateException(
                                "a record that is not authentic has ended Bouncy Castle's record layer", e));
                transport.close();
            } else if (transport.isClosed()
                    && Integer.valueOf(AlertDescription.close_notify).equals(handshake.parameters.receivedAlert)) {
                finish(null);
            } else {
                fail(handshake, e);
            }
        } finally {
            transport.takeBack();
            countRefused();
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
            fail(handshake, e);
            return false;
        }
    }

    // ---------------------------------------------------------------- the end

    /** @param of whose alerts tell more, where it has ended; or null */
    private void fail(Handshake of, Throwable e) {
        String text = e instanceof TlsFatalAlertReceived
                ? "the peer ended DTLS with " + e.getMessage()
                : "DTLS failed: " + (e.getMessage() == null || e instanceof Error ? e.toString() : e.getMessage());
        HandshakeParameters p = of == null ? null : of.parameters;
        finish(
                text,
                p != null && p.fingerprintMismatch,
                p == null ? null : p.sentAlert,
                p == null ? null : p.receivedAlert);
    }

    private void finish(String cause) {
        HandshakeParameters p = handshake.parameters;
        finish(cause, p.fingerprintMismatch, p.sentAlert, p.receivedAlert);
    }

    private void finish(String cause, boolean fingerprintMismatch, Integer sentAlert, Integer receivedAlert) {
        if (!done) {
            end();
            events.add(new DtlsEvent.Closed(cause, fingerprintMismatch, sentAlert, receivedAlert));
        }
    }

    private void end() {
        done = true;
        connected = null;
        deadlineNanos = NEVER;
        failAtNanos = NEVER;
        unansweredUntilNanos = NEVER;
        doubtUntilNanos = NEVER;
        oversized.forget();
        inbox.clear();
        unstarted.clear();
    }

    @Override
    public void close() {
        if (done) {
            return;
        }
        if (connected != null) {
            try {
                connected.close();
            } catch (IOException | RuntimeException e) {
                // The alert could not be sent; the association ends all the same.
            }
        } else {
            endThread();
            if (answered) {
                send(alert(AlertLevel.warning, AlertDescription.close_notify));
            }
        }
        end();
        forgetData();
    }

    @Override
    public void abandon() {
        endThread();
        end();
        forgetData();
    }

    /** Nobody polls what was decrypted. */
    private void forgetData() {
        for (DtlsEvent e : events) {
            if (e instanceof DtlsEvent.Data d) {
                d.plaintext().release();
            }
        }
        events.removeIf(e -> e instanceof DtlsEvent.Data);
    }

    /** One in the clear. */
    private static byte[] alert(int level, int description) {
        return new byte[] {
            ALERT, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, (byte) level, (byte) description
        };
    }

    /** A handshake that waits for the peer wakes once more and ends. */
    private void endThread() {
        if (handshake != null) {
            handshake.handoff.close();
        }
    }

    @Override
    public Map<String, Long> dropCounts() {
        return drops.snapshot();
    }

    @Override
    public long nextTimeoutNanos() {
        long ofHandshake = ProtocolCore.soonest(deadlineNanos, failAtNanos);
        return ProtocolCore.soonest(
                ProtocolCore.soonest(doubtUntilNanos, ofHandshake),
                ProtocolCore.soonest(oversized.deadlineNanos(), unansweredUntilNanos));
    }

    @Override
    public DtlsEvent pollEvent() {
        return events.poll();
    }
}
