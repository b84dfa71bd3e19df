package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.MediaSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers that are set long after what they are to hear of. */
@Timeout(60)
class LateHandlersTest {

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "waited 15 s in vain");
            Thread.onSpinWait();
        }
    }

    /** All that has happened so far has been told to a's and b's listeners. */
    private static void settle(TwoPeers p) {
        await(p.a.getStats());
        await(p.b.getStats());
    }

    private static RTCDataChannel open(TwoPeers p, String label) {
        RTCDataChannel c = p.a.createDataChannel(label);
        if (p.a.getCurrentLocalDescription() == null) {
            p.negotiate();
        }
        until(() -> c.getReadyState() == RTCDataChannelState.OPEN);
        return c;
    }

    @Test
    void openOfAChannelIsToldToAHandlerSetAfterIt() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel c = open(p, "c");
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            c.onOpen(e -> heard.add("open"));
            assertEquals("open", heard.poll(5, TimeUnit.SECONDS));
            c.addEventListener(RTCDataChannel.OPEN, e -> heard.add("again"));
            settle(p);
            assertNull(heard.poll());
        }
    }

    @Test
    void aChannelOfThePeerWithAllThatItSaidIsToldToALateHandler() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel c = open(p, "c");
            c.send("one");
            c.send(new byte[] {2});
            c.close();
            until(() -> c.getReadyState() == RTCDataChannelState.CLOSED);
            settle(p);
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            p.b.onDataChannel(e -> {
                RTCDataChannel d = e.channel();
                d.onClose(x -> heard.add("close"));
                d.onMessage(m -> heard.add(m.isBinary() ? "binary " + m.bytes().get(0) : m.text()));
                d.onOpen(x -> heard.add("open"));
            });
            for (String expected : List.of("open", "one", "binary 2", "close")) {
                assertEquals(expected, heard.poll(5, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void aChannelThatNobodyListensToLosesWhatIsBeyond64KiBAndSlowsNoOther() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel quiet = open(p, "quiet");
            RTCDataChannel other = open(p, "other");
            CompletableFuture<String> got = new CompletableFuture<>();
            List<RTCDataChannel> incoming = Collections.synchronizedList(new ArrayList<>());
            p.b.onDataChannel(e -> {
                incoming.add(e.channel());
                if (e.channel().getLabel().equals("other")) {
                    e.channel().onMessage(m -> got.complete(m.text()));
                }
            });
            byte[] kib = new byte[1_024];
            CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
            int messages = 20_000; // more than the receive window and all that waits anywhere
            for (int i = 0; i < messages; i++) {
                last = quiet.sendAsync(kib);
                if (i % 500 == 0) {
                    await(last);
                }
            }
            await(last);
            until(() -> quiet.getBufferedAmount() == 0);
            other.send("through");
            assertEquals("through", await(got));
            until(() -> await(p.b.getDropCounts()).getOrDefault(EarlyMessages.DROPPED, 0L) == messages - 64);
            BlockingQueue<MessageEvent> held = new LinkedBlockingQueue<>();
            incoming.stream().filter(c -> c.getLabel().equals("quiet")).forEach(c -> c.onMessage(held::add));
            until(() -> held.size() == 64);
            quiet.send("now");
            until(() -> held.size() == 65);
        }
    }

    @Test
    void streamsThatAreOpenedLateReadWhatCameBeforeAndTheirWindowIsRight() throws Exception {
        RTCPeerConnectionFactory one =
                RTCPeerConnectionFactory.builder().includeLoopback(true).build();
        try (TwoPeers p = new TwoPeers(one)) {
            RTCDataChannel c = open(p, "c");
            c.send("first");
            CompletableFuture<RTCDataChannel> incoming = new CompletableFuture<>();
            p.b.onDataChannel(e -> incoming.complete(e.channel()));
            RTCDataChannel d = await(incoming);
            until(() -> c.getBufferedAmount() == 0);
            settle(p);
            java.io.InputStream in = d.openStreams().getInputStream();
            assertEquals("first", new String(in.readNBytes(5)));
            CompletableFuture<byte[]> all = CompletableFuture.supplyAsync(() -> {
                try {
                    return in.readAllBytes();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 1_000; i++) {
                await(c.sendAsync(new byte[16_384]));
            }
            c.close();
            assertEquals(1_000 * 16_384, await(all).length);
        } finally {
            one.close();
        }
    }

    @Test
    void theTrackEventAndTheFirstFramesAreToldToWhoListensLater() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            EncodedAudioSource mic = new EncodedAudioSource("opus");
            p.a.addTrack(mic.createTrack(), new MediaStream());
            p.negotiate();
            until(() -> p.a.getConnectionState() == RTCPeerConnectionState.CONNECTED
                    && p.b.getConnectionState() == RTCPeerConnectionState.CONNECTED);
            for (int i = 0; i < 5; i++) {
                mic.push(EncodedFrame.of(new byte[] {(byte) 0xfc, 1, (byte) i}, "opus", 960L * i, true));
            }
            until(() -> !p.b.getReceivers().get(0).getTrack().isMuted());
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            p.b.onTrack(e -> {
                e.track().onUnmute(x -> heard.add("unmute"));
                e.track().onEncodedFrame(f -> heard.add("frame " + f.data()[2]));
            });
            List<String> all = new ArrayList<>();
            while (all.size() < 6) {
                String s = heard.poll(5, TimeUnit.SECONDS);
                assertTrue(s != null, all::toString);
                all.add(s);
            }
            assertTrue(all.remove("unmute"));
            assertEquals(List.of("frame 0", "frame 1", "frame 2", "frame 3", "frame 4"), all);
        }
    }

    @Test
    void whatIsHeldOfATrackTakesNoRoomAfterItsEnd() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            EncodedAudioSource mic = new EncodedAudioSource("opus");
            p.a.addTrack(mic.createTrack(), new MediaStream());
            p.negotiate();
            until(() -> p.a.getConnectionState() == RTCPeerConnectionState.CONNECTED
                    && p.b.getConnectionState() == RTCPeerConnectionState.CONNECTED);
            mic.push(EncodedFrame.of(new byte[] {(byte) 0xfc, 1, 2}, "opus", 0, true));
            until(() -> !p.b.getReceivers().get(0).getTrack().isMuted());
            settle(p);
            assertFalse(p.b.slots.earlyBytes.take(EarlyBytes.MAX_BYTES), "a frame and a packet are held");
            p.b.getTransceivers().get(0).stop();
            until(() -> p.b.slots.earlyBytes.take(EarlyBytes.MAX_BYTES));
        }
    }

    @Test
    void theFirstPacketsOfATrackAreToldToWhoTakesPacketsLater() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            EncodedAudioSource mic = new EncodedAudioSource("opus");
            p.a.addTrack(mic.createTrack(), new MediaStream());
            p.negotiate();
            until(() -> p.a.getConnectionState() == RTCPeerConnectionState.CONNECTED
                    && p.b.getConnectionState() == RTCPeerConnectionState.CONNECTED);
            for (int i = 0; i < 5; i++) {
                mic.push(EncodedFrame.of(new byte[] {(byte) 0xfc, 1, (byte) i}, "opus", 960L * i, true));
            }
            MediaStreamTrack track = p.b.getReceivers().get(0).getTrack();
            until(() -> !track.isMuted());
            BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
            track.onEncodedFrame(f -> {}); // a sink of something else
            track.addSink(new MediaSink() {
                @Override
                public boolean wantsRtp() {
                    return true;
                }

                @Override
                public void onRtpPacket(byte[] packet) {
                    heard.add((int) packet[packet.length - 1]);
                }
            });
            for (int i = 0; i < 5; i++) {
                assertEquals(i, heard.poll(5, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void candidatesAreToldToAHandlerSetAfterTheDescriptionAndThoseOfAnEarlierGenerationAreNot() throws Exception {
        try (RTCPeerConnection pc = TwoPeers.FACTORY.createPeerConnection()) {
            pc.createDataChannel("c");
            await(pc.setLocalDescription());
            until(() -> pc.getIceGatheringState() == RTCIceGatheringState.COMPLETE);
            await(pc.setLocalDescription(new RTCSessionDescription(RTCSdpType.ROLLBACK, "")));
            await(pc.setLocalDescription());
            until(() -> pc.getIceGatheringState() == RTCIceGatheringState.COMPLETE);
            await(pc.getStats());
            BlockingQueue<String> ufrags = new LinkedBlockingQueue<>();
            CompletableFuture<Void> end = new CompletableFuture<>();
            pc.onIceCandidate(e -> {
                if (e.candidate() != null) {
                    ufrags.add(e.candidate().getUsernameFragment());
                } else {
                    end.complete(null);
                }
            });
            await(end);
            until(() -> !ufrags.isEmpty());
            ufrags.forEach(u -> assertTrue(pc.getLocalDescription().getSdp().contains("a=ice-ufrag:" + u), u));
        }
    }

    @Test
    void negotiationThatIsDoneIsNotAskedForAgain() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            open(p, "c");
            settle(p);
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            p.a.onNegotiationNeeded(e -> heard.add("needed"));
            settle(p);
            assertNull(heard.poll());
            p.a.addTransceiver("audio");
            assertEquals("needed", heard.poll(5, TimeUnit.SECONDS));
        }
        try (RTCPeerConnection pc = TwoPeers.FACTORY.createPeerConnection()) {
            pc.createDataChannel("c");
            await(pc.getStats());
            CompletableFuture<Void> needed = new CompletableFuture<>();
            pc.onNegotiationNeeded(e -> needed.complete(null));
            await(needed);
        }
    }

    @Test
    void negotiationThatIsNeededIsAskedForAfterAnOperationThatIsUnderWayWhenTheHandlerIsSet() {
        ArrayDeque<Runnable> executor = new ArrayDeque<>();
        try (RTCPeerConnection pc =
                TwoPeers.FACTORY.createPeerConnection(RTCConfiguration.builder().build(), r -> {
                    synchronized (executor) {
                        executor.add(r);
                    }
                })) {
            Runnable run = () -> {
                for (Runnable r = poll(executor); r != null; r = poll(executor)) {
                    r.run();
                }
            };
            pc.createDataChannel("c");
            run.run(); // the event is held
            List<String> heard = new ArrayList<>();
            pc.onNegotiationNeeded(e -> heard.add("needed"));
            CompletableFuture<Void> operation = pc.addIceCandidate((RTCIceCandidate) null);
            run.run();
            assertTrue(operation.isDone());
            assertEquals(List.of("needed"), heard);
        }
    }

    private static Runnable poll(ArrayDeque<Runnable> executor) {
        synchronized (executor) {
            return executor.poll();
        }
    }

    @Test
    void aClosedConnectionTellsNothingThatItHeld() throws Exception {
        TwoPeers p = new TwoPeers();
        RTCDataChannel c = open(p, "c");
        settle(p);
        p.close();
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        c.onOpen(e -> heard.add("open"));
        p.b.onDataChannel(e -> heard.add("datachannel"));
        await(p.b.getStats());
        assertEquals(List.of(), heard);
    }
}
