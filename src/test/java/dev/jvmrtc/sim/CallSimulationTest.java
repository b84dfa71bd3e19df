package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.dtls.bc.BcDtlsEngine;
import dev.jvmrtc.dtls.bc.SelfSigned;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SourceFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * Two whole sessions over a bad network, from seeds. A failing seed is named in the message; {@code -Dsim.seed=N} runs
 * it alone.
 */
class CallSimulationTest {
    private static final int SEEDS = 500;
    private static final int REAL_DTLS_SEEDS = 20;
    private static final long SECOND = 1_000_000_000L;

    @Test
    void fiveHundredCallsOverABadNetworkLoseNothingThatIsReliable() {
        String only = System.getProperty("sim.seed", "");
        if (!only.isEmpty()) {
            new Call(Long.parseLong(only), false, VirtualNetwork.Conditions.BAD).run();
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            new Call(seed, false, VirtualNetwork.Conditions.BAD).run();
        }
    }

    @Test
    void aSeedReplaysByteForByte() {
        for (long seed = 1; seed <= 3; seed++) {
            Call first = new Call(seed, false, VirtualNetwork.Conditions.BAD).run();
            Call second = new Call(seed, false, VirtualNetwork.Conditions.BAD).run();
            assertEquals(first.network.traceHash(), second.network.traceHash(), "seed " + seed);
            assertEquals(first.network.datagrams(), second.network.datagrams(), "seed " + seed);
        }
    }

    @Test
    void twentyCallsOverABadNetworkWithTheRealDtls() {
        for (long seed = 1; seed <= REAL_DTLS_SEEDS; seed++) {
            new Call(seed, true, VirtualNetwork.Conditions.BAD).run();
        }
    }

    @Test
    void everySrtpProfileCarriesACall() {
        for (SrtpProfile profile : SrtpProfile.values()) {
            Call call = new Call(profile.ordinal() + 1, true, VirtualNetwork.Conditions.BAD, List.of(profile)).run();
            assertTrue(
                    call.a.events.stream()
                            .anyMatch(e -> e instanceof SessionEvent.DtlsStateChanged d
                                    && profile.name().equals(d.srtpProfile())),
                    profile.name());
        }
    }

    /** One call: three channels and an audio and a video section, all in both directions. */
    private static final class Call {
        private static final int MESSAGES = 12;
        private static final int FRAMES = 90;
        final long seed;
        final VirtualNetwork network;
        final SimPeer a;
        final SimPeer b;
        final List<byte[]> payloads = new ArrayList<>();
        final WireTap tap;
        final boolean realDtls;
        final List<SrtpProfile> profiles;
        final ExecutorService threads = Executors.newCachedThreadPool(r -> {
            Thread t = new Thread(r);
            t.setDaemon(true);
            return t;
        });

        Call(long seed, boolean realDtls, VirtualNetwork.Conditions conditions) {
            this(seed, realDtls, conditions, List.of(SrtpProfile.values()));
        }

        Call(long seed, boolean realDtls, VirtualNetwork.Conditions conditions, List<SrtpProfile> profiles) {
            this.profiles = profiles;
            this.seed = seed;
            this.realDtls = realDtls;
            network = new VirtualNetwork(seed, conditions);
            tap = new WireTap(seed);
            a = peer("a", "10.0.0.1", RandomSource.seeded(seed * 2));
            b = peer("b", "10.0.0.2", RandomSource.seeded(seed * 2 + 1));
            a.connectTo(b);
            b.connectTo(a);
            Random r = new Random(seed);
            for (int i = 0; i < MESSAGES; i++) {
                byte[] m = new byte[i % 4 == 0 ? r.nextInt(40_000) : r.nextInt(1_500)];
                r.nextBytes(m);
                payloads.add(tap.mark(m, 4));
            }
            network.setTap(tap);
            a.setTap(tap);
            b.setTap(tap);
            if (seed % 3 == 0) {
                Injector injector = new Injector(seed, 10);
                injector.sparesHandshakes = realDtls;
                network.setInjector(injector);
            }
        }

