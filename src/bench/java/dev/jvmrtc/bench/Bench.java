package dev.jvmrtc.bench;

import dev.jvmrtc.DataCongestionControl;
import dev.jvmrtc.RTCConfiguration;
import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCIceCandidate;
import dev.jvmrtc.RTCIceCandidateInit;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.RTCSessionDescription;
import dev.jvmrtc.srtp.SrtpReceiver;
import dev.jvmrtc.srtp.SrtpSender;
import dev.jvmrtc.srtp.SrtpSuite;
import dev.jvmrtc.wire.Bytes;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Measurements, one JSON line each: peer, version, metric, value, unit, details. Both peers live in this process and
 * talk over loopback.
 *
 * <p>Arguments: any of {@code connect rtt dc64k dc1200 srtp dc64kzero dc64krecv dc1200recv dc64kbuffers dc1200buffers
 * many shared lossy}; the first five without any. {@code dc64kzero} is {@code dc64k} by {@code sendZeroCopy}.
 * {@code many} is 100 idle pairs, {@code shared} 1,000 whose answering side shares one UDP port. {@code lossy} needs a
 * path of its own, see side-by-side; the environment variable {@code CONTROL} chooses who controls congestion there,
 * {@code EXECUTOR=default} takes the library's own executor for all but it.
 */
