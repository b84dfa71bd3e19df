package dev.jvmrtc.engine;

import dev.jvmrtc.session.plan.TurnServer;

/**
 * A STUN or TURN server as configured.
 *
 * @param username null for STUN
 */
public record IceServer(IceServerUrl url, String username, String credential) {

    /** What the session needs to know of a TURN server. */
    TurnServer turn() {
        TurnServer.Transport t = url.scheme().equals("turns")
                ? TurnServer.Transport.TLS
                : url.transport().equals("tcp") ? TurnServer.Transport.TCP : TurnServer.Transport.UDP;
        return new TurnServer(url.url(), url.host(), t, username, credential);
    }

    /** Without the credentials. */
    @Override
    public String toString() {
        return url.url();
    }
}
