package dev.jvmrtc.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.LentBytes;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventLoopTest {
    private final EventLoop loop = new EventLoop("test-loop");

    private static final class Alarm extends EventLoop.Timed {
        final CountDownLatch rung = new CountDownLatch(1);

        @Override
        protected void onDeadline(long nowNanos) {
            rung.countDown();
        }
    }

    @Test
    void noCommandIsLeftLyingWhileTheLoopGoesToSleepOrLooksForPackets() throws Exception {
        EventLoop other = new EventLoop("other-loop");
        UdpSocket b = echo(other);
        for (int round = 0; round < 40; round++) {
            UdpSocket a = echo(loop);
            if (round % 2 == 0) {
                // A packet flies to and fro, so that both loops sleep and look by turns; in every other round they only
                // sleep.
                loop.execute(() -> a.send(b.local(), new byte[] {1}, 0, 1));
            }
            for (int i = 0; i < 500; i++) {
                CountDownLatch done = new CountDownLatch(1);
                (i % 2 == 0 ? loop : other).execute(done::countDown);
                assertTrue(done.await(2, TimeUnit.SECONDS), "command " + i + " of round " + round + " was not run");
            }
            loop.execute(a::close);
        }
        other.execute(b::close);
    }

    private static UdpSocket echo(EventLoop on) throws Exception {
        CompletableFuture<UdpSocket> bound = new CompletableFuture<>();
        on.execute(() -> {
            try {
                bound.complete(UdpSocket.bind(
                        on,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        (now, socket, from, data) -> socket.send(from, data.array(), data.offset(), data.length())));
            } catch (IOException e) {
                bound.completeExceptionally(e);
            }
        });
        return bound.get(10, TimeUnit.SECONDS);
    }

    @Test
    void theLoopOutlivesEverythingThatIsThrownAndDoesTheRestOfItsTurn() throws Exception {
        Thread[] thread = new Thread[1];
        CountDownLatch begun = new CountDownLatch(1);
        loop.execute(() -> {
            loop.retain(1);
            thread[0] = Thread.currentThread();
            begun.countDown();
        });
        assertTrue(begun.await(10, TimeUnit.SECONDS));
        Alarm after = new Alarm();
        CountDownLatch rest = new CountDownLatch(6);
        UdpSocket[] socket = new UdpSocket[1];
        loop.execute(() -> {
            long now = System.nanoTime();
            loop.schedule(
                    new EventLoop.Timed() {
                        @Override
                        protected void onDeadline(long nowNanos) {
                            rest.countDown();
                            throw new OutOfMemoryError("of a deadline, on purpose");
                        }
                    },
                    now);
            loop.schedule(after, now + 1);
            loop.atEndOfTurn(at -> {
                rest.countDown();
                throw new StackOverflowError("at the end of a turn, on purpose");
            });
            loop.atEndOfTurn(at -> rest.countDown());
            loop.afterNextSelect(() -> {
                rest.countDown();
                throw new NoClassDefFoundError("after a selection, on purpose");
            });
            loop.afterNextSelect(rest::countDown);
            try {
                socket[0] = UdpSocket.bind(
                        loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), (at, s, from, data) -> {
                            rest.countDown();
                            throw new AssertionError("of a socket, on purpose");
                        });
                socket[0].send(socket[0].local(), new byte[] {1}, 0, 1);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            throw new OutOfMemoryError("of a command, on purpose");
        });
        assertTrue(rest.await(10, TimeUnit.SECONDS), rest.getCount() + " are missing");
        assertTrue(after.rung.await(10, TimeUnit.SECONDS));
        CompletableFuture<Thread> alive = new CompletableFuture<>();
        loop.execute(() -> {
            socket[0].close();
            loop.retain(-1);
            alive.complete(Thread.currentThread());
        });
        assertEquals(thread[0], alive.get(10, TimeUnit.SECONDS), "the same thread");
    }

    @Test
    void anInterruptThatACallbackLeavesBehindDoesNotKeepTheLoopFromSleeping() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        loop.execute(() -> {
            loop.retain(1);
            Thread.currentThread().interrupt();
            thread.complete(Thread.currentThread());
        });
        Thread t = thread.get(10, TimeUnit.SECONDS);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        loop.execute(() -> loop.afterNextSelect(
                () -> interrupted.complete(Thread.currentThread().isInterrupted())));
        assertEquals(
                false,
                interrupted.get(10, TimeUnit.SECONDS),
                "a selection with the flag set returns at once, again and again");
        loop.execute(() -> loop.retain(-1));
        assertTrue(t.isAlive());
    }

    @Test
    void commandsThatNeverEndKeepTheLoopNeitherFromItsTimersNorFromItsSockets() throws Exception {
        boolean[] stop = {false};
        Runnable[] again = new Runnable[1];
        again[0] = () -> {
            if (!stop[0]) {
                loop.execute(again[0]);
            }
        };
        Alarm alarm = new Alarm();
        CompletableFuture<Integer> received = new CompletableFuture<>();
        CompletableFuture<UdpSocket> bound = new CompletableFuture<>();
        loop.execute(() -> {
            loop.retain(1);
            loop.schedule(alarm, System.nanoTime() + 10_000_000);
            try {
                bound.complete(UdpSocket.bind(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        (now, socket, from, data) -> received.complete(data.length())));
            } catch (IOException e) {
                bound.completeExceptionally(e);
            }
            again[0].run();
        });
        UdpSocket socket = bound.get(10, TimeUnit.SECONDS);
        try (java.net.DatagramSocket s = new java.net.DatagramSocket()) {
            s.send(new java.net.DatagramPacket(new byte[5], 5, socket.local()));
        }
        assertEquals(5, received.get(10, TimeUnit.SECONDS));
        assertTrue(alarm.rung.await(10, TimeUnit.SECONDS));
        loop.execute(() -> {
            stop[0] = true;
            socket.close();
            loop.retain(-1);
        });
        loop.close();
    }

    @Test
    void whatIsCancelledIsForgottenThoughItsTimeHasNotCome() throws Exception {
        Alarm[] alarm = {new Alarm()};
        WeakReference<Alarm> gone = new WeakReference<>(alarm[0]);
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(() -> {
            loop.retain(1);
            loop.schedule(alarm[0], System.nanoTime() + 3_600_000_000_000L);
            loop.schedule(alarm[0], System.nanoTime() + 1_800_000_000_000L); // a second entry
            loop.cancel(alarm[0]);
            alarm[0] = null;
            done.countDown();
        });
        assertTrue(done.await(10, TimeUnit.SECONDS));
        for (int i = 0; i < 100 && gone.get() != null; i++) {
            System.gc();
        }
        assertNull(gone.get());
        loop.execute(() -> loop.retain(-1));
        loop.close();
    }

    @Test
    void aStreamWhoseOtherEndDoesNotReadHoldsSoManyBytesAndDropsWholePackets() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> open = new CompletableFuture<>();
            CompletableFuture<Integer> taken = new CompletableFuture<>();
            TcpStream[] stream = new TcpStream[1];
            loop.execute(() -> {
                loop.retain(1);
                try {
                    stream[0] = TcpStream.connect(
                            loop,
                            null,
                            (InetSocketAddress) server.getLocalSocketAddress(),
                            null,
                            null,
                            Runnable::run,
                            new TcpStream.Handler() {
                                @Override
                                public void opened(long nowNanos) {
                                    open.complete(null);
                                }

                                @Override
                                public void received(long nowNanos, LentBytes bytes) {
                                    // nothing comes
                                }

                                @Override
                                public void closed(long nowNanos, String reason) {
                                    open.completeExceptionally(new IOException(reason));
                                }
                            });
                } catch (IOException e) {
                    open.completeExceptionally(e);
                }
            });
            Socket reader = server.accept();
            open.get(10, TimeUnit.SECONDS);
            byte[] packet = new byte[10_007];
            loop.execute(() -> {
                int n = 0;
                while (stream[0].send(packet, 0, packet.length)) {
                    n++;
                }
                taken.complete(n);
            });
            int packets = taken.get(10, TimeUnit.SECONDS);
            assertTrue(
                    packets * (long) packet.length >= TcpStream.MAX_WAITING_BYTES - packet.length,
                    packets + " packets");
            // What was taken comes whole, and nothing of what was not.
            long left = packets * (long) packet.length;
            byte[] b = new byte[65_536];
            while (left > 0) {
                int n = reader.getInputStream().read(b);
                assertTrue(n > 0);
                left -= n;
            }
            assertEquals(0, left);
            loop.execute(() -> {
                stream[0].close();
                loop.retain(-1);
            });
            assertEquals(-1, reader.getInputStream().read());
            reader.close();
            loop.close();
        }
    }
}
