package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** sendAsync, and channels as streams. */
@Timeout(60)
class MovingDataTest {

    @Test
    void sendAsyncKeepsOnlySoMuchWaitingAndAllArrivesInOrder() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<Void> all = new CompletableFuture<>();
            int[] next = {0};
            p.b.onDataChannel(e -> e.channel().onMessage(m -> {
                assertEquals(next[0]++, m.bytes().getInt(0));
                if (next[0] == 3_000) {
                    all.complete(null);
                }
            }));
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            long most = 0;
            for (int i = 0; i < 3_000; i++) {
                byte[] message = new byte[20_000];
                ByteBuffer.wrap(message).putInt(i);
                c.sendAsync(message).get(20, TimeUnit.SECONDS);
                most = Math.max(most, c.getBufferedAmount());
            }
            await(all);
            assertTrue(most <= RTCDataChannel.SEND_AHEAD + 20_000, "buffered " + most);
        }
    }

    @Test
    void sendAsyncFailsAsSendDoes() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            p.b.onDataChannel(e -> e.channel().openStreams()); // and nobody reads
            RTCDataChannel c = p.a.createDataChannel("c");
            ExecutionException early = assertThrows(
                    ExecutionException.class, () -> c.sendAsync("early").get(1, TimeUnit.SECONDS));
            assertEquals("InvalidStateError", ((RTCException) early.getCause()).getName());
            p.negotiate();
            await(opened(c));
            ExecutionException large = assertThrows(
                    ExecutionException.class,
                    () -> c.sendAsync(new byte[10 << 20]).get(1, TimeUnit.SECONDS));
            assertTrue(large.getCause() instanceof RTCTypeError);
            List<CompletableFuture<Void>> futures = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                futures.add(c.sendAsync(new byte[500_000])); // without waiting: 100 MB
            }
            assertTrue(futures.get(0).isDone() && !futures.get(0).isCompletedExceptionally());
            // Not the last of all: while the peer's window fills, some leave and make room for later ones.
            CompletableFuture<Void> refused = futures.stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .findFirst()
                    .orElseThrow();
            ExecutionException full = assertThrows(ExecutionException.class, refused::get);
            assertEquals("OperationError", ((RTCException) full.getCause()).getName());
            c.close();
            ExecutionException closed = assertThrows(
                    ExecutionException.class, () -> futures.get(100).get(5, TimeUnit.SECONDS));
            assertEquals("InvalidStateError", ((RTCException) closed.getCause()).getName());
        }
    }

    @Test
    void twentyMegabytesGoThroughAChannelAsAStreamAndItsEndIsSeen() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<DataChannelStreams> far = new CompletableFuture<>();
            p.b.onDataChannel(e -> far.complete(e.channel().openStreams()));
            RTCDataChannel c = p.a.createDataChannel("c");
            DataChannelStreams near = c.openStreams();
            p.negotiate();
            await(opened(c));
            MessageDigest sent = MessageDigest.getInstance("SHA-256");
            MessageDigest received = MessageDigest.getInstance("SHA-256");
            Thread writer = new Thread(() -> {
                byte[] b = new byte[77_777];
                Random random = new Random(1);
                try (OutputStream out = new DigestOutputStream(near.getOutputStream(), sent)) {
                    for (int i = 0; i < 260; i++) {
                        random.nextBytes(b);
                        out.write(b, 0, 1 + random.nextInt(b.length));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            writer.start();
            long bytes = 0;
            try (InputStream in = new DigestInputStream(await(far).getInputStream(), received)) {
                byte[] b = new byte[10_000];
                for (int n = in.read(b); n >= 0; n = in.read(b)) {
                    bytes += n;
                }
            }
            writer.join();
            assertTrue(bytes > 5_000_000, bytes + " bytes");
            assertTrue(MessageDigest.isEqual(sent.digest(), received.digest()));
        }
    }

    @Test
    void readersAndWritersWakeWhenTheConnectionIsClosed() throws Exception {
        TwoPeers p = new TwoPeers();
        RTCDataChannel c = p.a.createDataChannel("c");
        p.b.onDataChannel(e -> e.channel().openStreams()); // and nobody reads
        DataChannelStreams near = c.openStreams();
        p.negotiate();
        await(opened(c));
        CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> {
            try {
                return near.getInputStream().read();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        CompletableFuture<IOException> write = CompletableFuture.supplyAsync(() -> {
            try {
                byte[] b = new byte[16_384];
                while (true) {
                    near.getOutputStream().write(b);
                }
            } catch (IOException e) {
                return e;
            }
        });
        p.close();
        assertEquals(-1, read.get(10, TimeUnit.SECONDS), "the end of the stream");
        write.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aReaderThatStopsReadingStopsTheWriter() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<DataChannelStreams> far = new CompletableFuture<>();
            p.b.onDataChannel(e -> far.complete(e.channel().openStreams()));
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            Stuck stuck = sendUntilStuck(c);
            assertTrue(stuck.messages < 500, stuck.messages + " messages were taken though nobody reads");
            assertFalse(stuck.last.isDone());
            InputStream in = await(far).getInputStream();
            assertTrue(in.available() <= (5 << 20), in.available() + " bytes are held");
            byte[] b = new byte[65_536];
            for (long read = 0; read < (stuck.messages + 1) * 16_384L; ) {
                read += in.read(b);
            }
            stuck.last.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void aPublisherHandsOverWhatIsRequestedAndASubscriberSendsWhatIsPublished() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<List<Integer>> received = new CompletableFuture<>();
            CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
            List<Integer> got = new CopyOnWriteArrayList<>();
            p.b.onDataChannel(e -> e.channel().openPublisher().subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription s) {
                    subscription.complete(s);
                }

                @Override
                public void onNext(MessageEvent m) {
                    got.add(m.bytes().getInt(0));
                    if (got.size() > 3) {
                        await(subscription).request(1);
                    }
                }

                @Override
                public void onError(Throwable cause) {
                    received.completeExceptionally(cause);
                }

                @Override
                public void onComplete() {
                    received.complete(got);
                }
            }));
            RTCDataChannel c = p.a.createDataChannel("c");
            assertEquals(
                    "InvalidStateError",
                    assertThrows(RTCException.class, () -> {
                                c.openPublisher();
                                c.openStreams();
                            })
                            .getName());
            p.negotiate();
            await(opened(c));
            try (SubmissionPublisher<ByteBuffer> source = new SubmissionPublisher<>()) {
                source.subscribe(c.newSubscriber());
                await(subscription).request(3);
                for (int i = 0; i < 2_000; i++) {
                    source.submit(ByteBuffer.allocate(5_000).putInt(0, i)); // waits while the channel takes no more
                    if (i == 1_000) {
                        await(subscription).request(1);
                    }
                }
            }
            assertEquals(IntStream.range(0, 2_000).boxed().toList(), received.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void aSubscriberThatRequestsNothingStopsTheSenderAndOneThatCancelsLetsItGoOn() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
            CompletableFuture<Throwable> failed = new CompletableFuture<>();
            p.b.onDataChannel(e -> e.channel().openPublisher().subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription s) {
                    subscription.complete(s);
                }

                @Override
                public void onNext(MessageEvent m) {
                    failed.complete(new AssertionError("nothing was requested"));
                }

                @Override
                public void onError(Throwable cause) {
                    failed.complete(cause);
                }

                @Override
                public void onComplete() {
                    failed.complete(new AssertionError("it was cancelled"));
                }
            }));
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            Stuck stuck = sendUntilStuck(c);
            assertTrue(stuck.messages < 500, stuck.messages + " messages were taken though nobody requests any");
            await(subscription).cancel();
            stuck.last.get(5, TimeUnit.SECONDS);
            assertFalse(failed.isDone());
        }
    }

    @Test
    void aChannelIsAByteChannel() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<DataChannelStreams> far = new CompletableFuture<>();
            p.b.onDataChannel(e -> far.complete(e.channel().openStreams()));
            RTCDataChannel c = p.a.createDataChannel("c");
            ByteChannel near = c.openStreams().getByteChannel();
            p.negotiate();
            await(opened(c));
            byte[] sent = new byte[100_000];
            new Random(2).nextBytes(sent);
            assertEquals(sent.length, near.write(ByteBuffer.wrap(sent)));
            ByteBuffer direct = ByteBuffer.allocateDirect(60_000);
            ByteBuffer heap = ByteBuffer.allocate(40_000);
            ByteChannel there = await(far).getByteChannel();
            while (direct.hasRemaining()) {
                assertTrue(there.read(direct) > 0);
            }
            while (heap.hasRemaining()) {
                assertTrue(there.read(heap) > 0);
            }
            near.close();
            assertEquals(-1, there.read(ByteBuffer.allocate(1)));
            assertThrows(ClosedChannelException.class, () -> near.write(ByteBuffer.allocate(1)));
            byte[] got = new byte[sent.length];
            direct.flip().get(got, 0, 60_000);
            heap.flip().get(got, 60_000, 40_000);
            assertArrayEquals(sent, got);
        }
    }

    @Test
    void bothBuffersOfAConnectionAreBoundedAsItsFactorySays() throws Exception {
        assertThrows(
                IllegalArgumentException.class,
                () -> RTCPeerConnectionFactory.builder().dataSendBuffer(1_000));
        assertThrows(
                IllegalArgumentException.class,
                () -> RTCPeerConnectionFactory.builder().dataReceiveBuffer(1_000));
        try (RTCPeerConnectionFactory factory = RTCPeerConnectionFactory.builder()
                        .includeLoopback(true)
                        .dataSendBuffer(3 << 20)
                        .dataReceiveBuffer(2 << 20)
                        .build();
                TwoPeers p = new TwoPeers(factory)) {
            CompletableFuture<InputStream> far = new CompletableFuture<>();
            p.b.onDataChannel(e -> far.complete(e.channel().openStreams().getInputStream()));
            RTCDataChannel one = p.a.createDataChannel("one");
            RTCDataChannel two = p.a.createDataChannel("two");
            p.negotiate();
            await(opened(one));
            await(opened(two));
            int[] sent = {0};
            RTCException full = assertThrows(RTCException.class, () -> {
                while (sent[0] < 1_000) {
                    (sent[0] % 2 == 0 ? one : two).send(new byte[100_000]);
                    sent[0]++;
                }
            });
            assertEquals("OperationError", full.getName());
            assertTrue(one.getBufferedAmount() + two.getBufferedAmount() <= 3 << 20);
            assertTrue(sent[0] <= 55, sent[0] + " messages in 3 MiB here and 2 MiB there");
            assertTrue(await(far).available() <= 2 << 20);
        }
    }

    @Test
    void thePeerKnowsTheChannelsPriority() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<RTCDataChannel> far = new CompletableFuture<>();
            p.b.onDataChannel(e -> far.complete(e.channel()));
            assertEquals(
                    RTCPriorityType.LOW,
                    p.a.createDataChannel(
                                    "by default",
                                    RTCDataChannelInit.builder()
                                            .negotiated(true)
                                            .id(7)
                                            .build())
                            .getPriority());
            RTCDataChannel c = p.a.createDataChannel(
                    "c",
                    RTCDataChannelInit.builder().priority(RTCPriorityType.HIGH).build());
            p.negotiate();
            assertEquals(RTCPriorityType.HIGH, await(far).getPriority());
            assertEquals(RTCPriorityType.HIGH, c.getPriority());
        }
    }

    @Test
    void statisticsShowWindowRoundTripAndRetransmissions() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            c.send("hello");
            RTCStats s = await(p.a.getStats()).values().stream()
                    .filter(x -> x.type().equals("sctp-transport"))
                    .findFirst()
                    .orElseThrow();
            assertTrue((Long) s.get("congestionWindow") >= 4 * 1_160);
            assertTrue((Long) s.get("receiverWindow") > 1 << 20);
            assertEquals(0L, s.get("retransmittedChunks"));
            assertTrue((Long) s.get("mtu") >= 1_160);
            assertTrue(await(p.a.getStats()).containsKey(s.get("transportId")));
        }
    }

    /** The message that was not taken, and how many were before it. */
    private record Stuck(int messages, CompletableFuture<Void> last) {}

    /** Sends up to 32 MB, against a window of 4 and a megabyte ahead, until a message is not taken for a second. */
    private static Stuck sendUntilStuck(RTCDataChannel c) throws Exception {
        for (int messages = 0; messages < 2_000; messages++) {
            CompletableFuture<Void> sent = c.sendAsync(new byte[16_384]);
            try {
                sent.get(1, TimeUnit.SECONDS);
            } catch (java.util.concurrent.TimeoutException e) {
                return new Stuck(messages, sent);
            }
        }
        throw new AssertionError("all were taken");
    }
}
