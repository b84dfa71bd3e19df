package dev.jvmrtc.engine;

import dev.jvmrtc.ice.IceCredentials;

/** A port that connections share: the first check of a peer names the username fragment of the transport that it is for. From any thread. */
interface SharedPort {

    /** Checks for the credentials go to the transport, besides those for others that it has already. */
    void join(SessionDriver driver, int transportId, IceCredentials credentials);

    /** The transport is known by these credentials only. */
    void keepOnly(SessionDriver driver, int transportId, IceCredentials credentials);

    void leave(SessionDriver driver, int transportId);
}
