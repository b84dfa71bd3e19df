package dev.jvmrtc.srtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.Bytes;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SrtpTest {
    private static final HexFormat HEX = HexFormat.of();

    private static byte[] key(SrtpSuite s) {
        byte[] k = new byte[s.keyLength()];
        Arrays.fill(k, (byte) 7);
        return k;
    }

    private static byte[] salt(SrtpSuite s) {
        byte[] k = new byte[s.saltLength()];
        Arrays.fill(k, (byte) 9);
        return k;
    }

    private static int protect(SrtpSender sender, byte[] packet, int offset, int length) {
        ProtectedPacket p = sender.protectRtp(packet, offset, length);
        return p == null ? -1 : p.length();
    }

    private static byte[] packet(int sequence, int ssrc, int payload) {
        byte[] p = new byte[12 + payload + 32];
        p[0] = (byte) 0x80;
        p[1] = 96;
        Bytes.put16(p, 2, sequence);
        Bytes.put32(p, 8, ssrc);
        for (int i = 0; i < payload; i++) {
            p[12 + i] = (byte) (i * 3 + sequence);
        }
        return p;
    }

    @Test
    void refusesOneSourceTooMany() {
        SrtpSuite suite = SrtpSuite.AEAD_AES_128_GCM;
        SrtpSender s = new SrtpSender(suite, key(suite), salt(suite));
        SrtpReceiver r = new SrtpReceiver(suite, key(suite), salt(suite));
        for (int ssrc = 1; ssrc <= SrtpReceiver.MAX_SOURCES + 1; ssrc++) {
            byte[] p = packet(1, ssrc, 10);
            int n = r.unprotectRtp(0, p, 0, protect(s, p, 0, 22));
            assertEquals(ssrc <= SrtpReceiver.MAX_SOURCES ? 22 : -1, n);
        }
        assertEquals(SrtpReceiver.Refusal.TOO_MANY_SOURCES, r.refusal());
        byte[] known = packet(2, 1, 10);
        assertEquals(22, r.unprotectRtp(0, known, 0, protect(s, known, 0, 22)), "those that are known go on");
    }

    @Test
    void derivesTheKeysOfRfc3711AppendixB3() {
        byte[] master = HEX.parseHex("E1F97A0D3E018BE0D64FA32C06DE4139");
        byte[] salt = HEX.parseHex("0EC675AD498AFEEBB6960B3AABE6");
        SrtpKeys k = SrtpKeys.derive(SrtpSuite.AES_CM_128_HMAC_SHA1_80, master, salt, false);
        assertEquals("C61E7A93744F39EE10734AFE3FF7A087", HEX.withUpperCase().formatHex(k.encryption));
        assertEquals("30CBBC08863D8C85D49DB34A9AE1", HEX.withUpperCase().formatHex(k.salt));
        assertEquals(
                "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4", HEX.withUpperCase().formatHex(k.authentication));
    }

    @Test
    void makesTheKeyStreamOfRfc3711AppendixB2() throws Exception {
        // The session key and salt of B.2, applied through the cipher to zeros: packet index 0, SSRC 0.
        var c = SrtpKeys.class.getDeclaredConstructor(byte[].class, byte[].class, byte[].class);
        c.setAccessible(true);
        SrtpKeys k = c.newInstance(
                HEX.parseHex("2B7E151628AED2A6ABF7158809CF4F3C"),
                new byte[20],
                HEX.parseHex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
        byte[] p = new byte[12 + 48 + 10];
        new AesCmCipher(k).protectRtp(p, 0, 12, p, 12, 48, 0, 0);
        assertEquals(
                "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0",
                HEX.withUpperCase().formatHex(p, 12, 60));
    }

    @Test
    void protectsAsRfc7714Section16Does() throws Exception {
        // RFC 7714 §16.1.1: AEAD_AES_128_GCM with session key 000102…0f and salt 51756964 2070726f 2071756f.
        var c = SrtpKeys.class.getDeclaredConstructor(byte[].class, byte[].class, byte[].class);
        c.setAccessible(true);
        SrtpKeys k = c.newInstance(
                HEX.parseHex("000102030405060708090a0b0c0d0e0f"),
                new byte[0],
                HEX.parseHex("517569642070726f2071756f"));
        byte[] clear = HEX.parseHex("8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976697361"
                + "20696e207061727465732074726573");
        byte[] p = Arrays.copyOf(clear, clear.length + 16);
        int n = new GcmCipher(k).protectRtp(p, 0, 12, p, 12, clear.length - 12, 0x5501a0b2, 0xf17b);
        assertEquals(
                "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
                        + "899d7f27beb16a9152cf765ee4390cce",
                HEX.formatHex(p, 0, n));
    }

    @ParameterizedTest
    @EnumSource
    void receivesWhatItSendsInAnyOrderAndAcrossARollover(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        SrtpReceiver receiver = new SrtpReceiver(suite, key(suite), salt(suite));
        byte[][] sent = new byte[300][];
        int[] lengths = new int[300];
        for (int i = 0; i < 300; i++) {
            sent[i] = packet(65_400 + i & 0xffff, 5, 100 + i % 7);
            lengths[i] = protect(sender, sent[i], 0, 112 + i % 7);
        }
        for (int i = 0; i < 300; i++) {
            int at = i == 0 ? 0 : (i ^ 1) < 300 ? i ^ 1 : i;
            byte[] p = sent[at].clone();
            int n = receiver.unprotectRtp(0, p, 0, lengths[at]);
            if (i == 1) {
                continue; // the first pair: 0 again, which is a replay, and 1 comes later
            }
            assertEquals(112 + at % 7, n, "packet " + at);
            assertArrayEquals(Arrays.copyOf(packet(65_400 + at & 0xffff, 5, 100 + at % 7), n), Arrays.copyOf(p, n));
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesReplayedForgedAndTruncatedPackets(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        SrtpReceiver receiver = new SrtpReceiver(suite, key(suite), salt(suite));
        byte[] p = packet(1, 5, 50);
        int n = protect(sender, p, 0, 62);
        for (int bit = 0; bit < n * 8; bit += 5) {
            byte[] forged = p.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(-1, receiver.unprotectRtp(0, forged, 0, n), "bit " + bit);
        }
        for (int length = 0; length < n; length++) {
            assertEquals(-1, receiver.unprotectRtp(0, p.clone(), 0, length));
        }
        assertEquals(62, receiver.unprotectRtp(0, p.clone(), 0, n));
        assertEquals(-1, receiver.unprotectRtp(0, p.clone(), 0, n));
        assertEquals(SrtpReceiver.Refusal.REPLAYED, receiver.refusal());
    }

    @ParameterizedTest
    @EnumSource
    void neverProtectsTwiceUnderOneIndex(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        assertTrue(protect(sender, packet(10, 5, 50), 0, 62) > 0);
        assertEquals(-1, protect(sender, packet(10, 5, 50), 0, 62), "the same number again");
        assertEquals(-1, protect(sender, packet(9, 5, 50), 0, 62), "an older number");
        assertTrue(protect(sender, packet(10, 6, 50), 0, 62) > 0, "another source");
        assertTrue(protect(sender, packet(11, 5, 50), 0, 62) > 0);
    }

    @ParameterizedTest
    @EnumSource
    void carriesRtcpBothWaysOnce(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        SrtpReceiver receiver = new SrtpReceiver(suite, key(suite), salt(suite));
        byte[] clear = HEX.parseHex("80c90001000000058001000200000005");
        byte[] p = Arrays.copyOf(clear, 64);
        int n = sender.protectRtcp(p, 0, clear.length).length();
        byte[] got = p.clone();
        assertEquals(clear.length, receiver.unprotectRtcp(got, 0, n));
        assertArrayEquals(clear, Arrays.copyOf(got, clear.length));
        assertEquals(-1, receiver.unprotectRtcp(p.clone(), 0, n));
        p[9] ^= 1;
        assertEquals(-1, receiver.unprotectRtcp(p, 0, n));
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverFindsItsWayBackAfterMoreThanHalfACycleWasLost(SrtpSuite suite) {
        for (int lost : new int[] {1_000, 32_000, 33_000, 50_000, 65_000, 65_600, 100_000, 400_000}) {
            SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
            SrtpReceiver receiver = new SrtpReceiver(suite, key(suite), salt(suite));
            long now = 5_000_000_000L;
            int sequence = 7;
            byte[] first = packet(sequence, 5, 50);
            assertEquals(62, receiver.unprotectRtp(now, first, 0, protect(sender, first, 0, 62)));
            for (int i = 0; i < lost; i += 1_000) { // nothing of what leaves arrives
                sequence += Math.min(1_000, lost - i);
                byte[] p = packet(sequence & 0xffff, 5, 50);
                assertTrue(protect(sender, p, 0, 62) > 0);
            }
            int refused = 0;
            int accepted = 0;
            for (int i = 0; i < 2_000 && accepted < 100; i++) {
                now += 2_000_000L;
                byte[] clear = packet(++sequence & 0xffff, 5, 50);
                byte[] p = clear.clone();
                int n = receiver.unprotectRtp(now, p, 0, protect(sender, p, 0, 62));
                if (n >= 0) {
                    assertArrayEquals(Arrays.copyOf(clear, 62), Arrays.copyOf(p, n));
                    accepted++;
                } else {
                    assertEquals(0, accepted, "once found it stays found, after " + lost);
                    refused++;
                }
            }
            assertEquals(100, accepted, "after " + lost);
            // 2^15 and less: at once. More: 10 ms, or 5 packets, for each counter tried; near a whole cycle the window
            // has to be passed first.
            assertTrue(
                    refused <= (lost < 0x8000 ? 0 : 1_100 + 5 * RolloverSearch.MAX_AHEAD),
                    refused + " refused after " + lost);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSourceThatRolledOverBeforeItsFirstPacketCameIsFound(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        SrtpReceiver receiver = new SrtpReceiver(suite, key(suite), salt(suite));
        for (int sequence : new int[] {65_000, 65_535, 3}) {
            protect(sender, packet(sequence, 5, 50), 0, 62);
        }
        byte[] p = packet(4, 5, 50);
        assertEquals(-1, receiver.unprotectRtp(0, p, 0, protect(sender, p, 0, 62)));
        byte[] q = packet(5, 5, 50);
        assertEquals(62, receiver.unprotectRtp(1, q, 0, protect(sender, q, 0, 62)));
    }

    @ParameterizedTest
    @EnumSource
    void forgedPacketsDrawOneTrialInTenMillisecondsAndMoveNothing(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        SrtpReceiver receiver = new SrtpReceiver(suite, key(suite), salt(suite));
        byte[] first = packet(100, 5, 50);
        assertEquals(62, receiver.unprotectRtp(0, first, 0, protect(sender, first, 0, 62)));
        for (int i = 0; i < 5_000; i++) {
            byte[] forged = packet(i * 13 & 0xffff, 5, 50);
            assertEquals(-1, receiver.unprotectRtp(i * 1_000_000L, forged, 0, 62 + suite.rtpOverhead()));
        }
        byte[] next = packet(101, 5, 50);
        assertEquals(62, receiver.unprotectRtp(5_000_000_000L, next, 0, protect(sender, next, 0, 62)));
        RolloverSearch search = new RolloverSearch();
        search.suspect();
        int trials = 0;
        for (long now = 0; now < 1_000_000_000L; now += 100_000L) {
            if (search.isDue(now)) {
                search.nextStep(now);
                trials++;
            }
        }
        assertEquals(100, trials);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasKeptIsSentAgainByteForByteAndIsGoneWithItsKeys(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        byte[] p = packet(10, 5, 50);
        ProtectedPacket out = sender.protectRtp(p, 0, 62, true);
        byte[] wire = Arrays.copyOf(out.array(), out.length());
        sender.protectRtp(packet(11, 5, 50), 0, 62, false);
        ProtectedPacket again = sender.sentBefore(5, 10);
        assertArrayEquals(wire, Arrays.copyOfRange(again.array(), again.offset(), again.offset() + again.length()));
        assertNull(sender.sentBefore(5, 11), "was not to be kept");
        assertNull(sender.sentBefore(6, 10));
        assertNull(new SrtpSender(suite, key(suite), salt(suite)).sentBefore(5, 10));
        for (int i = 12; i < 12 + SentPackets.SIZE; i++) {
            sender.protectRtp(packet(i, 5, 50), 0, 62, true);
        }
        assertNull(sender.sentBefore(5, 10), "too long ago");
    }

    @Test
    void allocatesNothingPerPacketForAesCm() {
        SrtpSuite suite = SrtpSuite.AES_CM_128_HMAC_SHA1_80;
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        SrtpReceiver receiver = new SrtpReceiver(suite, key(suite), salt(suite));
        byte[] p = packet(0, 5, 1_200);
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = 0;
        int packets = 20_000;
        for (int i = 0; i < 2 * packets; i++) {
            if (i == packets) {
                before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            }
            Bytes.put16(p, 2, i & 0xffff);
            int n = protect(sender, p, 0, 1_212);
            assertEquals(1_212, receiver.unprotectRtp(0, p, 0, n));
        }
        long perPacket = (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / packets;
        // Boxed SSRC keys of the context tables are all that may remain before the compiler removes them.
        assertTrue(perPacket <= 64, perPacket + " bytes for each packet");
    }

    @ParameterizedTest
    @EnumSource
    void fiftySendersReadOnePayloadAndLeaveItAsItWas(SrtpSuite suite) {
        byte[] shared = new byte[1_200];
        for (int i = 0; i < shared.length; i++) {
            shared[i] = (byte) (i * 31);
        }
        byte[] before = shared.clone();
        for (int receiver = 0; receiver < 50; receiver++) {
            byte[] key = key(suite);
            key[0] = (byte) receiver;
            SrtpSender sender = new SrtpSender(suite, key, salt(suite));
            byte[] header = packet(receiver, 5, 0);
            byte[] whole = Arrays.copyOf(header, 12 + 1_177 + suite.rtpOverhead());
            System.arraycopy(shared, 23, whole, 12, 1_177);
            ProtectedPacket out = sender.protectRtp(header, 12, shared, 23, 1_177, false);
            byte[] left = Arrays.copyOfRange(out.array(), out.offset(), out.offset() + out.length());
            assertArrayEquals(before, shared, "after receiver " + receiver);
            new SrtpSender(suite, key, salt(suite)).protectRtp(whole, 0, 12 + 1_177);
            assertArrayEquals(whole, left, "the same as in place");
            assertEquals(12 + 1_177, new SrtpReceiver(suite, key, salt(suite)).unprotectRtp(0, left, 0, left.length));
            assertArrayEquals(Arrays.copyOf(header, 12), Arrays.copyOf(left, 12));
            assertArrayEquals(Arrays.copyOfRange(shared, 23, 1_200), Arrays.copyOfRange(left, 12, 12 + 1_177));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPacketWithASharedPayloadIsKeptAndItsIndexUsedOnce(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        byte[] header = packet(10, 5, 0);
        ProtectedPacket out = sender.protectRtp(header, 12, new byte[3_000], 0, 3_000, true);
        byte[] left = Arrays.copyOf(out.array(), out.length());
        assertNull(sender.protectRtp(header, 12, new byte[10], 0, 10, true), "the number was used");
        ProtectedPacket again = sender.sentBefore(5, 10);
        assertArrayEquals(left, Arrays.copyOf(again.array(), again.length()));
    }
}
