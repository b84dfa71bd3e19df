package dev.jvmrtc.engine;

import java.util.Locale;

/**
 * A STUN or TURN URI (RFC 7064, RFC 7065).
 *
 * @param scheme stun, stuns, turn or turns
 * @param transport "udp" or "tcp"
 */
public record IceServerUrl(String url, String scheme, String host, int port, String transport) {

    /** Throws IllegalArgumentException with a sentence where the text is no such URI. */
    public static IceServerUrl parse(String url) {
        int colon = url.indexOf(':');
        String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        boolean turn = scheme.startsWith("turn");
        boolean secure = scheme.endsWith("s");
        if (!scheme.equals("stun") && !scheme.equals("stuns") && !scheme.equals("turn") && !scheme.equals("turns")) {
            throw new IllegalArgumentException(
                    "\"" + url + "\": an ICE server's URL starts with stun:, stuns:, turn: or turns:");
        }
        String rest = url.substring(colon + 1);
        int question = rest.indexOf('?');
        String transport = secure ? "tcp" : "udp";
        if (question >= 0) {
            String query = rest.substring(question + 1);
            if (!turn || !query.equals("transport=udp") && !query.equals("transport=tcp")) {
                throw new IllegalArgumentException("\"" + url
                        + "\": only turn: and turns: take a query, which is ?transport=udp or ?transport=tcp");
            }
            transport = query.substring("transport=".length());
            rest = rest.substring(0, question);
        }
        String host = rest;
        int port = secure ? 5349 : 3478;
        int portAt = rest.startsWith("[") ? rest.indexOf("]:") + 1 : rest.lastIndexOf(':');
        if (portAt > 0) {
            host = rest.substring(0, portAt);
            try {
                port = Integer.parseInt(rest.substring(portAt + 1));
            } catch (NumberFormatException e) {
                port = -1;
            }
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty() || host.startsWith("/") || host.indexOf('@') >= 0 || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("\"" + url + "\": an ICE server's URL is <scheme>:<host>[:<port>]");
        }
        return new IceServerUrl(url, scheme, host, port, transport);
    }

    public boolean isTurn() {
        return scheme.startsWith("turn");
    }

    /** STUN over TLS and TURN over DTLS are not, as in browsers. */
    public boolean isSupported() {
        return !scheme.equals("stuns") && !(scheme.equals("turns") && transport.equals("udp"));
    }
}
