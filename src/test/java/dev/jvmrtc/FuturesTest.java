package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStreamConstraints;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.MediaTrackConstraints;
import dev.jvmrtc.media.RtpSource;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every future that the public API gives is settled, whenever it was asked for, and no method that gives one throws.
 */
@Timeout(120)
class FuturesTest {
    private static final RTCPeerConnectionFactory FACTORY = RTCPeerConnectionFactory.builder()
            .includeLoopback(true)
            .eventLoops(1)
            .build();

    @AfterAll
    static void close() {
        FACTORY.close();
    }

    /** A connection with a data channel and a track, and a peer that it is connected to. */
    private static final class World {
        final RTCPeerConnection pc;
        final RTCPeerConnection peer = FACTORY.createPeerConnection();
        final RTCDataChannel channel;
        final RTCRtpSender sender;
        final EncodedAudioSource source = new EncodedAudioSource("opus");
        final MediaStreamTrack track = source.createTrack();
        final RtpSource packets = new RtpSource("audio", EncodedFormat.of("opus"));
        final RTCRtpReceiver receiver;

        World(RTCPeerConnectionFactory factory, Executor executor) {
            this(factory, executor, true);
        }

        /** @param connected whether they are connected, or have not begun */
        World(RTCPeerConnectionFactory factory, Executor executor, boolean connected) {
            pc = factory.createPeerConnection(RTCConfiguration.builder().build(), executor);
            pc.onIceCandidate(e -> peer.addIceCandidate(e.candidate()));
            peer.onIceCandidate(e -> pc.addIceCandidate(e.candidate()));
            channel = pc.createDataChannel("c");
            sender = pc.addTrack(track);
            pc.addTrack(packets.createTrack());
            receiver = pc.getReceivers().get(0);
            if (connected) {
                CompletableFuture<Void> open = opened(channel);
                TwoPeers.negotiate(pc, peer);
                await(open);
            }
        }

        String descriptionOfThePeer() {
            return peer.getRemoteDescription() == null
                    ? ""
                    : peer.getRemoteDescription().getSdp();
        }

        void close() {
            pc.close();
            peer.close();
            await(peer.closed());
        }
    }

