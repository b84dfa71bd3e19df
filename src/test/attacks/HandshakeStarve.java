import dev.jvmrtc.*;
import java.util.*;
import java.util.concurrent.*;
/** So many peers who pass ICE and then say nothing in DTLS. Right: an honest pair connects within seconds, on Java 17 too. */
public class HandshakeStarve {
    public static void main(String[] a) throws Exception {
        RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.getHostAddress().equals("127.0.0.1")).eventLoops(1).build();
        RTCPeerConnectionFactory g = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.getHostAddress().equals("127.0.0.1")).eventLoops(1).build();
        int n = Integer.parseInt(a[0]); List<RawPeer> peers = new ArrayList<>();
        long t = System.nanoTime(); ApiAbuse.Pair w = ApiAbuse.pair(g, f); System.out.printf("Java %s; before: a pair connects in %.0f ms%n", Runtime.version(), (System.nanoTime() - t) / 1e6);
        long t0 = System.nanoTime();
        for (int i = 0; i < n; i++) { RTCPeerConnection v = f.createPeerConnection(); RawPeer p = new RawPeer(); p.hold = true; p.connect(v, p.offer(i % 2 == 0 ? "active" : "passive", "sendrecv", "data")); p.pumpUntil(() -> p.remote != null, 3000); peers.add(p); if (i % 50 == 0) for (RawPeer x : peers) x.pump(); }
        long th = Thread.getAllStackTraces().keySet().stream().filter(x -> x.getName().startsWith("jvmrtc-dtls-handshake")).count();
        System.out.printf("%d peers through ICE and silent (%.1f s); handshake threads %d%n", n, (System.nanoTime() - t0) / 1e9, th);
        Thread keep = new Thread(() -> { while (true) for (RawPeer x : peers) try { x.pump(); Thread.sleep(1); } catch (Exception e) { } }); keep.setDaemon(true); keep.start();
        t = System.nanoTime(); CompletableFuture<String> r = CompletableFuture.supplyAsync(() -> { try { RTCPeerConnection x = g.createPeerConnection(), y = f.createPeerConnection(); x.onIceCandidate(e -> { if (e.candidate() != null) y.addIceCandidate(e.candidate()); }); y.onIceCandidate(e -> { if (e.candidate() != null) x.addIceCandidate(e.candidate()); }); RTCDataChannel c = x.createDataChannel("c"); CompletableFuture<Void> o = new CompletableFuture<>(); c.onOpen(e -> o.complete(null)); x.setLocalDescription().join(); y.setRemoteDescription(x.getLocalDescription()).join(); y.setLocalDescription().join(); x.setRemoteDescription(y.getLocalDescription()).join(); o.get(40, TimeUnit.SECONDS); return "connected"; } catch (Exception e) { return "NOT: " + e; } });
        System.out.println("an honest pair: " + r.get() + " after " + (System.nanoTime() - t) / 1_000_000 + " ms");
        System.exit(0);
    }
}
