package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.RtpSource;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What happens to packets that an application pushes faster than they can be sent, or while they are not sent. */
class RtpSourceTest {
    private final RtpSource source = new RtpSource("audio", EncodedFormat.of("opus"));
    private final List<byte[]> received = new CopyOnWriteArrayList<>();

    private static byte[] packet(int sequence) {
        return new ByteWriter()
                .u8(0x80)
                .u8(111)
                .u16(sequence)
                .u32(sequence * 960L)
                .u32(77)
                .u32(sequence)
                .toByteArray();
    }

    private static int pushedAs(byte[] packet) {
        return Bytes.i32(packet, packet.length - 4);
    }

    /**
     * Pushes more, from {@code next} on, until one of these comes: packets before it may be lost on the way, or dropped
     * by a receiver whose application does not keep up. Each that was pushed is added to {@code taken}.
     */
    private void pushUntilOneComes(int next, List<Integer> taken) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        for (int number = next; received.stream().noneMatch(p -> pushedAs(p) >= next); number++) {
            assertTrue(System.nanoTime() < end, "nothing that was pushed came");
            await(source.push(packet(number)));
            taken.add(number);
            Thread.sleep(5); // no faster than a receiver can take that has fallen behind
        }
    }

    private void assertNoGaps(List<Integer> pushed) {
        List<byte[]> came = List.copyOf(received);
        assertTrue(came.size() > 1);
        for (int i = 1; i < came.size(); i++) {
            int before = pushed.indexOf(pushedAs(came.get(i - 1)));
            int now = pushed.indexOf(pushedAs(came.get(i)));
            assertTrue(before >= 0 && now >= 0, "what was dropped does not come");
            int step = Bytes.u16(came.get(i), 2) - Bytes.u16(came.get(i - 1), 2) & 0xffff;
            assertEquals(
                    now - before,
                    step,
                    "numbers between " + pushedAs(came.get(i - 1)) + " and " + pushedAs(came.get(i)));
        }
    }

    @Test
    void pushTellsWhenThereIsRoomAndWhatIsDroppedLeavesNoGap() throws Exception {
        try (StandingLoop loop = new StandingLoop();
                RTCPeerConnection a = loop.factory.createPeerConnection(
                        RTCConfiguration.builder().build());
                RTCPeerConnection b = TwoPeers.FACTORY.createPeerConnection(
                        RTCConfiguration.builder().build())) {
            RTCRtpSender sender = connect(a, b);
            loop.standStill(sender);
            List<Integer> taken = new ArrayList<>();
            for (int i = 0; i < SendQueue.MAX_QUEUED - 1; i++) {
                assertTrue(source.push(packet(100 + i)).isDone(), "there is room for the next");
                taken.add(100 + i);
            }
            CompletableFuture<Void> full = source.push(packet(100 + SendQueue.MAX_QUEUED - 1));
            taken.add(100 + SendQueue.MAX_QUEUED - 1);
            assertFalse(full.isDone(), "there is none for the next");
            CompletableFuture<Void> whenRoom = null;
            for (int i = 0; i < 300; i++) {
                whenRoom = source.push(packet(100 + SendQueue.MAX_QUEUED + i)); // are dropped
            }
            assertFalse(whenRoom.isDone());
            loop.goOn();
            await(full);
            await(whenRoom);
            int next = 100 + SendQueue.MAX_QUEUED + 300;
            pushUntilOneComes(next, taken);
            assertNoGaps(taken);
            assertEquals(300L, await(a.getDropCounts()).get("media of a source that is faster than it can be sent"));
        }
    }

    @Test
    void whatATrackWithholdsOrASenderDoesNotSendLeavesNoGap() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCRtpSender sender = connect(p.a, p.b);
            MediaStreamTrack track = sender.getTrack();
            await(source.push(packet(1)));
            track.setEnabled(false);
            await(source.push(packet(2)));
            track.setEnabled(true);
            await(source.push(packet(3)));
            await(sender.replaceTrack(null));
            await(source.push(packet(4)));
            await(sender.replaceTrack(track));
            await(source.push(packet(5)));
            RTCRtpSendParameters off = sender.getParameters();
            await(sender.setParameters(off.toBuilder()
                    .encodings(List.of(
                            off.encodings().get(0).toBuilder().active(false).build()))
                    .build()));
            await(source.push(packet(6)));
            RTCRtpSendParameters on = sender.getParameters();
            await(sender.setParameters(on.toBuilder()
                    .encodings(List.of(
                            on.encodings().get(0).toBuilder().active(true).build()))
                    .build()));
            List<Integer> taken = new ArrayList<>(List.of(1, 3, 5));
            pushUntilOneComes(7, taken);
            assertNoGaps(taken);
        }
    }

    @Test
    void whoWaitsForRoomIsToldWhenTheConnectionEnds() throws Exception {
        try (StandingLoop loop = new StandingLoop();
                RTCPeerConnection a = loop.factory.createPeerConnection(
                        RTCConfiguration.builder().build());
                RTCPeerConnection b = TwoPeers.FACTORY.createPeerConnection(
                        RTCConfiguration.builder().build())) {
            RTCRtpSender sender = connect(a, b);
            loop.standStill(sender);
            CompletableFuture<Void> room = null;
            for (int i = 0; i < SendQueue.MAX_QUEUED; i++) {
                room = source.push(packet(i));
            }
            assertFalse(room.isDone());
            a.close();
            loop.goOn();
            await(room);
            assertTrue(source.push(packet(1)).isDone(), "nobody takes it any more");
        }
    }

    @Test
    void whoWaitsForRoomIsToldWhenTheSessionFails() throws Exception {
        try (StandingLoop loop = new StandingLoop();
                RTCPeerConnection a = loop.factory.createPeerConnection();
                RTCPeerConnection b = TwoPeers.FACTORY.createPeerConnection()) {
            RTCRtpSender sender = connect(a, b);
            loop.standStill(sender);
            a.slots.driver.command((session, now) -> {
                throw new IllegalStateException("a bug, on purpose");
            });
            CompletableFuture<Void> room = null;
            for (int i = 0; i < SendQueue.MAX_QUEUED; i++) {
                room = source.push(packet(i));
            }
            assertFalse(room.isDone());
            loop.goOn();
            await(room);
            assertTrue(source.push(packet(1)).isDone(), "nobody takes it any more");
            await(sender.replaceTrack(source.createTrack()));
            for (int i = 0; i <= SendQueue.MAX_QUEUED; i++) {
                assertTrue(source.push(packet(i)).isDone());
            }
        }
    }

    @Test
    void whoWaitsForTwoSendersInACallbackIsToldThatThatCannotEnd() throws Exception {
        try (StandingLoop loop = new StandingLoop();
                RTCPeerConnection a = loop.factory.createPeerConnection();
                RTCPeerConnection b = TwoPeers.FACTORY.createPeerConnection()) {
            RTCRtpSender sender = connect(a, b);
            RTCRtpSender second = a.addTrack(source.createTrack());
            CompletableFuture<Void> sending = new CompletableFuture<>();
            second.onCodecChange(e -> sending.complete(null));
            TwoPeers.negotiate(a, b);
            await(sending);
            loop.standStill(sender);
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            CompletableFuture<CompletableFuture<Void>> room = new CompletableFuture<>();
            second.getStats().thenRun(() -> {
                try {
                    room.join().join();
                } catch (Throwable e) {
                    thrown.complete(e);
                }
            });
            for (int i = 0; i < SendQueue.MAX_QUEUED - 1; i++) {
                source.push(packet(i));
            }
            room.complete(source.push(packet(SendQueue.MAX_QUEUED)));
            assertFalse(room.join().isDone());
            loop.goOn();
            assertTrue(await(thrown) instanceof IllegalStateException);
            await(room.join());
        }
    }

    private RTCRtpSender connect(RTCPeerConnection a, RTCPeerConnection b) {
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
        b.onTrack(e -> e.track().addSink(new MediaSink() {
            @Override
            public boolean wantsRtp() {
                return true;
            }

            @Override
            public void onRtpPacket(byte[] packet) {
                received.add(packet);
            }
        }));
        CompletableFuture<Void> sending = new CompletableFuture<>();
        RTCRtpSender sender = a.addTrack(source.createTrack());
        sender.onCodecChange(e -> sending.complete(null));
        CompletableFuture<Void> up = new CompletableFuture<>();
        b.addEventListener(RTCPeerConnection.CONNECTION_STATE_CHANGE, e -> {
            if (b.getConnectionState() == RTCPeerConnectionState.CONNECTED) {
                up.complete(null);
            }
        });
        CompletableFuture<Void> upHere = new CompletableFuture<>();
        a.addEventListener(RTCPeerConnection.CONNECTION_STATE_CHANGE, e -> {
            if (a.getConnectionState() == RTCPeerConnectionState.CONNECTED) {
                upHere.complete(null);
            }
        });
        TwoPeers.negotiate(a, b);
        await(up);
        await(upHere);
        await(sending);
        return sender;
    }
}
