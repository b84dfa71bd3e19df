package dev.jvmrtc.examples;

import dev.jvmrtc.NatBehavior;
import dev.jvmrtc.NatBehavior.Dependence;
import dev.jvmrtc.RTCConfiguration;
import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCIceCandidate;
import dev.jvmrtc.RTCIceCandidateType;
import dev.jvmrtc.RTCIceServer;
import dev.jvmrtc.RTCIceTransportPolicy;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * Says of each ICE server whether it can be reached, how it sees us, how long an answer takes, and whether a call goes
 * through its relay; and of the address translator before us what kind it is, if a STUN server with two addresses (RFC
 * 5780) or two STUN servers are given.
 */
public final class Doctor {
    private static final int PATIENCE_SECONDS = 15;
    private static final int PINGS = 20;

    private final RTCPeerConnectionFactory factory;
    private final PrintStream out;

    private Doctor(RTCPeerConnectionFactory factory, PrintStream out) {
        this.factory = factory;
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        List<RTCIceServer> servers = new ArrayList<>();
        for (String a : args) {
            if (!a.equals("--ice-server")) {
                String[] w = a.split(",");
                servers.add(RTCIceServer.builder()
                        .urls(List.of(w[0]))
                        .username(w.length > 1 ? w[1] : null)
                        .credential(w.length > 2 ? w[2] : null)
                        .build());
            }
        }
        if (servers.isEmpty()) {
            System.err.println(
                    "usage: examples/run doctor --ice-server url[,user,password] [--ice-server …]\n"
                            + "  for example: examples/run doctor --ice-server stun:stun.example.org --ice-server turns:turn.example.org,me,secret");
            System.exit(2);
        }
        System.exit(examine(servers, null, System.out) ? 0 : 1);
    }

    /**
     * Prints what it finds; true where every server was of use.
     *
     * @param trust for servers over TLS, or null for what the platform trusts
     */
    static boolean examine(List<RTCIceServer> servers, SSLContext trust, PrintStream out) throws Exception {
        try (RTCPeerConnectionFactory factory = RTCPeerConnectionFactory.builder()
                .includeLoopback(true)
                .sslContext(trust)
                .build()) {
            Doctor doctor = new Doctor(factory, out);
            boolean well = true;
            for (RTCIceServer s : servers) {
                well &= s.urls().get(0).startsWith("turn") ? doctor.turn(s) : doctor.stun(s);
            }
            doctor.translator(servers);
            return well;
        }
    }

    // ---------------------------------------------------------------- STUN

