package dev.jvmrtc.dtls.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the loop does for a DTLS datagram before the handshake's thread or a cipher sees it, in turns of loops. */
class BoundedWorkTest {
    private static final int HEADER = 13;
    private static final int FRAGMENT = 12;

    /** A datagram of {@code bytes} bytes, filled with copies of {@code record}. */
    private static byte[] full(int bytes, byte[] record) {
        byte[] d = new byte[bytes];
        for (int p = 0; p < bytes; p += record.length) {
            System.arraycopy(record, 0, d, p, Math.min(record.length, bytes - p));
        }
        return d;
    }

    private static byte[] fragments(int bytes) {
        byte[] d = new byte[bytes];
        System.arraycopy(ForgedRecordsTest.record(22, 0xfefd, 0, 0, new byte[bytes - HEADER]), 0, d, 0, bytes);
        for (int p = HEADER; p + FRAGMENT <= bytes; p += FRAGMENT) {
            d[p] = 11;
            Bytes.put16(d, p + 2, 1_000);
        }
        return d;
    }

    @Test
    void aDatagramCostsItsRecordsAndFragmentsWhateverCameBefore() {
        for (DtlsRole role : DtlsRole.values()) {
            Counters drops = new Counters();
            RecordFilter filter = new RecordFilter(drops);
            filter.setRole(role);
            EarlyRecords early = new EarlyRecords(drops, role == DtlsRole.SERVER);
            ArrayDeque<byte[]> inbox = new ArrayDeque<>();
            List<byte[]> worst = List.of(
                    full(60_000, ForgedRecordsTest.record(22, 0xfefd, 1, 5)),
                    full(60_000, ForgedRecordsTest.record(23, 0xfefd, 1, 5)),
                    full(60_000, ForgedRecordsTest.record(21, 0xfefd, 0, 5, (byte) 2, (byte) 40)),
                    full(60_000, ForgedRecordsTest.record(20, 0xfefd, 0, 5, (byte) 1)),
                    full(60_000, ForgedRecordsTest.record(63, 0xffff, 9, 5)),
                    fragments(60_001),
                    new byte[60_000]);
            long allowed = 0;
            long taken = 0;
            for (int round = 0; round < 40; round++) {
                for (byte[] d : worst) {
                    taken += Steps.of(() -> {
                        byte[] kept = filter.sift(d, 0, d.length);
                        if (kept != null) {
                            early.pass(kept, inbox);
                        }
                    });
                    // Each goes twice through itself, if not at once then when those that are held are let go, who are
                    // looked at once more for each that is let go.
                    allowed += 2 * d.length / FRAGMENT + EarlyRecords.MAX_HELD * EarlyRecords.MAX_HELD;
                    assertTrue(taken <= allowed, taken + " steps instead of " + allowed + " in round " + round);
                }
                inbox.clear();
            }
            assertTrue(drops.get(RecordFilter.BEYOND_BOUNDS) > 0, "fragments are counted");
        }
    }

    @Test
    void whatIsHeldIsBoundedWhateverComes() {
        Counters drops = new Counters();
        EarlyRecords early = new EarlyRecords(drops, true);
        ArrayDeque<byte[]> inbox = new ArrayDeque<>();
        byte[] encrypted = ForgedRecordsTest.record(22, 0xfefd, 1, 5, new byte[40]);
        byte[] data = ForgedRecordsTest.record(23, 0xfefd, 1, 5, new byte[40]);
        for (int i = 0; i < 1_000; i++) {
            early.pass(Arrays.copyOf(encrypted, encrypted.length), inbox);
            early.pass(Arrays.copyOf(data, data.length), inbox);
        }
        assertEquals(0, inbox.size());
        assertEquals(EarlyRecords.MAX_HELD, early.applicationData.size());
        assertEquals(2_000 - 2 * EarlyRecords.MAX_HELD, drops.get("DTLS datagram too early, one of too many"));
    }

    @Test
    void lookingForRepeatsCostsTheRecordsAndFragmentsOfADatagram() {
        Repeats repeats = new Repeats(new Counters());
        List<byte[]> worst = List.of(
                fragments(60_001),
                full(60_000, ForgedRecordsTest.record(22, 0xfefd, 0, 5, new byte[FRAGMENT])),
                full(60_000, ForgedRecordsTest.record(20, 0xfefd, 0, 5, (byte) 1)),
                full(60_000, new byte[HEADER]));
        for (int round = 0; round < 20; round++) {
            long now = round * 100_000_000L;
            for (byte[] d : worst) {
                byte[] copy = d.clone();
                long steps = Steps.of(() -> repeats.sift(now, copy));
                assertTrue(
                        steps <= 1 + 3 * d.length / FRAGMENT,
                        steps + " steps for " + d.length + " bytes in round " + round);
            }
        }
    }
}
