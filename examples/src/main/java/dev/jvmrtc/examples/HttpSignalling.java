package dev.jvmrtc.examples;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.xnio.IoUtils;

/**
 * Signalling in one HTTP request, as in WHIP: POST an offer with all its candidates, get the answer with all of its
 * own.
 */
final class HttpSignalling {

    private static final int CREATED = 201;
    /** Connections at a time; more are refused until some have ended. */
    static final int MAX_CONNECTIONS = 64;
    /** Whose offer comes to nothing has his connection closed after this. */
    private static final int CONNECT_SECONDS = 30;

    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(40);

    /** A server that answers offers. */
    static final class Server implements AutoCloseable {
        private final String path;
        private final Supplier<RTCPeerConnection> connections;
        private final Set<RTCPeerConnection> open = new HashSet<>();
        private boolean closed;
        private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, r -> {
            Thread t = new Thread(r, "signalling clock");
            t.setDaemon(true);
            return t;
        });
        private final Undertow http;

        private Server(InetSocketAddress address, String path, Supplier<RTCPeerConnection> connections) {
            this.path = path;
            this.connections = connections;
            http = Door.server()
                    .addHttpListener(address.getPort(), address.getHostString())
                    .setHandler(Door.guard(address.getHostString(), this::handle))
                    .build();
            http.start();
        }

        int port() {
            return ((InetSocketAddress) http.getListenerInfo().get(0).getAddress()).getPort();
        }

        private void handle(HttpServerExchange x) {
            if (!x.getRequestPath().equals(path) || !x.getRequestMethod().equals(Methods.POST)) {
                Door.refuse(x, StatusCodes.NOT_FOUND);
                return;
            }
            // Comes without a thread that waits for it; too much of it, or nothing for some seconds, ends the exchange.
            Runnable late = () -> IoUtils.safeClose(x.getConnection());
            ScheduledFuture<?> patience = clock.schedule(late, CONNECT_SECONDS / 2, TimeUnit.SECONDS);
            x.getRequestReceiver()
                    .receiveFullString(
                            (y, offer) -> {
                                patience.cancel(false);
                                y.dispatch(() -> answer(y, offer));
                            },
                            (y, e) -> {
                                patience.cancel(false);
                                Door.refuse(y, StatusCodes.REQUEST_ENTITY_TOO_LARGE);
                            },
                            StandardCharsets.UTF_8);
        }

        private void answer(HttpServerExchange x, String offer) {
            if (!offer.contains("\nm=")) {
                Door.refuse(x, StatusCodes.BAD_REQUEST); // nothing would be gathered for it, ever
                return;
            }
            RTCPeerConnection pc = admit();
            if (pc == null) {
                Door.refuse(x, StatusCodes.SERVICE_UNAVAILABLE);
                return;
            }
            clock.schedule(
                    () -> {
                        if (pc.getConnectionState() != RTCPeerConnectionState.CONNECTED) {
                            pc.close();
                        }
                    },
                    CONNECT_SECONDS,
                    TimeUnit.SECONDS);
            pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer))
                    .thenCompose(v -> pc.setLocalDescription())
                    .thenCompose(v -> pc.gathered())
                    .thenApply(RTCSessionDescription::getSdp)
                    .orTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                    .whenComplete((sdp, error) -> {
                        if (error != null) {
                            pc.close();
                        }
                        x.setStatusCode(error == null ? StatusCodes.CREATED : StatusCodes.BAD_REQUEST);
                        x.getResponseHeaders()
                                .put(
                                        Headers.CONTENT_TYPE,
                                        error == null ? "application/sdp" : "text/plain; charset=utf-8");
                        x.getResponseSender()
                                .send(error == null ? sdp : SafeFile.line(String.valueOf(error.getMessage())) + "\n");
                    });
        }

        /** A connection, or null where there are enough. */
        private synchronized RTCPeerConnection admit() {
            open.removeIf(pc -> pc.getConnectionState() == RTCPeerConnectionState.CLOSED);
            if (closed || open.size() >= MAX_CONNECTIONS) {
                return null;
            }
            RTCPeerConnection pc = connections.get();
            open.add(pc);
            return pc;
        }

        /** Closes the connections, too. */
        @Override
        public void close() {
            http.stop();
            clock.shutdownNow();
            synchronized (this) {
                closed = true;
                open.forEach(RTCPeerConnection::close);
                open.clear();
            }
        }
    }

    /**
     * Answers offers.
     *
     * @param path where offers are posted; one that cannot be guessed ({@link Door#token}) keeps strangers out
     * @param connections makes a connection for each offer, with handlers for what will come of it
     */
    static Server answer(InetSocketAddress address, String path, Supplier<RTCPeerConnection> connections) {
        return new Server(address, path, connections);
    }

    /** Offers a connection, which has channels or media already, to whoever answers at the address. */
    static void offer(RTCPeerConnection pc, URI uri) throws IOException, InterruptedException {
        RTCSessionDescription offer =
                pc.setLocalDescription().thenCompose(v -> pc.gathered()).join();
        HttpResponse<InputStream> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .timeout(ANSWER_PATIENCE)
                                .POST(HttpRequest.BodyPublishers.ofString(offer.getSdp()))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        String body;
        try (InputStream in = answer.body()) {
            body = new String(in.readNBytes(Door.MAX_BODY), StandardCharsets.UTF_8);
        }
        if (answer.statusCode() != CREATED) {
            throw new IOException(uri + " answers " + answer.statusCode() + " " + SafeFile.line(body));
        }
        pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, body))
                .join();
    }

    private HttpSignalling() {}
}
