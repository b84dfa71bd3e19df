package dev.jvmrtc.dtls.bc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.HandshakeExecutor;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BcDtlsEngineTest {
    private final ExecutorService threads = Executors.newCachedThreadPool(r -> {
        Thread t = new Thread(r);
        t.setDaemon(true);
        return t;
    });
    private final HandshakeExecutor executor = task -> {
        threads.execute(task);
        return true;
    };

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    static DtlsIdentity identity(boolean rsa) throws Exception {
        Instant begins = Instant.now().minusSeconds(60);
        Instant expires = Instant.now().plusSeconds(86_400);
        return rsa
                ? SelfSigned.rsa(2_048, begins, expires, RandomSource.seeded(3))
                : SelfSigned.ecdsa(begins, expires, RandomSource.of(new SecureRandom()));
    }

    private void connect(boolean rsaClient, boolean rsaServer) throws Exception {
        Side c = new Side(identity(rsaClient), executor);
        Side s = new Side(identity(rsaServer), executor);
        s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
        c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
        Side.exchange(c, s);
        DtlsEvent.Connected cc = c.event(DtlsEvent.Connected.class);
        DtlsEvent.Connected sc = s.event(DtlsEvent.Connected.class);
        assertEquals(SrtpProfile.AEAD_AES_128_GCM, cc.srtpProfile());
        assertArrayEquals(cc.keyingMaterial(), sc.keyingMaterial());
        assertArrayEquals(s.identity.certificateDer(), cc.peerCertificatesDer().get(0));
        assertTrue(c.engine.send(new byte[] {1, 2, 3}, 0, 3));
        Side.exchange(c, s);
        assertArrayEquals(
                new byte[] {1, 2, 3}, s.event(DtlsEvent.Data.class).plaintext().copy());
        c.engine.close();
        Side.exchange(c, s);
        assertNull(s.event(DtlsEvent.Closed.class).cause(), "close_notify is no failure");
    }

    @Test
    void connectsWithEcAndRsaCertificatesOnEitherSide() throws Exception {
        connect(false, false);
        connect(true, false);
        connect(false, true);
    }

    @Test
    void carriesDataAndTheEndUnderEveryCipherSuiteThatWeOffer() throws Exception {
        for (int suite : HandshakeParameters.CIPHER_SUITES) {
            String name = FastGcmCrypto.suiteName(suite);
            Side c = new Side(identity(false), executor, suite);
            Side s = new Side(identity(name.contains("RSA_WITH")), executor);
            s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
            c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
            Side.exchange(c, s);
            assertEquals(name, c.event(DtlsEvent.Connected.class).cipherSuite());
            for (Side from : List.of(c, s)) {
                Side to = from == c ? s : c;
                to.events.clear();
                for (int length : new int[] {1, 1_200, 0x3fff, 1}) {
                    assertTrue(from.engine.send(new byte[length], 0, length), name);
                }
                Side.exchange(c, s);
                assertEquals(
                        List.of(1, 1_200, 0x3fff, 1),
                        to.events.stream()
                                .map(e -> ((DtlsEvent.Data) e).plaintext().length())
                                .toList(),
                        name);
            }
            s.events.clear();
            c.engine.close();
            Side.exchange(c, s);
            assertNull(s.event(DtlsEvent.Closed.class).cause(), name);
            assertEquals(Map.of(), s.engine.dropCounts(), name);
        }
    }

    @Test
    void aLostLastFlightIsResentUnderANewNumberAndDataThatCameBeforeItIsKept() throws Exception {
        Side c = new Side(identity(false), executor);
        Side s = new Side(identity(false), executor);
        s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
        c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
        for (int i = 0; s.event(DtlsEvent.Connected.class) == null; i++) {
            assertTrue(i < 20, "the server should be done");
            Side from = i % 2 == 0 ? c : s;
            pass(from, from == c ? s : c, from.out.size());
        }
        List<Long> numbers = new ArrayList<>(protectedNumbers(s.out));
        s.out.clear(); // ChangeCipherSpec and Finished are lost
        s.engine.send(new byte[] {1}, 0, 1);
        s.engine.send(new byte[] {2}, 0, 1);
        numbers.addAll(protectedNumbers(s.out));
        pass(s, c, 2);
        assertNull(c.event(DtlsEvent.Connected.class));
        c.engine.handleTimeout(c.engine.nextTimeoutNanos());
        pass(c, s, c.out.size());
        numbers.addAll(protectedNumbers(s.out));
        assertEquals(List.of(0L, 1L, 2L, 3L), numbers, "Finished, twice data, Finished again");
        Side.exchange(c, s);
        assertTrue(c.event(DtlsEvent.Connected.class) != null);
        assertEquals(
                List.of((byte) 1, (byte) 2),
                c.events.stream()
                        .filter(DtlsEvent.Data.class::isInstance)
                        .map(e -> (byte) ((DtlsEvent.Data) e).plaintext().u8(0))
                        .toList());
        s.engine.send(new byte[] {3}, 0, 1);
        c.engine.send(new byte[] {4}, 0, 1);
        Side.exchange(c, s);
        assertEquals(
                3,
                ((DtlsEvent.Data) c.events.get(c.events.size() - 1)).plaintext().u8(0));
        assertEquals(
                4,
                ((DtlsEvent.Data) s.events.get(s.events.size() - 1)).plaintext().u8(0));
        s.engine.close();
        Side.exchange(c, s);
        assertNull(c.event(DtlsEvent.Closed.class).cause());
    }

    @Test
    void forgedDataBeforeTheHandshakeIsHeldWithinABoundAndHarmsNothing() throws Exception {
        Side c = new Side(identity(false), executor);
        Side s = new Side(identity(false), executor);
        s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
        for (int i = 0; i < 40; i++) {
            byte[] forged = new byte[13 + 30];
            forged[0] = 23;
            forged[1] = (byte) 254;
            forged[2] = (byte) 253;
            forged[4] = 1;
            forged[10] = (byte) i;
            forged[12] = 30;
            s.engine.handleDatagram(System.nanoTime(), LentBytes.of(forged));
        }
        assertEquals(Map.of("DTLS datagram too early, one of too many", 24L), s.engine.dropCounts());
        c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
        Side.exchange(c, s);
        assertEquals(
                Map.of("DTLS datagram too early, one of too many", 24L, "DTLS record that is not authentic", 16L),
                s.engine.dropCounts());
        c.engine.send(new byte[] {7}, 0, 1);
        Side.exchange(c, s);
        assertArrayEquals(
                new byte[] {7}, s.event(DtlsEvent.Data.class).plaintext().copy());
    }

    private static void pass(Side from, Side to, int datagrams) {
        for (int i = 0; i < datagrams; i++) {
            byte[] d = from.out.poll();
            to.engine.handleDatagram(System.nanoTime(), LentBytes.of(d));
        }
        from.collect();
        to.collect();
    }

    /** The numbers of the records under keys. */
    private static List<Long> protectedNumbers(Iterable<byte[]> datagrams) {
        List<Long> numbers = new ArrayList<>();
        for (byte[] d : datagrams) {
            for (int p = 0; p < d.length; p += 13 + Bytes.u16(d, p + 11)) {
                if (Bytes.u16(d, p + 3) == 1) {
                    numbers.add((long) Bytes.u16(d, p + 5) << 32 | Bytes.u32(d, p + 7));
                }
            }
        }
        return numbers;
    }

    /**
     * The clear handshake messages of a flight cut into fragments, a datagram each, and what else is in it: in an order
     * by the seed, backwards for 0.
     */
    private static List<byte[]> cut(Iterable<byte[]> flight, int size, long seed) {
        List<byte[]> fragments = new ArrayList<>();
        List<byte[]> others = new ArrayList<>();
        for (byte[] d : flight) {
            for (int p = 0; p < d.length; p += 13 + Bytes.u16(d, p + 11)) {
                byte[] record = Arrays.copyOfRange(d, p, p + 13 + Bytes.u16(d, p + 11));
                if (record[0] != 22 || Bytes.u16(record, 3) != 0) {
                    others.add(record);
                    continue;
                }
                int body = record.length - 25; // one message in each record, as Bouncy Castle writes them
                for (int at = 0; at == 0 || at < body; at += size) {
                    int n = Math.min(size, body - at);
                    byte[] f = Arrays.copyOf(record, 25 + n);
                    Bytes.put16(f, 11, 12 + n);
                    f[20] = (byte) (at >> 8);
                    f[21] = (byte) at;
                    f[23] = (byte) (n >> 8);
                    f[24] = (byte) n;
                    System.arraycopy(record, 25 + at, f, 25, n);
                    fragments.add(f);
                }
            }
        }
        if (seed == 0) {
            Collections.reverse(fragments);
            Collections.reverse(others);
            others.addAll(fragments);
            return others;
        }
        fragments.addAll(others);
        Collections.shuffle(fragments, new Random(seed));
        return fragments;
    }

    @Test
    void fragmentsAndRecordsOfAFlightMayComeInAnyOrder() throws Exception {
        for (long seed = 0; seed < 12; seed++) {
            Side c = new Side(identity(true), executor);
            Side s = new Side(identity(true), executor);
            s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
            c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
            for (int turn = 0; turn < 8; turn++) {
                Side from = turn % 2 == 0 ? c : s;
                Side to = from == c ? s : c;
                from.collect();
                List<byte[]> flight = cut(from.out, 400, seed);
                from.out.clear();
                for (byte[] d : flight) {
                    to.engine.handleDatagram(System.nanoTime(), LentBytes.of(d));
                }
                to.collect();
            }
            assertTrue(
                    s.event(DtlsEvent.Connected.class) != null && c.event(DtlsEvent.Connected.class) != null,
                    "without a timer of either, seed " + seed);
            c.engine.close();
            s.engine.close();
        }
    }

    @Test
    void aClientHelloThatCameBeforeItIsKnownThatWeAreTheClientIsDroppedAndCounted() throws Exception {
        Side other = new Side(identity(false), executor);
        Side c = new Side(identity(false), executor);
        Side s = new Side(identity(false), executor);
        other.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(c.print()));
        pass(other, c, 1); // actpass was offered, and it took itself for the active one
        c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
        assertEquals(Map.of("DTLS record of a kind or version that does not belong here", 1L), c.engine.dropCounts());
        s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
        Side.exchange(c, s);
        assertTrue(s.event(DtlsEvent.Connected.class) != null && c.event(DtlsEvent.Connected.class) != null);
        other.engine.close();
    }

    @Test
    void holdsAClientHelloUntilTheFingerprintIsKnown() throws Exception {
        Side c = new Side(identity(false), executor);
        Side s = new Side(identity(false), executor);
        c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
        Side.exchange(c, s);
        assertTrue(s.out.isEmpty() && s.events.isEmpty(), "nothing may happen before the answer");
        s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
        Side.exchange(c, s);
        assertTrue(s.event(DtlsEvent.Connected.class) != null && c.event(DtlsEvent.Connected.class) != null);
    }

    @Test
    void aServerWhoseClientComesLateWaitsWithoutAThread() throws Exception {
        int[] asked = {0};
        Side c = new Side(identity(false), executor);
        Side s = new Side(identity(false), task -> {
            asked[0]++;
            return executor.tryExecute(task);
        });
        long start = System.nanoTime();
        s.engine.start(start, DtlsRole.SERVER, List.of(c.print()));
        s.engine.handleTimeout(start + 1_000_000_000L);
        assertEquals(0, asked[0]);
        assertEquals(
                start + 30_000_000_000L,
                s.engine.nextTimeoutNanos(),
                "all that it waits for is the end of its patience");
        c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
        Side.exchange(c, s);
        assertTrue(s.event(DtlsEvent.Connected.class) != null && c.event(DtlsEvent.Connected.class) != null);
    }

    @Test
    void exportsNoKeyWhenTheFingerprintIsWrong() throws Exception {
        for (boolean clientSuspicious : new boolean[] {true, false}) {
            Side c = new Side(identity(false), executor);
            Side s = new Side(identity(false), executor);
            Fingerprint wrong = Fingerprint.of("sha-256", new byte[] {1});
            s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(clientSuspicious ? c.print() : wrong));
            c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(clientSuspicious ? wrong : s.print()));
            Side.exchange(c, s);
            Side suspicious = clientSuspicious ? c : s;
            assertNull(suspicious.event(DtlsEvent.Connected.class));
            assertTrue(suspicious.event(DtlsEvent.Closed.class).fingerprintMismatch());
            assertEquals(42, suspicious.event(DtlsEvent.Closed.class).sentAlert(), "bad_certificate");
            Side other = clientSuspicious ? s : c;
            assertNull(other.event(DtlsEvent.Connected.class), "the other side does not connect either");
        }
    }

    @Test
    void refusesSha1Fingerprints() throws Exception {
        DtlsIdentity id = identity(false);
        assertTrue(!Fingerprint.of("sha-1", id.certificateDer()).matches(id.certificateDer()));
        assertTrue(Fingerprint.of("sha-512", id.certificateDer()).matches(id.certificateDer()));
    }

    @Test
    void dropsAHandshakeFragmentThatAnnouncesSixteenMegabytes() throws Exception {
        Side s = new Side(identity(false), executor);
        s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(s.print()));
        byte[] evil = new byte[13 + 12 + 10];
        evil[0] = 22;
        evil[1] = (byte) 254;
        evil[2] = (byte) 255;
        evil[12] = 22;
        evil[13] = 1;
        evil[14] = (byte) 0xff;
        evil[15] = (byte) 0xff;
        evil[16] = (byte) 0xff;
        evil[24] = 10;
        long before = used();
        for (int i = 0; i < 100; i++) {
            evil[10] = (byte) i;
            evil[18] = (byte) i;
            s.engine.handleDatagram(System.nanoTime(), LentBytes.of(evil));
        }
        assertTrue(used() - before < 32L << 20);
        // And the engine still serves a peer that behaves.
        Side c = new Side(identity(false), executor);
        Side fresh = new Side(s.identity, executor);
        fresh.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
        fresh.engine.handleDatagram(System.nanoTime(), LentBytes.of(evil));
        c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(fresh.print()));
        Side.exchange(c, fresh);
        assertTrue(fresh.event(DtlsEvent.Connected.class) != null);
        for (int i = 0; i < 100; i++) {
            evil[10] = (byte) i;
            evil[18] = (byte) i;
            fresh.engine.handleDatagram(System.nanoTime(), LentBytes.of(evil));
        }
        assertEquals(
                Map.of("DTLS datagram beyond the bounds", 101L),
                fresh.engine.dropCounts(),
                "one before the handshake, the others after it");
        s.engine.close();
    }

    @Test
    void countsTheFragmentsOfAHandshakeAndStopsAtTheBound() throws Exception {
        Side s = new Side(identity(false), executor);
        s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(s.print()));
        byte[] fragment = new byte[13 + 12 + 1];
        fragment[0] = 22;
        fragment[1] = (byte) 254;
        fragment[2] = (byte) 253;
        fragment[12] = 13;
        fragment[13] = 1;
        fragment[15] = 100;
        fragment[24] = 1;
        for (int i = 0; i < RecordFilter.MAX_FRAGMENTS + 50; i++) {
            fragment[9] = (byte) (i >> 8);
            fragment[10] = (byte) i;
            s.engine.handleDatagram(System.nanoTime(), LentBytes.of(fragment));
        }
        assertEquals(Map.of("DTLS datagram beyond the bounds", 50L), s.engine.dropCounts());
        s.engine.close();
    }

    @Test
    void aHandshakeThatThePeerNeverAnswersFailsAfterThirtySeconds() throws Exception {
        Side c = new Side(identity(false), executor);
        long start = System.nanoTime();
        c.engine.start(start, DtlsRole.CLIENT, List.of(c.print()));
        c.engine.handleTimeout(start + 29_000_000_000L);
        c.collect();
        assertNull(c.event(DtlsEvent.Closed.class));
        c.engine.handleTimeout(start + 30_000_000_000L);
        c.collect();
        assertEquals(
                "DTLS failed: no handshake within 30 s",
                c.event(DtlsEvent.Closed.class).cause());
        assertEquals(dev.jvmrtc.core.ProtocolCore.NEVER, c.engine.nextTimeoutNanos());
        threads.shutdown();
        assertTrue(threads.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS), "its thread has ended");
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void survivesGarbageBeforeDuringAndAfterTheHandshake() throws Exception {
        java.util.Random random = new java.util.Random(5);
        Side c = new Side(identity(false), executor);
        Side s = new Side(identity(false), executor);
        s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
        c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
        Side.exchange(c, s);
        assertTrue(s.event(DtlsEvent.Connected.class) != null);
        for (int i = 0; i < 2_000; i++) {
            byte[] b = new byte[1 + random.nextInt(100)];
            random.nextBytes(b);
            b[0] = (byte) (20 + random.nextInt(44));
            s.engine.handleDatagram(System.nanoTime(), LentBytes.of(b));
        }
        s.collect();
        assertNull(s.event(DtlsEvent.Closed.class));
        c.engine.send(new byte[] {9}, 0, 1);
        Side.exchange(c, s);
        assertArrayEquals(
                new byte[] {9}, s.event(DtlsEvent.Data.class).plaintext().copy());
    }

    @Test
    void closingWhileTheHandshakeIsParkedEndsItsThread() throws Exception {
        int before = Thread.activeCount();
        List<Side> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Side s = new Side(identity(false), executor);
            s.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
            all.add(s);
        }
        all.forEach(s -> s.engine.close());
        threads.shutdown();
        assertTrue(
                threads.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS),
                Thread.activeCount() + " threads, " + before + " before");
    }

    @Test
    void aRefusedThreadIsAskedForAgain() throws Exception {
        boolean[] free = {false};
        HandshakeExecutor scarce = task -> free[0] && executor.tryExecute(task);
        Side c = new Side(identity(false), scarce);
        Side s = new Side(identity(false), executor);
        s.engine.start(System.nanoTime(), DtlsRole.SERVER, List.of(c.print()));
        c.engine.start(System.nanoTime(), DtlsRole.CLIENT, List.of(s.print()));
        Side.exchange(c, s);
        assertNull(c.event(DtlsEvent.Connected.class));
        free[0] = true;
        c.engine.handleTimeout(c.engine.nextTimeoutNanos());
        Side.exchange(c, s);
        assertTrue(c.event(DtlsEvent.Connected.class) != null);
    }
}