public final class Bench {
    private static final RTCPeerConnectionFactory FACTORY = factory().build();
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    private static final com.sun.management.OperatingSystemMXBean OS = (com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean();

    private static final String NEAR = "10.98.0.1";
    private static final String FAR = "10.98.0.2";

    private static RTCPeerConnectionFactory.Builder factory() {
        RTCPeerConnectionFactory.Builder b = RTCPeerConnectionFactory.builder();
        return "default".equals(System.getenv("EXECUTOR")) ? b : b.executor(Runnable::run);
    }

    public static void main(String[] args) throws Exception {
        for (String m : args.length == 0 ? new String[] {"connect", "rtt", "dc64k", "dc1200", "srtp"} : args) {
            switch (m) {
                case "connect" -> connect();
                case "rtt" -> roundTrip();
                case "dc64k" -> throughput(65_536, "dc64k");
                case "dc64kzero" -> zeroCopy(65_536, "dc64kzero");
                case "dc1200" -> throughput(1_200, "dc1200");
                case "dc64krecv" -> receive(65_536, "dc64krecv");
                case "dc1200recv" -> receive(1_200, "dc1200recv");
                case "dc64kbuffers" -> receiveBuffers(65_536, "dc64kbuffers");
                case "dc1200buffers" -> receiveBuffers(1_200, "dc1200buffers");
                case "srtp" -> srtp();
                case "many" -> many(100, FACTORY, "many100");
                case "shared" -> {
                    try (RTCPeerConnectionFactory server = RTCPeerConnectionFactory.builder()
                            .executor(Runnable::run)
                            .sharedUdpPort(0)
                            .build()) {
                        many(1_000, server, "shared1000");
                    }
                }
                case "lossy" -> lossy();
                default -> throw new IllegalArgumentException("no metric " + m);
            }
        }
        System.exit(0);
    }

    private static void emit(String metric, double value, String unit, String details) {
        System.out.printf(
                Locale.ROOT,
                "{\"peer\":\"" + System.getenv().getOrDefault("PEER_NAME", "jvmrtc")
                        + "\",\"version\":\"0.1.0\",\"metric\":\"%s\",\"value\":%.4f,\"unit\":\"%s\",\"details\":{%s}}%n",
                metric,
                value,
                unit,
                details);
    }

    /** Two connections with an open channel. */
    private static final class Pair {
        final RTCPeerConnection a;
        final RTCPeerConnection b;
        final RTCDataChannel channel;
        final CompletableFuture<RTCDataChannel> remote = new CompletableFuture<>();

        Pair() throws Exception {
            this(FACTORY);
        }

        /** @param server makes the answering side */
        Pair(RTCPeerConnectionFactory server) throws Exception {
            this(FACTORY, server, text -> text);
        }

        /** @param signalling changes what each side is told of the other */
        Pair(RTCPeerConnectionFactory client, RTCPeerConnectionFactory server, UnaryOperator<String> signalling)
                throws Exception {
            a = client.createPeerConnection(RTCConfiguration.builder().build());
            b = server.createPeerConnection(RTCConfiguration.builder().build());
            carry(a, b, signalling);
            carry(b, a, signalling);
            b.onDataChannel(e -> remote.complete(e.channel()));
            channel = a.createDataChannel("bench");
            CountDownLatch open = new CountDownLatch(1);
            channel.onOpen(e -> open.countDown());
            a.setLocalDescription()
                    .thenCompose(v -> b.setRemoteDescription(told(a.getLocalDescription(), signalling)))
                    .thenCompose(v -> b.setLocalDescription())
                    .thenCompose(v -> a.setRemoteDescription(told(b.getLocalDescription(), signalling)));
            if (!open.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("not open after 20 s: " + a + " " + b);
            }
            remote.get(20, TimeUnit.SECONDS);
        }

        private static void carry(RTCPeerConnection from, RTCPeerConnection to, UnaryOperator<String> signalling) {
            from.onIceCandidate(e -> {
                if (e.candidate() != null) {
                    RTCIceCandidate c = e.candidate();
                    to.addIceCandidate(new RTCIceCandidateInit(
                            signalling.apply(c.getCandidate()),
                            c.getSdpMid(),
                            c.getSdpMLineIndex(),
                            c.getUsernameFragment()));
                }
            });
        }

        private static RTCSessionDescription told(RTCSessionDescription d, UnaryOperator<String> signalling) {
            return new RTCSessionDescription(d.getType(), signalling.apply(d.getSdp()));
        }

        void close() throws Exception {
            a.close();
            b.close();
            a.closed().get(5, TimeUnit.SECONDS);
            b.closed().get(5, TimeUnit.SECONDS);
        }
    }

    private static void connect() throws Exception {
        int warmup = 300; // the JIT compiler needs a few hundred handshakes
        int n = 100;
        double[] ms = new double[n];
        for (int i = -warmup; i < n; i++) {
            long t = System.nanoTime();
            Pair p = new Pair();
            if (i >= 0) {
                ms[i] = (System.nanoTime() - t) / 1e6;
            }
            p.close();
        }
        Arrays.sort(ms);
        String d = String.format(
                Locale.ROOT, "\"n\":%d,\"warmup\":%d,\"min\":%.3f,\"max\":%.3f", n, warmup, ms[0], ms[n - 1]);
        emit("connect_ms_p50", ms[n / 2], "ms", d);
        emit("connect_ms_p95", ms[n * 95 / 100], "ms", d);
    }

    /** Pairs, 16 handshakes at a time, each with one open channel that nothing is sent on. */
    private static void many(int n, RTCPeerConnectionFactory server, String name) throws Exception {
        for (int i = Integer.getInteger("many.warmup", 20); i > 0; i--) {
            new Pair().close(); // by twenty classes are loaded, but nothing is compiled to speak of
        }
        System.gc();
        long rss = residentKiB();
        long cpu = OS.getProcessCpuTime();
        long begin = System.nanoTime();
        ExecutorService sixteen = Executors.newFixedThreadPool(16);
        List<Future<Pair>> making = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            making.add(sixteen.submit(() -> new Pair(server)));
        }
        List<Pair> pairs = new ArrayList<>();
        for (Future<Pair> f : making) {
            pairs.add(f.get());
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        sixteen.shutdown();
        String threads = "\"pairs\":" + n + ",\"threads\":" + Thread.activeCount();
        emit(
                name + "_setup_s",
                seconds,
                "s",
                threads
                        + String.format(
                                Locale.ROOT,
                                ",\"concurrent\":16,\"cpu_ms_per_pair\":%.3f",
                                (OS.getProcessCpuTime() - cpu) / 1e6 / n));
        System.gc();
        TimeUnit.SECONDS.sleep(2); // as the other programs do, so that what starts up has settled
        emit(
                name + "_rss_KiB_per_pair",
                (residentKiB() - rss) / (double) n,
                "KiB",
                "\"rss_start_KiB\":" + rss + ",\"rss_end_KiB\":" + residentKiB());
        idle(name + "_idle_cpu_pct", threads);
        TimeUnit.SECONDS.sleep(20);
        idle(name + "_idle_cpu_pct_settled", threads); // what the optimizing compiler had queued up is done by now
        for (Pair p : pairs) {
            p.close();
        }
    }

    /** What ten seconds cost in which nothing is sent. */
    private static void idle(String name, String details) throws InterruptedException {
        long cpu = OS.getProcessCpuTime();
        long begin = System.nanoTime();
        TimeUnit.SECONDS.sleep(10);
        emit(name, (OS.getProcessCpuTime() - cpu) * 100.0 / (System.nanoTime() - begin), "%", details);
    }

    /** Of this process, as Linux tells it. */
    private static long residentKiB() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    private static void roundTrip() throws Exception {
        Pair p = new Pair();
        RTCDataChannel far = p.remote.get();
        far.onMessage(m -> far.send(m.bytes()));
        int warmup = Integer.getInteger("rtt.warmup", 200_000); // until the JIT compiler leaves the cores alone
        int n = 10_000;
        double[] us = new double[n];
        long[] start = new long[1];
        int[] i = {-warmup};
        CountDownLatch done = new CountDownLatch(1);
        byte[] ping = new byte[64];
        p.channel.onMessage(m -> {
            long now = System.nanoTime();
            if (i[0] >= 0) {
                us[i[0]] = (now - start[0]) / 1e3;
            }
            if (++i[0] == n) {
                done.countDown();
                return;
            }
            start[0] = System.nanoTime();
            p.channel.send(ping);
        });
        start[0] = System.nanoTime();
        p.channel.send(ping);
        done.await();
        Arrays.sort(us);
        emit("dc_rtt_us_p50", us[n / 2], "us", "\"n\":" + n);
        emit("dc_rtt_us_p99", us[n * 99 / 100], "us", "\"n\":" + n);
        p.close();
    }

    /**
     * Over a path that leads from 10.98.0.1 to 10.98.0.2 and back to 10.98.0.1, with losses and a delay on the way:
     * each side is told that the other is at the second address. The variable BENCH_LOSSY names the metric.
     */
    private static void lossy() throws Exception {
        DataCongestionControl control =
                DataCongestionControl.valueOf(System.getenv().getOrDefault("CONTROL", "CONSERVATIVE"));
        try (RTCPeerConnectionFactory factory = factory()
                .activeTcp(false)
                .addressFilter(a -> a.getHostAddress().equals(NEAR))
                .dataCongestionControl(control)
                .build()) {
            Pair p = new Pair(factory, factory, text -> text.replace(NEAR, FAR));
            throughput(
                    p,
                    16_384,
                    System.getenv("BENCH_LOSSY") + "_" + control.name().toLowerCase(Locale.ROOT),
                    Integer.getInteger("lossy.warmup", 5),
                    Integer.getInteger("lossy.seconds", 30));
        }
    }

    private static void throughput(int size, String metric) throws Exception {
        throughput(new Pair(), size, metric, 5, 10);
    }

    private static void throughput(Pair p, int size, String metric, int warmup, int duration) throws Exception {
        byte[] message = new byte[size];
        throughput(p, size, metric, warmup, duration, () -> p.channel.send(message));
    }

    /** From as many buffers as are on their way, each used again when it is free. */
    private static void zeroCopy(int size, String metric) throws Exception {
        Pair p = new Pair();
        ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
        throughput(p, size, metric, 5, 10, () -> {
            ByteBuffer b;
            synchronized (free) {
                b = free.isEmpty() ? ByteBuffer.allocateDirect(size) : free.poll();
            }
            p.channel.sendZeroCopy(b).whenComplete((v, e) -> {
                synchronized (free) {
                    free.add(b);
                }
            });
        });
    }

    private static void throughput(Pair p, int size, String metric, int warmup, int duration, Runnable send)
            throws Exception {
        long[] received = new long[1];
        p.remote.get().onMessage(m -> received[0] += m.bytes().remaining());
        Runnable pump = () -> {
            while (p.channel.getBufferedAmount() < 4 << 20) {
                send.run();
            }
        };
        p.channel.setBufferedAmountLowThreshold(1 << 20);
        p.channel.onBufferedAmountLow(e -> pump.run());
        pump.run();
        TimeUnit.SECONDS.sleep(warmup);
        long before = received[0];
        long allocated = allocated();
        long cpu = OS.getProcessCpuTime();
        long t = System.nanoTime();
        TimeUnit.SECONDS.sleep(duration);
        double seconds = (System.nanoTime() - t) / 1e9;
        double bytes = received[0] - before;
        double cpuSeconds = (OS.getProcessCpuTime() - cpu) / 1e9;
        emit(
                metric + "_alloc_B_per_msg",
                (allocated() - allocated) / (bytes / size),
                "B",
                "\"msg_bytes\":" + size + ",\"what\":\"heap allocated by all threads, both ends\"");
        emit(metric + "_MBps", bytes / seconds / 1e6, "MB/s", "\"msg_bytes\":" + size);
        emit(metric + "_cpu_s_per_GB", cpuSeconds / (bytes / 1e9), "s/GB", "\"msg_bytes\":" + size);
        p.close();
    }

    /** What the receiver alone allocates: its tasks run on its event loop. */
    private static void receive(int size, String metric) throws Exception {
        try (RTCPeerConnectionFactory server = RTCPeerConnectionFactory.builder()
                .executor(Runnable::run)
                .eventLoops(1)
                .build()) {
            Pair p = new Pair(server);
            AtomicLong received = new AtomicLong();
            AtomicLong thread = new AtomicLong();
            p.remote.get().onMessage(m -> {
                thread.set(Thread.currentThread().getId());
                received.addAndGet(m.bytes().remaining());
            });
            receive(p, size, metric, received, thread);
        }
    }

    /** The same where it takes messages as counted buffers, and they are sent as such. */
    private static void receiveBuffers(int size, String metric) throws Exception {
        try (RTCPeerConnectionFactory server = RTCPeerConnectionFactory.builder()
                .executor(Runnable::run)
                .eventLoops(1)
                .build()) {
            Pair p = new Pair(server);
            AtomicLong received = new AtomicLong();
            AtomicLong thread = new AtomicLong();
            p.remote.get().onMessageBuffer((data, binary) -> {
                thread.set(Thread.currentThread().getId());
                received.addAndGet(data.readableBytes());
            });
            receive(p, size, metric, received, thread);
        }
    }

    private static void receive(Pair p, int size, String metric, AtomicLong received, AtomicLong thread)
            throws Exception {
        byte[] message = new byte[size];
        Runnable pump = () -> {
            while (p.channel.getBufferedAmount() < 4 << 20) {
                p.channel.send(message);
            }
        };
        p.channel.setBufferedAmountLowThreshold(1 << 20);
        p.channel.onBufferedAmountLow(e -> pump.run());
        pump.run();
        TimeUnit.SECONDS.sleep(5);
        long before = received.get();
        long allocated = THREADS.getThreadAllocatedBytes(thread.get());
        TimeUnit.SECONDS.sleep(5);
        double messages = (received.get() - before) / (double) size;
        emit(
                metric + "_alloc_B_per_msg",
                (THREADS.getThreadAllocatedBytes(thread.get()) - allocated) / messages,
                "B",
                "\"msg_bytes\":" + size + ",\"what\":\"heap allocated by the receiver\",\"MBps\":"
                        + messages * size / 5e6);
        p.close();
    }

    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(n -> n > 0)
                .sum();
    }

