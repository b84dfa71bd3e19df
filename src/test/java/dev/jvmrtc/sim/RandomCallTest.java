package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Calls that seeds make up: the same ones in every run, and fresh ones beside them. A failing seed is named in the
 * message; {@code -Dsim.seed=N} plays it alone, and {@code src/test/explore} goes on with fresh ones for as long as it
 * is let. What is checked in each: docs/testing.md.
 */
class RandomCallTest {
    private static final int FIXED = 300;
    private static final int FRESH = 150;

    @Test
    void whateverHappensInACallNothingLeaksNothingEndsAndNothingIsLeft() {
        String only = System.getProperty("sim.seed", "");
        if (!only.isEmpty()) {
            System.out.println("seed " + only + ": "
                    + new SimulatedCall(Long.parseLong(only)).run().story());
            return;
        }
        List<String> stories = new ArrayList<>();
        long injected = 0;
        for (long seed = 1; seed <= FIXED; seed++) {
            SimulatedCall call = new SimulatedCall(seed).run();
            stories.add(call.story());
            injected += call.injected();
        }
        for (String what : List.of(
                "DIRECT",
                "TRANSLATED",
                "RELAYED ",
                "RELAYED_BY_TCP",
                "TCP",
                "offer active",
                "offer passive",
                "offer actpass",
                "opens",
                "closes",
                "adds",
                "stops",
                "INACTIVE",
                "RECVONLY",
                "SENDONLY",
                "sends NONE",
                "sends FRAMES",
                "sends PACKETS",
                "without RTX",
                "with RTX",
                "restarts ICE",
                "moves",
                "outage",
                "b is replaced")) {
            assertTrue(
                    stories.stream().filter(s -> s.contains(what)).count() >= 5,
                    "the seeds do not play what they should: " + what);
        }
        assertTrue(injected > 1_000, injected + " datagrams of an attacker");
    }

    @Test
    void freshSeedsPassToo() {
        if (!System.getProperty("sim.seed", "").isEmpty()) {
            return;
        }
        long first = System.currentTimeMillis() * 1_000;
        System.out.println("calls of the fresh seeds from " + first + " to " + (first + FRESH - 1));
        for (int i = 0; i < FRESH; i++) {
            new SimulatedCall(first + i).run();
        }
    }

    @Test
    void aSeedMakesUpTheSameCallEachTime() {
        for (long seed = 1; seed <= 3; seed++) {
            SimulatedCall once = new SimulatedCall(seed).run();
            SimulatedCall again = new SimulatedCall(seed).run();
            assertEquals(once.story(), again.story());
            assertEquals(once.datagrams(), again.datagrams());
        }
    }
}
