package dev.jvmrtc;

import dev.jvmrtc.datachannel.DataChannels;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.engine.IceServerUrl;
import dev.jvmrtc.engine.NatDiscovery;
import dev.jvmrtc.engine.NetworkSettings;
import dev.jvmrtc.engine.SessionFactory;
import dev.jvmrtc.engine.TaskThreads;
import dev.jvmrtc.jsep.Codecs;
import dev.jvmrtc.media.codec.CodecDescription;
import dev.jvmrtc.sctp.SctpConfig;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/**
 * Makes connections that share event loops and settings. {@code new RTCPeerConnection()} uses a default one: as many
 * loops as the machine has cores, callbacks on daemon threads on which application code may block. Threads start with
 * the first connection and end a few seconds after the last.
 *
 * <p>Not of W3C. Any thread may call any method.
 */
public final class RTCPeerConnectionFactory implements AutoCloseable {
    /** 64 MiB, see {@link Builder#dataSendBuffer}. */
    public static final long DEFAULT_DATA_SEND_BUFFER = 64L << 20;
    /** 1,024, see {@link Builder#maxDataChannels}. */
    public static final int DEFAULT_MAX_DATA_CHANNELS = DataChannels.DEFAULT_MAX_INCOMING;
    /** 4 MiB, see {@link Builder#dataReceiveBuffer}. */
    public static final int DEFAULT_DATA_RECEIVE_BUFFER = SctpConfig.DEFAULT_RECEIVE_WINDOW;

    private static final class Default {
        static final RTCPeerConnectionFactory INSTANCE = builder().build();
    }

    /**
     * A shared certificate is used for a day; it is valid for much longer, so that calls begun late in the day are not
     * cut.
     */
    private static final long SHARED_CERTIFICATE_MILLIS = 24L * 3_600 * 1_000;

    private final Executor executor;
    private final SessionFactory sessions;
    private final boolean iceLite;
    private final boolean certificatePerConnection;
    private final Object certificateLock = new Object();
    private RTCCertificate sharedCertificate;
    private long sharedSinceMillis;
    private final long dataSendBuffer;
    private final boolean settleOnClose;
    private final Codecs codecs;
    private volatile boolean closed;

    private RTCPeerConnectionFactory(Builder b) {
        executor = b.executor != null ? b.executor : TaskThreads.create();
        iceLite = b.iceLite;
        NetworkSettings network = new NetworkSettings(
                b.includeLoopback,
                b.minPort,
                b.maxPort,
                b.interfaces,
                b.addresses,
                Map.copyOf(b.external),
                b.iceLite,
                b.continualGathering,
                b.udp,
                b.activeTcp,
                b.passiveTcp,
                b.hideAddresses,
                b.dscp,
                b.remoteCandidateFilter,
                b.releaseAfterNanos,
                b.dataCongestionControl,
                b.dataReceiveBuffer,
                b.maxDataChannels);
        dataSendBuffer = b.dataSendBuffer;
        settleOnClose = b.settleOnClose;
        codecs = b.codecs.isEmpty() ? CodecTranslator.FOUND : CodecTranslator.codecs(b.codecs);
        certificatePerConnection = b.certificatePerConnection;
        sessions = new SessionFactory(
                b.eventLoops, network, b.sharedUdpPort, b.sharedTcpPort, b.resolveRemoteNames, b.sslContext);
    }

    boolean settlesOnClose() {
        return settleOnClose;
    }

    long dataSendBuffer() {
        return dataSendBuffer;
    }

    /** What connections may negotiate. */
    Codecs codecs() {
        return codecs;
    }

    /**
     * What connections of this factory can send and receive. More than {@link RTCRtpSender#getCapabilities}, which is
     * static, where the factory has {@linkplain Builder#codec codecs} of its own.
     *
     * @param kind "audio" or "video"
     * @return the codecs and header extensions; null for any other kind
     */
    public RTCRtpCapabilities getCapabilities(String kind) {
        return CodecTranslator.capabilities(codecs, kind);
    }

    /** {@return the UDP port that all connections share, or null where each has ports of its own} */
    public Integer getSharedUdpPort() {
        return sessions.sharedUdpPort();
    }

    /** {@return the TCP port that all connections share, or null where there is none} */
    public Integer getSharedTcpPort() {
        return sessions.sharedTcpPort();
    }

