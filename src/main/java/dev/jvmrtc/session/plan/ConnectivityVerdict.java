package dev.jvmrtc.session.plan;

import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.CandidatePair;
import dev.jvmrtc.ice.CandidateRefusal;
import dev.jvmrtc.ice.CandidateType;
import dev.jvmrtc.ice.IceState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says in a sentence that a developer can act on how a transport stands, and if it failed, what is likely to be the
 * reason. A function of a snapshot.
 */
public final class ConnectivityVerdict {

    /** Reason of a drop: a candidate whose name is known to nobody here. */
    public static final String NAME_NOT_RESOLVED = "remote candidate whose name does not resolve";

    private ConnectivityVerdict() {}

    /** @param drops the session's counters, which know of candidates whose names did not resolve */
    public static String of(SessionSnapshot.Transport t, Map<String, Long> drops) {
        TransportHistory.Snapshot h = t.history();
        if (h.dtlsFailure() != null) {
            return "A path was found, but the DTLS handshake failed: " + h.dtlsFailure() + ". "
                    + (h.dtlsFailure().contains("fingerprint")
                            ? "The peer that answers is not the one whose description was signalled, or the description was changed on the way."
                            : "Look at the peer's own report of the handshake.");
        }
        if (t.selected() != null && t.iceState() == IceState.DISCONNECTED) {
            return "The path worked and does not any more: the peer has not answered for some seconds. It may come back; restartIce() looks for another path.";
        }
        if (t.selected() != null && t.iceState() == IceState.CHECKING) {
            return "ICE restarts: the path of until now does not work any more, and another one is looked for.";
        }
        if (t.selected() != null) {
            String path = describe(t.selected());
            return h.connected() != null
                    ? "Connected: " + path + "."
                    : "A path was found (" + path
                            + "), but the DTLS handshake is not finished: the peer's DTLS does not answer.";
        }
        if (h.described() == null) {
            return "The peer's description is not known yet: signalling has not brought an answer, or setRemoteDescription was not called with it.";
        }
        if (t.localCandidates().isEmpty()) {
            return withoutLocalCandidates(t, h);
        }
        if (t.remoteCandidates().isEmpty()) {
            String refused = Stream.of(CandidateRefusal.values())
                    .filter(r -> drops.getOrDefault(r.reason(), 0L) > 0)
                    .map(r -> drops.get(r.reason()) + " " + r.meaning())
                    .collect(Collectors.joining(", "));
            if (!refused.isEmpty()) {
                return "None of the peer's candidates can be used, for this side refuses them: " + refused + ".";
            }
            return drops.getOrDefault(NAME_NOT_RESOLVED, 0L) > 0
                    ? "None of the peer's candidates can be used: their names (.local) do not resolve here. The peer is in another network, or multicast DNS is blocked."
                    : "The peer's description came without candidates, and none followed: check that its candidates are signalled and given to addIceCandidate.";
        }
        return withoutPath(t, h);
    }

    private static String describe(CandidatePair.Snapshot p) {
        return side(p.local()) + " to " + side(p.remote())
                + (p.currentRttNanos() < 0 ? "" : ", round trip " + p.currentRttNanos() / 100_000 / 10.0 + " ms");
    }

    private static String side(Candidate c) {
        return c.type() + " " + c.host() + ":" + c.port();
    }

    private static String withoutLocalCandidates(SessionSnapshot.Transport t, TransportHistory.Snapshot h) {
        if (!t.relayOnly()) {
            return h.gathered() == null
                    ? "No address of ours is known yet: gathering is under way."
                    : "This machine has no network address that could be used.";
        }
        String errors = h.servers().stream()
                .filter(s -> s.errorCode() != 0)
                .map(s -> s.url() + ": " + s.errorCode() + " " + s.text())
                .distinct()
                .collect(Collectors.joining("; "));
        if (!errors.isEmpty()) {
            return "Only relays are allowed (iceTransportPolicy \"relay\"), and no TURN server gave one: " + errors
                    + ".";
        }
        return h.gathered() == null
                ? "Only relays are allowed, and the TURN servers have not answered yet."
                : "Only relays are allowed (iceTransportPolicy \"relay\"), but no TURN server is configured: add one to iceServers.";
    }

