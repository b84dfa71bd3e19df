package dev.jvmrtc.examples;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.handlers.PathHandler;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.CloseMessage;
import io.undertow.websockets.core.StreamSourceFrameChannel;
import io.undertow.websockets.core.WebSocketCallback;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.xnio.IoUtils;

/**
 * Serves one page, and a WebSocket for each visitor of it, to whoever has the address with its token; see {@link Door}
 * for who is kept out. How much a visitor may send, and how many there may be, is bounded.
 */
final class SignallingServer implements AutoCloseable {

    /** One visitor: what he sends goes to the handler, what goes to {@code send} he receives. */
    interface Session {
        void onText(String text);

        void onClose();
    }

    private static final int MAX_VISITORS = 32;

    private final Undertow server;
    private final String url;
    private final AtomicInteger visitors = new AtomicInteger();

    /**
     * @param page a resource under {@code /web}
     * @param port 0 for any
     * @param sessions makes a session for each visitor, given the way to send to him
     */
    SignallingServer(String host, int port, boolean https, String page, Function<Consumer<String>, Session> sessions)
            throws Exception {
        String html;
        try (InputStream in = SignallingServer.class.getResourceAsStream("/web/" + page)) {
            html = new String(in.readAllBytes(), "UTF-8");
        }
        String base = "/" + Door.token() + "/";
        PathHandler paths = Handlers.path(exchange -> Door.refuse(exchange, StatusCodes.NOT_FOUND))
                .addExactPath(base, exchange -> {
                    exchange.getResponseHeaders()
                            .put(Headers.CONTENT_TYPE, "text/html; charset=utf-8")
                            .put(Headers.CACHE_CONTROL, "no-store")
                            .put(Headers.REFERRER_POLICY, "no-referrer")
                            .put(Headers.X_FRAME_OPTIONS, "DENY");
                    exchange.getResponseSender().send(html);
                })
                .addExactPath(base + "signal", Handlers.websocket((exchange, channel) -> connect(channel, sessions)));
        Undertow.Builder b = Door.server().setHandler(Door.guard(host, paths));
        server = (https ? b.addHttpsListener(port, host, selfSigned()) : b.addHttpListener(port, host)).build();
        server.start();
        int actual = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        url = (https ? "https://" : "http://")
                + (host.equals("127.0.0.1") || host.equals("0.0.0.0") ? "localhost" : host) + ":" + actual + base;
    }

    /** With the token. */
    String url() {
        return url;
    }

    private void connect(WebSocketChannel channel, Function<Consumer<String>, Session> sessions) {
        if (visitors.incrementAndGet() > MAX_VISITORS) {
            visitors.decrementAndGet();
            putOut(channel, CloseMessage.GOING_AWAY, "too many visitors");
            return;
        }
        Session session = sessions.apply(text -> WebSockets.sendText(text, channel, null));
        channel.addCloseTask(c -> {
            visitors.decrementAndGet();
            session.onClose();
        });
        channel.getReceiveSetter().set(new AbstractReceiveListener() {
            @Override
            protected void onText(WebSocketChannel c, StreamSourceFrameChannel message) {
                receive(message, new ByteArrayOutputStream(), session);
            }

            @Override
            protected void onBinary(WebSocketChannel c, StreamSourceFrameChannel message) {
                putOut(c, CloseMessage.WRONG_CODE, "text only");
            }
        });
        channel.resumeReceives();
    }

    /**
     * What has come of a message, until it is whole. Undertow's own buffering knows a largest size too, but takes
     * whatever comes without a pause.
     */
    private static void receive(StreamSourceFrameChannel message, ByteArrayOutputStream text, Session session) {
        WebSocketChannel channel = message.getWebSocketChannel();
        ByteBuffer part = ByteBuffer.allocate(8_192);
        try {
            for (int n = message.read(part); n != 0; n = message.read(part)) {
                if (n < 0) {
                    session.onText(text.toString(StandardCharsets.UTF_8));
                    return;
                }
                if (text.size() + n > Door.MAX_BODY) {
                    putOut(channel, CloseMessage.MSG_TOO_BIG, "too long");
                    return;
                }
                text.write(part.array(), 0, n);
                part.clear();
            }
            message.getReadSetter().set(m -> receive(m, text, session));
            message.resumeReads();
        } catch (IOException e) {
            IoUtils.safeClose(channel);
        } catch (RuntimeException e) {
            System.err.println("a visitor sends what is no signalling: " + SafeFile.line(e.toString()));
            putOut(channel, CloseMessage.MSG_VIOLATES_POLICY, "no signalling");
        }
    }

    /** Without waiting for him to say that he goes. */
    private static void putOut(WebSocketChannel channel, int code, String reason) {
        channel.suspendReceives();
        WebSockets.sendClose(code, reason, channel, new WebSocketCallback<>() {
            @Override
            public void complete(WebSocketChannel c, Void context) {
                IoUtils.safeClose(c);
            }

            @Override
            public void onError(WebSocketChannel c, Void context, Throwable error) {
                IoUtils.safeClose(c);
            }
        });
    }

    /** A certificate for this run, made by the JDK's keytool: browsers ask before they accept it. */
    private static SSLContext selfSigned() throws Exception {
        Path dir = Files.createTempDirectory("jvmrtc-https");
        Path store = dir.resolve("store.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process p = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "jvmrtc",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-validity",
                        "7",
                        "-dname",
                        "CN=jvmrtc",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "jvmrtc")
                .redirectErrorStream(true)
                .start();
        if (!p.waitFor(30, TimeUnit.SECONDS) || p.exitValue() != 0) {
            throw new IOException("keytool could not make a certificate");
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "jvmrtc".toCharArray());
        }
        Files.delete(store);
        Files.delete(dir);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "jvmrtc".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    @Override
    public void close() {
        server.stop();
    }
}
