package dev.jvmrtc.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeerNamesTest {
    private final CountDownLatch slow = new CountDownLatch(1);
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private final Semaphore slowOnes = new Semaphore(0);
    private final BlockingQueue<String> unwanted = new LinkedBlockingQueue<>();
    private final PeerNames names = new PeerNames(true, (host, noMore) -> {
        begun.add(host);
        if (host.startsWith("slow")) {
            slowOnes.release();
            try {
                slow.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (host.startsWith("error")) {
            throw new NoClassDefFoundError("a class that looking up needs");
        }
        if (noMore.getAsBoolean()) {
            unwanted.add(host);
        }
        return List.of(InetAddress.getLoopbackAddress());
    });

    @AfterEach
    void end() {
        slow.countDown();
        names.close();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(20, TimeUnit.SECONDS));
    }

    @Test
    void oneConnectionHasSoManyNamesAtOnceAndKeepsNoOtherWaiting() throws Exception {
        PeerNames.Lookups greedy = names.newLookups();
        for (int i = 0; i < PeerNames.MAX_OF_ONE; i++) {
            assertTrue(greedy.resolve("slow" + i, found -> {}), "name " + i);
        }
        assertFalse(greedy.resolve("slow-too-many", found -> {}));
        // A second of the same kind, and somebody else, who has an answer while all of theirs wait.
        PeerNames.Lookups second = names.newLookups();
        assertTrue(second.resolve("slow-second", found -> {}));
        CountDownLatch answered = new CountDownLatch(1);
        assertTrue(names.newLookups().resolve("honest", found -> answered.countDown()));
        await(answered);
        assertTrue(slowOnes.tryAcquire(PeerNames.THREADS_OF_ONE + 1, 20, TimeUnit.SECONDS), begun.toString());
        assertEquals(
                PeerNames.THREADS_OF_ONE,
                begun.stream()
                        .filter(h -> h.startsWith("slow") && !h.equals("slow-second"))
                        .count());
    }

    @Test
    void whatWaitsIsForgottenAtTheEndOfTheConnectionAndWhatRunsIsToldSo() throws Exception {
        List<String> answers = new CopyOnWriteArrayList<>();
        PeerNames.Lookups closing = names.newLookups();
        for (int i = 0; i < 10; i++) {
            assertTrue(closing.resolve("slow" + i, found -> answers.add("of the closed one")));
        }
        assertTrue(slowOnes.tryAcquire(PeerNames.THREADS_OF_ONE, 20, TimeUnit.SECONDS), begun.toString());
        closing.cancel();
        assertFalse(closing.resolve("later", found -> {}));
        slow.countDown();
        Set<String> told = new TreeSet<>();
        for (int i = 0; i < PeerNames.THREADS_OF_ONE; i++) {
            told.add(Objects.requireNonNullElse(unwanted.poll(20, TimeUnit.SECONDS), "nobody"));
        }
        assertEquals(Set.of("slow0", "slow1"), told);
        CountDownLatch answered = new CountDownLatch(PeerNames.THREADS);
        for (int i = 0; i < PeerNames.THREADS; i++) {
            names.newLookups().resolve("behind", found -> answered.countDown());
        }
        await(answered);
        assertEquals(Set.of("slow0", "slow1", "behind"), begun);
        assertEquals(List.of(), answers);
    }

    @Test
    void onlyNamesOfMulticastDnsAreTakenUnlessOthersAreWanted() {
        assertTrue(names.takes("1f4712db-ea17-4bcf-a596-105139dfd8bf.local"));
        assertTrue(names.takes("X.LOCAL"));
        for (String other : List.of(
                "example.org",
                "a.b.local",
                ".local",
                "local",
                "x.local.",
                "x.localhost",
                "a b.local",
                "ü.local",
                "a".repeat(64) + ".local")) {
            assertFalse(names.takes(other), other);
        }
        PeerNames all = new PeerNames(false);
        assertTrue(all.takes("example.org"));
        all.close();
    }

    @Test
    void anErrorInALookUpTakesNoPlaceForGood() throws Exception {
        PeerNames.Lookups lookups = names.newLookups();
        for (int i = 0; i <= PeerNames.THREADS_OF_ONE; i++) {
            assertTrue(lookups.resolve("error" + i, found -> {}));
        }
        CountDownLatch answered = new CountDownLatch(1);
        assertTrue(lookups.resolve("honest", found -> answered.countDown()));
        await(answered);
    }
}
