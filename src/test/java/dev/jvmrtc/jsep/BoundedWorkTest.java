package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.HostileDescriptions;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All that negotiation does with an offer takes steps in proportion to its length, whatever it repeats: for the first
 * one, for one that follows, for a rollback.
 */
class BoundedWorkTest {
    /** Three offers and three answers, each read, applied and made a plan of. */
    private static final int STEPS_PER_CHARACTER = 40;

    static Stream<String> kinds() {
        return HostileDescriptions.all().keySet().stream();
    }

    static Negotiator negotiator() {
        return negotiator(false);
    }

    static Negotiator negotiator(boolean distinctCredentials) {
        Random random = new Random(1);
        return new Negotiator(new LocalSettings(
                BundlePolicy.BALANCED,
                List.of("sha-256 AA:BB"),
                () -> new Credentials("uuuu" + random.nextInt(1_000), "pppppppppppppppppppppppp"),
                () -> random.nextInt() & 0xffffffffL,
                () -> "track" + random.nextInt(),
                "cname",
                "1",
                1 << 20,
                false,
                distinctCredentials,
                Codecs.STANDARD));
    }

    private static void answer(Negotiator n, String offer) throws JsepException {
        n.applyRemote(n.parse(false, SdpType.OFFER, offer));
        n.plan();
        n.applyLocal(n.parse(true, SdpType.ANSWER, n.createAnswer()));
        n.plan();
        n.isNegotiationNeeded();
    }

    private static long steps(String offer) {
        Negotiator n = negotiator();
        for (int i = 0; i < 50; i++) {
            n.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, true, null);
        }
        return Steps.of(() -> {
            try {
                answer(n, offer);
                answer(n, offer.replace("ice-ufrag:abcd", "ice-ufrag:efgh"));
                n.applyRemote(n.parse(false, SdpType.OFFER, offer));
                n.rollback(false);
                n.applyLocal(n.parse(true, SdpType.OFFER, n.createOffer(true)));
                n.plan();
            } catch (JsepException e) {
                // Refused: what it cost until then counts as well.
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void negotiatingTakesStepsInProportionToTheLength(String kind) {
        IntFunction<String> text = HostileDescriptions.all().get(kind);
        long once = steps(text.apply(400));
        long twice = steps(text.apply(800));
        assertTrue(once > 0, "assertions are enabled in tests");
        assertTrue(
                twice <= STEPS_PER_CHARACTER * (long) text.apply(800).length() + 5_000,
                twice + " steps for " + text.apply(800).length() + " characters");
        assertTrue(twice <= 2.2 * once + 2_000, once + " steps for one, " + twice + " for twice as long");
    }
}
