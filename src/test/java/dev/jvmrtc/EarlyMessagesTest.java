package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlyMessagesTest {
    @Test
    void ofAChannelTheFirst64KiBAreHeldAndNothingAfterTheFirstThatWasDropped() {
        int[] dropped = {0};
        EarlyMessages early = new EarlyMessages(new EarlyBytes(), () -> dropped[0]++);
        for (int i = 0; i < 64; i++) {
            assertTrue(early.take(1_024, i), "message " + i);
        }
        assertFalse(early.take(1, 64));
        early.giveBack(1_024);
        assertFalse(early.take(1, 63), "there would be a gap");
        assertEquals(2, dropped[0]);
    }

    @Test
    void emptyMessagesAreBoundedToo() {
        EarlyMessages early = new EarlyMessages(new EarlyBytes(), () -> {});
        assertTrue(early.take(0, EarlyMessages.MAX_MESSAGES - 1));
        assertFalse(early.take(0, EarlyMessages.MAX_MESSAGES));
    }

    @Test
    void manyChannelsTogetherHoldABoundedSumAndGiveItBackWhenTheyEnd() {
        EarlyBytes connection = new EarlyBytes();
        List<EarlyMessages> taken = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            EarlyMessages early = new EarlyMessages(connection, () -> {});
            if (early.take(60_000, 0)) {
                taken.add(early);
            }
        }
        assertTrue(taken.size() > 50 && taken.size() <= EarlyBytes.MAX_BYTES / 60_000, taken.size() + " channels");
        assertFalse(connection.take(100_000));
        taken.forEach(EarlyMessages::close);
        taken.forEach(early -> early.giveBack(60_000)); // told after the end: nothing is given back twice
        assertTrue(connection.take(EarlyBytes.MAX_BYTES));
        assertFalse(connection.take(1));
    }

    @Test
    void aChannelThatEndedBeforeAnybodyHeardOfItTakesItsRoomAsLongAsItIsHeld() {
        EarlyBytes connection = new EarlyBytes();
        EarlyMessages early = new EarlyMessages(connection, () -> {});
        early.setUnannounced(true);
        assertTrue(early.take(60_000, 0));
        early.close();
        assertFalse(connection.take(EarlyBytes.MAX_BYTES));
        early.setUnannounced(false);
        assertTrue(connection.take(EarlyBytes.MAX_BYTES));
    }

    @Test
    void messagesAfterTheFirstThatHadNoRoomTakeNoneOfTheConnections() {
        EarlyBytes connection = new EarlyBytes();
        EarlyMessages early = new EarlyMessages(connection, () -> {});
        assertTrue(early.take(60_000, 0));
        assertFalse(early.take(10_000, 1));
        for (int i = 0; i < 100; i++) {
            assertFalse(early.take(1, 1));
        }
        early.close();
        assertTrue(connection.take(EarlyBytes.MAX_BYTES), "all was given back");
    }
}