    private static String withoutPath(SessionSnapshot.Transport t, TransportHistory.Snapshot h) {
        int sent = t.pairs().stream()
                .mapToInt(CandidatePair.Snapshot::requestsSent)
                .sum();
        long tried = t.pairs().stream().filter(p -> p.requestsSent() > 0).count();
        boolean heard = t.pairs().stream().anyMatch(p -> p.requestsReceived() > 0);
        boolean relay = t.localCandidates().stream().anyMatch(c -> c.type() == CandidateType.RELAYED)
                || t.remoteCandidates().stream().anyMatch(c -> c.type() == CandidateType.RELAYED);
        boolean failed = t.iceState() == IceState.FAILED;
        boolean everWorked = h.connected() != null;
        if (t.pairs().isEmpty()) {
            return t.localCandidates().stream()
                            .noneMatch(l -> t.remoteCandidates().stream()
                                    .anyMatch(r -> r.transport().equals(l.transport())))
                    ? "No candidate of ours goes with any of the peer's: one side has UDP only, the other TCP only."
                    : t.localCandidates().stream().allMatch(Candidate::isTcp)
                            ? "No candidate of ours goes with any of the peer's: over TCP, one side must listen (passive candidates) and the other connect (active ones)."
                            : withoutPairs(t);
        }
        if (everWorked && failed) {
            return "The path was lost: the peer has not answered for 30 seconds. It is gone, or its network has changed; restartIce() looks for another path.";
        }
        List<String> refusals = t.pairs().stream()
                .map(CandidatePair.Snapshot::failure)
                .filter(Objects::nonNull)
                .filter(f -> f.startsWith("refused"))
                .distinct()
                .toList();
        if (!refusals.isEmpty()) {
            return "The peer refuses our checks (" + String.join(", ", refusals)
                    + "): it works with another description than ours; check that offer and answer belong together.";
        }
        String checks = (failed ? "All " : "So far all ") + sent + " checks on " + tried + " pairs went unanswered";
        if (heard) {
            return checks
                    + ", though checks of the peer have come in: our answers or our checks are blocked on the way back.";
        }
        if (relay) {
            return checks
                    + ", over the relay too: the peer has not learnt our candidates, is gone, or its own checks are blocked. Check that ours are signalled to it.";
        }
        String turn = serversOf(h, "turn");
        if (!turn.isEmpty()) {
            return checks + ", and there is no relay: " + turn + ".";
        }
        return checks
                + " and no TURN server is configured: a firewall that drops UDP, or address translators on both sides, is likely; add a turns: server to iceServers.";
    }

    /**
     * Why no candidate of ours makes a pair with any of the peer's. Loopback addresses go with each other only,
     * whatever their family.
     */
    private static String withoutPairs(SessionSnapshot.Transport t) {
        List<InetAddress> ours = addresses(t.localCandidates());
        List<InetAddress> theirs = addresses(t.remoteCandidates());
        boolean here = !ours.isEmpty() && ours.stream().allMatch(InetAddress::isLoopbackAddress);
        boolean there = !theirs.isEmpty() && theirs.stream().allMatch(InetAddress::isLoopbackAddress);
        if (here && !there) {
            return "This machine has loopback addresses only, by which the peer cannot be reached: its network is down, or filters leave all of it out.";
        }
        if (there && !here) {
            return "The peer has loopback addresses only, which mean its own machine: its network is down, or it was told to use no other.";
        }
        boolean sameFamily = ours.stream()
                .filter(o -> !o.isLoopbackAddress())
                .anyMatch(o -> theirs.stream().anyMatch(r -> !r.isLoopbackAddress() && r.getClass() == o.getClass()));
        return here || sameFamily
                ? "No address of ours can reach any of the peer's: a relay has no way to private addresses, nor anybody to another machine's loopback."
                : "No address of ours can reach any of the peer's: one side has IPv4 only, the other IPv6 only. A TURN server that has both would help.";
    }

    private static List<InetAddress> addresses(List<Candidate> candidates) {
        return candidates.stream()
                .map(Candidate::address)
                .filter(Objects::nonNull)
                .map(InetSocketAddress::getAddress)
                .toList();
    }

    private static String serversOf(TransportHistory.Snapshot h, String scheme) {
        return h.servers().stream()
                .filter(s -> s.errorCode() != 0 && s.url().startsWith(scheme))
                .map(s -> s.url() + " failed with " + s.errorCode() + " " + s.text())
                .distinct()
                .collect(Collectors.joining("; "));
    }
}
