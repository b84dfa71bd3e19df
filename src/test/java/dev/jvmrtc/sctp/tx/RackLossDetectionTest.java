package dev.jvmrtc.sctp.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.core.ProtocolCore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RackLossDetectionTest {
    private final RackLossDetection rack = new RackLossDetection(1);
    private final List<Integer> lost = new ArrayList<>();

    private SentChunk send(int tsn, long now) {
        SentChunk c = new SentChunk();
        c.begin(tsn, null, 0, 0, 0, 0, 100);
        c.sentNanos = now;
        rack.sent(c);
        return c;
    }

    private void arrive(long now, SentChunk... chunks) {
        for (SentChunk c : chunks) {
            rack.arrived(now, c);
            rack.remove(c);
        }
    }

    private List<Integer> detect(long now, int arrivedOutOfOrder) {
        lost.clear();
        rack.detect(now, arrivedOutOfOrder, false, 100, (at, c) -> {
            lost.add(c.tsn);
            rack.remove(c);
        });
        return lost;
    }

    @Test
    void threeChunksBehindAGapStandForALoss() {
        send(1, 0);
        SentChunk two = send(2, 0);
        SentChunk three = send(3, 0);
        SentChunk four = send(4, 0);
        SentChunk five = send(5, 0);
        arrive(100, two, three, four);
        assertEquals(List.of(1), detect(100, 3));
        assertEquals(ProtocolCore.NEVER, rack.deadlineNanos(), "what was sent after all that has arrived may yet come");
        arrive(100, five);
    }

    @Test
    void fewerAreWaitedForAQuarterOfTheShortestRoundTrip() {
        send(1, 0);
        SentChunk two = send(2, 0);
        arrive(100, two);
        assertEquals(List.of(), detect(100, 1));
        assertEquals(125, rack.deadlineNanos());
        assertEquals(List.of(), detect(124, 1));
        assertEquals(List.of(1), detect(125, 1));
    }

    @Test
    void onAPathThatReordersNumbersAloneProveNothing() {
        SentChunk one = send(1, 0);
        SentChunk two = send(2, 0);
        arrive(100, two);
        arrive(101, one);
        send(3, 200);
        SentChunk[] later = {send(4, 200), send(5, 200), send(6, 200)};
        arrive(300, later);
        assertEquals(List.of(), detect(300, 3));
        assertEquals(325, rack.deadlineNanos());
    }

    @Test
    void aLostRetransmissionIsFoundLikeAnyOther() {
        SentChunk one = send(1, 0);
        SentChunk[] more = {send(2, 0), send(3, 0), send(4, 0)};
        arrive(100, more);
        assertEquals(List.of(1), detect(100, 3));
        one.retransmits = 1;
        one.sentNanos = 100;
        rack.sent(one);
        arrive(210, send(5, 110));
        assertEquals(List.of(1), detect(210, 4), "what left after it has arrived");
    }

    @Test
    void anAnswerThatComesTooEarlyForARetransmissionIsToTheFirst() {
        arrive(100, send(1, 0));
        SentChunk two = send(2, 100);
        send(3, 150);
        rack.remove(two);
        two.retransmits = 1;
        two.sentNanos = 190;
        rack.sent(two);
        arrive(200, two);
        assertEquals(List.of(), detect(1_000, 3), "nothing that left after 3 is known to have arrived");
    }

    @Test
    void whatThePeerHadTwiceMakesItMorePatientOnceARoundTrip() {
        arrive(100, send(1, 0));
        rack.duplicateReported(1, 2);
        rack.duplicateReported(1, 2);
        send(2, 200);
        arrive(300, send(3, 200));
        detect(300, 1);
        assertEquals(350, rack.deadlineNanos(), "two quarters of a round trip");
        rack.duplicateReported(2, 4);
        detect(300, 1);
        assertEquals(375, rack.deadlineNanos());
        for (int i = 0; i < 16; i++) {
            rack.recoveryEnded();
        }
        detect(300, 1);
        assertEquals(325, rack.deadlineNanos(), "for sixteen recoveries");
    }
}
