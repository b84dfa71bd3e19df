package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The interface of a running call is removed and another appears, in a network namespace of its own: for which this
 * test needs root, and is skipped without.
 */
@Timeout(120)
class InterfaceChangeTest {
    /** The path is missed after 3 s, addresses are looked at every 2 s. */
    private static final long LONGEST_GAP_MILLIS = 10_000;

    @Test
    void aCallGoesOnWhenItsInterfaceIsRemovedAndAnotherAppears() throws Exception {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")) && new File("/proc/self/ns/net").exists(),
                "skipped: network namespaces need root on Linux");
        String namespace = "move" + ProcessHandle.current().pid();
        run("ip", "netns", "add", namespace);
        try {
            for (boolean moverControls : new boolean[] {true, false}) {
                Process p = new ProcessBuilder(
                                "ip",
                                "netns",
                                "exec",
                                namespace,
                                System.getProperty("java.home") + "/bin/java",
                                "-cp",
                                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                                MovingCall.class.getName(),
                                Boolean.toString(moverControls))
                        .redirectErrorStream(true)
                        .start();
                String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertEquals(0, p.waitFor(), output);
                System.out.println("mover controls " + moverControls + ": "
                        + output.lines()
                                .filter(l -> l.startsWith("longest gap"))
                                .toList());
            }
        } finally {
            run("ip", "netns", "del", namespace);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, p.waitFor(), () -> String.join(" ", command) + ": " + output);
    }

    /** Runs inside the namespace: two peers, one of which loses its interface. */
    static final class MovingCall {

        public static void main(String[] args) throws Exception {
            boolean moverControls = Boolean.parseBoolean(args[0]);
            run("sh", "-c", "ip link set lo up; ip link del s0; ip link del m0; ip link del n0; true");
            addInterface("s0", "10.99.0.1");
            addInterface("m0", "10.98.0.1");
            RTCPeerConnectionFactory moving = RTCPeerConnectionFactory.builder()
                    .continualGathering(true)
                    .addressFilter(in("10.98.").or(in("10.97.")))
                    .build();
            RTCPeerConnectionFactory staying = RTCPeerConnectionFactory.builder()
                    .addressFilter(in("10.99."))
                    .build();
            RTCPeerConnection mover = moving.createPeerConnection();
            RTCPeerConnection stayer = staying.createPeerConnection();
            mover.onIceCandidate(e -> stayer.addIceCandidate(e.candidate()));
            stayer.onIceCandidate(e -> mover.addIceCandidate(e.candidate()));
            RTCPeerConnection offerer = moverControls ? mover : stayer;
            RTCPeerConnection answerer = moverControls ? stayer : mover;
            answerer.onDataChannel(e -> e.channel().onMessage(m -> e.channel().send(m.text())));
            RTCDataChannel channel = offerer.createDataChannel("c");
            LinkedBlockingQueue<Long> answers = new LinkedBlockingQueue<>();
            channel.onMessage(m -> answers.add(System.nanoTime()));
            TwoPeers.negotiate(offerer, answerer);
            await(opened(channel));
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
            timer.scheduleAtFixedRate(() -> channel.send("x"), 0, 20, TimeUnit.MILLISECONDS);
            long last = next(answers);
            for (int i = 0; i < 50; i++) {
                last = next(answers);
            }
            run("ip", "link", "del", "m0");
            addInterface("n0", "10.97.0.1");
            long changed = System.nanoTime();
            long gap = 0;
            // Until a second's worth of answers has come in one go after the gap.
            for (int flowing = 0; flowing < 50; ) {
                long at = next(answers);
                gap = Math.max(gap, at - last);
                flowing = at - last < 500_000_000L && at - changed > 1_000_000_000L ? flowing + 1 : 0;
                last = at;
            }
            System.out.println("longest gap " + gap / 1_000_000 + " ms, connection " + mover.getConnectionState());
            String local = mover.getSctp()
                    .getTransport()
                    .getIceTransport()
                    .getSelectedCandidatePair()
                    .getLocal()
                    .getAddress();
            assertEquals("10.97.0.1", local);
            assertTrue(gap < LONGEST_GAP_MILLIS * 1_000_000, "longest gap " + gap / 1_000_000 + " ms");
            System.exit(0);
        }

        private static long next(LinkedBlockingQueue<Long> answers) throws InterruptedException {
            Long at = answers.poll(20, TimeUnit.SECONDS);
            assertTrue(at != null, "no answer for 20 s");
            return at;
        }

        private static Predicate<InetAddress> in(String prefix) {
            return a -> a.getHostAddress().startsWith(prefix);
        }

        private static void addInterface(String name, String address) throws Exception {
            run("ip", "link", "add", name, "type", "veth", "peer", "name", name + "p");
            run("ip", "addr", "add", address + "/24", "dev", name);
            run("ip", "link", "set", name, "up");
            run("ip", "link", "set", name + "p", "up");
        }
    }
}
