package dev.jvmrtc;

import dev.jvmrtc.engine.HandshakeThreads;
import dev.jvmrtc.engine.IceServer;
import dev.jvmrtc.engine.SessionDriver;
import dev.jvmrtc.engine.TaskThreads;
import dev.jvmrtc.net.EventLoop;
import dev.jvmrtc.net.Resolver;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes connections that share event loops and settings. {@code new RTCPeerConnection()} uses a default one: as many loops as the machine has cores, callbacks
 * on daemon threads on which application code may block. Threads start with the first connection and end a few seconds after the last.
 *
 * <p>Not of W3C. Any thread may call any method.
 */
public final class RTCPeerConnectionFactory implements AutoCloseable {

    private static final class Default {
        static final RTCPeerConnectionFactory INSTANCE = builder().build();
    }

    /** A shared certificate is used for a day; it is valid for much longer, so that calls begun late in the day are not cut. */
    private static final long SHARED_CERTIFICATE_MILLIS = 24L * 3_600 * 1_000;

    private final EventLoop[] loops;
    private final AtomicInteger next = new AtomicInteger();
    private final Executor executor;
    private final boolean includeLoopback;
    private final boolean certificatePerConnection;
    private final SSLContext sslContext;
    private final Object certificateLock = new Object();
    private RTCCertificate sharedCertificate;
    private long sharedSinceMillis;
    private final Resolver resolver = new Resolver();
    private final HandshakeThreads handshakeThreads = new HandshakeThreads();

    private RTCPeerConnectionFactory(Builder b) {
        loops = new EventLoop[b.eventLoops];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new EventLoop("jvmrtc-loop-" + i);
        }
        executor = b.executor != null ? b.executor : TaskThreads.create();
        includeLoopback = b.includeLoopback;
        certificatePerConnection = b.certificatePerConnection;
        sslContext = b.sslContext;
    }

    /** The one behind {@code new RTCPeerConnection()}. */
    public static RTCPeerConnectionFactory getDefault() {
        return Default.INSTANCE;
    }

    public static Builder builder() {
        return new Builder();
    }

    public RTCPeerConnection createPeerConnection() {
        return createPeerConnection(RTCConfiguration.builder().build());
    }

    /** Errors as of the constructor {@link RTCPeerConnection#RTCPeerConnection(RTCConfiguration)}. */
    public RTCPeerConnection createPeerConnection(RTCConfiguration configuration) {
        return new RTCPeerConnection(this, executor, configuration);
    }

    /** A connection whose callbacks run on an executor of its own. */
    public RTCPeerConnection createPeerConnection(RTCConfiguration configuration, Executor callbackExecutor) {
        return new RTCPeerConnection(this, Objects.requireNonNull(callbackExecutor, "callbackExecutor"), configuration);
    }

    /** Ends the factory's threads as soon as its connections are closed. The default factory needs no closing. */
    @Override
    public void close() {
        for (EventLoop l : loops) {
            l.close();
        }
        resolver.close();
    }

    // ---------------------------------------------------------------- the connection's side

    Executor executor() {
        return executor;
    }

    HandshakeThreads handshakeThreads() {
        return handshakeThreads;
    }

    SessionDriver newDriver(java.util.List<IceServer> iceServers, boolean relayOnly, SessionDriver.Listener listener) {
        EventLoop loop = loops[Math.floorMod(next.getAndIncrement(), loops.length)];
        return new SessionDriver(loop, resolver, this::tls, iceServers, includeLoopback, relayOnly, listener);
    }

    /** For TURN over TLS: as configured, else what the platform trusts. */
    private SSLContext tls() {
        if (sslContext != null) {
            return sslContext;
        }
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no default TLS context: give the factory one", e);
        }
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
        private int eventLoops = Runtime.getRuntime().availableProcessors();
        private Executor executor;
        private boolean includeLoopback;
        private boolean certificatePerConnection;
        private SSLContext sslContext;

        private Builder() {
        }

        /** Number of threads that serve the network, 1 or more; default the number of cores. */
        public Builder eventLoops(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("a factory has one event loop or more");
            }
            eventLoops = value;
            return this;
        }

        /**
         * Where callbacks run, one at a time for each connection. {@code Runnable::run} runs them on the event loop, which is fastest; they must not block then.
         * Default: daemon threads of the factory, virtual ones where Java has them.
         */
        public Builder executor(Executor value) {
            executor = value;
            return this;
        }

        /** Whether loopback addresses are candidates too, for peers on the same machine; default only where there is no other address. */
        public Builder includeLoopback(boolean value) {
            includeLoopback = value;
            return this;
        }

        /**
         * Whether each connection that is given no certificate makes one of its own, as browsers do, so that peers cannot tell that two calls come from the same
         * process. Costs about a millisecond for each connection; default false: a certificate is shared for a day.
         */
        public Builder certificatePerConnection(boolean value) {
            certificatePerConnection = value;
            return this;
        }

        /**
         * Whom to trust when a TURN server is reached over TLS ({@code turns:}); default what the Java runtime trusts. The certificate must always name the host
         * of the server's URL.
         */
        public Builder sslContext(SSLContext value) {
            sslContext = value;
            return this;
        }

        public RTCPeerConnectionFactory build() {
            return new RTCPeerConnectionFactory(this);
        }
    }
}
