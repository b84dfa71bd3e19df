package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages as counted buffers, both ways. */
@Timeout(60)
class DataChannelBuffersTest {
    /** From one that fits a packet to one of more fragments than are shown as one buffer. */
    private static final int[] LENGTHS = {0, 1, 100, 700, 1_200, 9_000, 65_536, 250_000};

    private static byte[] bytes(int length, int seed) {
        byte[] b = new byte[length];
        for (int i = 0; i < length; i++) {
            b[i] = (byte) (i * 31 + seed);
        }
        return b;
    }

    private static ByteBuf filled(int length, int seed, boolean direct) {
        PooledByteBufAllocator pool = PooledByteBufAllocator.DEFAULT;
        return (direct ? pool.directBuffer(length + 8) : pool.heapBuffer(length + 8))
                .writeLong(seed)
                .skipBytes(8)
                .writeBytes(bytes(length, seed));
    }

    /** Until a buffer has been released; never more than the test's timeout. */
    private static void awaitReleased(ByteBuf b) throws InterruptedException {
        while (b.refCnt() != 0) {
            Thread.sleep(1);
        }
    }

    private static CompletableFuture<RTCDataChannel> remote(TwoPeers p) {
        CompletableFuture<RTCDataChannel> remote = new CompletableFuture<>();
        p.b.onDataChannel(e -> remote.complete(e.channel()));
        return remote;
    }

