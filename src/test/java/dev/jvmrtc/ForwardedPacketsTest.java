package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.RtpSource;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.wire.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Packets that are pushed as counted buffers, or sent on as they came: each is released once, on every way. */
class ForwardedPacketsTest {
    private final RtpSource source = new RtpSource("video", EncodedFormat.of("VP8"));
    private final List<ByteBuf> pushed = new CopyOnWriteArrayList<>();

    private static byte[] bytes(int sequence) {
        byte[] p = new byte[1_200];
        for (int i = 12; i < p.length; i++) {
            p[i] = (byte) (i + sequence);
        }
        p[0] = (byte) 0x80;
        p[1] = (byte) 0x80;
        Bytes.put16(p, 2, sequence);
        Bytes.put32(p, 4, sequence * 3_000);
        p[12] = 0x10; // VP8: the beginning of a partition
        p[13] = 0; // a key frame
        return p;
    }

    private CompletableFuture<Void> push(ByteBuf b) {
        pushed.add(b);
        return source.push(b);
    }

    private CompletableFuture<Void> push(int sequence) {
        return push(Unpooled.buffer(1_200).writeBytes(bytes(sequence)));
    }

    private static void eventually(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private int held() {
        return pushed.stream().mapToInt(ByteBuf::refCnt).sum();
    }

    private void allAreReleased() {
        eventually("all are released: " + held(), () -> held() == 0);
    }

    /** a sends the source's track to b; both are connected. */
    private RTCRtpSender connect(RTCPeerConnection a, RTCPeerConnection b, RtpSource from) {
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
        CompletableFuture<Void> sending = new CompletableFuture<>();
        RTCRtpSender sender = a.addTrack(from.createTrack());
        sender.onCodecChange(e -> sending.complete(null));
        CompletableFuture<Void> up = TwoPeers.state(a, RTCPeerConnectionState.CONNECTED);
        CompletableFuture<Void> upThere = TwoPeers.state(b, RTCPeerConnectionState.CONNECTED);
        TwoPeers.negotiate(a, b);
        await(up);
        await(upThere);
        await(sending);
        return sender;
    }

    @Test
    void whereNobodyIsAttachedAPacketIsReleasedAtOnce() {
        push(1);
        push(Unpooled.EMPTY_BUFFER.copy());
        push(Unpooled.buffer().writeByte(1));
        assertEquals(0, pushed.get(0).refCnt() + pushed.get(2).refCnt());
    }

    @Test
    void aSinkIsLentAPacketAndOneThatThrowsHoldsNothing() {
        List<ByteBuf> kept = new ArrayList<>();
        List<byte[]> arrays = new ArrayList<>();
        source.createTrack().addSink(new Packets() {
            @Override
            public void onRtpPacket(ByteBuf packet) {
                throw new IllegalStateException("on purpose");
            }
        });
        source.createTrack().addSink(new Packets() {
            @Override
            public void onRtpPacket(ByteBuf packet) {
                kept.add(packet.retain());
            }
        });
        source.createTrack().addSink(new Packets() {
            @Override
            public void onRtpPacket(byte[] packet) {
                arrays.add(packet);
                packet[0] = 1; // its own
            }
        });
        push(7);
        source.push(bytes(8));
        assertEquals(1, held(), "by the one that keeps it");
        assertEquals(2, kept.size());
        assertArrayEquals(bytes(7), array(kept.get(0)));
        assertArrayEquals(bytes(8), array(kept.get(1)));
        assertEquals(2, arrays.size());
        assertArrayEquals(Arrays.copyOfRange(bytes(8), 1, 1_200), Arrays.copyOfRange(arrays.get(1), 1, 1_200));
        kept.forEach(ByteBuf::release);
        allAreReleased();
    }

    @Test
    void aBufferOffTheHeapOrOfMuchMemoryIsCopiedOnce() {
        List<ByteBuf> kept = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            source.createTrack().addSink(new Packets() {
                @Override
                public void onRtpPacket(ByteBuf packet) {
                    kept.add(packet.retain());
                }
            });
        }
        push(Unpooled.directBuffer(1_200).writeBytes(bytes(1)));
        push(Unpooled.buffer(100_000).writeZero(5_000).writeBytes(bytes(2)).readerIndex(5_000));
        push(Unpooled.wrappedBuffer(bytes(3)).asReadOnly());
        assertEquals(0, held(), "the pushed ones");
        assertEquals(6, kept.size());
        for (int i = 0; i < 6; i++) {
            assertTrue(kept.get(i).hasArray());
            assertTrue(kept.get(i).capacity() < 2_400);
            assertTrue(kept.get(i) == kept.get(i / 2 * 2), "one for all");
            assertArrayEquals(bytes(1 + i / 2), array(kept.get(i)));
        }
        kept.forEach(ByteBuf::release);
        kept.forEach(b -> assertEquals(0, b.refCnt()));
    }

    @Test
    void aSourceOfTheApplicationMayGiveArraysToSinksOfBothKinds() {
        List<MediaSink> given = new ArrayList<>();
        MediaStreamTrack track = MediaStreamTrack.create(
                        new MediaSource() {
                            @Override
                            public String kind() {
                                return "video";
                            }

                            @Override
                            public List<EncodedFormat> formats() {
                                return List.of();
                            }

                            @Override
                            public void addSink(MediaSink sink) {
                                given.add(sink);
                            }

                            @Override
                            public void removeSink(MediaSink sink) {}
                        },
                        "id",
                        "label",
                        false)
                .track();
        List<byte[]> came = new ArrayList<>();
        track.addSink(new Packets() {
            @Override
            public void onRtpPacket(byte[] packet) {
                came.add(packet);
            }
        });
        track.addSink(new Packets() {
            @Override
            public void onRtpPacket(ByteBuf packet) {
                came.add(array(packet));
            }
        });
        given.forEach(s -> s.onRtpPacket(bytes(4)));
        assertEquals(2, came.size());
        came.forEach(p -> assertArrayEquals(bytes(4), p));
    }