    private static void srtp() {
        for (SrtpSuite suite : new SrtpSuite[] {SrtpSuite.AES_CM_128_HMAC_SHA1_80, SrtpSuite.AEAD_AES_128_GCM}) {
            SrtpSender sender = new SrtpSender(suite, new byte[suite.keyLength()], new byte[suite.saltLength()]);
            SrtpReceiver receiver = new SrtpReceiver(suite, new byte[suite.keyLength()], new byte[suite.saltLength()]);
            byte[] p = new byte[1_300];
            p[0] = (byte) 0x80;
            double best = 0;
            int sequence = 0;
            long thread = Thread.currentThread().getId();
            long allocated = 0;
            long cpu = 0;
            for (int round = 0; round < 8; round++) {
                int n = 200_000;
                allocated = THREADS.getThreadAllocatedBytes(thread);
                cpu = THREADS.getThreadCpuTime(thread);
                long t = System.nanoTime();
                for (int i = 0; i < n; i++) {
                    Bytes.put16(p, 2, sequence++ & 0xffff);
                    int length = sender.protectRtp(p, 0, 1_212).length();
                    if (receiver.unprotectRtp(0, p, 0, length) != 1_212) {
                        throw new IllegalStateException("a packet did not come back");
                    }
                }
                best = Math.max(best, n * 1e9 / (System.nanoTime() - t));
                allocated = (THREADS.getThreadAllocatedBytes(thread) - allocated) / n;
                cpu = (THREADS.getThreadCpuTime(thread) - cpu) / n;
            }
            String name = suite == SrtpSuite.AEAD_AES_128_GCM ? "gcm" : "cm";
            emit(
                    "srtp_" + name + "1200_pps",
                    best,
                    "packets/s",
                    "\"what\":\"protect and unprotect, one thread, best of 8 rounds\"");
            emit(
                    "srtp_" + name + "1200_cpu_ns",
                    cpu,
                    "ns",
                    "\"what\":\"processor time of a packet, both ways, the last round\"");
            emit(
                    "srtp_" + name + "1200_alloc_B",
                    allocated,
                    "B",
                    "\"what\":\"heap allocated for a packet, both ways, the last round\"");
        }
    }

    private Bench() {}
}
