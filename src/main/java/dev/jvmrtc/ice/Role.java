package dev.jvmrtc.ice;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunMessage;
import java.util.Queue;

/**
 * Which of the two agents nominates (RFC 8445 §6.1.1), and what happens where both think the same of themselves
 * (§7.2.5.1, §7.3.1.1).
 */
final class Role {
    /** Switches that conflicts may bring about in one generation. */
    static final int MAX_SWITCHES = 8;

    /** What the role that a peer's check names means for ours. */
    enum Verdict {
        NO_CONFLICT,
        /** We have taken the other role. */
        SWITCHED,
        /** The peer is to take the other role, and hears so. */
        PEER_SWITCHES,
        /** We would have to switch, and have done so too often. */
        REFUSED
    }

    /** A lite agent is always controlled. */
    private final boolean lite;
    /** What decides a conflict, the same for as long as the agent lives. */
    private final long tieBreaker;

    private final Queue<IceEvent> events;
    private final Counters drops;
    /** Whether we nominate. */
    private boolean controlling;
    /** Switches that conflicts have brought about in this generation. */
    private int switches;

    Role(boolean controlling, boolean lite, long tieBreaker, Queue<IceEvent> events, Counters drops) {
        this.lite = lite;
        this.tieBreaker = tieBreaker;
        this.events = events;
        this.drops = drops;
        this.controlling = controlling && !lite;
        if (controlling && lite) {
            events.add(new IceEvent.RoleChanged(false));
        }
    }

    boolean isControlling() {
        return controlling;
    }

    /** What signalling implies: RFC 8445 §6.1.1: "the lite agent MUST take the controlled role". */
    void set(boolean controlling) {
        this.controlling = controlling && !lite;
    }

    void restart() {
        switches = 0;
    }

    /** RFC 8445 §6.1.1, "One agent full, one lite": "The full agent MUST take the controlling role". */
    void peerIsLite() {
        if (!lite && !controlling) {
            controlling = true;
            events.add(new IceEvent.RoleChanged(true));
        }
    }

    /**
     * RFC 8445 §7.3.1.1: "An agent MUST examine the Binding request for either the ICE-CONTROLLING or ICE-CONTROLLED
     * attribute."
     */
    Verdict examine(StunMessage request) {
        Long theirs = request.u64(controlling ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED);
        if (theirs == null) {
            return Verdict.NO_CONFLICT;
        }
        boolean weAreLarger = Long.compareUnsigned(tieBreaker, theirs) >= 0;
        // In the controlling role: "If the agent's tiebreaker value is larger than or equal to the contents of the
        // ICE-CONTROLLING attribute, the agent generates a Binding error response and includes an ERROR-CODE attribute
        // with a value of 487 (Role Conflict) but retains its role." In the controlled role, if it "is less than the
        // contents of the ICE-CONTROLLED attribute", likewise.
        if (weAreLarger == controlling) {
            return Verdict.PEER_SWITCHES;
        }
        return change() ? Verdict.SWITCHED : Verdict.REFUSED;
    }

    /**
     * A check of ours was answered with 487; whether we have switched. RFC 8445 §7.2.5.1: "if the ICE agent included an
     * ICE-CONTROLLED attribute in the request, the agent MUST switch to the controlling role. If the agent included an
     * ICE-CONTROLLING attribute in the request, the agent MUST switch to the controlled role."
     *
     * @param askedAsControlling what the check had included: an answer to one of before a switch changes nothing
     */
    boolean refused(boolean askedAsControlling) {
        return controlling == askedAsControlling && change();
    }

    /**
     * False, and counted, where the peer has made us switch too often: one conflict is resolved by one switch, and a
     * peer that changes its mind is none to follow.
     */
    private boolean change() {
        if (switches == MAX_SWITCHES) {
            drops.count("role conflict, too many");
            return false;
        }
        switches++;
        controlling = !controlling;
        events.add(new IceEvent.RoleChanged(controlling));
        return true;
    }
}
