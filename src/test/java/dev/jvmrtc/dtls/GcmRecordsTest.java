package dev.jvmrtc.dtls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.crypto.Jca;
import dev.jvmrtc.crypto.ReplayWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class GcmRecordsTest {
    private final Counters drops = new Counters();
    private final RecordNumbers numbers = new RecordNumbers();
    private final GcmRecords sender = new GcmRecords(direction(1), direction(2), numbers, new Counters());
    private final GcmRecords receiver = new GcmRecords(direction(2), direction(1), new RecordNumbers(), drops);
    private byte[] plain;

    private static GcmRecords.Direction direction(int key) {
        byte[] k = new byte[16];
        Arrays.fill(k, (byte) key);
        return new GcmRecords.Direction(
                Jca.cipher("AES/GCM/NoPadding"), new SecretKeySpec(k, "AES"), new byte[] {9, 8, 7, (byte) key});
    }

    private byte[] seal(byte... data) {
        int length = sender.seal(23, data, 0, data.length);
        return Arrays.copyOf(sender.sealed(), length);
    }

    private int open(byte[] record) {
        plain = record.clone(); // it is opened in place
        return receiver.open(plain, 0, record.length);
    }

    @Test
    void aRecordIsWhatTheFormulasOfTheRfcsMake() throws Exception {
        seal((byte) 0);
        byte[] record = seal("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        // RFC 6347 §4.1: type, version 254.253, epoch 1, number 1, length 8 + 5 + 16; RFC 5288 §3: the nonce's explicit
        // part follows.
        assertEquals(
                "17fefd0001000000000001001d" + "0001000000000001",
                HexFormat.of().formatHex(record, 0, 21));
        javax.crypto.Cipher c = javax.crypto.Cipher.getInstance("AES/GCM/NoPadding");
        c.init(
                javax.crypto.Cipher.DECRYPT_MODE,
                direction(1).key(),
                new javax.crypto.spec.GCMParameterSpec(128, HexFormat.of().parseHex("090807010001000000000001")));
        // RFC 5246 §6.2.3.3: number with epoch, type, version, length of the plaintext.
        c.updateAAD(HexFormat.of().parseHex("0001000000000001" + "17" + "fefd" + "0005"));
        assertEquals(
                "hello",
                new String(c.doFinal(record, 21, record.length - 21), java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void whatIsSealedIsOpenedUpToTheLargestRecord() {
        byte[] large = new byte[GcmRecords.MAX_PLAINTEXT];
        new Random(3).nextBytes(large);
        for (int length : new int[] {0, 1, 1_200, GcmRecords.MAX_PLAINTEXT}) {
            byte[] data = Arrays.copyOf(large, length);
            assertEquals(length, open(seal(data)));
            assertArrayEquals(
                    data, Arrays.copyOfRange(plain, GcmRecords.PLAINTEXT_OFFSET, GcmRecords.PLAINTEXT_OFFSET + length));
        }
        assertThrows(IllegalArgumentException.class, () -> seal(new byte[GcmRecords.MAX_PLAINTEXT + 1]));
    }

    @Test
    void aRecordIsTakenOnceInAnyOrderWithinTheWindow() {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < 2 * ReplayWindow.SIZE; i++) {
            records.add(seal((byte) i));
        }
        assertEquals(1, open(records.get(ReplayWindow.SIZE)));
        assertEquals(1, open(records.get(1)));
        assertEquals(-1, open(records.get(1)), "twice");
        assertEquals(-1, open(records.get(0)), "too old to know");
        assertEquals(1, open(records.get(2 * ReplayWindow.SIZE - 1)));
        assertEquals(Map.of("DTLS record seen before, or too old", 2L), drops.snapshot());
    }

    @Test
    void noByteOfARecordCanBeChangedAndAForgedOneDoesNotMoveTheWindow() {
        byte[] record = seal((byte) 1, (byte) 2, (byte) 3);
        for (int i = 0; i < record.length; i++) {
            if (i == 11 || i == 12) {
                continue; // the length: who calls has cut the record by it
            }
            byte[] forged = record.clone();
            forged[i] ^= 0x40;
            assertEquals(-1, open(forged), "byte " + i);
        }
        assertEquals(Map.of("DTLS record that is not authentic", (long) record.length - 2), drops.snapshot());
        assertEquals(3, open(record), "a number far ahead, forged, has not made this one old");
    }

    @Test
    void recordsOfImpossibleLengthsAreDropped() {
        byte[] record = seal((byte) 1);
        for (int length = GcmRecords.HEADER_LENGTH; length < GcmRecords.OVERHEAD; length++) {
            assertEquals(-1, receiver.open(record, 0, length));
        }
        assertEquals(
                -1,
                receiver.open(
                        new byte[GcmRecords.MAX_PLAINTEXT + GcmRecords.OVERHEAD + 1],
                        0,
                        GcmRecords.MAX_PLAINTEXT + GcmRecords.OVERHEAD + 1));
        assertEquals(Map.of("DTLS record of a wrong length", 25L), drops.snapshot());
    }

    @Test
    void numbersThatOthersTookAreLeftOut() {
        seal((byte) 1);
        numbers.take();
        byte[] record = seal((byte) 1);
        assertEquals(2, record[10]);
    }
}
