package dev.jvmrtc.session.plan;

import java.util.Locale;

/**
 * A TURN server that a connection may use, its name not resolved yet.
 *
 * @param url as configured, for events
 * @param host as configured: the name that its certificate must have
 * @param transport how it is reached
 * @param username null where none was given
 */
public record TurnServer(String url, String host, Transport transport, String username, String password) {

    /** How a server is reached; the word is RTCIceServerTransportProtocol. The earlier, the better. */
    public enum Transport {
        UDP,
        TCP,
        TLS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Without the credentials. */
    @Override
    public String toString() {
        return url;
    }
}
