package dev.jvmrtc.examples;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.handlers.PathHandler;
import io.undertow.util.Headers;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Serves one page, and a WebSocket at {@code /signal} for each visitor of it. */
final class SignallingServer implements AutoCloseable {

    /** One visitor: what he sends goes to the handler, what goes to {@code send} he receives. */
    interface Session {
        void onText(String text);

        void onClose();
    }

    private final Undertow server;
    private final String url;

    /**
     * @param page a resource under {@code /web}
     * @param port 0 for any
     * @param sessions makes a session for each visitor, given the way to send to him
     */
    SignallingServer(String host, int port, boolean https, String page, Function<Consumer<String>, Session> sessions) throws Exception {
        String html;
        try (InputStream in = SignallingServer.class.getResourceAsStream("/web/" + page)) {
            html = new String(in.readAllBytes(), "UTF-8");
        }
        PathHandler paths = Handlers.path(exchange -> {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/html; charset=utf-8");
            exchange.getResponseSender().send(html);
        }).addExactPath("/signal", Handlers.websocket((exchange, channel) -> connect(channel, sessions)));
        Undertow.Builder b = Undertow.builder().setIoThreads(1).setWorkerThreads(4).setHandler(paths);
        server = (https ? b.addHttpsListener(port, host, selfSigned()) : b.addHttpListener(port, host)).build();
        server.start();
        int actual = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        url = (https ? "https://" : "http://") + (host.equals("127.0.0.1") || host.equals("0.0.0.0") ? "localhost" : host) + ":" + actual + "/";
    }

    String url() {
        return url;
    }

    private static void connect(WebSocketChannel channel, Function<Consumer<String>, Session> sessions) {
        Session session = sessions.apply(text -> WebSockets.sendText(text, channel, null));
        channel.addCloseTask(c -> session.onClose());
        channel.getReceiveSetter().set(new AbstractReceiveListener() {
            @Override
            protected void onFullTextMessage(WebSocketChannel c, BufferedTextMessage message) {
                session.onText(message.getData());
            }
        });
        channel.resumeReceives();
    }

    /** A certificate for this run, made by the JDK's keytool: browsers ask before they accept it. */
    private static SSLContext selfSigned() throws Exception {
        Path dir = Files.createTempDirectory("jvmrtc-https");
        Path store = dir.resolve("store.p12");
        String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process p = new ProcessBuilder(keytool, "-genkeypair", "-alias", "jvmrtc", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "7", "-dname",
            "CN=jvmrtc", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", "jvmrtc").redirectErrorStream(true).start();
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
