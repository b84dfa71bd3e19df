package dev.jvmrtc.dom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class HeldEventsTest {
    private static final EventType<Event> OPEN = EventType.of("open", Event.class);
    private static final EventType<String> SAID = EventType.of("said", String.class);

    private record Need(String of) {}

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
        protected boolean takeRoom(EventType<?> type, Object event, int alreadyHeld) {
            roomsAsked++;
            return super.takeRoom(type, event, alreadyHeld);
        }

        @Override
        protected boolean saysItOnce(Object event) {
            return event instanceof Need || super.saysItOnce(event);
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

    /**
     * Of a channel with a handler for messages alone, {@code open} is held as long as it lives: its messages must not
     * pay for that.
     */
    @Test
    void whereAnEventOfAnotherTypeIsHeldForEverThoseWithAListenerAskForNoRoomAndAllocateNoCopyOfTheListeners() {
        target.open();
        target.onSaid(s -> {});
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
        assertEquals(1 + EventTarget.MAX_HELD_OF_A_TYPE, heard.size());
        assertEquals("0", heard.get(1));
    }

    @Test
    void ofEqualEventsOfWhichOneSaysItAllOneIsHeld() {
        EventType<Need> needed = EventType.of("needed", Need.class);
        for (int i = 0; i < 10; i++) {
            target.fire(needed, new Need("a"));
            target.fire(needed, new Need("b"));
        }
        List<Need> told = new ArrayList<>();
        target.addEventListener(needed, told::add);
        target.run();
        assertEquals(List.of(new Need("a"), new Need("b")), told);
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
}