    /** One call for each method, by its signature. */
    private static Map<String, Function<World, CompletableFuture<?>>> calls() {
        Map<String, Function<World, CompletableFuture<?>>> m = new LinkedHashMap<>();
        m.put("RTCDataChannel.sendAsync(byte[])", w -> w.channel.sendAsync(new byte[10]));
        m.put("RTCDataChannel.sendAsync(ByteBuffer)", w -> w.channel.sendAsync(ByteBuffer.allocate(10)));
        m.put("RTCDataChannel.sendAsync(String)", w -> w.channel.sendAsync("x"));
        m.put("RTCDataChannel.sendZeroCopy(ByteBuffer)", w -> w.channel.sendZeroCopy(ByteBuffer.allocate(10)));
        m.put("RTCPeerConnection.createOffer()", w -> w.pc.createOffer());
        m.put(
                "RTCPeerConnection.createOffer(RTCOfferOptions)",
                w -> w.pc.createOffer(RTCOfferOptions.builder().build()));
        m.put("RTCPeerConnection.createOffer(Consumer,Consumer)", w -> w.pc.createOffer(o -> {}, e -> {}));
        m.put(
                "RTCPeerConnection.createOffer(Consumer,Consumer,RTCOfferOptions)",
                w -> w.pc.createOffer(
                        o -> {}, e -> {}, RTCOfferOptions.builder().build()));
        m.put("RTCPeerConnection.createAnswer()", w -> w.pc.createAnswer());
        m.put("RTCPeerConnection.createAnswer(Consumer,Consumer)", w -> w.pc.createAnswer(a -> {}, e -> {}));
        m.put("RTCPeerConnection.setLocalDescription()", w -> w.pc.setLocalDescription());
        m.put(
                "RTCPeerConnection.setLocalDescription(RTCSessionDescription)",
                w -> w.pc.setLocalDescription(new RTCSessionDescription(RTCSdpType.ROLLBACK, "")));
        m.put(
                "RTCPeerConnection.setLocalDescription(RTCSessionDescription,Runnable,Consumer)",
                w -> w.pc.setLocalDescription(
                        new RTCSessionDescription(RTCSdpType.OFFER, "nonsense"), () -> {}, e -> {}));
        m.put(
                "RTCPeerConnection.setRemoteDescription(RTCSessionDescription)",
                w -> w.pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, w.descriptionOfThePeer())));
        m.put(
                "RTCPeerConnection.setRemoteDescription(RTCSessionDescription,Runnable,Consumer)",
                w -> w.pc.setRemoteDescription(
                        new RTCSessionDescription(RTCSdpType.ANSWER, "nonsense"), () -> {}, e -> {}));
        m.put("RTCPeerConnection.addIceCandidate(RTCIceCandidate)", w -> w.pc.addIceCandidate((RTCIceCandidate) null));
        m.put(
                "RTCPeerConnection.addIceCandidate(RTCIceCandidateInit)",
                w -> w.pc.addIceCandidate(RTCIceCandidateInit.builder()
                        .candidate("candidate:1 1 udp 1 192.0.2.1 5000 typ host")
                        .sdpMid("0")
                        .build()));
        m.put(
                "RTCPeerConnection.addIceCandidate(RTCIceCandidate,Runnable,Consumer)",
                w -> w.pc.addIceCandidate(null, () -> {}, e -> {}));
        m.put("RTCPeerConnection.getStats()", w -> w.pc.getStats());
        m.put("RTCPeerConnection.getStats(MediaStreamTrack)", w -> w.pc.getStats(w.track));
        m.put("RTCPeerConnection.getDropCounts()", w -> w.pc.getDropCounts());
        m.put("RTCPeerConnection.getConnectivityReport()", w -> w.pc.getConnectivityReport());
        m.put("RTCPeerConnection.closed()", w -> w.pc.closed());
        m.put("RTCPeerConnection.generateCertificate(String)", w -> RTCPeerConnection.generateCertificate("ECDSA"));
        m.put(
                "RTCPeerConnection.generateCertificate(String,Duration)",
                w -> RTCPeerConnection.generateCertificate("ECDSA", Duration.ofDays(1)));
        m.put(
                "RTCPeerConnectionFactory.discoverNatBehavior(String[])",
                w -> FACTORY.discoverNatBehavior("turn:127.0.0.1"));
        m.put("RTCPeerConnectionFactory.getSharedPortDropCounts()", w -> FACTORY.getSharedPortDropCounts());
        m.put("RTCRtpReceiver.getStats()", w -> w.receiver.getStats());
        m.put("RTCRtpSender.getStats()", w -> w.sender.getStats());
        m.put(
                "RTCRtpSender.setParameters(RTCRtpSendParameters)",
                w -> w.sender.setParameters(w.sender.getParameters()));
        m.put("RTCRtpSender.replaceTrack(MediaStreamTrack)", w -> w.sender.replaceTrack(null));
        m.put("RtpSource.push(byte[])", w -> {
            CompletableFuture<Void> room = null;
            for (int i = 0; i < 2_000; i++) { // more than a sender takes at once
                room = w.packets.push(
                        new byte[] {(byte) 0x80, 111, (byte) (i >> 8), (byte) i, 0, 0, 0, 0, 0, 0, 0, 1, 0});
            }
            return room;
        });
        m.put("RtpSource.push(ByteBuf)", w -> {
            CompletableFuture<Void> room = null;
            for (int i = 0; i < 2_000; i++) {
                room = w.packets.push(Unpooled.wrappedBuffer(
                        new byte[] {(byte) 0x80, 111, (byte) (i >> 8), (byte) i, 0, 0, 0, 0, 0, 0, 0, 1, 0}));
            }
            return room;
        });
        m.put("RTCPeerConnection.gathered()", w -> w.pc.gathered());
        m.put("AudioSource.push(AudioFrame)", w -> {
            AudioSource mic = new AudioSource();
            mic.createTrack();
            CompletableFuture<Void> room = null;
            for (int i = 0; i < 50; i++) { // more than plays meanwhile
                room = mic.push(new AudioFrame(new short[960], 48_000, 1));
            }
            return room;
        });
        m.put("MediaDevices.enumerateDevices()", w -> MediaDevices.generated().enumerateDevices());
        m.put(
                "MediaDevices.getUserMedia(MediaStreamConstraints)",
                w -> MediaDevices.generated().getUserMedia(new MediaStreamConstraints(null, null)));
        m.put(
                "MediaDevices.getDisplayMedia()",
                w -> MediaDevices.generated()
                        .getDisplayMedia(MediaTrackConstraints.builder()
                                .width(dev.jvmrtc.media.ConstrainULong.exact(1))
                                .build()));
        m.put("MediaDevices.getDisplayMedia(MediaTrackConstraints)", m.get("MediaDevices.getDisplayMedia()"));
        m.put(
                "MediaStreamTrack.applyConstraints(MediaTrackConstraints)",
                w -> w.track.applyConstraints(MediaTrackConstraints.NONE));
        return m;
    }

    private static Stream<String> publicMethodsThatGiveFutures() throws IOException {
        Path classes = Path.of("target/classes/dev/jvmrtc");
        List<String> names = new ArrayList<>();
        for (String folder : List.of("", "media", "media/file", "media/desktop")) { // what module-info exports
            try (Stream<Path> files = Files.list(classes.resolve(folder))) {
                files.map(p -> p.getFileName().toString())
                        .filter(n -> n.endsWith(".class"))
                        .forEach(n -> names.add(
                                ("dev/jvmrtc/" + folder + "/" + n.substring(0, n.length() - 6)).replaceAll("/+", ".")));
            }
        }
        return names.stream()
                .flatMap(n -> {
                    try {
                        Class<?> c = Class.forName(n, false, FuturesTest.class.getClassLoader());
                        // What a sink answers is the application's promise, not ours.
                        return Modifier.isPublic(c.getModifiers()) && c != dev.jvmrtc.media.frame.MediaSink.class
                                ? Arrays.stream(c.getDeclaredMethods())
                                : Stream.<Method>empty();
                    } catch (ClassNotFoundException e) {
                        throw new AssertionError(e);
                    }
                })
                .filter(m -> Modifier.isPublic(m.getModifiers())
                        && (Future.class.isAssignableFrom(m.getReturnType())
                                || CompletionStage.class.isAssignableFrom(m.getReturnType())))
                .map(m -> m.getDeclaringClass().getSimpleName() + "." + m.getName() + "("
                        + Arrays.stream(m.getParameterTypes())
                                .map(Class::getSimpleName)
                                .collect(Collectors.joining(","))
                        + ")");
    }

    @Test
    void thereIsACallHereForEachMethodOfThePublicApiThatGivesAFuture() throws IOException {
        assertEquals(new TreeSet<>(publicMethodsThatGiveFutures().toList()), new TreeSet<>(calls().keySet()));
    }

    private static void assertSettled(String name, CompletableFuture<?> f) {
        try {
            f.get(15, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertTrue(
                    e.getCause() instanceof RTCException || e.getCause() instanceof RTCTypeError,
                    name + " fails with an error of the API, not " + e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError(name + " is never settled", e);
        }
    }

    @Test
    void eachIsSettledWhileTheConnectionIsOpen() {
        assertEachIsSettled(new World(FACTORY, FACTORY.executor()));
    }

    /** All calls, in the state that this world is in; then that of its end. */
    private static void assertEachIsSettled(World w) {
        calls().forEach((name, call) -> {
            if (!name.equals("RTCPeerConnection.closed()")) {
                assertSettled(name, call.apply(w));
            }
        });
        w.close();
        assertSettled("closed", w.pc.closed());
    }

    /** @param state brings connections there that have not begun */
    private static void assertEachIsSettled(Consumer<World> state) {
        World w = new World(FACTORY, FACTORY.executor(), false);
        state.accept(w);
        assertEachIsSettled(w);
    }

    @Test
    void eachIsSettledWhereNothingHasBeenNegotiated() {
        assertEachIsSettled(w -> {});
    }

    @Test
    void eachIsSettledWhileAnOfferWaitsForAnAnswerThatNeverComes() {
        assertEachIsSettled(w -> await(w.pc.setLocalDescription()));
    }

    @Test
    void eachIsSettledWithAnOfferOfAPeerWhichIsNotAnswered() {
        assertEachIsSettled(w -> {
            w.peer.createDataChannel("c");
            w.peer.addTransceiver("audio");
            await(w.pc.setRemoteDescription(await(w.peer.createOffer())));
        });
    }

    @Test
    void eachIsSettledWhereThePeerIsNeverReached() {
        assertEachIsSettled(w -> {
            await(w.pc.setLocalDescription());
            RTCPeerConnection silent = w.peer;
            await(silent.setRemoteDescription(w.pc.getLocalDescription()));
            RTCSessionDescription answer = await(silent.createAnswer());
            await(w.pc.setRemoteDescription(answer)); // which the peer does not set, so that it checks nothing
        });
    }

    @Test
    void eachIsSettledWhereTheSessionHasFailed() {
        World w = new World(FACTORY, FACTORY.executor());
        w.pc.slots.sessionFailed(new IllegalStateException("of the test"));
        assertEachIsSettled(w);
    }

    @Test
    void eachIsSettledWhereTheConnectionIsClosedMeanwhile() {
        calls().forEach((name, call) -> {
            ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();
            boolean[] hold = {false};
            World w = new World(FACTORY, r -> {
                synchronized (held) {
                    if (hold[0]) {
                        held.add(r);
                        return;
                    }
                }
                FACTORY.executor().execute(r);
            });
            synchronized (held) {
                hold[0] = true; // what is asked for now does not get anywhere before the end
            }
            CompletableFuture<?> blocked = w.pc.createOffer();
            CompletableFuture<?> asked = call.apply(w);
            w.pc.close();
            synchronized (held) {
                hold[0] = false;
                held.forEach(FACTORY.executor()::execute);
            }
            assertSettled(name, asked);
            assertSettled("createOffer before " + name, blocked);
            assertSettled("closed", w.pc.closed());
            w.close();
        });
    }

    @Test
    void eachIsSettledAfterTheEnd() {
        World w = new World(FACTORY, FACTORY.executor());
        w.close();
        await(w.pc.closed());
        calls().forEach((name, call) -> assertSettled(name, call.apply(w)));
        assertEquals(Map.of(), await(w.pc.getDropCounts()));
        assertEquals(
                "The connection is closed.", await(w.pc.getConnectivityReport()).verdict());
        await(w.pc.getStats());
        RTCException stopped =
                assertThrows(RTCException.class, () -> await(w.sender.setParameters(w.sender.getParameters())));
        assertEquals("InvalidStateError", stopped.getName());
    }

    @Test
    void eachIsSettledWhereTheExecutorTakesNoTasksAnyMore() {
        boolean[] shut = {false};
        World w = new World(FACTORY, r -> {
            if (shut[0]) {
                throw new RejectedExecutionException("shut down");
            }
            FACTORY.executor().execute(r);
        });
        CompletableFuture<?> before = w.pc.createOffer();
        shut[0] = true;
        calls().forEach((name, call) -> assertSettled(name, call.apply(w)));
        assertSettled("createOffer", before);
        w.close();
    }

    @Test
    void whatIsPendingWhenTheConnectionIsClosedFailsWithAnInvalidStateError() {
        ArrayDeque<Runnable> held = new ArrayDeque<>();
        RTCPeerConnection pc =
                FACTORY.createPeerConnection(RTCConfiguration.builder().build(), into(held));
        CompletableFuture<RTCSessionDescription> offer = pc.createOffer();
        CompletableFuture<Void> local = pc.setLocalDescription();
        pc.close();
        drainUntil(held, CompletableFuture.allOf(offer, local));
        for (CompletableFuture<?> f : List.of(offer, local)) {
            RTCException e = assertInstanceOf(
                    RTCException.class,
                    assertThrows(CompletionException.class, f::join).getCause());
            assertEquals("InvalidStateError", e.getName());
        }
    }

    @Test
    void aFactoryCanKeepToTheSpecificationAndLeaveItPending() {
        RTCPeerConnectionFactory factory = RTCPeerConnectionFactory.builder()
                .includeLoopback(true)
                .eventLoops(1)
                .settleOnClose(false)
                .build();
        ArrayDeque<Runnable> held = new ArrayDeque<>();
        RTCPeerConnection pc =
                factory.createPeerConnection(RTCConfiguration.builder().build(), into(held));
        CompletableFuture<RTCSessionDescription> offer = pc.createOffer();
        pc.close();
        CompletableFuture<RTCStatsReport> stats = pc.getStats();
        drainUntil(held, stats);
        assertFalse(offer.isDone());
        drainUntil(held, pc.closed());
        assertFalse(offer.isDone());
        factory.close();
    }

    private static Executor into(ArrayDeque<Runnable> held) {
        return r -> {
            synchronized (held) {
                held.add(r);
            }
        };
    }

    private static void drainUntil(ArrayDeque<Runnable> held, CompletableFuture<?> done) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!done.isDone() && System.nanoTime() - end < 0) {
            Runnable r;
            synchronized (held) {
                r = held.poll();
            }
            if (r == null) {
                Thread.onSpinWait();
            } else {
                r.run();
            }
        }
        assertTrue(done.isDone());
    }

    @Test
    void whatIsNotThereFailsTheFutureAndIsNotThrown() {
        World w = new World(FACTORY, FACTORY.executor());
        for (CompletableFuture<?> f : List.<CompletableFuture<?>>of(
                w.pc.createOffer((RTCOfferOptions) null),
                w.pc.setRemoteDescription(null),
                RTCPeerConnection.generateCertificate(null),
                w.sender.setParameters(null),
                w.channel.sendAsync((byte[]) null),
                w.channel.sendAsync((ByteBuffer) null),
                w.channel.sendAsync((String) null),
                w.channel.sendZeroCopy(null))) {
            assertThrows(ExecutionException.class, () -> f.get(15, TimeUnit.SECONDS));
        }
        await(w.pc.addIceCandidate((RTCIceCandidateInit) null));
        w.close();
    }
}
