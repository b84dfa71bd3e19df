package dev.jvmrtc.dtls.bc;

import static dev.jvmrtc.core.ProtocolCore.NEVER;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is believed of what anybody can have sent, and when. */
class DoubtsTest {
    private static final int FATAL_HANDSHAKE_FAILURE = 2 << 8 | 40;
    private static final int WARNING_CLOSE_NOTIFY = 1 << 8;
    private static final int WARNING_USER_CANCELED = 1 << 8 | 90;

    private final DoubtfulAlert alert = new DoubtfulAlert();
    private final UnansweredHello hello = new UnansweredHello();

    @Test
    void anAlertIsBelievedOfAPeerThatHasBegunAfterAWhile() {
        alert.note(7, FATAL_HANDSHAKE_FAILURE, true);
        assertEquals(7 + DoubtfulAlert.DOUBT_NANOS, alert.deadlineNanos());
        assertEquals(40, alert.description());
        assertEquals("handshake_failure(40)", alert.toString());
    }

    @Test
    void anAlertOfAPeerThatHasNotBegunIsOnlyRemembered() {
        alert.note(7, FATAL_HANDSHAKE_FAILURE, false);
        assertEquals(NEVER, alert.deadlineNanos());
        assertTrue(alert.isThere(), "for the reason that the user hears when nothing comes of it");
    }

    @Test
    void whatElseComesPutsItOff() {
        alert.contradict(5);
        assertEquals(NEVER, alert.deadlineNanos(), "there is nothing to put off");
        alert.note(7, FATAL_HANDSHAKE_FAILURE, true);
        alert.contradict(9);
        assertEquals(9 + DoubtfulAlert.DOUBT_NANOS, alert.deadlineNanos());
    }

    @Test
    void ofWarningsOnlyCloseNotifyIsAnEnd() {
        alert.note(7, -1, true);
        alert.note(7, WARNING_USER_CANCELED, true);
        assertFalse(alert.isThere());
        alert.note(7, WARNING_CLOSE_NOTIFY, true);
        assertTrue(alert.isThere());
        assertEquals(0, alert.description());
    }

    @Test
    void theTimeForAnotherClientHelloCountsFromTheFirstThatCouldNotBeAnsweredAndTheLastIsAnswered() {
        hello.note(7, null, new ArrayDeque<>(List.of(new byte[] {1})));
        hello.note(9, null, new ArrayDeque<>(List.of(new byte[] {2})));
        assertEquals(7 + UnansweredHello.UNANSWERED_NANOS, hello.deadlineNanos());
        assertEquals(1, hello.answer().size());
        assertArrayEquals(new byte[] {2}, hello.answer().get(0));
    }

    @Test
    void aClientHelloThatCouldBeAnsweredEndsTheWait() {
        hello.note(7, null, new ArrayDeque<>(List.of(new byte[] {1})));
        hello.forget();
        assertEquals(NEVER, hello.deadlineNanos());
        assertEquals(List.of(), hello.answer());
    }
}
