package dev.jvmrtc.ice;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.ice.CandidatePair.State;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/**
 * The checks that the peer sends (RFC 8445 §7.3): who may ask, and what is answered. What a check means for its pair is
 * the agent's business.
 */
final class IncomingChecks {
    /** Checks that come before we know the peer's credentials are remembered, so many of them. */
    static final int MAX_EARLY = 16;

    /**
     * A check that was answered.
     *
     * @param nomination its transaction where it nominates, or null
     */
    record Check(Route route, long priority, TransactionId nomination) {}

    private final Counters drops;
    private final Queue<Transmit> transmits;
    /** Checks that came before the peer's credentials, the oldest first. */
    private final List<Check> early = new ArrayList<>();
    /** Our credentials of before the restart; null before the first. */
    private IceCredentials previousLocal;
    /**
     * Where checks and data come from of the generation before, and of those after it that found no path: good until a
     * restart of one that has.
     */
    private final Set<Route> previousRoutes = new LinkedHashSet<>();

    IncomingChecks(Counters drops, Queue<Transmit> transmits) {
        this.drops = drops;
        this.transmits = transmits;
    }

    /**
     * ICE restarts: who knows the credentials of the selected pair is still answered, until there is another one.
     *
     * @param ending credentials of the generation that ends
     * @param ofSelected those of the selected pair, which is of an earlier one where that which ends has found none
     */
    void restart(IceCredentials ending, IceCredentials ofSelected, Collection<CandidatePair> previousPairs) {
        early.clear();
        previousLocal = ofSelected;
        if (ofSelected == ending) {
            previousRoutes.clear();
        }
        for (CandidatePair p : previousPairs) {
            if ((p.requestsReceived > 0 || p.state == State.SUCCEEDED) && previousRoutes.size() < CheckList.MAX_PAIRS) {
                previousRoutes.add(p.route());
            }
        }
    }

    /**
     * Whether a route for which there is no pair now, or not yet, has proved good: in the generation before, or by a
     * check that waits.
     */
    boolean isKnown(Route route) {
        return previousRoutes.contains(route) || early.stream().anyMatch(c -> c.route.equals(route));
    }

    /** The credentials of ours that the sender knows; null where it knows none, or is refused for what it asks. */
    IceCredentials authenticate(Route route, StunMessage m, IceCredentials local) {
        String username = m.text(StunAttribute.USERNAME);
        if (username == null || !m.has(StunAttribute.MESSAGE_INTEGRITY) || m.u32(StunAttribute.PRIORITY) == null) {
            drops.count("STUN request without credentials");
            return null;
        }
        int colon = username.indexOf(':');
        String ours = colon < 0 ? username : username.substring(0, colon);
        IceCredentials credentials = ours.equals(local.usernameFragment())
                ? local
                : previousLocal != null && ours.equals(previousLocal.usernameFragment()) ? previousLocal : null;
        if (credentials == null || !m.hasIntegrity(credentials.key())) {
            drops.count("STUN request with wrong credentials");
            return null;
        }
        if (!m.unknownRequiredAttributes().isEmpty()) {
            ByteWriter types = new ByteWriter();
            m.unknownRequiredAttributes().forEach(types::u16);
            send(
                    route,
                    error(m).error(420, "Unknown Attribute")
                            .attribute(StunAttribute.UNKNOWN_ATTRIBUTES, types.toByteArray()),
                    credentials);
            return null;
        }
        return credentials;
    }

    /** Answers a check. */
    Check answer(Route route, StunMessage m, IceCredentials credentials) {
        send(
                route,
                StunMessage.write(StunMessage.BINDING, StunClass.SUCCESS_RESPONSE, m.transactionId())
                        .xorMappedAddress(route.remote()),
                credentials);
        return new Check(
                route, m.u32(StunAttribute.PRIORITY), m.has(StunAttribute.USE_CANDIDATE) ? m.transactionId() : null);
    }

    /**
     * Answers a check that has the credentials of before the restart. It proves where its sender is, and nothing more.
     */
    void answerOfGenerationBefore(Route route, StunMessage m) {
        answer(route, m, previousLocal);
        if (previousRoutes.size() < CheckList.MAX_PAIRS) {
            previousRoutes.add(route);
        }
    }

    /** The sender has the same role as we, and is to take the other (RFC 8445 §7.3.1.1). */
    void refuseRole(Route route, StunMessage m, IceCredentials credentials) {
        send(route, error(m).error(487, "Role Conflict"), credentials);
    }

    private static StunMessage.Writer error(StunMessage request) {
        return StunMessage.write(StunMessage.BINDING, StunClass.ERROR_RESPONSE, request.transactionId());
    }

    private void send(Route route, StunMessage.Writer response, IceCredentials credentials) {
        transmits.add(new Transmit(
                route.stream(),
                route.base(),
                route.remote(),
                response.integrity(credentials.key()).fingerprinted()));
    }

    /**
     * A check that came before the peer's credentials (RFC 8445 §7.3): it is answered, but the check in return waits
     * for them.
     */
    void keepEarly(Check check) {
        if (early.size() < MAX_EARLY) {
            early.add(check);
        } else {
            drops.count("check before the answer, too many");
        }
    }

    /** The checks that waited. */
    List<Check> takeEarly() {
        List<Check> taken = List.copyOf(early);
        early.clear();
        return taken;
    }
}
