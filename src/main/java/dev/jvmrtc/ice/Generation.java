package dev.jvmrtc.ice;

/**
 * What the two sides know each other by from one restart to the next (RFC 8445 §9).
 *
 * @param remote the peer's, null before they are known
 */
record Generation(IceCredentials local, IceCredentials remote) {

    boolean isPeerKnown() {
        return remote != null;
    }
}