    private static byte[] array(ByteBuf b) {
        return io.netty.buffer.ByteBufUtil.getBytes(b);
    }

    @Test
    void whatASenderDoesNotSendIsReleased() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCRtpSender sender = connect(p.a, p.b, source);
            sender.getTrack().setEnabled(false);
            push(1);
            assertEquals(0, held(), "muted");
            sender.getTrack().setEnabled(true);
            push(Unpooled.buffer(8).writeLong(-1));
            await(p.a.getStats());
            assertEquals(0, held(), "malformed");
            await(sender.replaceTrack(null));
            push(2);
            assertEquals(0, held(), "no track");
            assertEquals(1L, await(p.a.getDropCounts()).get("malformed RTP packet to send"));
        }
    }

    @Test
    void whatHasNoRoomOrWaitsAtTheEndIsReleased() throws Exception {
        try (StandingLoop loop = new StandingLoop();
                RTCPeerConnection a = loop.factory.createPeerConnection();
                RTCPeerConnection b = TwoPeers.FACTORY.createPeerConnection()) {
            RTCRtpSender sender = connect(a, b, source);
            loop.standStill(sender);
            for (int i = 0; i < SendQueue.MAX_QUEUED + 100; i++) {
                push(i);
            }
            assertEquals(SendQueue.MAX_QUEUED, held(), "the others have no room");
            a.close();
            push(1_000);
            assertEquals(SendQueue.MAX_QUEUED, held());
            loop.goOn();
            allAreReleased();
        }
    }

    @Test
    void whatWaitsWhenTheSessionFailsIsReleased() throws Exception {
        try (StandingLoop loop = new StandingLoop();
                RTCPeerConnection a = loop.factory.createPeerConnection();
                RTCPeerConnection b = TwoPeers.FACTORY.createPeerConnection()) {
            RTCRtpSender sender = connect(a, b, source);
            for (int i = 0; i < 50; i++) {
                push(i);
            }
            loop.standStill(sender);
            a.slots.driver.command((session, now) -> {
                throw new IllegalStateException("a bug, on purpose");
            });
            for (int i = 50; i < 100; i++) {
                push(i);
            }
            assertTrue(held() >= 50);
            loop.goOn();
            allAreReleased();
        }
    }

    @Test
    void whatMayBeAskedForAgainIsReleasedWithItsTransceiver() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCRtpSender sender = connect(p.a, p.b, source);
            push(1);
            eventually(
                    "it has left",
                    () -> await(p.a.getStats()) != null && pushed.get(0).refCnt() == 1);
            assertEquals(1, held(), "RTX was negotiated");
            p.a.getTransceivers().stream().filter(t -> t.getSender() == sender).forEach(RTCRtpTransceiver::stop);
            TwoPeers.negotiate(p.a, p.b);
            allAreReleased();
        }
    }

    @Test
    void aPacketIsSentOnToManyAsItCame() throws Exception {
        int receivers = 5;
        List<ByteBuf> lent = new CopyOnWriteArrayList<>();
        List<byte[]> before = new CopyOnWriteArrayList<>();
        List<List<byte[]>> came = new ArrayList<>();
        List<AutoCloseable> all = new ArrayList<>();
        RtpSource forwarded = new RtpSource("video", EncodedFormat.of("VP8"));
        TwoPeers in = new TwoPeers();
        all.add(in);
        in.b.onTrack(e -> e.track().addSink(new Packets() {
            @Override
            public void onRtpPacket(ByteBuf packet) {
                before.add(array(packet));
                lent.add(packet);
                forwarded.push(packet.retain());
            }
        }));
        for (int i = 0; i < receivers; i++) {
            List<byte[]> its = new CopyOnWriteArrayList<>();
            came.add(its);
            TwoPeers out = new TwoPeers();
            all.add(out);
            out.b.onTrack(e -> e.track().addSink(new Packets() {
                @Override
                public void onRtpPacket(byte[] packet) {
                    its.add(packet);
                }
            }));
            connect(out.a, out.b, forwarded);
        }
        connect(in.a, in.b, source);
        for (int i = 0; came.stream().anyMatch(c -> c.size() < 20); i++) {
            assertTrue(i < 3_000, "twenty come everywhere");
            push(100 + i);
            LockSupport.parkNanos(5_000_000);
        }
        for (List<byte[]> its : came) {
            for (byte[] packet : its) {
                byte[] payload = Arrays.copyOfRange(packet, packet.length - 1_188, packet.length);
                assertTrue(
                        before.stream()
                                .anyMatch(
                                        p -> Arrays.equals(Arrays.copyOfRange(p, p.length - 1_188, p.length), payload)),
                        "its payload is that of one that came");
            }
        }
        for (int i = 0; i < lent.size(); i++) {
            ByteBuf b = lent.get(i);
            if (b.refCnt() > 0) { // of those that may be asked for again
                assertArrayEquals(before.get(i), array(b), "nobody has written");
            }
        }
        for (AutoCloseable c : all) {
            c.close();
        }
        allAreReleased();
        eventually("those that came, too", () -> lent.stream().allMatch(b -> b.refCnt() == 0));
        assertFalse(lent.isEmpty());
    }

    /** Wants packets. */
    private interface Packets extends MediaSink {
        @Override
        default boolean wantsRtp() {
            return true;
        }
    }
}
