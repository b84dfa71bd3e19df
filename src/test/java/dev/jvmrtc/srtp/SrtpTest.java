package dev.jvmrtc.srtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
            int n = r.unprotectRtp(p, 0, s.protectRtp(p, 0, 22));
            assertEquals(ssrc <= SrtpReceiver.MAX_SOURCES ? 22 : -1, n);
        }
        assertEquals(SrtpReceiver.Refusal.TOO_MANY_SOURCES, r.refusal());
        byte[] known = packet(2, 1, 10);
        assertEquals(22, r.unprotectRtp(known, 0, s.protectRtp(known, 0, 22)), "those that are known go on");
    }

    @Test
    void derivesTheKeysOfRfc3711AppendixB3() {
        byte[] master = HEX.parseHex("E1F97A0D3E018BE0D64FA32C06DE4139");
        byte[] salt = HEX.parseHex("0EC675AD498AFEEBB6960B3AABE6");
        SrtpKeys k = SrtpKeys.derive(SrtpSuite.AES_CM_128_HMAC_SHA1_80, master, salt, false);
        assertEquals("C61E7A93744F39EE10734AFE3FF7A087", HEX.withUpperCase().formatHex(k.encryption));
        assertEquals("30CBBC08863D8C85D49DB34A9AE1", HEX.withUpperCase().formatHex(k.salt));
        assertEquals("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4", HEX.withUpperCase().formatHex(k.authentication));
    }

    @Test
    void makesTheKeyStreamOfRfc3711AppendixB2() throws Exception {
        // The session key and salt of B.2, applied through the cipher to zeros: packet index 0, SSRC 0.
        var c = SrtpKeys.class.getDeclaredConstructor(byte[].class, byte[].class, byte[].class);
        c.setAccessible(true);
        SrtpKeys k = c.newInstance(HEX.parseHex("2B7E151628AED2A6ABF7158809CF4F3C"), new byte[20], HEX.parseHex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
        byte[] p = new byte[12 + 48 + 10];
        new AesCmCipher(k).protectRtp(p, 0, 12 + 48, 12, 0, 0);
        assertEquals("E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0",
            HEX.withUpperCase().formatHex(p, 12, 60));
    }

    @Test
    void protectsAsRfc7714Section16Does() throws Exception {
        // RFC 7714 §16.1.1: AEAD_AES_128_GCM with session key 000102…0f and salt 51756964 2070726f 2071756f.
        var c = SrtpKeys.class.getDeclaredConstructor(byte[].class, byte[].class, byte[].class);
        c.setAccessible(true);
        SrtpKeys k = c.newInstance(HEX.parseHex("000102030405060708090a0b0c0d0e0f"), new byte[0], HEX.parseHex("517569642070726f2071756f"));
        byte[] clear = HEX.parseHex("8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976697361"
            + "20696e207061727465732074726573");
        byte[] p = Arrays.copyOf(clear, clear.length + 16);
        int n = new GcmCipher(k).protectRtp(p, 0, clear.length, 12, 0x5501a0b2, 0xf17b);
        assertEquals("8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
            + "899d7f27beb16a9152cf765ee4390cce", HEX.formatHex(p, 0, n));
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
            lengths[i] = sender.protectRtp(sent[i], 0, 112 + i % 7);
        }
        for (int i = 0; i < 300; i++) {
            int at = i == 0 ? 0 : (i ^ 1) < 300 ? i ^ 1 : i;
            byte[] p = sent[at].clone();
            int n = receiver.unprotectRtp(p, 0, lengths[at]);
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
        int n = sender.protectRtp(p, 0, 62);
        for (int bit = 0; bit < n * 8; bit += 5) {
            byte[] forged = p.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(-1, receiver.unprotectRtp(forged, 0, n), "bit " + bit);
        }
        for (int length = 0; length < n; length++) {
            assertEquals(-1, receiver.unprotectRtp(p.clone(), 0, length));
        }
        assertEquals(62, receiver.unprotectRtp(p.clone(), 0, n));
        assertEquals(-1, receiver.unprotectRtp(p.clone(), 0, n));
        assertEquals(SrtpReceiver.Refusal.REPLAYED, receiver.refusal());
    }

    @ParameterizedTest
    @EnumSource
    void neverProtectsTwiceUnderOneIndex(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        assertTrue(sender.protectRtp(packet(10, 5, 50), 0, 62) > 0);
        assertEquals(-1, sender.protectRtp(packet(10, 5, 50), 0, 62), "the same number again");
        assertEquals(-1, sender.protectRtp(packet(9, 5, 50), 0, 62), "an older number");
        assertTrue(sender.protectRtp(packet(10, 6, 50), 0, 62) > 0, "another source");
        assertTrue(sender.protectRtp(packet(11, 5, 50), 0, 62) > 0);
    }

    @ParameterizedTest
    @EnumSource
    void carriesRtcpBothWaysOnce(SrtpSuite suite) {
        SrtpSender sender = new SrtpSender(suite, key(suite), salt(suite));
        SrtpReceiver receiver = new SrtpReceiver(suite, key(suite), salt(suite));
        byte[] clear = HEX.parseHex("80c90001000000058001000200000005");
        byte[] p = Arrays.copyOf(clear, 64);
        int n = sender.protectRtcp(p, 0, clear.length);
        byte[] got = p.clone();
        assertEquals(clear.length, receiver.unprotectRtcp(got, 0, n));
        assertArrayEquals(clear, Arrays.copyOf(got, clear.length));
        assertEquals(-1, receiver.unprotectRtcp(p.clone(), 0, n));
        p[9] ^= 1;
        assertEquals(-1, receiver.unprotectRtcp(p, 0, n));
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
            int n = sender.protectRtp(p, 0, 1_212);
            assertEquals(1_212, receiver.unprotectRtp(p, 0, n));
        }
        long perPacket = (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / packets;
        // Boxed SSRC keys of the context tables are all that may remain before the compiler removes them.
        assertTrue(perPacket <= 64, perPacket + " bytes for each packet");
    }
}
