package dev.jvmrtc.bench;

import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.MediaSink;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Whether anything is left of connections that have come and gone: heap after collection, threads and file descriptors,
 * before and after. One line for each measurement, and an exit code of 1 where something is left.
 *
 * <p>{@code churn N}: N connections, in pairs of this process, with a message and audio each, opened and closed.
 * {@code idle N}: what an idle one takes. {@code vanish N}: N connections whose peers, in another process, are killed;
 * nobody closes them. Without arguments {@code churn 10000 idle 2000 vanish 1000}.
 */
public final class Soak {
    private static final int AT_ONCE = 20;
    private static final long WAIT_SECONDS = 60;
    /** What a process may keep for itself: compiled code's data, pools, caches of classes. */
    private static final double SLACK_MEGABYTES = 4;

    private static final int SLACK_THREADS = 4;
    private static final int SLACK_DESCRIPTORS = 8;

    private static boolean clean = true;

    private record State(double heap, int threads, int descriptors) {
        static State now() throws InterruptedException {
            // Threads of loops and codecs end three seconds after their last use.
            Thread.sleep(5_000);
            for (int i = 0; i < 5; i++) {
                System.gc();
                Thread.sleep(100);
            }
            Runtime r = Runtime.getRuntime();
            String[] fds = new File("/proc/self/fd").list();
            return new State(
                    (r.totalMemory() - r.freeMemory()) / 1e6,
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    fds == null ? 0 : fds.length);
        }
    }

