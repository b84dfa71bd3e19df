package dev.jvmrtc.sdp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Steps;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading a description takes steps in proportion to its length, whatever it repeats. */
class BoundedWorkTest {
    /**
     * Every section's lines are looked through for each attribute that we know; the shortest line that counts has five
     * characters.
     */
    private static final int STEPS_PER_CHARACTER = 8;

    static Stream<String> kinds() {
        return HostileDescriptions.all().keySet().stream();
    }

    private static long steps(String text) {
        return Steps.of(() -> {
            try {
                Section.readAll(SdpSession.parse(text, SdpSession.MAX_LOCAL_LENGTH));
            } catch (SdpException e) {
                // Refused: what it cost until then counts as well.
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readingTakesStepsInProportionToTheLength(String kind) {
        IntFunction<String> text = HostileDescriptions.all().get(kind);
        for (int n : new int[] {100, 400, 800}) {
            long steps = steps(text.apply(n));
            assertTrue(steps > 0, "assertions are enabled in tests");
            assertTrue(
                    steps <= STEPS_PER_CHARACTER * (long) text.apply(n).length(),
                    steps + " steps for " + text.apply(n).length() + " characters, n = " + n);
        }
        long once = steps(text.apply(400));
        long twice = steps(text.apply(800));
        assertTrue(twice <= 2.2 * once + 100, once + " steps for one, " + twice + " for twice as long");
    }
}
