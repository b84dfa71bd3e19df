package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ZeroCopyTest {
    private static final int LENGTH = 50_000;

    private static ByteBuffer[] buffers() {
        return new ByteBuffer[] {
            ByteBuffer.allocateDirect(LENGTH),
            ByteBuffer.allocate(LENGTH),
            ByteBuffer.allocate(LENGTH + 200).position(200).slice(),
            ByteBuffer.allocateDirect(LENGTH + 4_096).position(4_096)
        };
    }

    /** The number of the message in every word. */
    private static void fill(ByteBuffer b, int number) {
        for (int at = b.position(); at + 4 <= b.limit(); at += 4) {
            b.putInt(at, number);
        }
    }

    /** Completes when so many messages have come to b, each of {@code length} bytes with its number in every word. */
    private static CompletableFuture<Void> received(TwoPeers p, int messages, int length) {
        CompletableFuture<Void> all = new CompletableFuture<>();
        int[] next = {0};
        p.b.onDataChannel(e -> e.channel().onMessage(m -> {
            ByteBuffer b = m.bytes();
            boolean right = b.remaining() == length;
            while (right && b.remaining() >= 4) {
                right = b.getInt() == next[0];
            }
            if (!right) {
                all.completeExceptionally(new AssertionError("message " + next[0] + " is not what was sent"));
            } else if (++next[0] == messages) {
                all.complete(null);
            }
        }));
        return all;
    }

    @Test
    void aBufferMayBeFilledAgainWhenItsFutureIsComplete() throws Exception {
        int messages = 400;
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<Void> all = received(p, messages, LENGTH);
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            ByteBuffer[] buffers = buffers();
            List<CompletableFuture<Void>> free = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                if (i >= buffers.length) {
                    await(free.get(i - buffers.length));
                }
                ByteBuffer b = buffers[i % buffers.length];
                fill(b, i);
                int position = b.position();
                free.add(c.sendZeroCopy(i % 2 == 0 ? b : b.asReadOnlyBuffer()));
                assertEquals(position, b.position());
            }
            await(all);
            free.forEach(TwoPeers::await);
            assertEquals(0, c.getBufferedAmount());
        }
    }

    @Test
    void nettysPooledBuffersGoOutUncopiedAndAllComeBackToTheirPool() throws Exception {
        PooledByteBufAllocator pool = new PooledByteBufAllocator(true);
        int messages = 200;
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<Void> all = received(p, messages, 20_000);
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            List<ByteBuf> buffers = new ArrayList<>();
            List<CompletableFuture<Void>> released = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                ByteBuf buf = pool.directBuffer(20_000);
                for (int word = 0; word < 5_000; word++) {
                    buf.writeInt(i);
                }
                buffers.add(buf);
                released.add(c.sendZeroCopy(buf.nioBuffer()).whenComplete((v, e) -> buf.release()));
            }
            await(all);
            released.forEach(TwoPeers::await);
            buffers.forEach(b -> assertEquals(0, b.refCnt()));
        }
    }

    @Test
    void anEmptyMessageAndOneThatCannotBeSentFreeTheirBuffersToo() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel c = p.a.createDataChannel("c");
            assertEquals(
                    "InvalidStateError",
                    failure(c.sendZeroCopy(ByteBuffer.allocate(1))).getName());
            p.negotiate();
            await(opened(c));
            await(c.sendZeroCopy(ByteBuffer.allocateDirect(0)));
            ExecutionException e = assertThrows(
                    ExecutionException.class,
                    () -> c.sendZeroCopy(ByteBuffer.allocate(10 << 20)).get(1, TimeUnit.SECONDS));
            assertTrue(e.getCause() instanceof RTCTypeError);
        }
    }

    private static RTCException failure(CompletableFuture<Void> f) {
        return assertThrows(RTCException.class, () -> await(f));
    }

    @Test
    void theEndOfTheConnectionFreesWhatThePeerHasNotTaken() throws Exception {
        List<CompletableFuture<Void>> free = new ArrayList<>();
        try (TwoPeers p = new TwoPeers()) {
            p.b.onDataChannel(e -> e.channel().openStreams()); // and nobody reads
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            for (int i = 0; i < 200; i++) {
                free.add(c.sendZeroCopy(ByteBuffer.allocateDirect(LENGTH)));
            }
            await(free.get(0));
            assertFalse(free.get(199).isDone(), "the peer's window is not so large");
            p.a.close();
            await(p.a.closed());
        }
        assertEquals("OperationError", failure(free.get(199)).getName());
        free.forEach(f -> assertTrue(f.isDone(), "all are free when the connection is closed"));
    }

    @Test
    void buffersAreFreedWhereTheExecutorTakesNoTasksAnyMore() throws Exception {
        AtomicBoolean refuses = new AtomicBoolean();
        RTCPeerConnectionFactory factory = RTCPeerConnectionFactory.builder()
                .includeLoopback(true)
                .executor(task -> {
                    if (refuses.get()) {
                        throw new RejectedExecutionException("shut down");
                    }
                    new Thread(task).start();
                })
                .build();
        try (factory;
                TwoPeers p = new TwoPeers(factory)) {
            p.b.onDataChannel(e -> e.channel().openStreams());
            RTCDataChannel c = p.a.createDataChannel("c");
            p.negotiate();
            await(opened(c));
            List<CompletableFuture<Void>> free = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                free.add(c.sendZeroCopy(ByteBuffer.allocateDirect(LENGTH)));
            }
            await(free.get(0));
            refuses.set(true);
            p.b.close(); // the next event of a finds nobody to run it
            assertEquals("OperationError", failure(free.get(199)).getName());
        }
    }
}
