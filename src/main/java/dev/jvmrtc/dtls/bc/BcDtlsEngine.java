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
import dev.jvmrtc.dtls.HandshakeExecutor;
import dev.jvmrtc.dtls.RecordNumbers;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
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
    /** ClientHellos that a server tries as they come; each further one waits for {@link #ATTEMPT_NANOS}. */
    static final int MAX_ATTEMPTS = 16;

    private static final long ATTEMPT_NANOS = 250_000_000L;
    /** A refused handshake thread is asked for again after this long, and after twice as long the next time. */
    private static final long EXECUTOR_RETRY_NANOS = 50_000_000L;

    private static final long MAX_EXECUTOR_RETRY_NANOS = 800_000_000L;
    /** One that has given way begins anew after this long, and after twice as long the next time. */
    private static final long GAVE_WAY_NANOS = 1_000_000_000L;

    private static final long MAX_GAVE_WAY_NANOS = 8_000_000_000L;
    private static final int ALERT = 21;

    private final HandshakeExecutor executor;
    private final DtlsIdentity identity;
    private final RandomSource random;
    /** The SRTP profiles to offer or take, the best first. */
    private final List<SrtpProfile> profiles;
    /** What a client offers, the best first. */
    private final int[] cipherSuites;
    /** Asks for a call of {@link #handleTimeout}; null where the caller waits. */
    private final Runnable wakeUp;
    /** What was dropped or ignored, by reason. */
    private final Counters drops = new Counters();

    private final DtlsEngine.Output output;
    /** Replaced in tests only. */
    RecordFilter filter = new RecordFilter(drops);

    /** What has not been polled. */
    private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>();
    /** Ours; null before {@link #start}. */
    private DtlsRole role;
    /** Of the peer's certificate, as signalled. */
    private List<Fingerprint> fingerprints;
    /** What came before {@link #start}. */
    private final ArrayDeque<byte[]> unstarted = new ArrayDeque<>(1);
    /** What the handshake has not had yet; null before {@link #start}, and when it is over. */
    private Inbox inbox;
    /** The part of it that is being handed over. */
    private final ArrayDeque<byte[]> ready = new ArrayDeque<>(1);
    /** What the handshake wants to send. */
    private final ArrayDeque<byte[]> flight = new ArrayDeque<>(1);
    /** The present one, later that of the association; null while none has a thread. */
    private Handshake handshake;
    /** Handshakes that have begun. */
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
    /** What the handshake has come to; null before its end, and when the association has ended. */
    private Association association;
    /** Whether it is all over. */
    private boolean done;

    /** When Bouncy Castle wants to be woken, or a thread is asked for again. */
    private long deadlineNanos = NEVER;

    /** What is waited before a thread is asked for again; twice as long each time. */
    private long executorRetryNanos = EXECUTOR_RETRY_NANOS;
    /** What is waited by a handshake that has given way; twice as long each time. */
    private long gaveWayNanos = GAVE_WAY_NANOS;
    /**
     * A handshake that is not done by then has failed. Bouncy Castle has a limit of its own, but by the system's clock.
     */
    private long failAtNanos = NEVER;

    private final DoubtfulAlert doubtful = new DoubtfulAlert();
    private final UnansweredHello unanswered = new UnansweredHello();
    private final OversizedMessage oversized = new OversizedMessage();

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
        inbox = new Inbox(drops, newRole == DtlsRole.SERVER);
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
        if (association != null) {
            receive(datagram);
        } else if (role != null) {
            collect(now); // whether it has ended meanwhile
            if (association != null) {
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
        doubtful.note(now, filter.takeClearAlert(), handshake != null && handshake.hasHeard());
        if (d == null) {
            return;
        }
        doubtful.contradict(now);
        if (filter.hasWholeClientHello()
                && role == DtlsRole.SERVER
                && !answered
                && handshake != null
                && handshake.handoff.isWaiting()) {
            // It waits for the rest of a ClientHello that came in parts, perhaps from somebody else, and here is a
            // whole one.
            giveUpAttempt(now);
        }
        inbox.add(d);
    }

    private void giveUpAttempt(long now) {
        handshake.handoff.close();
        handshake = null;
        deadlineNanos = untilNextAttempt(now);
        inbox.beginAnew();
        inbox.clear();
    }

    /**
     * Gives the handshake what there is for it, and a thread if need be, and takes what it has. A server needs no
     * thread before its client has said something.
     */
    private void proceed(long now) {
        if (done || association != null) {
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
            inbox.handshakeBegins();
            attempts++;
            makeReady(now);
            handOver(now);
        }
        // In turns, since what it may have next depends on what it has come to.
        for (Handshake h = handshake; h != null && h == handshake && association == null && !done && makeReady(now); ) {
            handOver(now);
        }
    }

    private void handOver(long now) {
        deadlineNanos = NEVER;
        handshake.handoff.give(now, ready);
        ready.clear();
        collect(now);
    }

    /** Takes from the inbox what the handshake may have now; false where it waits as it did. */
    private boolean makeReady(long now) {
        boolean first = role == DtlsRole.SERVER && !answered;
        if (first && inbox.had().hasFirstMessage() && !handshake.handoff.isWaiting()) {
            return false;
        }
        inbox.take(now, first, ready);
        return !ready.isEmpty();
    }

    /** Takes what the handshake's thread has come to. */
    private void collect(long now) {
        if (handshake == null || association != null || done) {
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
            unanswered.forget();
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
        inbox.takeBack(handshake.handoff);
        handshake = null;
        // Where the peer has begun to speak meanwhile, as soon as there is a thread.
        deadlineNanos = now + (inbox.isEmpty() ? gaveWayNanos : executorRetryNanos);
        gaveWayNanos = Math.min(2 * gaveWayNanos, MAX_GAVE_WAY_NANOS);
    }

    /** A ClientHello that cannot be answered may be a stranger's: {@link UnansweredHello}. */
    private void cannotAnswer(long now) {
        drops.count("DTLS ClientHello that cannot be answered");
        unanswered.note(now, handshake, flight);
        flight.clear();
        inbox.takeBack(handshake.handoff);
        handshake = null;
        inbox.beginAnew();
        deadlineNanos = untilNextAttempt(now);
        proceed(now);
    }

    private long untilNextAttempt(long now) {
        return attempts < MAX_ATTEMPTS ? NEVER : now + ATTEMPT_NANOS;
    }

    private void connect() {
        inbox.takeBack(handshake.handoff);
        List<byte[]> left = inbox.left();
        inbox = null;
        stopTimers();
        association = new Association(handshake, filter, output, events, drops);
        HandshakeParameters p = handshake.parameters;
        events.add(new DtlsEvent.Connected(p.profile, p.keyingMaterial, p.peer.chain(), role, p.cipherSuite));
        for (byte[] d : left) {
            assert Steps.count();
            if (association == null) {
                return; // one of them has ended it
            }
            try {
                receive(LentBytes.of(d));
            } catch (RuntimeException e) {
                InternalErrors.count(drops, e); // anybody may have sent it, and whoever calls has not
            }
        }
    }

    private void stopTimers() {
        deadlineNanos = NEVER;
        failAtNanos = NEVER;
        doubtful.forget();
        unanswered.forget();
        oversized.forget();
    }

    @Override
    public void handleTimeout(long now) {
        if (done || association != null || role == null) {
            return;
        }
        collect(now);
        if (done || association != null) {
            return;
        }
        if (handshake != null && !inbox.isEmpty()) {
            proceed(now);
            if (done || association != null) {
                return;
            }
        }
        boolean late = ProtocolCore.due(failAtNanos, now);
        boolean oversizedDue = ProtocolCore.due(oversized.deadlineNanos(), now);
        boolean waits = handshake == null && !inbox.isEmpty(); // for a thread: what it has had is not known yet
        boolean isOversized = oversizedDue && !waits && oversized.stops(role, handshake == null ? null : inbox.had());
        if (!isOversized && oversizedDue) {
            oversized.forget();
        }
        if (isOversized) {
            endThread();
            send(alert(AlertLevel.fatal, AlertDescription.illegal_parameter));
            finish("DTLS failed: " + oversized, false, (int) AlertDescription.illegal_parameter, null);
        } else if (late || ProtocolCore.due(unanswered.deadlineNanos(), now)) {
            endThread();
            unanswered.answer().forEach(this::send);
            Handshake unable = unanswered.handshake();
            fail(unable, unable != null ? unable.failure : tooLate());
        } else if (ProtocolCore.due(doubtful.deadlineNanos(), now)) {
            endThread();
            finish("the peer ended DTLS with " + doubtful, false, null, doubtful.description());
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

    private IOException tooLate() {
        return new IOException("no handshake within " + HandshakeParameters.TIMEOUT_MILLIS / 1_000 + " s"
                + (doubtful.isThere() ? ", but an alert in the clear: " + doubtful : ""));
    }

    // ---------------------------------------------------------------- after the handshake

    private void receive(LentBytes datagram) {
        association.receive(datagram);
        if (association.hasEnded()) {
            associationEnded();
        }
    }

    @Override
    public boolean send(byte[] data, int offset, int length) {
        if (association == null || done) {
            return false;
        }
        boolean sent = association.send(data, offset, length);
        if (!sent) {
            associationEnded();
        }
        return sent;
    }

    private void associationEnded() {
        Throwable failure = association.failure();
        if (failure != null) {
            fail(handshake, failure);
        } else {
            HandshakeParameters p = handshake.parameters;
            finish(null, p.peer.isMismatch(), p.sentAlert, p.receivedAlert);
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
                p != null && p.peer.isMismatch(),
                p == null ? null : p.sentAlert,
                p == null ? null : p.receivedAlert);
    }

    private void finish(String cause, boolean fingerprintMismatch, Integer sentAlert, Integer receivedAlert) {
        if (!done) {
            end();
            events.add(new DtlsEvent.Closed(cause, fingerprintMismatch, sentAlert, receivedAlert));
        }
    }

    private void end() {
        done = true;
        association = null;
        inbox = null;
        stopTimers();
        unstarted.clear();
    }

    @Override
    public void close() {
        if (done) {
            return;
        }
        if (association != null) {
            association.close();
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
                ProtocolCore.soonest(doubtful.deadlineNanos(), ofHandshake),
                ProtocolCore.soonest(oversized.deadlineNanos(), unanswered.deadlineNanos()));
    }

    @Override
    public DtlsEvent pollEvent() {
        return events.poll();
    }
}
