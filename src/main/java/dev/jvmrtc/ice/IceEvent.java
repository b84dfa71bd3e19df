package dev.jvmrtc.ice;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What an {@link IceAgent} has to tell. */
public sealed interface IceEvent {

    record StateChanged(IceState state) implements IceEvent {}

    /**
     * A local candidate of the current generation. {@code url} is the server it came from, or null;
     * {@code relayProtocol} how that is reached, if it relays.
     */
    record LocalCandidate(Candidate candidate, String url, String relayProtocol) implements IceEvent {}

    /** All local addresses are known and every STUN server has answered or been given up. */
    record GatheringComplete() implements IceEvent {}

    /**
     * A STUN server could not be used from {@code base}; {@code code} 701 means that it did not answer (webrtc-pc
     * §4.8.3).
     */
    record ServerError(String url, InetSocketAddress base, int code, String reason) implements IceEvent {}

    /** @param oldPathLost whether the pair before it, if any, had stopped working: what was on its way is gone */
    record SelectedPairChanged(Candidate local, Candidate remote, boolean oldPathLost) implements IceEvent {}

    /**
     * No pair works any more, and none has begun to in the time that one would take: only a restart (RFC 8445 §9) can
     * bring a path. Said once for each loss.
     */
    record RestartNeeded() implements IceEvent {}

    /**
     * A TCP stream is to be opened from an address of ours; the outcome goes to {@link IceAgent#streamOpened} or
     * {@link IceAgent#streamClosed}.
     */
    record OpenStream(int streamId, InetAddress local, InetSocketAddress remote) implements IceEvent {}

    /** A TCP stream is of no use any more. */
    record CloseStream(int streamId) implements IceEvent {}

    /** We lost a role conflict, or won it in the peer's place (RFC 8445 §7.3.1.1). */
    record RoleChanged(boolean controlling) implements IceEvent {}
}
