package dev.jvmrtc;

import dev.jvmrtc.core.ConnectionLog;
import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.InternalErrors;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCRangeError;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.engine.IceServer;
import dev.jvmrtc.engine.IceServerUrl;
import dev.jvmrtc.engine.SessionDriver;
import dev.jvmrtc.engine.SessionPlans;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.jsep.Agreement;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Credentials;
import dev.jvmrtc.jsep.JsepException;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.LocalSettings;
import dev.jvmrtc.jsep.Negotiator;
import dev.jvmrtc.jsep.SignalingState;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.session.PeerSession;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.task.ApiFuture;
import dev.jvmrtc.task.OperationsChain;
import dev.jvmrtc.task.TaskQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slots of a connection (webrtc-pc §4.4.1.1) and the lock that guards them. Public objects act under the lock at
 * once, or post to the session's loop; the session's events come back as tasks, and only tasks change what getters
 * show. User code never runs under the lock.
 */
final class ConnectionSlots implements SessionDriver.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionSlots.class);

    final Object lock = new Object();
    final ConnectionLog log = new ConnectionLog();
    final TaskQueue tasks;
    final OperationsChain chain;
    final Negotiator negotiator;
    final SessionDriver driver;
    final Tether tether = new Tether(this);
    private final LatestEvents latest = new LatestEvents();
    private final Abandoned abandoned;
    final EarlyBytes earlyBytes = new EarlyBytes();
    final WaitingPackets waitingPackets;
    final DataChannelSlots data;
    final TransportSlots transports;
    final GatheringWaiters gathered = new GatheringWaiters(this);
    final String cname;
    final RTCPeerConnectionFactory factory;
    private final RTCPeerConnection connection;
    private final RandomSource random;
    /** By the ids under which the session knows their media. */
    private final Map<Integer, RTCRtpTransceiver> transceivers = new LinkedHashMap<>();

    private final ArrayDeque<Runnable> afterUnlock = new ArrayDeque<>();
    private final List<RTCCertificate> certificates;
    private final CompletableFuture<Void> closedFuture;

    RTCConfiguration configuration;
    private volatile boolean closed;
    private volatile boolean sessionFailed;
    private boolean negotiationNeeded;
    private boolean updateNegotiationNeededOnEmptyChain;
    String lastCreatedOffer = "";
    String lastCreatedAnswer = "";

    ConnectionSlots(
            RTCPeerConnection connection,
            RTCPeerConnectionFactory factory,
            Executor executor,
            RTCConfiguration configuration) {
        this.connection = connection;
        this.factory = factory;
        this.configuration = configuration;
        this.tasks = new TaskQueue(executor, lock, this::close);
        this.waitingPackets = new WaitingPackets(tasks);
        this.closedFuture = new ApiFuture<>(tasks);
        this.chain = new OperationsChain(tasks, lock, () -> closed, this::chainIsEmpty, this::thrown);
        this.random = SessionDriver.secureRandom();
        this.cname = random.nextIceChars(16).replace('/', '-').replace('+', '_');
        this.certificates = configuration.certificates().isEmpty()
                ? List.of(factory.defaultCertificate())
                : configuration.certificates();
        RTCCertificate certificate = certificates.get(0);
        RTCDtlsFingerprint print = certificate.getFingerprints().get(0);
        this.negotiator = new Negotiator(new LocalSettings(
                bundlePolicy(configuration),
                List.of(print.algorithm() + " " + print.value().toUpperCase(Locale.ROOT)),
                this::newCredentials,
                this::newSsrc,
                () -> UUID.randomUUID().toString(),
                cname,
                Long.toString(random.nextLong() >>> 2),
                SctpConfig.DEFAULT_MAX_MESSAGE_SIZE,
                factory.isIceLite(),
                factory.sharesPorts(),
                factory.codecs()));
        this.driver = factory.sessions()
                .newDriver(
                        iceServers(configuration),
                        configuration.iceTransportPolicy() == RTCIceTransportPolicy.RELAY,
                        log,
                        tether);
        this.data = new DataChannelSlots(
                lock,
                tasks,
                driver,
                factory.dataSendBuffer(),
                earlyBytes,
                event -> connection.fireEvent(RTCPeerConnection.DATA_CHANNEL, event));
        this.transports = new TransportSlots(this, connection);
        this.abandoned = Abandoned.watch(connection, driver);
        // Nothing of this may be caught in the session, see Tether.
        factory.sessions()
                .start(
                        driver,
                        certificate.identity(),
                        random,
                        cname,
                        log.toString(),
                        configuration.iceCandidatePoolSize());
    }

    private static BundlePolicy bundlePolicy(RTCConfiguration c) {
        return switch (c.bundlePolicy()) {
            case BALANCED -> BundlePolicy.BALANCED;
            case MAX_COMPAT -> BundlePolicy.MAX_COMPAT;
            case MAX_BUNDLE -> BundlePolicy.MAX_BUNDLE;
        };
    }

    private Credentials newCredentials() {
        IceCredentials c = IceCredentials.random(random);
        return new Credentials(c.usernameFragment(), c.password());
    }

    private long newSsrc() {
        long ssrc;
        do {
            ssrc = random.nextInt() & 0xffffffffL;
        } while (ssrc == 0);
        return ssrc;
    }

    static List<IceServer> iceServers(RTCConfiguration c) {
        List<IceServer> all = new ArrayList<>();
        c.iceServers()
                .forEach(s -> s.urls()
                        .forEach(u -> all.add(new IceServer(IceServerUrl.parse(u), s.username(), s.credential()))));
        return all;
    }

    // ---------------------------------------------------------------- the lock

    /** Runs under the lock; tasks posted and futures settled meanwhile start afterwards. */
    void locked(Runnable action) {
        call(() -> {
            action.run();
            return null;
        });
    }

    <T> T call(Supplier<T> action) {
        boolean outermost = !Thread.holdsLock(lock);
        List<Runnable> after = List.of();
        try {
            synchronized (lock) {
                try {
                    return action.get();
                } finally {
                    if (outermost && !afterUnlock.isEmpty()) {
                        after = List.copyOf(afterUnlock);
                        afterUnlock.clear();
                    }
                }
            }
        } finally {
            if (outermost) {
                after.forEach(ConnectionSlots::runUserCode);
                tasks.kick();
            }
        }
    }

    /**
     * Runs something that may call user code, once the lock is free, on the thread that holds it now. Under the lock,
     * by {@link #call} or {@link #locked}.
     */
    void afterUnlock(Runnable action) {
        afterUnlock.add(action);
    }

    private static void runUserCode(Runnable action) {
        try {
            action.run();
        } catch (Throwable t) {
            LOG.error("a source or sink of the application failed", t);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** An exception or error that should not have happened has ended the session, which takes no commands any more. */
    boolean hasSessionFailed() {
        return sessionFailed;
    }

    void requireOpen() {
        if (closed) {
            throw new RTCException("InvalidStateError", "the connection is closed");
        }
    }

    <T> CompletableFuture<T> failed(Throwable cause) {
        return ApiFuture.failed(tasks, cause);
    }

    CompletableFuture<Void> succeeded() {
        ApiFuture<Void> f = new ApiFuture<>(tasks);
        tasks.postSettlement(() -> f.settle(null));
        return f;
    }

    /** Chains an operation, see {@link OperationsChain#chain}. */
    <T> CompletableFuture<T> chain(Consumer<ApiFuture<T>> operation) {
        return call(() -> closed
                ? failed(new RTCException("InvalidStateError", "the connection is closed"))
                : chain.chain(operation));
    }

    /**
     * The error with which a future fails whose operation threw something: a bug of ours, unless it is an error of the
     * API.
     */
    private Throwable thrown(Throwable t) {
        if (t instanceof RTCException || t instanceof RTCTypeError || t instanceof RTCRangeError) {
            return t;
        }
        LOG.error("{}: an operation failed", log, t);
        if (t instanceof RuntimeException e) {
            InternalErrors.note(e);
            driver.command((session, now) -> session.countDrop(Counters.INTERNAL_ERROR));
        }
        return new RTCException("OperationError", "internal error: " + t, t);
    }

    // ---------------------------------------------------------------- negotiation needed (webrtc-pc §4.7.3)

    /** Under the lock. */
    void updateNegotiationNeeded() {
        if (!chain.isEmpty()) {
            updateNegotiationNeededOnEmptyChain = true;
            return;
        }
        tasks.post(this::checkNegotiationNeeded);
    }

    private void checkNegotiationNeeded() {
        boolean fire = call(() -> {
            if (closed) {
                return false;
            }
            if (!chain.isEmpty()) {
                updateNegotiationNeededOnEmptyChain = true;
                return false;
            }
            if (negotiator.state() != SignalingState.STABLE) {
                return false;
            }
            if (!negotiator.isNegotiationNeeded()) {
                negotiationNeeded = false;
                return false;
            }
            boolean first = !negotiationNeeded;
            negotiationNeeded = true;
            return first;
        });
        if (fire) {
            connection.fireEvent(RTCPeerConnection.NEGOTIATION_NEEDED, new Event("negotiationneeded"));
        }
    }

    /**
     * Whether the event that was fired last still holds. If it does not now, it is fired again when it does: with the
     * end of the operations as §4.7.3 says ("If connection.[[Operations]] is not an empty list, then set
     * connection.[[UpdateNegotiationNeededFlagOnEmptyChain]] to true, and abort these steps"), or when the state is
     * stable again.
     */
    boolean isNegotiationNeeded() {
        return call(() -> {
            boolean idle = chain.isEmpty();
            boolean still = negotiationNeeded
                    && idle
                    && negotiator.state() == SignalingState.STABLE
                    && negotiator.isNegotiationNeeded();
            negotiationNeeded = still;
            updateNegotiationNeededOnEmptyChain |= !idle;
            return still;
        });
    }

    /** Whether the local description that counts is of the ICE generation that a candidate was gathered for. */
    boolean isOfThisGeneration(String ufrag) {
        return call(() -> ufrag == null
                || negotiator.local() != null && negotiator.local().text().contains("a=ice-ufrag:" + ufrag + "\r\n"));
    }

    void clearNegotiationNeeded() {
        negotiationNeeded = false;
    }

    private void chainIsEmpty() {
        locked(() -> {
            if (updateNegotiationNeededOnEmptyChain) {
                updateNegotiationNeededOnEmptyChain = false;
                updateNegotiationNeeded();
            }
        });
    }

    // ---------------------------------------------------------------- transceivers

    /** The public object of a transceiver, made at its first mention. Under the lock. */
    RTCRtpTransceiver transceiver(JsepTransceiver t, List<RTCRtpEncodingParameters> encodings) {
        return transceivers.computeIfAbsent(
                t.id,
                k -> new RTCRtpTransceiver(this, t, encodings, UUID.randomUUID().toString()));
    }

    /** The transceiver whose media the session knows by an id; null where it is forgotten. Under the lock. */
    RTCRtpTransceiver find(int mediaId) {
        return transceivers.get(mediaId);
    }

    List<RTCRtpTransceiver> transceivers() {
        return negotiator.transceivers().stream()
                .map(t -> transceiver(t, List.of()))
                .toList();
    }

    /**
     * The pending local description, else the current one, with the candidates gathered so far; or null. Under the
     * lock.
     */
    RTCSessionDescription localDescription() {
        return RTCPeerConnection.of(negotiator.local());
    }

    void forget(JsepTransceiver t) {
        transceivers.remove(t.id);
    }

    // ---------------------------------------------------------------- the session

    /** Brings the session to what has been negotiated. Under the lock. */
    void applyPlan() {
        Agreement agreement = negotiator.plan();
        transports.update(agreement);
        for (Agreement.Media m : agreement.media()) {
            RTCRtpTransceiver t = transceivers.get(m.transceiver().id);
            if (t != null) {
                t.hasSent |= m.send();
                t.getSender().setPlan(m, transports.dtls(m.transportId()));
                t.getReceiver().setPlan(m, transports.dtls(m.transportId()));
            }
        }
        if (agreement.data() != null) {
            data.setTransport(
                    transports.dtls(agreement.data().transportId()),
                    agreement.data().maxMessageSize());
        }
        SessionPlan plan = SessionPlans.of(agreement, factory.codecs().registry());
        driver.command((session, now) -> session.apply(now, plan));
        transports.flushCandidates();
    }

    @Override
    public void sessionEvents(List<SessionEvent> events) {
        int taken = 0;
        try {
            while (taken < events.size()) {
                take(events.get(taken++));
            }
        } finally {
            while (taken < events.size()) {
                events.get(taken++).release();
            }
        }
    }

    private void take(SessionEvent e) {
        if (e instanceof SessionEvent.DataChannel d) {
            data.post(d.event());
        } else if (e instanceof SessionEvent.FrameReceived f) {
            withTransceiver(f.mediaId(), t -> t.getReceiver().deliver(f.frame(), f.ssrc()));
        } else if (e instanceof SessionEvent.RtpReceived r) {
            RTCRtpTransceiver t = transceiver(r.mediaId());
            if (t == null) {
                r.release();
            } else {
                t.getReceiver().deliverRtp(r.packet());
            }
        } else if (e instanceof SessionEvent.MediaArrived m) {
            withTransceiver(m.mediaId(), t -> t.getReceiver().muted.post(false));
        } else if (e instanceof SessionEvent.MediaEnded m) {
            withTransceiver(m.mediaId(), t -> t.getReceiver().muted.post(true));
        } else if (e instanceof SessionEvent.KeyFrameRequested k) {
            withTransceiver(k.mediaId(), t -> t.getSender().keyFrameRequests.post(true));
        } else if (e instanceof SessionEvent.TargetBitrateChanged b) {
            withTransceiver(b.mediaId(), t -> t.getSender().targetBitrates.post(b.bitsPerSecond()));
        } else if (e instanceof SessionEvent.SendCodecChanged c) {
            tasks.post(() -> withTransceiver(c.mediaId(), t -> t.getSender().codecChanged(c.codec())));
        } else if (latest.offer(e)) {
            tasks.post(() -> transports.handle(latest.take(e)));
        }
    }

    private void withTransceiver(int mediaId, Consumer<RTCRtpTransceiver> action) {
        RTCRtpTransceiver found = transceiver(mediaId);
        if (found != null) {
            action.accept(found);
        }
    }

    /** None after the end. */
    private RTCRtpTransceiver transceiver(int mediaId) {
        synchronized (lock) {
            return closed ? null : transceivers.get(mediaId);
        }
    }

    @Override
    public void sessionFailed(Throwable cause) {
        tasks.post(() -> locked(() -> {
            sessionFailed = true;
            transceivers.values().forEach(t -> t.getSender().sessionFailed());
        }));
        tasks.post(data::sessionFailed);
        tasks.post(() -> transports.allFailed(cause));
        tasks.post(gathered::check);
    }

    CompletableFuture<RTCStatsReport> stats(Integer selector, boolean sending) {
        return query(
                PeerSession::snapshot,
                snapshot -> call(() ->
                        new StatsCollector(this, System.currentTimeMillis()).collect(snapshot, selector, sending)));
    }

    CompletableFuture<Map<String, Long>> dropCounts() {
        return query(PeerSession::dropCounts, counts -> counts == null ? Map.of() : Map.copyOf(counts));
    }

    CompletableFuture<ConnectivityReport> connectivityReport() {
        return query(PeerSession::snapshot, ConnectivityReporter::report);
    }

    /**
     * Asks the session, which answers null after its end, and settles the future with what is made of the answer:
     * always, whatever throws.
     */
    private <S, T> CompletableFuture<T> query(Function<PeerSession, S> question, Function<S, T> answer) {
        ApiFuture<T> future = new ApiFuture<>(tasks);
        driver.<Supplier<S>>query(
                session -> {
                    try {
                        S said = question.apply(session);
                        return () -> said;
                    } catch (RuntimeException e) {
                        return () -> {
                            throw e;
                        };
                    }
                },
                said -> tasks.postSettlement(() ->
                        chain.guarded(future, () -> future.settle(answer.apply(said == null ? null : said.get())))));
        return future;
    }

    List<RTCCertificate> certificates() {
        return certificates;
    }

    // ---------------------------------------------------------------- the end

    /** webrtc-pc §4.4.2, "close the connection". */
    void close() {
        locked(() -> {
            if (closed) {
                return;
            }
            closed = true;
            if (log.isOn()) {
                log.line("closed");
            }
            data.close();
            connection.forgetEvents();
            List<RTCRtpTransceiver> all = List.copyOf(transceivers.values());
            for (RTCRtpTransceiver t : all) {
                t.jsep().stopping = true;
                t.jsep().stopped = true;
                t.getSender().release();
            }
            transports.close();
            abandonOperations();
            gathered.close();
            tether.hold(false);
            abandoned.closed();
            // Remote tracks end without an event of the connection; the tracks' own "ended" is fired in a last task.
            driver.close(() -> {
                waitingPackets.close();
                tasks.postSettlement(() -> ended(all));
            });
        });
    }

    /**
     * Futures of operations that will never end: W3C leaves promises pending, but a Java thread that waits for one
     * would be lost. Under the lock.
     */
    private void abandonOperations() {
        List<ApiFuture<?>> left = chain.abandon();
        if (factory.settlesOnClose() && !left.isEmpty()) {
            tasks.postSettlement(() -> left.forEach(f -> f.abandon(
                    new RTCException("InvalidStateError", "the connection was closed before this was done"))));
        }
    }

    /** The last task; on the event loop where the executor refuses to run tasks. */
    private void ended(List<RTCRtpTransceiver> all) {
        data.sessionGone();
        if (!tasks.isRefused()) {
            all.forEach(t -> t.getReceiver().end());
        } else {
            all.forEach(t -> t.getReceiver().forgetEarly());
        }
        tasks.end();
        ((ApiFuture<Void>) closedFuture).settle(null);
    }

    CompletableFuture<Void> closedFuture() {
        return closedFuture;
    }

    static RuntimeException translate(JsepException e) {
        return switch (e.kind()) {
            case SYNTAX ->
                new RTCError(
                        RTCErrorDetailType.SDP_SYNTAX_ERROR,
                        e.line() == 0 ? null : (Integer) e.line(),
                        null,
                        null,
                        null,
                        e.getMessage());
            case INVALID_STATE -> new RTCException("InvalidStateError", e.getMessage());
            case INVALID_ACCESS -> new RTCException("InvalidAccessError", e.getMessage());
            case INVALID_MODIFICATION -> new RTCException("InvalidModificationError", e.getMessage());
            case OPERATION -> new RTCException("OperationError", e.getMessage());
        };
    }
}
