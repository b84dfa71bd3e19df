package dev.jvmrtc.session.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TransportHistoryTest {

    @Test
    void keepsTheLatestAnswersOfServersAndNoMore() {
        TransportHistory h = new TransportHistory();
        h.opened(1);
        for (int i = 0; i < TransportHistory.MAX_SERVER_RESULTS + 10; i++) {
            h.server(2, "stun:" + i, null, null, 701, "no answer");
        }
        assertEquals(TransportHistory.MAX_SERVER_RESULTS, h.snapshot().servers().size());
        assertEquals("stun:10", h.snapshot().servers().get(0).url());
    }
}