    @Test
    void messagesOfAnySizeGoAndComeAsBuffersThatAreReleasedOnce() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            List<String> received = new CopyOnWriteArrayList<>();
            List<ByteBuf> kept = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> all = new CompletableFuture<>();
            p.b.onDataChannel(e -> e.channel().onMessageBuffer((data, binary) -> {
                received.add(binary + " " + ByteBufUtil.hexDump(data));
                kept.add(data.retain());
                if (received.size() == 2 * LENGTHS.length + 1) {
                    all.complete(null);
                }
            }));
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            List<ByteBuf> sent = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 2 * LENGTHS.length; i++) {
                int length = LENGTHS[i / 2];
                ByteBuf b = filled(length, i, i % 2 == 0);
                sent.add(b);
                c.send(b);
                expected.add("true " + ByteBufUtil.hexDump(bytes(length, i)));
            }
            c.send("Grüße");
            expected.add("false " + ByteBufUtil.hexDump("Grüße".getBytes(StandardCharsets.UTF_8)));
            await(all);
            assertEquals(expected, received);
            for (int i = 0; i < kept.size(); i++) {
                assertEquals(
                        expected.get(i).substring(expected.get(i).indexOf(' ') + 1),
                        ByteBufUtil.hexDump(kept.get(i)),
                        "what is kept stays what it was: " + i);
            }
            for (ByteBuf b : kept) {
                assertEquals(1, b.refCnt(), "only this test holds it any more");
                b.release();
            }
            for (ByteBuf b : sent) {
                awaitReleased(b);
            }
        }
    }

    @Test
    void aBufferIsReleasedWhereSendThrows() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel c = p.a.createDataChannel("c");
            ByteBuf early = filled(10, 1, false);
            assertThrows(RTCException.class, () -> c.send(early), "not open yet");
            assertEquals(0, early.refCnt());
            p.negotiate();
            await(opened(c));
            ByteBuf large =
                    Unpooled.buffer(1 << 20).writeZero((int) p.a.getSctp().getMaxMessageSize() + 1);
            assertThrows(RTCTypeError.class, () -> c.send(large), "larger than the peer takes");
            assertEquals(0, large.refCnt());
            c.close();
            ByteBuf late = filled(10, 1, false);
            assertThrows(RTCException.class, () -> c.send(late), "closing");
            assertEquals(0, late.refCnt());
        }
    }

    @Test
    void whatWaitsWhenTheConnectionClosesIsReleasedOnBothSides() throws Exception {
        List<ByteBuf> sent = new ArrayList<>();
        TwoPeers p = new TwoPeers();
        try {
            CompletableFuture<Void> first = new CompletableFuture<>();
            p.b.onDataChannel(e -> e.channel().onMessageBuffer((data, binary) -> first.complete(null)));
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            for (int i = 0; i < 500; i++) {
                ByteBuf b = filled(60_000, i, i % 2 == 0);
                sent.add(b);
                c.send(b);
            }
            await(first);
        } finally {
            p.close();
        }
        for (ByteBuf b : sent) {
            awaitReleased(b);
        }
    }

    @Test
    void aBufferOfAMessageThatIsGivenUpIsReleased() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel c = p.a.createDataChannel(
                    "c", RTCDataChannelInit.builder().maxPacketLifeTime(1).build());
            p.negotiate();
            await(opened(c));
            List<ByteBuf> sent = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                ByteBuf b = filled(60_000, i, false);
                sent.add(b);
                c.send(b);
            }
            for (ByteBuf b : sent) {
                awaitReleased(b);
            }
        }
    }

    @Test
    void whatHasComeBeforeTheHandlerComesFirstAndOneHandlerFollowsTheOther() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<RTCDataChannel> remote = remote(p);
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            RTCDataChannel far = await(remote);
            List<String> got = new CopyOnWriteArrayList<>();
            c.send("0");
            c.send("1");
            far.onMessageBuffer((data, binary) -> got.add("b" + data.toString(StandardCharsets.UTF_8)));
            int messages = 2;
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 50; i++) {
                    c.send(Integer.toString(messages++));
                }
                if (round % 2 == 0) {
                    far.onMessage(m -> got.add("m" + m.text()));
                    far.onMessageBuffer(null);
                } else {
                    far.onMessageBuffer((data, binary) -> got.add("b" + data.toString(StandardCharsets.UTF_8)));
                }
            }
            CompletableFuture<Void> last = new CompletableFuture<>();
            far.onMessageBuffer((data, binary) -> {
                got.add("b" + data.toString(StandardCharsets.UTF_8));
                if (data.toString(StandardCharsets.UTF_8).equals("last")) {
                    last.complete(null);
                }
            });
            c.send("last");
            await(last);
            for (int i = 0; i < messages; i++) {
                assertEquals(Integer.toString(i), got.get(i).substring(1), "in order, none twice and none lost");
            }
            assertTrue(got.get(0).startsWith("b"));
        }
    }

    @Test
    void whatAHandlerThrowsCostsItThatMessageOnly() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<Void> last = new CompletableFuture<>();
            p.b.onDataChannel(e -> e.channel().onMessageBuffer((data, binary) -> {
                if (data.readableBytes() == 1) {
                    last.complete(null);
                }
                throw new IllegalStateException("thrown on purpose");
            }));
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            // More than the receive buffer: each is given back to it.
            for (int i = 0; i < 40; i++) {
                c.send(Unpooled.wrappedBuffer(new byte[200_000]));
            }
            c.send(new byte[1]);
            await(last);
        }
    }

    @Test
    void streamsGetWhatComesAfterAHandlerOfBuffersWasCleared() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<RTCDataChannel> remote = remote(p);
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            RTCDataChannel far = await(remote);
            CompletableFuture<Void> first = new CompletableFuture<>();
            far.onMessageBuffer((data, binary) -> first.complete(null));
            c.send(new byte[] {1});
            await(first);
            far.onMessageBuffer(null);
            DataChannelStreams streams = far.openStreams();
            c.send(new byte[] {2, 3});
            assertEquals(2, streams.getInputStream().read());
            assertEquals(3, streams.getInputStream().read());
        }
    }

    @Test
    void aHandlerThatIsClearedBeforeItIsCalledLosesNothing() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<RTCDataChannel> remote = remote(p);
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            RTCDataChannel far = await(remote);
            List<String> got = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> last = new CompletableFuture<>();
            c.send("held");
            while (await(p.b.getStats()).ofType("data-channel").stream()
                    .noneMatch(d -> ((Number) d.get("messagesReceived")).intValue() == 1)) {
                Thread.sleep(1); // until it has come, and is held for the first handler
            }
            CompletableFuture<Void> cleared = new CompletableFuture<>();
            // In one task, so that what the first of these asks for comes after the second.
            far.post(() -> {
                far.onMessageBuffer((data, binary) -> got.add("not to be called"));
                far.onMessageBuffer(null);
                far.post(() -> cleared.complete(null));
            });
            await(cleared);
            far.onMessage(m -> {
                got.add(m.text());
                if (m.text().equals("last")) {
                    last.complete(null);
                }
            });
            c.send("last");
            await(last);
            assertEquals(List.of("held", "last"), got);
        }
    }

    @Test
    void streamsAndAHandlerOfBuffersExcludeEachOther() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel c = p.a.createDataChannel("c");
            c.onMessageBuffer((data, binary) -> {});
            assertThrows(RTCException.class, c::openStreams);
            assertThrows(RTCException.class, c::openPublisher);
            c.onMessageBuffer(null);
            c.openStreams();
            assertThrows(RTCException.class, () -> c.onMessageBuffer((data, binary) -> {}));
        }
    }
}
