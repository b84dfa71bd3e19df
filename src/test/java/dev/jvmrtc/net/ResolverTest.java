package dev.jvmrtc.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResolverTest {

    @Test
    void namesBeyondTheBoundAreAnsweredAtOnceWithNothing() throws Exception {
        CountDownLatch slowServer = new CountDownLatch(1);
        Resolver r = new Resolver(host -> {
            try {
                slowServer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of(InetAddress.getLoopbackAddress());
        });
        int taken = Resolver.THREADS + Resolver.MAX_WAITING;
        CountDownLatch answered = new CountDownLatch(taken);
        AtomicInteger refused = new AtomicInteger();
        for (int i = 0; i < taken + 100; i++) {
            r.resolve("name-" + i, found -> {
                if (found.isEmpty()) {
                    refused.incrementAndGet();
                } else {
                    answered.countDown();
                }
            });
        }
        assertEquals(100, refused.get());
        slowServer.countDown();
        assertTrue(answered.await(10, TimeUnit.SECONDS));
        r.close();
    }

    @Test
    void anErrorInALookUpIsAnAnswerToo() throws Exception {
        Resolver resolver = new Resolver(host -> {
            throw new NoClassDefFoundError("a class that looking up needs");
        });
        try {
            CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
            resolver.resolve("stun.example", answer::complete);
            assertEquals(List.of(), answer.get(20, TimeUnit.SECONDS));
        } finally {
            resolver.close();
        }
    }
}
