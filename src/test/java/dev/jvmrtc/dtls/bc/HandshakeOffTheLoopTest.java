package dev.jvmrtc.dtls.bc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.HandshakeExecutor;
import dev.jvmrtc.wire.LentBytes;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handshake's thread and the loop: neither waits for the other's work, and each hears of the other's end. */
@Timeout(60)
class HandshakeOffTheLoopTest {
    private final List<HandshakeExecutor.Handshake> given = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<byte[]> out = new ArrayList<>();
    private final Semaphore woken = new Semaphore(0);

    private static void runAside(Runnable r) {
        Thread t = new Thread(r);
        t.setDaemon(true);
        t.start();
    }

    private BcDtlsEngine engine(DtlsIdentity identity, HandshakeExecutor executor, RandomSource random) {
        return new BcDtlsEngine(
                identity, (d, o, n) -> out.add(Arrays.copyOfRange(d, o, o + n)), executor, random, woken::release);
    }

    private static Fingerprint print(DtlsIdentity i) {
        return Fingerprint.of("sha-256", i.certificateDer());
    }

    /** Computes on a thread of its own, once it may. */
    private HandshakeExecutor after(CountDownLatch computing) {
        return h -> {
            runAside(() -> {
                try {
                    computing.await();
                } catch (InterruptedException x) {
                    throw new IllegalStateException(x);
                }
                h.run();
            });
            return true;
        };
    }

    @Test
    void theCallerGoesOnWhileTheHandshakeComputesAndTakesItsFlightWhenItIsWoken() throws Exception {
        DtlsIdentity id = BcDtlsEngineTest.identity(false);
        CountDownLatch computing = new CountDownLatch(1);
        BcDtlsEngine e = engine(id, after(computing), RandomSource.of(new SecureRandom()));
        long now = System.nanoTime();
        e.start(now, DtlsRole.CLIENT, List.of(print(id))); // would never return if it waited
        e.handleDatagram(now, LentBytes.of(new byte[] {22, 1}, 0, 2));
        e.handleTimeout(now + 1);
        assertEquals(0, out.size());
        computing.countDown();
        assertTrue(woken.tryAcquire(20, TimeUnit.SECONDS));
        e.handleTimeout(now + 2);
        assertEquals(1, out.size(), "the ClientHello");
        assertTrue(e.nextTimeoutNanos() < now + 1_000_000_000L, "and the time to send it again");
        e.close();
    }

    @Test
    void twoThatAreWokenConnectAndCarryDataOfEitherSide() throws Exception {
        record Message(int to, byte[] data) {}

        LinkedBlockingQueue<Message> queue = new LinkedBlockingQueue<>();
        DtlsIdentity[] ids = {BcDtlsEngineTest.identity(false), BcDtlsEngineTest.identity(true)};
        BcDtlsEngine[] engines = new BcDtlsEngine[2];
        for (int i = 0; i < 2; i++) {
            int self = i;
            engines[i] = new BcDtlsEngine(
                    ids[i],
                    (d, o, n) -> queue.add(new Message(1 - self, Arrays.copyOfRange(d, o, o + n))),
                    h -> {
                        runAside(h);
                        return true;
                    },
                    RandomSource.of(new SecureRandom()),
                    () -> queue.add(new Message(self, null)));
        }
        engines[0].start(System.nanoTime(), DtlsRole.CLIENT, List.of(print(ids[1])));
        engines[1].start(System.nanoTime(), DtlsRole.SERVER, List.of(print(ids[0])));
        int connected = 0;
        int messages = 0;
        while (messages < 2) {
            Message m = queue.poll(20, TimeUnit.SECONDS);
            assertNotNull(m, "nothing more happens, " + connected + " are connected");
            BcDtlsEngine e = engines[m.to];
            if (m.data == null) {
                e.handleTimeout(System.nanoTime());
            } else {
                e.handleDatagram(System.nanoTime(), LentBytes.of(m.data));
            }
            for (DtlsEvent event = e.pollEvent(); event != null; event = e.pollEvent()) {
                if (event instanceof DtlsEvent.Connected) {
                    connected++;
                    assertTrue(e.send(new byte[] {1}, 0, 1));
                } else if (event instanceof DtlsEvent.Data) {
                    messages++;
                } else {
                    throw new AssertionError(event);
                }
            }
        }
    }

    @Test
    void anErrorOnTheHandshakesThreadFailsTheAssociationWithItsName() throws Exception {
        DtlsIdentity id = BcDtlsEngineTest.identity(false);
        boolean[] broken = {false};
        RandomSource good = RandomSource.of(new SecureRandom());
        RandomSource random = new RandomSource() {
            @Override
            public void nextBytes(byte[] bytes) {
                if (broken[0]) {
                    throw new NoClassDefFoundError("some/Missing");
                }
                good.nextBytes(bytes);
            }
        };
        BcDtlsEngine e = engine(
                id,
                h -> {
                    broken[0] = true;
                    runAside(h);
                    return true;
                },
                random);
        long now = System.nanoTime();
        e.start(now, DtlsRole.CLIENT, List.of(print(id)));
        assertTrue(woken.tryAcquire(20, TimeUnit.SECONDS));
        e.handleTimeout(now);
        DtlsEvent.Closed closed = (DtlsEvent.Closed) e.pollEvent();
        assertTrue(closed.cause().contains("some/Missing"), closed.cause());
        assertTrue(closed.isFailure());
    }

