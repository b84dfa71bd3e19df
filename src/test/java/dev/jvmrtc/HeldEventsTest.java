package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.jvmrtc.media.EncodedFrame;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class HeldEventsTest {
    private static final EventType<Event> OPEN = EventType.of("open", Event.class);
    private static final EventType<String> SAID = EventType.of("said", String.class);

    private static final class Target extends EventTarget {
        final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        boolean stillTrue = true;
        int roomsAsked;

        Target() {
            holdEvents(tasks::add);
        }

        void open() {
            fire(OPEN, new Event("open"));
        }

        void say(String what) {
            fire(SAID, what);
        }

        void onSaid(Consumer<String> handler) {
            setHandler(SAID, handler);
        }

        void end() {
            clearListeners();
        }

        void run() {
            while (!tasks.isEmpty()) {
                tasks.poll().run();
            }
        }

        @Override
        HeldEvents.Room roomFor(EventType<?> type, Object event) {
            roomsAsked++;
            return super.roomFor(type, event);
        }

        @Override
        protected boolean isStillTrue(EventType<?> type, Object event) {
            return stillTrue;
        }
    }

    private final Target target = new Target();
    private final List<String> heard = new ArrayList<>();

    @Test
    void theFirstHandlerIsToldInATaskWhatWasFiredBeforeItWasSet() {
        target.say("a");
        target.say("b");
        target.onSaid(heard::add);
        assertTrue(heard.isEmpty(), "not on the thread that sets it");
        target.run();
        target.say("c");
        assertEquals(List.of("a", "b", "c"), heard);
    }

    @Test
    void whatIsFiredBeforeThatTaskHasRunComesBehindWhatWasHeld() {
        target.say("a");
        target.onSaid(heard::add);
        target.say("b");
        target.run();
        assertEquals(List.of("a", "b"), heard);
    }

    @Test
    void eventsOfSeveralTypesKeepTheirOrderWhateverTheOrderOfTheHandlers() {
        target.open();
        target.say("hello");
        target.onSaid(heard::add);
        target.addEventListener(OPEN, e -> heard.add("open"));
        target.run();
        assertEquals(List.of("open", "hello"), heard);
    }

    /** Of a channel with a handler for messages alone, {@code open} is held as long as it lives: its messages must not pay for that. */
    @Test
    void whereAnEventOfAnotherTypeIsHeldForEverThoseWithAListenerAskForNoRoomAndAllocateNoCopyOfTheListeners() {
        target.open();
        target.onSaid(s -> { });
        target.run();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 10_000; i++) {
            target.say("warm");
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            target.say("a");
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / 10_000;
        assertEquals(1, target.roomsAsked, "that of the event that is held");
        assertTrue(each < 64, each + " bytes for each event"); // an iterator, where it is not optimised away
    }

    @Test
    void aHandlerBesideOrAfterAnotherOneOfItsTypeGetsNothingOld() {
        Consumer<String> first = s -> heard.add("first " + s);
        target.addEventListener(SAID, first);
        target.say("a");
        target.onSaid(s -> heard.add("second " + s));
        target.run();
        assertEquals(List.of("first a"), heard);
        target.removeEventListener(SAID, first);
        target.onSaid(null);
        target.say("to nobody");
        target.onSaid(heard::add);
        target.run();
        assertEquals(List.of("first a"), heard);
    }

    @Test
    void clearingAHandlerThatNeverWasIsNotListening() {
        target.onSaid(null);
        target.say("a");
        target.onSaid(heard::add);
        target.run();
        assertEquals(List.of("a"), heard);
    }

    @Test
    void theEndOfAnObjectIsToldToWhoListensAfterIt() {
        target.onSaid(heard::add);
        target.open();
        target.end();
        target.say("to nobody");
        target.addEventListener("open", e -> heard.add("open"));
        target.run();
        assertEquals(List.of("open"), heard);
    }

    @Test
    void oneEventThatCarriesNothingStandsForAllAndOfOthersSoManyAreHeldAndNoMore() {
        for (int i = 0; i < 100_000; i++) {
            target.open();
            target.say("" + i);
        }
        target.addEventListener(OPEN, e -> heard.add("open"));
        target.run();
        assertEquals(List.of("open"), heard);
        target.onSaid(heard::add);
        target.run();
        assertEquals(1 + HeldEvents.MAX_OF_A_TYPE, heard.size());
        assertEquals("0", heard.get(1));
    }

    @Test
    void aNeedOfATransportIsHeldOnceForEachTransport() {
        EventType<RTCIceRestartNeededEvent> needed = RTCPeerConnection.ICE_RESTART_NEEDED;
        RTCIceTransport a = new RTCIceTransport(new Object());
        RTCIceTransport b = new RTCIceTransport(new Object());
        for (int i = 0; i < 10; i++) {
            target.fire(needed, new RTCIceRestartNeededEvent(a));
            target.fire(needed, new RTCIceRestartNeededEvent(b));
        }
        List<RTCIceTransport> told = new ArrayList<>();
        target.addEventListener(needed, e -> told.add(e.transport()));
        target.run();
        assertEquals(List.of(a, b), told);
    }

    @Test
    void whatIsNotTrueAnyMoreIsNotTold() {
        target.open();
        target.stillTrue = false;
        target.addEventListener(OPEN, e -> heard.add("open"));
        target.run();
        assertTrue(heard.isEmpty());
    }

    @Test
    void aHandlerThatThrowsKeepsNothingFromTheNext() {
        target.say("a");
        target.say("b");
        target.onSaid(s -> {
            heard.add(s);
            throw new IllegalStateException("of the test");
        });
        target.run();
        assertEquals(List.of("a", "b"), heard);
    }

    @Test
    void ofAChannelTheFirst64KiBAreHeldAndNothingAfterTheFirstThatWasDropped() {
        int[] dropped = {0};
        EarlyMessages early = new EarlyMessages(new EarlyBytes(), () -> dropped[0]++);
        for (int i = 0; i < 64; i++) {
            assertTrue(early.room(1_024).take(i), "message " + i);
        }
        assertFalse(early.room(1).take(64));
        early.room(1_024).giveBack();
        assertFalse(early.room(1).take(63), "there would be a gap");
        assertEquals(2, dropped[0]);
    }

    @Test
    void emptyMessagesAreBoundedToo() {
        EarlyMessages early = new EarlyMessages(new EarlyBytes(), () -> { });
        assertTrue(early.room(0).take(EarlyMessages.MAX_MESSAGES - 1));
        assertFalse(early.room(0).take(EarlyMessages.MAX_MESSAGES));
    }

    @Test
    void manyChannelsTogetherHoldABoundedSumAndGiveItBackWhenTheyEnd() {
        EarlyBytes connection = new EarlyBytes();
        List<EarlyMessages> taken = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            EarlyMessages early = new EarlyMessages(connection, () -> { });
            if (early.room(60_000).take(0)) {
                taken.add(early);
            }
        }
        assertTrue(taken.size() > 50 && taken.size() <= EarlyBytes.MAX_BYTES / 60_000, taken.size() + " channels");
        assertFalse(connection.take(100_000));
        taken.forEach(EarlyMessages::close);
        taken.forEach(early -> early.room(60_000).giveBack()); // told after the end: nothing is given back twice
        assertTrue(connection.take(EarlyBytes.MAX_BYTES));
        assertFalse(connection.take(1));
    }

    @Test
    void aChannelThatEndedBeforeAnybodyHeardOfItTakesItsRoomAsLongAsItIsHeld() {
        EarlyBytes connection = new EarlyBytes();
        EarlyMessages early = new EarlyMessages(connection, () -> { });
        HeldEvents.Room announcement = early.announcement(connection.room(0, () -> { }));
        assertTrue(announcement.take(0));
        assertTrue(early.room(60_000).take(0));
        early.close();
        assertFalse(connection.take(EarlyBytes.MAX_BYTES));
        announcement.giveBack();
        assertTrue(connection.take(EarlyBytes.MAX_BYTES));
    }

    private static EncodedFrame frame(int bytes) {
        return EncodedFrame.of(new byte[bytes], "opus", 0, true);
    }

    @Test
    void theFirstFramesOfATrackWaitASecondForTheirTaker() {
        EarlyBytes connection = new EarlyBytes();
        EarlyFrames<EncodedFrame> early = new EarlyFrames<>(connection, f -> f.data().length);
        long start = -5;
        EncodedFrame first = frame(10);
        EncodedFrame second = frame(20);
        early.hold(start, first);
        early.hold(start + EarlyFrames.HOLD_NANOS - 1, second);
        assertFalse(early.isOver());
        assertEquals(List.of(first, second), early.take(start + EarlyFrames.HOLD_NANOS - 1));
        assertTrue(early.isOver());
        assertTrue(connection.take(EarlyBytes.MAX_BYTES), "all was given back");
    }

    @Test
    void framesOfATrackThatNobodyTakesAreGivenUpAfterASecond() {
        EarlyBytes connection = new EarlyBytes();
        EarlyFrames<EncodedFrame> early = new EarlyFrames<>(connection, f -> f.data().length);
        early.hold(0, frame(10));
        early.hold(EarlyFrames.HOLD_NANOS, frame(10));
        assertTrue(early.isOver());
        assertTrue(connection.take(EarlyBytes.MAX_BYTES));
        EarlyFrames<EncodedFrame> silent = new EarlyFrames<>(new EarlyBytes(), f -> f.data().length);
        silent.hold(0, frame(10));
        assertEquals(List.of(), silent.take(EarlyFrames.HOLD_NANOS), "nothing came to tell the time by");
    }

    @Test
    void ofFramesTheBeginningIsHeldWithoutAGap() {
        EarlyFrames<EncodedFrame> early = new EarlyFrames<>(new EarlyBytes(), f -> f.data().length);
        early.hold(0, frame(1 << 20));
        early.hold(1, frame(4 << 20));
        early.hold(2, frame(1));
        assertEquals(1, early.take(3).size());
        EarlyFrames<EncodedFrame> many = new EarlyFrames<>(new EarlyBytes(), f -> f.data().length);
        for (int i = 0; i < 10_000; i++) {
            many.hold(i, frame(1));
        }
        assertEquals(EarlyFrames.MAX_FRAMES, many.take(10_000).size());
    }

    @Test
    void messagesAfterTheFirstThatHadNoRoomTakeNoneOfTheConnections() {
        EarlyBytes connection = new EarlyBytes();
        EarlyMessages early = new EarlyMessages(connection, () -> { });
        assertTrue(early.room(60_000).take(0));
        assertFalse(early.room(10_000).take(1));
        for (int i = 0; i < 100; i++) {
            assertFalse(early.room(1).take(1));
        }
        early.close();
        assertTrue(connection.take(EarlyBytes.MAX_BYTES), "all was given back");
    }

    @Test
    void aTrackWhoseFirstFrameHadNoRoomIsGivenUpAfterASecondToo() {
        EarlyBytes connection = new EarlyBytes();
        assertTrue(connection.take(EarlyBytes.MAX_BYTES));
        EarlyFrames<EncodedFrame> early = new EarlyFrames<>(connection, f -> f.data().length);
        early.hold(0, frame(10));
        early.hold(EarlyFrames.HOLD_NANOS / 2, frame(10));
        early.hold(EarlyFrames.HOLD_NANOS, frame(10));
        assertTrue(early.isOver());
    }
}