    private boolean stun(RTCIceServer server) throws Exception {
        long begin = System.nanoTime();
        ConcurrentLinkedQueue<String> found = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
        CompletableFuture<Void> gathered = new CompletableFuture<>();
        try (RTCPeerConnection pc = factory.createPeerConnection(
                RTCConfiguration.builder().iceServers(List.of(server)).build())) {
            pc.onIceCandidate(e -> {
                RTCIceCandidate c = e.candidate();
                if (c == null) {
                    gathered.complete(null);
                } else if (c.getType() == RTCIceCandidateType.SRFLX) {
                    found.add(String.format(
                            Locale.ROOT,
                            "sees us as %s:%d after %.1f ms",
                            c.getAddress(),
                            c.getPort(),
                            (System.nanoTime() - begin) / 1e6));
                }
            });
            pc.onIceCandidateError(e -> errors.add(e.errorCode() + " " + e.errorText()));
            pc.createDataChannel("doctor");
            pc.setLocalDescription();
            gathered.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        if (!found.isEmpty()) {
            out.println(server.urls().get(0) + ": reachable, " + String.join("; ", found));
        } else if (errors.isEmpty()) {
            out.println(server.urls().get(0)
                    + ": reachable, sees us under our own address: there is no address translator in between");
        } else {
            out.println(server.urls().get(0) + ": NOT reachable: " + String.join("; ", errors));
        }
        return errors.isEmpty();
    }

    // ---------------------------------------------------------------- the address translator

    /** What the first STUN servers, two at the most, show of it. */
    private void translator(List<RTCIceServer> servers) throws InterruptedException {
        String[] stun = servers.stream()
                .map(s -> s.urls().get(0))
                .filter(url -> url.startsWith("stun:"))
                .limit(2)
                .toArray(String[]::new);
        if (stun.length == 0) {
            out.println("address translator: not known; a STUN server (stun:) would show it");
            return;
        }
        NatBehavior b;
        try {
            b = factory.discoverNatBehavior(stun).get();
        } catch (ExecutionException e) {
            out.println("address translator: not known; " + e.getCause().getMessage());
            return;
        }
        if (!b.translated()) {
            out.println("address translator: none"
                    + (b.filtering() == Dependence.UNKNOWN ? "" : "; filtering is " + words(b.filtering())));
        } else {
            out.println("address translator: mapping is " + words(b.mapping()) + ", filtering " + words(b.filtering())
                    + switch (b.mapping()) {
                        case ENDPOINT_INDEPENDENT -> ": direct paths are likely";
                        case UNKNOWN -> "; a server with two addresses, or two servers, would show its kind";
                        default -> " (symmetric): with peers of the same kind only a relay connects";
                    });
        }
    }

    private static String words(Dependence d) {
        return d == Dependence.DEPENDENT
                ? "dependent on the destination"
                : d.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    // ---------------------------------------------------------------- TURN

    /** A call between two connections of ours, through the relay alone. */
    private boolean turn(RTCIceServer server) throws Exception {
        RTCConfiguration relayOnly = RTCConfiguration.builder()
                .iceServers(List.of(server))
                .iceTransportPolicy(RTCIceTransportPolicy.RELAY)
                .build();
        long begin = System.nanoTime();
        String url = server.urls().get(0);
        CompletableFuture<String> relayed = new CompletableFuture<>();
        CompletableFuture<Void> open = new CompletableFuture<>();
        try (RTCPeerConnection a = factory.createPeerConnection(relayOnly);
                RTCPeerConnection b = factory.createPeerConnection(relayOnly)) {
            a.onIceCandidate(e -> {
                if (e.candidate() != null && e.candidate().getAddress() != null) {
                    relayed.complete(String.format(
                            Locale.ROOT,
                            "relays at %s:%d after %.1f ms",
                            e.candidate().getAddress(),
                            e.candidate().getPort(),
                            (System.nanoTime() - begin) / 1e6));
                }
                b.addIceCandidate(e.candidate());
            });
            b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
            RTCDataChannel channel = a.createDataChannel("doctor");
            b.onDataChannel(e -> e.channel().onMessage(m -> e.channel().send(m.text())));
            channel.onOpen(e -> open.complete(null));
            a.onIceCandidateError(
                    e -> open.completeExceptionally(new IllegalStateException(e.errorCode() + " " + e.errorText())));
            a.setLocalDescription()
                    .thenCompose(v -> b.setRemoteDescription(a.getLocalDescription()))
                    .thenCompose(v -> b.setLocalDescription())
                    .thenCompose(v -> a.setRemoteDescription(b.getLocalDescription()));
            try {
                open.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                out.println(url + ": "
                        + (relayed.isDone() ? relayed.join() + ", but NO call goes through it. " : "does NOT answer. ")
                        + a.getConnectivityReport().get().verdict());
                return false;
            } catch (ExecutionException e) {
                out.println(url + ": NOT usable: " + e.getCause().getMessage());
                return false;
            }
            out.println(url + ": " + relayed.join()
                    + String.format(Locale.ROOT, "; a call through it works, round trip %.1f ms", roundTrip(channel)));
            return true;
        }
    }

    /** Median over both relays and back, in milliseconds. */
    private static double roundTrip(RTCDataChannel channel) throws Exception {
        double[] ms = new double[PINGS];
        for (int i = 0; i < PINGS; i++) {
            CompletableFuture<Void> back = new CompletableFuture<>();
            channel.onMessage(m -> back.complete(null));
            long sent = System.nanoTime();
            channel.send("ping");
            back.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            ms[i] = (System.nanoTime() - sent) / 1e6;
        }
        java.util.Arrays.sort(ms);
        return ms[PINGS / 2];
    }
}