    /**
     * {@return what was dropped on the shared ports before it reached a connection, by reason; empty without one} Never
     * fails; completes on an event loop.
     */
    public CompletableFuture<Map<String, Long>> getSharedPortDropCounts() {
        return sessions.sharedPortDrops();
    }

    /**
     * Asks what kind of network address translator (NAT) is between this machine and a STUN server (RFC 5780 §4.3 and
     * §4.4), from a socket of its own: whether peers behind such NATs will find a direct path, or need a TURN server. A
     * server with two addresses, which tells of the second one (OTHER-ADDRESS), shows all; without it two servers at
     * different addresses show the mapping. Takes some round trips, or 12 seconds where nothing answers; names of
     * servers may take 10 more. Not of W3C.
     *
     * @param stunUrls one or two, {@code stun:<host>[:<port>]}
     * @return completes on the factory's executor; fails with {@code NetworkError} where the first server does not
     *     answer or its name is not known, {@code SyntaxError} for other URLs, {@code InvalidStateError} after
     *     {@link #close()}, and with a TypeError for none or more than two
     */
    public CompletableFuture<NatBehavior> discoverNatBehavior(String... stunUrls) {
        if (closed) {
            return CompletableFuture.failedFuture(
                    new RTCException("InvalidStateError", "the factory is closed: build another one"));
        }
        if (stunUrls.length < 1 || stunUrls.length > 2) {
            return CompletableFuture.failedFuture(
                    new RTCTypeError("one STUN server is asked, or two, not " + stunUrls.length));
        }
        List<IceServerUrl> servers = new ArrayList<>();
        for (String url : stunUrls) {
            try {
                servers.add(IceServerUrl.parse(url));
            } catch (IllegalArgumentException e) {
                return CompletableFuture.failedFuture(new RTCException("SyntaxError", e.getMessage()));
            }
            if (!servers.get(servers.size() - 1).scheme().equals("stun")) {
                return CompletableFuture.failedFuture(new RTCException(
                        "SyntaxError", "\"" + url + "\": only a STUN server's URL, stun:<host>[:<port>], will do"));
            }
        }
        CompletableFuture<NatBehavior> future = new CompletableFuture<>();
        sessions.discoverNat(servers, new NatDiscovery.Listener() {
            @Override
            public void found(NatDiscovery.Found f) {
                settle(() -> future.complete(new NatBehavior(
                        f.mapped(),
                        f.translated(),
                        NatBehavior.Dependence.valueOf(f.mapping()),
                        NatBehavior.Dependence.valueOf(f.filtering()))));
            }

            @Override
            public void failed(String reason) {
                settle(() -> future.completeExceptionally(new RTCException("NetworkError", reason)));
            }
        });
        return future;
    }

    /** Completes a future where the application's code may run; here only where its executor refuses. */
    private void settle(Runnable completion) {
        try {
            executor.execute(completion);
        } catch (RuntimeException | Error e) {
            completion.run();
        }
    }

    boolean isIceLite() {
        return iceLite;
    }

    /** Whether transports of one connection meet on one port. */
    boolean sharesPorts() {
        return sessions.sharedUdpPort() != null || sessions.sharedTcpPort() != null;
    }

    /** {@return the one behind {@code new RTCPeerConnection()}, which cannot be closed} */
    public static RTCPeerConnectionFactory getDefault() {
        return Default.INSTANCE;
    }

    /** {@return a builder with the defaults that its methods name} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * As {@link #createPeerConnection(RTCConfiguration)}, without ICE servers: for peers on the same network.
     *
     * @return the connection
     */
    public RTCPeerConnection createPeerConnection() {
        return createPeerConnection(RTCConfiguration.builder().build());
    }

    /**
     * A connection whose callbacks run on the factory's executor. Errors as of the constructor
     * {@link RTCPeerConnection#RTCPeerConnection(RTCConfiguration)}, too.
     *
     * @param configuration ICE servers and more
     * @return the connection
     * @throws RTCException {@code InvalidStateError} after {@link #close()}
     */
    public RTCPeerConnection createPeerConnection(RTCConfiguration configuration) {
        return createPeerConnection(configuration, executor);
    }