        private SimPeer peer(String name, String ip, RandomSource random) {
            DtlsIdentity identity = realDtls
                    ? SelfSigned.ecdsa(
                            Instant.now().minusSeconds(3_600), Instant.now().plusSeconds(86_400), random)
                    : SimPeer.fakeIdentity(random);
            return new SimPeer(
                    name,
                    ip,
                    network,
                    random,
                    identity,
                    (id, out) -> realDtls
                            ? new BcDtlsEngine(
                                    id,
                                    out,
                                    task -> {
                                        threads.execute(task);
                                        return true;
                                    },
                                    random,
                                    profiles)
                            : new StandInDtls(id, out, random),
                    seed % 3 == 0
                            ? BundlePolicy.MAX_BUNDLE
                            : seed % 3 == 1 ? BundlePolicy.BALANCED : BundlePolicy.MAX_COMPAT);
        }

        Call run() {
            try {
                runWhole();
            } catch (Throwable t) {
                throw new AssertionError(
                        "seed " + seed + (realDtls ? " (real DTLS)" : "") + ": replay with -Dsim.seed=" + seed + ": "
                                + t.getMessage(),
                        t);
            } finally {
                threads.shutdownNow();
            }
            return this;
        }

        private void runWhole() {
            a.openChannel(1, new ChannelParameters("ordered", "", true, null, null, false), null);
            a.openChannel(2, new ChannelParameters("unordered", "p", false, null, null, false), null);
            a.openChannel(3, new ChannelParameters("partial", "", false, 1, null, false), null);
            JsepTransceiver audio = a.negotiator.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, "t-a");
            JsepTransceiver video = a.negotiator.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, "t-v");
            a.session.media().setSource(audio.id, List.of(new SourceFormat("opus", Map.of())));
            a.session.media().setSource(video.id, List.of(new SourceFormat("VP8", Map.of())));
            a.negotiate();
            waitFor("the offerer's channels to open", 30, () -> openChannels(a) >= 3);
            waitFor(
                    "the answerer's channels to come",
                    30,
                    () -> b.events.stream()
                                    .filter(e -> e instanceof SessionEvent.DataChannel d
                                            && d.event() instanceof DataChannelEvent.Incoming)
                                    .count()
                            == 3);
            for (JsepTransceiver t : b.negotiator.transceivers()) {
                b.session
                        .media()
                        .setSource(
                                t.id, List.of(new SourceFormat(t.kind == MediaKind.AUDIO ? "opus" : "VP8", Map.of())));
            }
            waitFor(
                    "media to be sendable",
                    30,
                    () -> a.keyFrameRequests.contains(video.id) && b.keyFrameRequests.size() >= 2);
            exchange(audio, video);
            waitFor("every reliable message", 240, () -> complete(a) && complete(b));
            SimPeer.runUntil(network, List.of(a, b), 3 * SECOND, () -> false);
            check(a);
            check(b);
        }

        private long openChannels(SimPeer p) {
            return p.events.stream()
                    .filter(e ->
                            e instanceof SessionEvent.DataChannel d && d.event() instanceof DataChannelEvent.Opened)
                    .count();
        }

        private void exchange(JsepTransceiver audio, JsepTransceiver video) {
            for (int i = 0; i < MESSAGES; i++) {
                byte[] m = payloads.get(i);
                network.at(network.now() + i * 30_000_000L, () -> {
                    for (String label : List.of("ordered", "unordered", "partial")) {
                        a.session.data().sendMessage(network.now(), handle(a, label), true, m.clone());
                        b.session.data().sendMessage(network.now(), handle(b, label), true, m.clone());
                    }
                    a.turn();
                    b.turn();
                });
            }
            for (int i = 0; i < FRAMES; i++) {
                int n = i;
                network.at(network.now() + i * 33_000_000L, () -> {
                    sendFrames(a, audio, video, n);
                    sendFrames(
                            b,
                            b.negotiator.transceivers().get(0),
                            b.negotiator.transceivers().get(1),
                            n);
                });
            }
        }

        private void sendFrames(SimPeer p, JsepTransceiver audio, JsepTransceiver video, int n) {
            byte[] audioFrame = tap.mark(new byte[80], 0);
            p.session
                    .media()
                    .sendFrame(network.now(), audio.id, OutgoingFrame.of(audioFrame, true, n * 960L), network.now());
            boolean key = n == 0 || !p.keyFrameRequests.isEmpty();
            p.keyFrameRequests.clear();
            byte[] videoFrame = tap.mark(new byte[key ? 6_000 : 1_500], 1);
            videoFrame[0] = (byte) (key ? 0 : 1);
            p.session
                    .media()
                    .sendFrame(network.now(), video.id, OutgoingFrame.of(videoFrame, key, n * 3_000L), network.now());
            p.turn();
        }

        private int handle(SimPeer p, String label) {
            return p.labels.entrySet().stream()
                    .filter(e -> e.getValue().equals(label))
                    .findFirst()
                    .orElseThrow()
                    .getKey();
        }

        private boolean complete(SimPeer p) {
            return p.messagesOf("ordered").size() >= MESSAGES
                    && p.messagesOf("unordered").size() >= MESSAGES;
        }

        private void check(SimPeer p) {
            List<byte[]> ordered = p.messagesOf("ordered");
            assertEquals(MESSAGES, ordered.size(), p.name + ": ordered messages");
            for (int i = 0; i < MESSAGES; i++) {
                assertArrayEquals(payloads.get(i), ordered.get(i), p.name + ": ordered message " + i);
            }
            List<byte[]> unordered = p.messagesOf("unordered");
            assertEquals(MESSAGES, unordered.size(), p.name + ": unordered messages");
            for (byte[] m : payloads) {
                long expected =
                        payloads.stream().filter(x -> Arrays.equals(x, m)).count();
                assertEquals(
                        expected,
                        unordered.stream().filter(x -> Arrays.equals(x, m)).count(),
                        p.name + ": an unordered message");
            }
            for (byte[] m : p.messagesOf("partial")) {
                assertTrue(
                        payloads.stream().anyMatch(x -> Arrays.equals(x, m)),
                        p.name + ": a partial message that was never sent");
            }
            assertTrue(p.messagesOf("partial").size() <= MESSAGES, p.name + ": partial messages more than once");
            assertEquals(0, p.internalErrors(), p.name + ": " + p.session.dropCounts());
            p.checkHeld();
            long audioFrames =
                    p.frames.stream().filter(f -> f.codec().equals("opus")).count();
            long videoFrames =
                    p.frames.stream().filter(f -> f.codec().equals("VP8")).count();
            assertTrue(audioFrames >= FRAMES * 2 / 3, p.name + ": " + audioFrames + " audio frames of " + FRAMES);
            assertTrue(videoFrames >= FRAMES / 4, p.name + ": " + videoFrames + " video frames of " + FRAMES);
            long last = -1;
            for (var f : p.frames) {
                if (f.codec().equals("VP8")) {
                    assertTrue(f.rtpTimestamp() != last, p.name + ": a video frame twice");
                    assertEquals(f.keyFrame() ? 6_000 : 1_500, f.data().length, p.name + ": a frame of the wrong size");
                    last = f.rtpTimestamp();
                }
            }
        }

        private void waitFor(String what, int seconds, java.util.function.BooleanSupplier condition) {
            if (!SimPeer.runUntil(network, List.of(a, b), seconds * SECOND, condition)) {
                throw new AssertionError("waited " + seconds + " s in vain for " + what + "; a "
                        + a.session.dropCounts() + " b " + b.session.dropCounts()
                        + " a messages " + a.messagesOf("ordered").size() + "/"
                        + a.messagesOf("unordered").size() + " b "
                        + b.messagesOf("ordered").size() + "/"
                        + b.messagesOf("unordered").size() + " states "
                        + a.session.snapshot().sctp() + " "
                        + b.session.snapshot().sctp());
            }
        }
    }
}
