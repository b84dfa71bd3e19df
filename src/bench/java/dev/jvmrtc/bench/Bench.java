package dev.jvmrtc.bench;

import dev.jvmrtc.RTCConfiguration;
import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.srtp.SrtpReceiver;
import dev.jvmrtc.srtp.SrtpSender;
import dev.jvmrtc.srtp.SrtpSuite;
import dev.jvmrtc.wire.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
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

/**
 * Measurements, one JSON line each: peer, version, metric, value, unit, details. Both peers live in this process and talk over loopback.
 *
 * <p>Arguments: any of {@code connect rtt dc64k dc1200 srtp many shared}; the first five without any. {@code many} is 100 idle pairs, {@code shared} 1,000 whose
 * answering side shares one UDP port.
 */
public final class Bench {
    private static final RTCPeerConnectionFactory FACTORY = RTCPeerConnectionFactory.builder().executor(Runnable::run).build();
    private static final com.sun.management.OperatingSystemMXBean OS =
        (com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean();

    public static void main(String[] args) throws Exception {
        for (String m : args.length == 0 ? new String[] {"connect", "rtt", "dc64k", "dc1200", "srtp"} : args) {
            switch (m) {
                case "connect" -> connect();
                case "rtt" -> roundTrip();
                case "dc64k" -> throughput(65_536, "dc64k");
                case "dc1200" -> throughput(1_200, "dc1200");
                case "srtp" -> srtp();
                case "many" -> many(100, FACTORY, "many100");
                case "shared" -> {
                    try (RTCPeerConnectionFactory server = RTCPeerConnectionFactory.builder().executor(Runnable::run).sharedUdpPort(0).build()) {
                        many(1_000, server, "shared1000");
                    }
                }
                default -> throw new IllegalArgumentException("no metric " + m);
            }
        }
        System.exit(0);
    }

    private static void emit(String metric, double value, String unit, String details) {
        System.out.printf(Locale.ROOT, "{\"peer\":\"jvmrtc\",\"version\":\"0.1.0\",\"metric\":\"%s\",\"value\":%.4f,\"unit\":\"%s\",\"details\":{%s}}%n", metric,
            value, unit, details);
    }

    /** Two connections with an open channel. */
    private static final class Pair {
        final RTCPeerConnection a = FACTORY.createPeerConnection(RTCConfiguration.builder().build());
        final RTCPeerConnection b;
        final RTCDataChannel channel;
        final CompletableFuture<RTCDataChannel> remote = new CompletableFuture<>();

        Pair() throws Exception {
            this(FACTORY);
        }

        /** @param server makes the answering side */
        Pair(RTCPeerConnectionFactory server) throws Exception {
            b = server.createPeerConnection(RTCConfiguration.builder().build());
            a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
            b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
            b.onDataChannel(e -> remote.complete(e.channel()));
            channel = a.createDataChannel("bench");
            CountDownLatch open = new CountDownLatch(1);
            channel.onOpen(e -> open.countDown());
            a.setLocalDescription().thenCompose(v -> b.setRemoteDescription(a.getLocalDescription())).thenCompose(v -> b.setLocalDescription())
                .thenCompose(v -> a.setRemoteDescription(b.getLocalDescription()));
            if (!open.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("not open after 20 s: " + a + " " + b);
            }
            remote.get(20, TimeUnit.SECONDS);
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
        String d = String.format(Locale.ROOT, "\"n\":%d,\"warmup\":%d,\"min\":%.3f,\"max\":%.3f", n, warmup, ms[0], ms[n - 1]);
        emit("connect_ms_p50", ms[n / 2], "ms", d);
        emit("connect_ms_p95", ms[n * 95 / 100], "ms", d);
    }

    /** Pairs, 16 handshakes at a time, each with one open channel that nothing is sent on. */
    private static void many(int n, RTCPeerConnectionFactory server, String name) throws Exception {
        for (int i = 0; i < 20; i++) {
            new Pair().close(); // classes are loaded, nothing is compiled to speak of
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
        emit(name + "_setup_s", seconds, "s", threads + String.format(Locale.ROOT, ",\"concurrent\":16,\"cpu_ms_per_pair\":%.3f", (OS.getProcessCpuTime() - cpu) / 1e6 / n));
        System.gc();
        TimeUnit.SECONDS.sleep(2); // as the other programs do, so that what starts up has settled
        emit(name + "_rss_KiB_per_pair", (residentKiB() - rss) / (double) n, "KiB", "\"rss_start_KiB\":" + rss + ",\"rss_end_KiB\":" + residentKiB());
        cpu = OS.getProcessCpuTime();
        begin = System.nanoTime();
        TimeUnit.SECONDS.sleep(10);
        emit(name + "_idle_cpu_pct", (OS.getProcessCpuTime() - cpu) * 100.0 / (System.nanoTime() - begin), "%", threads);
        for (Pair p : pairs) {
            p.close();
        }
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
        int warmup = 20_000;
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

    private static void throughput(int size, String metric) throws Exception {
        Pair p = new Pair();
        long[] received = new long[1];
        p.remote.get().onMessage(m -> received[0] += m.bytes().remaining());
        byte[] message = new byte[size];
        Runnable pump = () -> {
            while (p.channel.getBufferedAmount() < 4 << 20) {
                p.channel.send(message);
            }
        };
        p.channel.setBufferedAmountLowThreshold(1 << 20);
        p.channel.onBufferedAmountLow(e -> pump.run());
        pump.run();
        TimeUnit.SECONDS.sleep(5); // warm-up
        long before = received[0];
        long cpu = OS.getProcessCpuTime();
        long t = System.nanoTime();
        TimeUnit.SECONDS.sleep(10);
        double seconds = (System.nanoTime() - t) / 1e9;
        double bytes = received[0] - before;
        double cpuSeconds = (OS.getProcessCpuTime() - cpu) / 1e9;
        emit(metric + "_MBps", bytes / seconds / 1e6, "MB/s", "\"msg_bytes\":" + size);
        emit(metric + "_cpu_s_per_GB", cpuSeconds / (bytes / 1e9), "s/GB", "\"msg_bytes\":" + size);
        p.close();
    }

    private static void srtp() {
        for (SrtpSuite suite : new SrtpSuite[] {SrtpSuite.AES_CM_128_HMAC_SHA1_80, SrtpSuite.AEAD_AES_128_GCM}) {
            SrtpSender sender = new SrtpSender(suite, new byte[suite.keyLength()], new byte[suite.saltLength()]);
            SrtpReceiver receiver = new SrtpReceiver(suite, new byte[suite.keyLength()], new byte[suite.saltLength()]);
            byte[] p = new byte[1_300];
            p[0] = (byte) 0x80;
            double best = 0;
            int sequence = 0;
            for (int round = 0; round < 8; round++) {
                int n = 200_000;
                long t = System.nanoTime();
                for (int i = 0; i < n; i++) {
                    Bytes.put16(p, 2, sequence++ & 0xffff);
                    int length = sender.protectRtp(p, 0, 1_212);
                    if (receiver.unprotectRtp(p, 0, length) != 1_212) {
                        throw new IllegalStateException("a packet did not come back");
                    }
                }
                best = Math.max(best, n * 1e9 / (System.nanoTime() - t));
            }
            String name = suite == SrtpSuite.AEAD_AES_128_GCM ? "gcm" : "cm";
            emit("srtp_" + name + "1200_pps", best, "packets/s", "\"what\":\"protect and unprotect, one thread, best of 8 rounds\"");
        }
    }

    private Bench() {
    }
}
