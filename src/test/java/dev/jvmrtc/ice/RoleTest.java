package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.ice.Role.Verdict;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/** RFC 8445 §6.1.1, §7.2.5.1 and §7.3.1.1. */
class RoleTest {
    private static final long OURS = 1_000;
    private static final long SMALLER = 999;
    /** As an unsigned number. */
    private static final long LARGER = -1;

    private final ArrayDeque<IceEvent> events = new ArrayDeque<>();
    private final Counters drops = new Counters();

    private Role role(boolean controlling) {
        return new Role(controlling, false, OURS, events, drops);
    }

    private static StunMessage check(boolean controlling, long tieBreaker) throws MalformedException {
        byte[] m = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, new TransactionId(1, 2))
                .u64(controlling ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED, tieBreaker)
                .fingerprinted();
        return StunMessage.parse(m, 0, m.length);
    }

    @Test
    void anAgentWithTheOtherRoleIsInNoConflictWhateverItsTieBreaker() throws MalformedException {
        for (long theirs : new long[] {SMALLER, OURS, LARGER}) {
            assertEquals(Verdict.NO_CONFLICT, role(true).examine(check(false, theirs)));
            assertEquals(Verdict.NO_CONFLICT, role(false).examine(check(true, theirs)));
        }
    }

    @Test
    void ofTwoControllingAgentsTheOneWithTheSmallerTieBreakerSwitches() throws MalformedException {
        assertEquals(Verdict.PEER_SWITCHES, role(true).examine(check(true, SMALLER)));
        assertEquals(Verdict.PEER_SWITCHES, role(true).examine(check(true, OURS)), "larger than or equal");
        assertNull(events.poll(), "we retain our role");
        Role role = role(true);
        assertEquals(Verdict.SWITCHED, role.examine(check(true, LARGER)));
        assertFalse(role.isControlling());
        assertEquals(new IceEvent.RoleChanged(false), events.poll());
    }

    @Test
    void ofTwoControlledAgentsTheOneWithTheLargerTieBreakerSwitches() throws MalformedException {
        assertEquals(Verdict.PEER_SWITCHES, role(false).examine(check(false, LARGER)));
        for (long theirs : new long[] {SMALLER, OURS}) {
            Role role = role(false);
            assertEquals(Verdict.SWITCHED, role.examine(check(false, theirs)));
            assertTrue(role.isControlling());
            assertEquals(new IceEvent.RoleChanged(true), events.poll());
        }
    }

    @Test
    void anAnswerOf487SwitchesTheRoleThatTheCheckHadNamed() {
        Role role = role(true);
        assertTrue(role.refused(true));
        assertFalse(role.isControlling());
        assertFalse(role.refused(true), "to a check of before the switch");
        assertFalse(role.isControlling());
        assertTrue(role.refused(false));
        assertTrue(role.isControlling());
    }

    @Test
    void aPeerThatChangesItsMindIsFollowedSoOftenInAGenerationAndNoMore() throws MalformedException {
        Role role = role(true);
        for (int i = 0; i < Role.MAX_SWITCHES; i++) {
            assertTrue(role.refused(role.isControlling()));
        }
        assertEquals(Verdict.REFUSED, role.examine(check(true, LARGER)));
        assertFalse(role.refused(true));
        assertEquals(2, drops.get("role conflict, too many"));
        role.restart();
        assertEquals(Verdict.SWITCHED, role.examine(check(true, LARGER)));
    }

    @Test
    void aLiteAgentIsControlledWhateverIsSaid() {
        Role lite = new Role(true, true, OURS, events, drops);
        assertFalse(lite.isControlling());
        assertEquals(new IceEvent.RoleChanged(false), events.poll());
        lite.set(true);
        assertFalse(lite.isControlling());
        lite.peerIsLite();
        assertFalse(lite.isControlling());
        assertNull(events.poll());
    }

    @Test
    void theFullAgentOfALiteOneControls() {
        Role role = role(false);
        role.peerIsLite();
        assertTrue(role.isControlling());
        assertEquals(new IceEvent.RoleChanged(true), events.poll());
        role.peerIsLite();
        assertNull(events.poll(), "said once");
    }
}