    private Soak() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 1 && args[0].equals("peers")) {
            peers();
            return;
        }
        String[] a = args.length == 0 ? new String[] {"churn", "10000", "idle", "2000", "vanish", "1000"} : args;
        for (int i = 0; i + 1 < a.length; i += 2) {
            int n = Integer.parseInt(a[i + 1]);
            switch (a[i]) {
                case "churn" -> churn(n);
                case "idle" -> idle(n);
                case "vanish" -> vanish(n);
                default -> throw new IllegalArgumentException(a[i] + ": churn, idle or vanish");
            }
        }
        System.exit(clean ? 0 : 1);
    }

    private static RTCPeerConnectionFactory.Builder loopback() {
        return RTCPeerConnectionFactory.builder()
                .includeLoopback(true)
                .addressFilter(x -> x.getHostAddress().equals("127.0.0.1"));
    }

    private static void await(CompletableFuture<?> f) throws Exception {
        f.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private static void tell(String what, int connections, State before, State after) {
        double heap = after.heap - before.heap;
        boolean left = heap > SLACK_MEGABYTES
                || after.threads - before.threads > SLACK_THREADS
                || after.descriptors - before.descriptors > SLACK_DESCRIPTORS;
        clean &= !left;
        System.out.printf(
                Locale.ROOT,
                "%s, %d connections: heap %.1f > %.1f MB, threads %d > %d, descriptors %d > %d%s%n",
                what,
                connections,
                before.heap,
                after.heap,
                before.threads,
                after.threads,
                before.descriptors,
                after.descriptors,
                left ? "  SOMETHING IS LEFT" : "");
    }

    // ---------------------------------------------------------------- pairs in this process

    private static final class Pair {
        final RTCPeerConnection a;
        final RTCPeerConnection b;
        final RTCDataChannel channel;
        private final EncodedAudioSource source;
        private final CompletableFuture<Void> echoed = new CompletableFuture<>();
        private final CompletableFuture<Void> heard = new CompletableFuture<>();

        Pair(RTCPeerConnectionFactory f, boolean media) {
            a = f.createPeerConnection();
            b = f.createPeerConnection();
            a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
            b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
            channel = a.createDataChannel("x");
            channel.onOpen(e -> channel.send("hello"));
            channel.onMessage(e -> echoed.complete(null));
            b.onDataChannel(e -> e.channel().onMessage(m -> e.channel().send(m.text())));
            source = media ? new EncodedAudioSource("opus") : null;
            if (media) {
                a.addTrack(source.createTrack());
                b.onTrack(e -> e.track().addSink(new MediaSink() {
                    @Override
                    public void onEncodedFrame(EncodedFrame frame) {
                        heard.complete(null);
                    }
                }));
            }
            a.setLocalDescription()
                    .thenCompose(v -> b.setRemoteDescription(a.getLocalDescription()))
                    .thenCompose(v -> b.setLocalDescription())
                    .thenCompose(v -> a.setRemoteDescription(b.getLocalDescription()));
        }

        void use() throws Exception {
            await(echoed);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
            for (int i = 0; source != null && !heard.isDone(); i++) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("no audio arrives");
                }
                source.push(EncodedFrame.of(new byte[] {(byte) i, 1, 2}, "opus", i * 960L, true));
                Thread.sleep(2);
            }
        }

        void close() {
            a.close();
            b.close();
        }

        void awaitEnd() throws Exception {
            await(a.closed());
            await(b.closed());
        }
    }

    private static void openAndClose(RTCPeerConnectionFactory f, int connections) throws Exception {
        for (int done = 0; done < connections; done += 2 * AT_ONCE) {
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                pairs.add(new Pair(f, true));
            }
            for (Pair p : pairs) {
                p.use();
            }
            pairs.forEach(Pair::close);
            for (Pair p : pairs) {
                p.awaitEnd();
            }
        }
    }

    private static void churn(int connections) throws Exception {
        try (RTCPeerConnectionFactory f = loopback().build()) {
            openAndClose(f, 10 * AT_ONCE); // classes, code and pools are there afterwards
            State before = State.now();
            openAndClose(f, connections);
            tell("opened and closed", connections, before, State.now());
        }
    }

    private static void idle(int connections) throws Exception {
        try (RTCPeerConnectionFactory f = loopback().build()) {
            openAndClose(f, 2 * AT_ONCE);
            State before = State.now();
            List<Pair> pairs = new ArrayList<>();
            while (2 * pairs.size() < connections) {
                int from = pairs.size();
                for (int i = 0; i < AT_ONCE && 2 * pairs.size() < connections; i++) {
                    pairs.add(new Pair(f, false));
                }
                for (Pair p : pairs.subList(from, pairs.size())) {
                    p.use();
                }
            }
            State open = State.now();
            System.out.printf(
                    Locale.ROOT,
                    "idle, %d connections: %.1f KiB of heap and %.1f descriptors each%n",
                    2 * pairs.size(),
                    (open.heap - before.heap) * 1e6 / 1024 / (2 * pairs.size()),
                    (open.descriptors - before.descriptors) / (2.0 * pairs.size()));
            pairs.forEach(Pair::close);
            for (Pair p : pairs) {
                p.awaitEnd();
            }
            pairs.clear();
            tell("idle and closed", connections, before, State.now());
        }
    }

    // ---------------------------------------------------------------- peers in another process

    private static CompletableFuture<Void> gathered(RTCPeerConnection pc) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        pc.onIceCandidate(e -> {
            if (e.candidate() == null) {
                done.complete(null);
            }
        });
        return done;
    }

    /** The other process: answers each offer, a line of base64, with a line. */
    private static void peers() throws Exception {
        PrintStream out = System.out;
        List<RTCPeerConnection> all = new ArrayList<>();
        RTCPeerConnectionFactory f = loopback().build();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            RTCPeerConnection pc = f.createPeerConnection();
            all.add(pc);
            CompletableFuture<Void> gathered = gathered(pc);
            pc.onDataChannel(e -> e.channel().onMessage(m -> e.channel().send(m.text())));
            await(pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, decode(line))));
            await(pc.setLocalDescription());
            await(gathered);
            out.println(encode(pc.getLocalDescription().getSdp()));
            out.flush();
        }
        System.exit(all.size() > 0 ? 0 : 1);
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String line) {
        return new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
    }

    /** A connection to the other process, of which the caller keeps nothing that it could close it by. */
    private static WeakReference<RTCPeerConnection> call(
            RTCPeerConnectionFactory f, PrintStream to, BufferedReader from) throws Exception {
        RTCPeerConnection pc = f.createPeerConnection();
        CompletableFuture<Void> gathered = gathered(pc);
        CompletableFuture<Void> echoed = new CompletableFuture<>();
        RTCDataChannel c = pc.createDataChannel("x");
        c.onOpen(e -> c.send("hello"));
        c.onMessage(e -> echoed.complete(null));
        await(pc.setLocalDescription());
        await(gathered);
        to.println(encode(pc.getLocalDescription().getSdp()));
        to.flush();
        await(pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, decode(from.readLine()))));
        await(echoed);
        return new WeakReference<>(pc);
    }

    private static void vanish(int connections) throws Exception {
        try (RTCPeerConnectionFactory f = loopback().build()) {
            openAndClose(f, 2 * AT_ONCE);
            State before = State.now();
            Process other = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-Xmx1g",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Soak.class.getName(),
                            "peers")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            List<WeakReference<RTCPeerConnection>> calls = new ArrayList<>();
            try (PrintStream to = new PrintStream(other.getOutputStream(), true, StandardCharsets.US_ASCII);
                    BufferedReader from = new BufferedReader(
                            new InputStreamReader(other.getInputStream(), StandardCharsets.US_ASCII))) {
                for (int i = 0; i < connections; i++) {
                    calls.add(call(f, to, from));
                }
                other.destroyForcibly().waitFor();
            }
            System.gc();
            long alive = calls.stream().filter(r -> r.get() != null).count();
            System.out.printf(
                    Locale.ROOT,
                    "vanished, %d connections: %d alive though nobody refers to them; now their consent runs out%n",
                    connections,
                    alive);
            clean &= alive == connections;
            long begin = System.nanoTime();
            // 30 s until consent has expired, 30 more until sockets are let go.
            while (calls.stream()
                            .anyMatch(r ->
                                    r.get() != null && r.get().getConnectionState() != RTCPeerConnectionState.CLOSED)
                    && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(120)) {
                System.gc();
                Thread.sleep(1_000);
            }
            System.out.printf(
                    Locale.ROOT,
                    "vanished: %d left after %.0f s%n",
                    calls.stream().filter(r -> r.get() != null).count(),
                    (System.nanoTime() - begin) / 1e9);
            tell("peers vanished", connections, before, State.now());
        }
    }
}
