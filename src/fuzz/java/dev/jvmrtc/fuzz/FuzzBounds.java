package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.Steps;
import java.util.Map;

/**
 * What every target is held to, beside that nothing may be thrown: work in proportion to the input, whatever state
 * earlier inputs have left; bytes held and sent within bounds; no exception that a trust boundary swallowed. Steps are
 * counted where assertions are enabled, as the fuzzer and the tests do.
 */
public final class FuzzBounds {
    /** Steps for any input at all, and for each byte of it: what honest packets need stays below a tenth of this. */
    private static final long STEPS = 20_000;

    private static final long STEPS_FOR_A_BYTE = 200;

    private FuzzBounds() {}

    /** Runs what handles {@code bytes} bytes of input, and fails if that takes more steps than are due to so many. */
    public static void work(int bytes, Runnable work) {
        work(bytes, STEPS, work);
    }

    /** As above, with {@code least} steps allowed for any input. */
    public static void work(int bytes, long least, Runnable work) {
        long steps = Steps.of(work);
        if (steps > least + STEPS_FOR_A_BYTE * bytes) {
            throw new IllegalStateException(steps + " steps for " + bytes + " bytes");
        }
    }

    /** Fails where more is held, made or sent than may be. */
    public static void atMost(long limit, long amount, String what) {
        if (amount > limit) {
            throw new IllegalStateException(amount + " " + what + ", at most " + limit);
        }
    }

    public static void atMost(int limit, int amount, String what) {
        atMost((long) limit, amount, what);
    }

    /**
     * Fails where a runtime exception has become a counted drop: outside of fuzzing that saves the connection, here it
     * is the finding.
     */
    public static void noInternalError(Map<String, Long> drops) {
        if (drops.containsKey(Counters.INTERNAL_ERROR)) {
            throw new IllegalStateException("internal error counted: " + drops);
        }
    }
}
