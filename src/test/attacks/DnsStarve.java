import dev.jvmrtc.*;
import java.util.*;
import java.util.concurrent.*;
/**
 * One remote party's candidates that are names, to keep everybody else of the factory from resolving any. Right: the bystander has its answer as soon after as before, and a
 * few names of the peer at the most are looked up.
 */
public class DnsStarve {
    static RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
    static void gather(String what) throws Exception {
        RTCPeerConnection pc = f.createPeerConnection(RTCConfiguration.builder().iceServers(List.of(RTCIceServer.of("stun:localhost:9"))).build());
        CompletableFuture<String> err = new CompletableFuture<>();
        pc.onIceCandidateError(e -> err.complete(e.errorCode() + " " + e.errorText()));
        pc.createDataChannel("x");
        long t0 = System.nanoTime();
        pc.setLocalDescription().join();
        String r; try { r = err.get(90, TimeUnit.SECONDS); } catch (TimeoutException e) { r = "nothing after 90 s"; }
        System.out.printf("%-60s after %.1f s: %s%n", what, (System.nanoTime() - t0) / 1e9, r);
        pc.close();
    }
    public static void main(String[] a) throws Exception {
        gather("bystander asks stun:localhost:9 (name resolves at once)");
        RTCPeerConnection victim = f.createPeerConnection();
        RawPeer p = new RawPeer();
        StringBuilder sdp = new StringBuilder(p.offer("actpass", "sendrecv", "data"));
        int n = Integer.parseInt(a[0]);
        for (int i = 0; i < n; i++) sdp.append("a=candidate:" + i + " 1 udp 1 " + UUID.randomUUID() + ".local 5000 typ host\r\n");
        victim.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, sdp.toString())).join();
        victim.setLocalDescription().join();
        Thread.sleep(300);
        System.out.println("a peer's offer of " + sdp.length() + " characters with " + n + " candidates that are names has been taken; resolver threads: " + Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("jvmrtc-resolver")).count() + ", drops " + victim.getDropCounts().get());
        gather("the same bystander now");
        victim.close(); System.out.println("the peer's connection is closed");
        gather("and a third, after that");
        System.exit(0);
    }
}