    /**
     * A connection whose callbacks run on an executor of its own. Errors as of the constructor
     * {@link RTCPeerConnection#RTCPeerConnection(RTCConfiguration)}, too.
     *
     * @param configuration ICE servers and more
     * @param callbackExecutor see {@link Builder#executor}
     * @return the connection
     * @throws RTCException {@code InvalidStateError} after {@link #close()}
     */
    public RTCPeerConnection createPeerConnection(RTCConfiguration configuration, Executor callbackExecutor) {
        if (closed) {
            throw new RTCException(
                    "InvalidStateError", "the factory is closed and makes no more connections: build another one");
        }
        return new RTCPeerConnection(this, Objects.requireNonNull(callbackExecutor, "callbackExecutor"), configuration);
    }

    /**
     * No more connections: {@code createPeerConnection} throws an {@code InvalidStateError}. Those that there are go on
     * as before until they are closed, on shared ports too, which are free as soon as the last connection on them has
     * been closed; so are the event loops' threads. Idempotent. The default factory stays open.
     */
    @Override
    public void close() {
        if (this == Default.INSTANCE) {
            return; // it belongs to all code of the process
        }
        closed = true;
        sessions.close();
    }

    // ---------------------------------------------------------------- the connection's side

    Executor executor() {
        return executor;
    }

    SessionFactory sessions() {
        return sessions;
    }

    /** The certificate of a connection that was given none: see docs/adr/0004. */
    RTCCertificate defaultCertificate() {
        if (certificatePerConnection) {
            return newCertificate();
        }
        synchronized (certificateLock) {
            long now = System.currentTimeMillis();
            if (sharedCertificate == null || now - sharedSinceMillis > SHARED_CERTIFICATE_MILLIS) {
                sharedCertificate = newCertificate();
                sharedSinceMillis = now;
            }
            return sharedCertificate;
        }
    }

    private static RTCCertificate newCertificate() {
        try {
            return RTCCertificate.generate("ECDSA", RTCCertificate.DEFAULT_LIFETIME);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot make an ECDSA certificate", e);
        }
    }

    /** Settings of a factory. */
    public static final class Builder {
        /** As good as never, and no overflow. */
        private static final Duration LONGEST_RELEASE = Duration.ofDays(36_500);

        private int eventLoops = Runtime.getRuntime().availableProcessors();
        private Executor executor;
        private final List<CodecDescription> codecs = new ArrayList<>();
        private boolean includeLoopback;
        private boolean settleOnClose = true;
        private boolean certificatePerConnection;
        private SSLContext sslContext;
        private int minPort;
        private int maxPort;
        private Integer sharedUdpPort;
        private Integer sharedTcpPort;
        private boolean udp = true;
        private boolean activeTcp = true;
        private boolean passiveTcp;
        private boolean hideAddresses;
        private boolean resolveRemoteNames;
        private Predicate<InetSocketAddress> remoteCandidateFilter = a -> true;
        private long releaseAfterNanos = NetworkSettings.DEFAULT_RELEASE_AFTER_NANOS;
        private int dscp;
        private SctpConfig.CongestionControl dataCongestionControl = SctpConfig.CongestionControl.CUBIC;
        private long dataSendBuffer = DEFAULT_DATA_SEND_BUFFER;
        private int dataReceiveBuffer = DEFAULT_DATA_RECEIVE_BUFFER;
        private int maxDataChannels = DEFAULT_MAX_DATA_CHANNELS;
        private boolean iceLite;
        private boolean continualGathering;
        private Predicate<NetworkInterface> interfaces = i -> true;
        private Predicate<InetAddress> addresses = a -> true;
        private final Map<InetAddress, InetAddress> external = new HashMap<>();

        private Builder() {}

        /**
         * Sets how many threads serve the network.
         *
         * @param value 1 or more; default the number of cores
         * @return this builder
         * @throws IllegalArgumentException for less than 1
         */
        public Builder eventLoops(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("a factory has one event loop or more");
            }
            eventLoops = value;
            return this;
        }

        /**
         * Where callbacks run, one at a time for each connection. {@code Runnable::run} runs them on the event loop,
         * which is fastest; they must not block then. Default: daemon threads of the factory, virtual ones where Java
         * has them.
         *
         * <p>{@code execute} is called on event loops too, so it must not block. Whatever it throws closes the
         * connection that it was called for, and harms no other; what waits for that connection's end is then completed
         * on the event loop. Running a task more than once has no effect; never running it means that the connection's
         * events do not come and its futures are not completed.
         *
         * @param value must not block in {@code execute}; null for the default
         * @return this builder
         */
        public Builder executor(Executor value) {
            executor = value;
            return this;
        }

