import dev.jvmrtc.*;
import java.net.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
/**
 * Strangers who open TCP connections and say nothing, against a listener of one transport and against the shared TCP port: {@code TcpLoris own|shared CONNECTIONS}. Right: the honest
 * peer connects, for the oldest silent ones give way.
 */
public class TcpLoris {
    public static void main(String[] a) throws Exception {
        boolean shared = a[0].equals("shared"), attack = !a[1].equals("0"); int k = Integer.parseInt(a[1]);
        var b = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.getHostAddress().equals("127.0.0.1")).udp(false).eventLoops(1);
        RTCPeerConnectionFactory server = (shared ? b.sharedTcpPort(0) : b.passiveTcp(true)).build();
        RTCPeerConnectionFactory client = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.getHostAddress().equals("127.0.0.1")).udp(false).activeTcp(true).eventLoops(1).build();
        for (int round = 0; round < 3; round++) {
            RTCPeerConnection s = server.createPeerConnection(), c = client.createPeerConnection();
            CompletableFuture<Integer> port = new CompletableFuture<>();
            List<RTCIceCandidate> held = new CopyOnWriteArrayList<>();
            s.onIceCandidate(e -> { if (e.candidate() != null && e.candidate().getCandidate().contains("tcptype passive")) { port.complete(e.candidate().getPort()); } if (e.candidate() != null) held.add(e.candidate()); });
            c.onIceCandidate(e -> { if (e.candidate() != null) s.addIceCandidate(e.candidate()); });
            RTCDataChannel ch = c.createDataChannel("x");
            CompletableFuture<Void> open = new CompletableFuture<>(); ch.onOpen(e -> open.complete(null));
            c.setLocalDescription().join(); s.setRemoteDescription(c.getLocalDescription()).join(); s.setLocalDescription().join();
            int p = port.get(5, TimeUnit.SECONDS);
            AtomicBoolean run = new AtomicBoolean(true); AtomicLong opened = new AtomicLong();
            if (attack) { for (int i = 0; i < k; i++) { Thread t = new Thread(() -> { while (run.get()) { try (Socket x = new Socket("127.0.0.1", p)) { opened.incrementAndGet(); x.setSoTimeout(60000); while (run.get() && x.getInputStream().read() >= 0) { } } catch (Exception e) { } try { Thread.sleep(5); } catch (InterruptedException e) { } } }); t.setDaemon(true); t.start(); } Thread.sleep(500); }
            long t0 = System.nanoTime();
            c.setRemoteDescription(s.getLocalDescription()).join(); for (RTCIceCandidate x : held) c.addIceCandidate(x);
            String r; try { open.get(25, TimeUnit.SECONDS); r = "open"; } catch (TimeoutException e) { r = "NOT OPEN"; }
            System.out.printf("%s, %d silent connections: honest peer %s after %.1f s (%s), attacker opened %d, drops %s %s%n", a[0], k, r, (System.nanoTime() - t0) / 1e9, c.getConnectionState(), opened.get(), s.getDropCounts().get(), server.getSharedPortDropCounts().get(5, TimeUnit.SECONDS));
            run.set(false); s.close(); c.close();
        }
        System.exit(0);
    }
}
