package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is sent is what offer and answer both agreed to; nothing is sent that its owner did not offer. */
class AgreedDirectionTest {
    private final Negotiator a = BoundedWorkTest.negotiator();
    private final Negotiator b = BoundedWorkTest.negotiator();

    static Stream<Arguments> pairs() {
        List<Arguments> all = new ArrayList<>();
        for (Direction offered : Direction.values()) {
            for (Direction answered : Direction.values()) {
                all.add(Arguments.of(offered, answered));
            }
        }
        return all.stream();
    }

    /** An answer of b that says this, whatever a has offered. */
    private String offerAndAnswer(Direction offered, Direction answered) throws JsepException {
        a.addTransceiver(MediaKind.AUDIO, offered, false, null);
        String offer = a.createOffer(false);
        a.applyLocal(a.parse(true, SdpType.OFFER, offer));
        b.applyRemote(b.parse(false, SdpType.OFFER, offer));
        return b.createAnswer()
                .replaceFirst("a=(sendrecv|sendonly|recvonly|inactive)\r\n", "a=" + answered.toSdp() + "\r\n");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void anAnswerOfThePeerMakesUsSendNothingThatWeDidNotOffer(Direction offered, Direction answered)
            throws JsepException {
        String answer = offerAndAnswer(offered, answered);
        if (answered.receives() && !offered.sends()) {
            JsepException e = assertThrows(JsepException.class, () -> a.parse(false, SdpType.ANSWER, answer));
            assertEquals(JsepException.Kind.INVALID_ACCESS, e.kind());
            assertTrue(e.getMessage().startsWith("Incompatible send direction"), e.getMessage());
            assertThrows(JsepException.class, () -> a.parse(false, SdpType.PRANSWER, answer));
            assertNull(a.transceivers().get(0).currentDirection, "nothing has changed");
            return;
        }
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer));
        assertEquals(offered.and(answered.reversed()), a.transceivers().get(0).currentDirection);
        assertEquals(
                offered.sends() && answered.receives(), a.plan().media().get(0).send());
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void anAnswerOfOursSendsNothingThatThePeerDoesNotWant(Direction offered, Direction answered) throws JsepException {
        String answer = offerAndAnswer(offered, answered);
        if (answered.sends() && !offered.receives()) {
            assertEquals(
                    JsepException.Kind.INVALID_MODIFICATION,
                    assertThrows(JsepException.class, () -> b.parse(true, SdpType.ANSWER, answer))
                            .kind());
            return;
        }
        b.applyLocal(b.parse(true, SdpType.ANSWER, answer));
        assertEquals(answered.and(offered.reversed()), b.transceivers().get(0).currentDirection);
        assertFalse(b.plan().media().get(0).send() && !answered.sends());
    }
}