        /**
         * Whether loopback addresses are candidates too, for peers on the same machine; default only where there is no
         * other address.
         *
         * @param value true for peers on the same machine
         * @return this builder
         */
        public Builder includeLoopback(boolean value) {
            includeLoopback = value;
            return this;
        }

        /**
         * Whether {@code close()} fails what is still pending of a connection, offers, descriptions, candidates,
         * {@code replaceTrack}, with an {@code InvalidStateError}; default true. With false it stays pending for ever,
         * as W3C has it (webrtc-pc §4.4.1.2), which loses a thread that waits for it.
         *
         * @param value false for what W3C has
         * @return this builder
         */
        public Builder settleOnClose(boolean value) {
            settleOnClose = value;
            return this;
        }

        /**
         * Whether each connection that is given no certificate makes one of its own, as browsers do, so that peers
         * cannot tell that two calls come from the same process. Costs about a millisecond for each connection; default
         * false: a certificate is shared for a day.
         *
         * @param value true for one of its own
         * @return this builder
         */
        public Builder certificatePerConnection(boolean value) {
            certificatePerConnection = value;
            return this;
        }

        /**
         * Whom to trust when a TURN server is reached over TLS ({@code turns:}); default what the Java runtime trusts.
         * The certificate must always name the host of the server's URL.
         *
         * @param value null for the default
         * @return this builder
         */
        public Builder sslContext(SSLContext value) {
            sslContext = value;
            return this;
        }

        /**
         * Sets which ports are used, UDP and TCP; default any. Every transport needs one for each address of the
         * machine.
         *
         * @param min the first, 1 … 65535
         * @param max the last, {@code min} … 65535
         * @return this builder
         * @throws IllegalArgumentException for another range
         */
        public Builder portRange(int min, int max) {
            if (min < 1 || max > 65_535 || min > max) {
                throw new IllegalArgumentException("a port range is 1 <= min <= max <= 65535");
            }
            minPort = min;
            maxPort = max;
            return this;
        }

