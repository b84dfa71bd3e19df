package dev.jvmrtc.examples;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.xnio.Options;

/**
 * Who gets into a server of an example. Everybody's browser reaches the servers of his own machine for every page that
 * it has open, so an address of this machine alone keeps nobody out: a page of another site must be refused by its
 * {@code Origin}, a name that has been pointed at us (DNS rebinding) by its {@code Host}, and what shows or takes
 * something of this machine is behind a path that cannot be guessed.
 */
final class Door {
    /** A description with hundreds of candidates takes less. */
    static final int MAX_BODY = 256 * 1024;

    private static final int MAX_HEADERS = 16 * 1024;
    /** For a request to come whole, and for the next one on the same connection. */
    private static final int PATIENCE_MILLIS = 10_000;

    private static final int MAX_CONNECTIONS = 256;
    private static final int TOKEN_BYTES = 16;
    /** An address has been looked up by nobody, so nobody can have lied about it. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:.]+]");

    private Door() {}

    /** A part of a path that cannot be guessed: 128 random bits. */
    static String token() {
        byte[] secret = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /**
     * A server with threads of its own whose requests are bounded in size and time: half a request costs a connection
     * for some seconds, and no thread.
     */
    static Undertow.Builder server() {
        return Undertow.builder()
                .setIoThreads(1)
                .setWorkerThreads(8)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) MAX_BODY)
                .setServerOption(UndertowOptions.MULTIPART_MAX_ENTITY_SIZE, (long) MAX_BODY)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADERS)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, PATIENCE_MILLIS)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, PATIENCE_MILLIS)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .setSocketOption(Options.CONNECTION_HIGH_WATER, MAX_CONNECTIONS)
                .setSocketOption(Options.CONNECTION_LOW_WATER, MAX_CONNECTIONS - 1);
    }

    /** Refuses pages of other sites and names that are not ours; the rest goes to {@code inside}. */
    static HttpHandler guard(String ownName, HttpHandler inside) {
        return x -> {
            String host = x.getRequestHeaders().getFirst(Headers.HOST);
            String origin = x.getRequestHeaders().getFirst(Headers.ORIGIN);
            if (!isOurs(host, ownName) || !isSameSite(origin, host)) {
                x.setStatusCode(StatusCodes.FORBIDDEN).endExchange();
                return;
            }
            inside.handleRequest(x);
        };
    }

    static void refuse(HttpServerExchange x, int status) {
        x.setStatusCode(status).endExchange();
    }

    /** Whether a request's {@code Host} is this machine by a name that nobody else can give it. */
    static boolean isOurs(String host, String ownName) {
        if (host == null) {
            return false;
        }
        String name = host.replaceFirst(":[0-9]*$", "");
        return name.equalsIgnoreCase("localhost")
                || name.equalsIgnoreCase(ownName)
                || ADDRESS.matcher(name).matches();
    }

    /** Whether a request comes from no page at all, or from one of this very server. */
    static boolean isSameSite(String origin, String host) {
        if (origin == null) {
            return true;
        }
        try {
            return host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
