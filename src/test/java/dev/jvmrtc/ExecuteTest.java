package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ExecuteTest {

    @Test
    void whatIsExecutedRunsAfterWhatWaitsAndNeverInsideAnother() {
        ArrayDeque<Runnable> executor = new ArrayDeque<>();
        List<String> order = new ArrayList<>();
        try (RTCPeerConnection pc =
                TwoPeers.FACTORY.createPeerConnection(RTCConfiguration.builder().build(), executor::add)) {
            pc.onNegotiationNeeded(e -> order.add("event"));
            pc.createDataChannel("c");
            pc.execute(() -> {
                order.add("first");
                pc.execute(() -> order.add("inner"));
                order.add("still first");
            });
            pc.execute(() -> order.add("second"));
            assertEquals(List.of(), order);
            while (!executor.isEmpty()) {
                executor.poll().run();
            }
            assertEquals(List.of("event", "first", "still first", "second", "inner"), order);
        }
    }

    @Test
    void aStateThatWasLookedAtHoldsAsLongAsTheTaskRuns() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            p.a.createDataChannel("c");
            CompletableFuture<List<RTCSignalingState>> seen = new CompletableFuture<>();
            CompletableFuture<Void> inside = new CompletableFuture<>();
            CompletableFuture<CompletableFuture<Void>> begun = new CompletableFuture<>();
            p.a.execute(() -> {
                RTCSignalingState before = p.a.getSignalingState();
                inside.complete(null);
                CompletableFuture<Void> offer = await(begun); // another thread has begun to set an offer
                assertThrows(IllegalStateException.class, offer::join);
                seen.complete(List.of(before, p.a.getSignalingState()));
            });
            await(inside);
            CompletableFuture<Void> offer = p.a.setLocalDescription();
            begun.complete(offer);
            assertEquals(List.of(RTCSignalingState.STABLE, RTCSignalingState.STABLE), await(seen));
            await(offer);
            assertEquals(RTCSignalingState.HAVE_LOCAL_OFFER, p.a.getSignalingState());
        }
    }

    @Test
    void itRunsAfterTheEndTooAndWhereTheExecutorRefuses() {
        RTCPeerConnection pc = TwoPeers.FACTORY.createPeerConnection();
        pc.close();
        await(pc.closed());
        CompletableFuture<Void> ran = new CompletableFuture<>();
        pc.execute(() -> ran.complete(null));
        await(ran);
        RTCPeerConnection refused =
                TwoPeers.FACTORY.createPeerConnection(RTCConfiguration.builder().build(), task -> {
                    throw new java.util.concurrent.RejectedExecutionException("full");
                });
        CompletableFuture<Void> ranNevertheless = new CompletableFuture<>();
        refused.execute(() -> ranNevertheless.complete(null));
        await(ranNevertheless);
        assertThrows(NullPointerException.class, () -> pc.execute(null));
    }

    /** A side of perfect negotiation (webrtc-pc §10.7), as the example has it, that adds tracks. */
    private static final class Side {
        final RTCPeerConnection pc = TwoPeers.FACTORY.createPeerConnection();
        final ExecutorService signals = Executors.newSingleThreadExecutor();
        final Set<String> received = ConcurrentHashMap.newKeySet();
        final List<String> errors = Collections.synchronizedList(new ArrayList<>());
        private final boolean polite;
        private boolean makingOffer;
        private boolean ignoreOffer;
        private boolean settingRemoteAnswer;
        Consumer<Object> send;

        Side(boolean polite) {
            this.polite = polite;
            pc.onTrack(e -> received.add(e.transceiver().getMid()));
            pc.onIceCandidate(e -> send.accept(e));
            pc.onNegotiationNeeded(e -> {
                makingOffer = true;
                pc.setLocalDescription().whenComplete((v, error) -> {
                    makingOffer = false;
                    if (error == null) {
                        send.accept(pc.getLocalDescription());
                    }
                });
            });
        }

        void receive(Object signal) {
            pc.execute(() -> {
                if (signal instanceof RTCPeerConnectionIceEvent e) {
                    boolean ofIgnoredOffer = ignoreOffer;
                    pc.addIceCandidate(e.candidate()).exceptionally(error -> {
                        if (!ofIgnoredOffer) {
                            errors.add("candidate: " + error);
                        }
                        return null;
                    });
                } else {
                    describe((RTCSessionDescription) signal);
                }
            });
        }

        private void describe(RTCSessionDescription d) {
            boolean offer = d.getType() == RTCSdpType.OFFER;
            boolean ready = !makingOffer && (pc.getSignalingState() == RTCSignalingState.STABLE || settingRemoteAnswer);
            ignoreOffer = !polite && offer && !ready;
            if (ignoreOffer) {
                return;
            }
            settingRemoteAnswer = !offer;
            pc.setRemoteDescription(d)
                    .whenComplete((v, error) -> settingRemoteAnswer = false)
                    .thenCompose(v -> offer
                            ? pc.setLocalDescription().thenRun(() -> send.accept(pc.getLocalDescription()))
                            : CompletableFuture.completedFuture(null))
                    .exceptionally(e -> {
                        errors.add(d.getType() + ": " + e);
                        return null;
                    });
        }

        boolean isDone(int tracks) {
            return received.size() == tracks
                    && pc.getSignalingState() == RTCSignalingState.STABLE
                    && pc.getConnectionState() == RTCPeerConnectionState.CONNECTED;
        }
    }

    private static void bothAdd(int tracks) throws Exception {
        Side polite = new Side(true);
        Side impolite = new Side(false);
        polite.send = s -> impolite.signals.execute(() -> impolite.receive(s));
        impolite.send = s -> polite.signals.execute(() -> polite.receive(s));
        CyclicBarrier together = new CyclicBarrier(2);
        List<CompletableFuture<Void>> adding = new ArrayList<>();
        for (Side s : List.of(polite, impolite)) {
            adding.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            together.await();
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                        for (int i = 0; i < tracks; i++) {
                            s.pc.addTrack(new EncodedVideoSource("VP8").createTrack(), new MediaStream());
                        }
                    },
                    s.signals));
        }
        adding.forEach(TwoPeers::await);
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
            while (!polite.isDone(tracks) || !impolite.isDone(tracks)) {
                if (System.nanoTime() > end) {
                    throw new TimeoutException("stuck: " + polite.pc + " " + polite.received + polite.errors + ", "
                            + impolite.pc + " " + impolite.received + impolite.errors);
                }
                Thread.onSpinWait();
            }
            assertTrue(
                    polite.errors.isEmpty() && impolite.errors.isEmpty(), () -> polite.errors + " " + impolite.errors);
        } finally {
            for (Side s : List.of(polite, impolite)) {
                s.pc.close();
                await(s.pc.closed());
                s.signals.shutdown();
            }
        }
    }

    @Test
    void perfectNegotiationOfBothSidesAtOnceFromSeveralThreadsNeverSticks() throws Exception {
        for (int run = 0; run < 30; run++) {
            bothAdd(3);
        }
    }
}
