package dev.jvmrtc.turn;

import java.net.InetSocketAddress;
import java.util.List;

/** What a {@link TurnClient} has to tell. */
public sealed interface TurnEvent {

    /** @param relayed one address, or one for each family; @param mapped ours as the server sees it */
    record Allocated(List<InetSocketAddress> relayed, InetSocketAddress mapped) implements TurnEvent {}

    /**
     * There is no allocation, or there is none any more.
     *
     * @param code the STUN error code of the server, or 701 where it did not answer or could not be reached (webrtc-pc
     *     §4.8.3)
     */
    record Failed(int code, String reason) implements TurnEvent {}

    /**
     * The server sends us to another one (RFC 8489 §10); {@code domain} is the name that its certificate has, or null
     * for the same as before.
     */
    record Redirected(InetSocketAddress alternate, String domain) implements TurnEvent {}
}