        /**
         * One UDP port for all connections, 0 for any free one, see
         * {@link RTCPeerConnectionFactory#getSharedUdpPort()}; default one for each connection. For servers behind a
         * firewall that opens one port. Behind a translator that maps one to one, give {@link #externalAddress} instead
         * of asking a STUN server for every call. Building fails with UncheckedIOException where the port is taken.
         *
         * @param port 0 … 65535
         * @return this builder
         * @throws IllegalArgumentException for another number
         */
        public Builder sharedUdpPort(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("a port is 0 … 65535");
            }
            sharedUdpPort = port;
            return this;
        }

        /**
         * One TCP port on which the peers of all connections open streams (RFC 6544), 0 for any free one, see
         * {@link RTCPeerConnectionFactory#getSharedTcpPort()}; default none. May have the number of the UDP port. Peers
         * whose network lets no UDP through reach a server by it, without a TURN server. Building fails with
         * UncheckedIOException where the port is taken.
         *
         * @param port 0 … 65535
         * @return this builder
         * @throws IllegalArgumentException for another number
         */
        public Builder sharedTcpPort(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("a port is 0 … 65535");
            }
            sharedTcpPort = port;
            return this;
        }

        /**
         * Whether TCP streams are opened to peers that listen for them (RFC 6544, active candidates); default true, as
         * in browsers. UDP comes first where both work.
         *
         * @param value false opens none
         * @return this builder
         */
        public Builder activeTcp(boolean value) {
            activeTcp = value;
            return this;
        }

        /**
         * Whether each connection listens on TCP ports of its own, so that peers can open streams (RFC 6544, passive
         * candidates); default false. Servers rather use {@link #sharedTcpPort}.
         *
         * @param value true listens
         * @return this builder
         */
        public Builder passiveTcp(boolean value) {
            passiveTcp = value;
            return this;
        }

        /**
         * Whether peers are told random {@code .local} names in place of our addresses
         * (draft-ietf-mmusic-mdns-ice-candidates), which we answer for by multicast DNS, so that only peers on the same
         * network learn them; default false. Addresses that STUN servers see are still told. Names cost a round of
         * multicast before a direct path is found.
         *
         * @param value true hides them
         * @return this builder
         */
        public Builder hideLocalAddresses(boolean value) {
            hideAddresses = value;
            return this;
        }

        /**
         * Whether candidates of peers that are host names of any kind are resolved by the machine's name servers;
         * default false: only the {@code .local} names of browsers are, by multicast DNS on the machine's own links.
         * With true, a peer can have this machine ask name servers of the peer's choice.
         *
         * @param value true asks name servers
         * @return this builder
         */
        public Builder resolveRemoteNames(boolean value) {
            resolveRemoteNames = value;
            return this;
        }

        /**
         * Which addresses of peers may be sent to, such as {@code a -> !a.getAddress().isSiteLocalAddress()} on a
         * server that is to reach nobody inside its own network; default all. Asked about each candidate, about what a
         * name stands for, and about the source of a check that no candidate tells of; what it refuses is ignored, and
         * counted in {@link RTCPeerConnection#getDropCounts} as {@code remote candidate that the filter refuses}, as it
         * is where the filter throws. It is called on an event loop and must not block. Whatever it says, unusable
         * addresses, and ports below 1,024 but for 80 and 443 at public addresses, are refused.
         *
         * @param filter true for addresses that may be sent to
         * @return this builder
         */
        public Builder remoteCandidateFilter(Predicate<InetSocketAddress> filter) {
            remoteCandidateFilter = Objects.requireNonNull(filter, "filter");
            return this;
        }

        /**
         * How long a transport keeps its sockets, and its allocations on TURN servers, once it has failed and nobody
         * restarts ICE; 0 or more, default 30 seconds. Later it has none, and no timers: a connection that nobody
         * closed costs memory only. A restart may come at any time, and opens new ones. A transport whose DTLS has
         * failed needs one as well from then on.
         *
         * @param value 0 or more
         * @return this builder
         * @throws IllegalArgumentException for less
         */
        public Builder releaseAfterFailure(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("a duration is 0 or more");
            }
            releaseAfterNanos = value.compareTo(LONGEST_RELEASE) > 0 ? LONGEST_RELEASE.toNanos() : value.toNanos();
            return this;
        }

        /**
         * The differentiated services code point (RFC 2474) of UDP packets to peers, 0 … 63; default 0. All packets of
         * a connection share it, since they share a socket; RFC 8837 §5 recommends 46 (EF) for audio, 34 or 36 (AF4x)
         * for interactive video. Many networks rewrite it, and an operating system may not let a process set it.
         *
         * @param codePoint 0 … 63
         * @return this builder
         * @throws IllegalArgumentException for another number
         */
        public Builder dscp(int codePoint) {
            if (codePoint < 0 || codePoint > 63) {
                throw new IllegalArgumentException("a code point is 0 … 63");
            }
            dscp = codePoint;
            return this;
        }

        /**
         * How data channels share the network; default {@link DataCongestionControl#CONSERVATIVE}. {@code MODEL_BASED}
         * is for long paths that lose packets without being full, such as radio links: see docs/performance.md before
         * choosing it.
         *
         * @param value null is as {@code CONSERVATIVE}
         * @return this builder
         */
        public Builder dataCongestionControl(DataCongestionControl value) {
            dataCongestionControl = value == DataCongestionControl.MODEL_BASED
                    ? SctpConfig.CongestionControl.MODEL
                    : SctpConfig.CongestionControl.CUBIC;
            return this;
        }

        /**
         * Bytes that a connection's data channels may hold for the network, all together; default
         * {@link #DEFAULT_DATA_SEND_BUFFER}. What would be more, {@code send} refuses with an {@code OperationError}.
         *
         * @param bytes at least the largest message
         * @return this builder
         * @throws IllegalArgumentException where a message of the largest size would not fit
         */
        public Builder dataSendBuffer(long bytes) {
            if (bytes < SctpConfig.DEFAULT_MAX_MESSAGE_SIZE) {
                throw new IllegalArgumentException("the send buffer holds at least one message of "
                        + SctpConfig.DEFAULT_MAX_MESSAGE_SIZE + " bytes");
            }
            dataSendBuffer = bytes;
            return this;
        }

        /**
         * Bytes that the peer of a connection may make us hold by its data channels; default
         * {@link #DEFAULT_DATA_RECEIVE_BUFFER}. Messages that wait for the application to take them or for their
         * missing parts count, each with 64 bytes more; channels that the application has not been told of, with 512;
         * and labels and protocols of the peer's open channels, which may fill a quarter of it. What fills the first
         * gap in what has come is taken up to twice as many. A peer that has filled it sends no more until some are
         * taken. It also bounds what can be on its way: a path of 200 ms carries no more than five times as much a
         * second.
         *
         * @param bytes at least twice the largest message
         * @return this builder
         * @throws IllegalArgumentException where it is less than twice a message of the largest size
         */
        public Builder dataReceiveBuffer(int bytes) {
            if (bytes < 2 * SctpConfig.DEFAULT_MAX_MESSAGE_SIZE) {
                throw new IllegalArgumentException("the receive buffer holds at least two messages of "
                        + SctpConfig.DEFAULT_MAX_MESSAGE_SIZE + " bytes");
            }
            dataReceiveBuffer = bytes;
            return this;
        }

        /**
         * Channels that the peer of a connection may have open at once, 1 … 65,535; default
         * {@link #DEFAULT_MAX_DATA_CHANNELS}. What would be one more is closed at once (RFC 8832 §6), and the
         * application does not hear of it. It is the number that counts: the peer chooses among all ids, 0 … 65,534.
         * Channels that the application itself creates are not among them. {@link RTCSctpTransport#getMaxChannels()}
         * tells it.
         *
         * @param channels 1 … 65,535
         * @return this builder
         * @throws IllegalArgumentException where it is not 1 … 65,535
         */
        public Builder maxDataChannels(int channels) {
            if (channels < 1 || channels > 65_535) {
                throw new IllegalArgumentException("a peer may open 1 to 65535 channels, not " + channels);
            }
            maxDataChannels = channels;
            return this;
        }

        /**
         * Whether there are UDP candidates; default true. Without them, connections go over TCP, or over TURN servers.
         *
         * @param value false for none
         * @return this builder
         */
        public Builder udp(boolean value) {
            udp = value;
            return this;
        }

        /**
         * Peers reach {@code local} under {@code external}, port for port, as in clouds that translate addresses one to
         * one: candidates show the external address instead.
         *
         * @param local an address of this machine
         * @param external what its peers see in its place
         * @return this builder
         */
        public Builder externalAddress(InetAddress local, InetAddress external) {
            this.external.put(Objects.requireNonNull(local, "local"), Objects.requireNonNull(external, "external"));
            return this;
        }

        /**
         * Which network interfaces may be used, such as {@code i -> !i.getName().startsWith("docker")}; default all
         * that are up.
         *
         * @param filter true for interfaces that may be used
         * @return this builder
         */
        public Builder interfaceFilter(Predicate<NetworkInterface> filter) {
            interfaces = Objects.requireNonNull(filter, "filter");
            return this;
        }

        /**
         * Which local addresses may be used, such as {@code a -> a instanceof Inet4Address}; default all.
         *
         * @param filter true for addresses that may be used
         * @return this builder
         */
        public Builder addressFilter(Predicate<InetAddress> filter) {
            addresses = Objects.requireNonNull(filter, "filter");
            return this;
        }

        /**
         * Whether to answer checks only, and send none (RFC 8445 §2.5); default false. For servers with a public
         * address: cheaper, and peers must be full agents.
         *
         * @param value true for a server
         * @return this builder
         */
        public Builder iceLite(boolean value) {
            iceLite = value;
            return this;
        }

        /**
         * Whether the machine's addresses are looked at again every two seconds during all of a call (default false): a
         * new one is signalled as one more candidate, after gathering was complete, and one that is gone is given up at
         * once. The call moves to another path without a restart where there is one. For machines that change networks.
         * Without it new addresses are looked for while a connection with a peer has no path, or restarts ICE, and none
         * is given up. A {@linkplain #sharedUdpPort shared port} is bound to new addresses too, and never gives one up.
         *
         * @param value true for machines that change networks
         * @return this builder
         */
        public Builder continualGathering(boolean value) {
            continualGathering = value;
            return this;
        }

        /**
         * One more codec that the factory's connections offer and agree to, behind the library's own and those that
         * providers describe. {@link #build} throws {@link IllegalArgumentException} where its name is taken, or where
         * there are more codecs than payload types.
         *
         * @param description of the codec
         * @return this
         */
        public Builder codec(CodecDescription description) {
            codecs.add(Objects.requireNonNull(description, "description"));
            return this;
        }

        /**
         * Makes the factory, and binds shared ports.
         *
         * @return a factory, to be closed
         * @throws UncheckedIOException where a shared port is taken
         */
        public RTCPeerConnectionFactory build() {
            return new RTCPeerConnectionFactory(this);
        }
    }
}