    @Test
    void aClientThatGivesWayBeginsAnewWithTheSameHelloUnderOtherNumbers() throws Exception {
        DtlsIdentity id = BcDtlsEngineTest.identity(false);
        BcDtlsEngine e = engine(
                id,
                h -> {
                    given.add(h);
                    runAside(h);
                    return true;
                },
                RandomSource.of(new SecureRandom()));
        long now = System.nanoTime();
        e.start(now, DtlsRole.CLIENT, List.of(print(id)));
        assertTrue(woken.tryAcquire(20, TimeUnit.SECONDS));
        e.handleTimeout(now);
        assertEquals(1, out.size());
        assertTrue(given.get(0).giveWay());
        assertTrue(woken.tryAcquire(20, TimeUnit.SECONDS));
        e.handleTimeout(now);
        assertNull(e.pollEvent(), "that is no failure");
        assertEquals(1, out.size());
        e.handleTimeout(e.nextTimeoutNanos());
        assertEquals(2, given.size());
        assertTrue(woken.tryAcquire(20, TimeUnit.SECONDS));
        e.handleTimeout(now + 2_000_000_000L);
        assertEquals(2, out.size());
        byte[] first = out.get(0);
        byte[] second = out.get(1);
        assertEquals(first[10] + 1, second[10], "the record's number");
        second[10] = first[10];
        assertArrayEquals(first, second);
        e.close();
    }

    private BcDtlsEngine clientWithItsHelloOut(DtlsIdentity id, long now) throws Exception {
        BcDtlsEngine e = engine(
                id,
                h -> {
                    given.add(h);
                    Thread t = new Thread(h);
                    t.setDaemon(true);
                    threads.add(t);
                    t.start();
                    return true;
                },
                RandomSource.of(new SecureRandom()));
        e.start(now, DtlsRole.CLIENT, List.of(print(id)));
        assertTrue(woken.tryAcquire(20, TimeUnit.SECONDS));
        e.handleTimeout(now);
        return e;
    }

    @Test
    void aPeerThatBeginsToSpeakWhileItsThreadGivesWayKeepsItsCall() throws Exception {
        DtlsIdentity id = BcDtlsEngineTest.identity(false);
        long now = System.nanoTime();
        BcDtlsEngine e = clientWithItsHelloOut(id, now);
        // Between the order to give way and the thread's end. Here the thread ends meanwhile, which is the same: what
        // counts is what was known before.
        HandshakeExecutor.Handshake h = given.get(0);
        Handoff handoff = ((Handshake) h).handoff;
        byte[] hello = ForgedRecordsTest.record(22, 0xfefd, 0, 0, new byte[] {2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 3});
        assertTrue(h.giveWay());
        handoff.give(now, new ArrayDeque<>(List.of(hello)));
        assertTrue(woken.tryAcquire(20, TimeUnit.SECONDS));
        e.handleTimeout(now);
        assertNull(e.pollEvent(), "that is no failure");
        assertTrue(e.nextTimeoutNanos() - now < 200_000_000L, "what it said waits, and is not left waiting");
        e.handleTimeout(e.nextTimeoutNanos());
        assertEquals(2, given.size());
        assertTrue(given.get(1).hasHeard(), "and is heard by the next");
        e.close();
    }

    @Test
    void oneThatIsAbandonedEndsItsThreadSaysNothingAndCanBeAbandonedAgain() throws Exception {
        BcDtlsEngine e = clientWithItsHelloOut(BcDtlsEngineTest.identity(false), System.nanoTime());
        int said = out.size();
        e.abandon();
        threads.get(0).join(20_000);
        assertFalse(threads.get(0).isAlive());
        e.abandon();
        e.close();
        assertEquals(said, out.size());
        assertNull(e.pollEvent());
        assertEquals(ProtocolCore.NEVER, e.nextTimeoutNanos());
    }

    @Test
    void whatComesWhileAServerComputesItsAnswerNeitherDrawsOneEachNorHidesThePeersOwnClientHello() throws Exception {
        DtlsIdentity id = BcDtlsEngineTest.identity(false);
        long now = System.nanoTime();
        BcDtlsEngine client = clientWithItsHelloOut(id, now);
        byte[] hello = out.remove(0);
        byte[] junk =
                ForgedRecordsTest.record(22, 0xfefd, 0, 0, new byte[] {1, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 1, 1, 1});
        woken.drainPermits();
        CountDownLatch computing = new CountDownLatch(1);
        BcDtlsEngine server = engine(id, after(computing), RandomSource.of(new SecureRandom()));
        server.start(now, DtlsRole.SERVER, List.of(print(id)));
        for (int i = 0; i < 3; i++) {
            server.handleDatagram(now, LentBytes.of(junk));
        }
        for (int i = 0; i < 20; i++) {
            server.handleDatagram(now, LentBytes.of(hello));
        }
        computing.countDown();
        while (woken.tryAcquire(2, TimeUnit.SECONDS)) {
            server.handleTimeout(now);
        }
        assertNull(server.pollEvent());
        long hellos = out.stream().filter(d -> d[0] == 22 && d[13] == 2).count();
        assertTrue(hellos == 1 || hellos == 2, hellos + " ServerHellos");
        assertEquals(3, server.dropCounts().get("DTLS ClientHello that cannot be answered"));
        server.close();
        client.close();
    }
}
