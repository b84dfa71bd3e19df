package dev.jvmrtc.rtp.rtcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TransportFeedbackTest {
    private static final long TICK = 250_000;

    /** Adds what a feedback says: numbers of 16 bits that have come, with their times in ticks. */
    private static void read(Rtcp.TransportCc feedback, Map<Integer, Long> arrived) {
        try {
            ByteReader in = new ByteReader(feedback.body());
            int base = in.u16();
            int count = in.u16();
            long tick = (long) in.u24() * 256;
            in.u8();
            List<Integer> statuses = new ArrayList<>();
            while (statuses.size() < count) {
                int chunk = in.u16();
                boolean run = chunk >> 15 == 0;
                for (int i = 0; i < (run ? chunk & 0x1fff : 7); i++) {
                    statuses.add(run ? chunk >> 13 : chunk >> 12 - 2 * i & 3);
                }
            }
            for (int i = 0; i < count; i++) {
                int status = statuses.get(i);
                if (status != 0) {
                    tick += status == 1 ? in.u8() : (short) in.u16();
                    assertNull(arrived.put(base + i & 0xffff, tick), "told twice");
                }
            }
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatCameInWhateverOrderIsToldOnceWithItsTime() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            TransportFeedback feedback = new TransportFeedback();
            Map<Integer, Long> came = new TreeMap<>();
            Map<Integer, Long> told = new TreeMap<>();
            int number = 65_000 + random.nextInt(1_000);
            long now = 1_000_000_000L;
            for (int round = 0; round < 30; round++) {
                List<Integer> next = new ArrayList<>();
                for (int i = random.nextInt(90); i > 0; i--) {
                    if (random.nextInt(10) > 0) {
                        next.add(number & 0xffff);
                    }
                    number++;
                }
                for (int i = 0; i + 1 < next.size(); i++) {
                    if (random.nextInt(5) == 0) {
                        next.set(i, next.set(Math.min(next.size() - 1, i + 1 + random.nextInt(20)), next.get(i)));
                    }
                }
                for (int n : next) {
                    now += random.nextInt(3_000_000);
                    feedback.observe(n, now);
                    if (random.nextInt(20) == 0) {
                        feedback.observe(n, now + 1_000_000); // the network has doubled it
                    }
                    came.put(n, now / TICK);
                }
                for (Rtcp.TransportCc f = feedback.build(1, 2); f != null; f = feedback.build(1, 2)) {
                    read(f, told);
                }
                assertTrue(feedback.isEmpty());
            }
            assertEquals(came, told, "seed " + seed);
        }
    }

    @Test
    void arrivalsWaitInAnyNumberUpToTheLimit() {
        TransportFeedback feedback = new TransportFeedback();
        int most = TransportFeedback.MAX_PENDING;
        for (int n = most + 100; n > 0; n--) {
            feedback.observe(n, 1_000_000_000L + n * TICK);
        }
        Map<Integer, Long> told = new TreeMap<>();
        while (!feedback.isEmpty()) {
            Rtcp.TransportCc f = feedback.build(1, 2);
            if (f != null) {
                read(f, told);
            }
        }
        assertEquals(most, told.size());
        feedback.observe(20_000, 5_000_000_000L);
        feedback.forget();
        assertNull(feedback.build(1, 2));
    }
}
