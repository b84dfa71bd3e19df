import dev.jvmrtc.*;
import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.security.KeyStore;
import java.util.*;
import java.util.concurrent.*;
import javax.net.ssl.*;
/** A turns: server that sends without end: while the client computes ({@code handshake}), or as records without content. Right: no memory beyond the buffers, and a loop that answers within some milliseconds. */
public class TurnTls {
    public static void main(String[] a) throws Exception {
        KeyStore ks = KeyStore.getInstance("PKCS12"); try (InputStream in = Files.newInputStream(Path.of("tls.p12"))) { ks.load(in, "secret".toCharArray()); }
        KeyManagerFactory k = KeyManagerFactory.getInstance("PKIX"); k.init(ks, "secret".toCharArray()); TrustManagerFactory t = TrustManagerFactory.getInstance("PKIX"); KeyStore tr = KeyStore.getInstance("PKCS12"); tr.load(null, null); tr.setCertificateEntry("a", ks.getCertificate("a")); t.init(tr);
        SSLContext server = SSLContext.getInstance("TLS"); server.init(k.getKeyManagers(), null, null); SSLContext client = SSLContext.getInstance("TLS"); client.init(null, t.getTrustManagers(), null);
        RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.getHostAddress().equals("127.0.0.1")).eventLoops(1).sslContext(client).build();
        ServerSocket ss = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1")); long[] sent = {0};
        Thread srv = new Thread(() -> { try { Socket s = ss.accept(); SSLEngine e = server.createSSLEngine(); e.setUseClientMode(false); e.beginHandshake(); java.nio.ByteBuffer in = java.nio.ByteBuffer.allocate(70000), app = java.nio.ByteBuffer.allocate(70000), out = java.nio.ByteBuffer.allocate(70000); byte[] b = new byte[65536]; OutputStream o = s.getOutputStream(); boolean flood = a[0].equals("handshake");
            for (boolean done = false; !done; ) { switch (e.getHandshakeStatus()) { case NEED_TASK -> e.getDelegatedTask().run(); case NEED_WRAP -> { out.clear(); SSLEngineResult r = e.wrap(java.nio.ByteBuffer.allocate(0), out); out.flip(); o.write(out.array(), 0, out.limit()); done = r.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.FINISHED; }
                default -> { if (flood && in.position() == 0 && sent[0] == 0 && e.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_UNWRAP && e.getHandshakeSession() != null) { byte[] z = new byte[1 << 20]; for (int i = 0; i < z.length; i += 16389) { z[i] = 23; z[i + 1] = 3; z[i + 2] = 3; z[i + 3] = 0x40; } while (sent[0] < 800L << 20) { o.write(z); sent[0] += z.length; } } int n = s.getInputStream().read(b); if (n < 0) return; in.put(b, 0, n); in.flip(); SSLEngineResult r = e.unwrap(in, app); in.compact(); done = r.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.FINISHED; } } }
            byte[] tiny = new byte[1 << 20]; int len = 0; java.nio.ByteBuffer one = java.nio.ByteBuffer.allocate(0); while (len < tiny.length - 100) { out.clear(); e.wrap(one, out); out.flip(); out.get(tiny, len, out.limit()); len += out.limit(); } o.write(tiny, 0, len); sent[0] += len; while (sent[0] < 60L << 20) { len = 0; while (len < tiny.length - 100) { out.clear(); e.wrap(one, out); out.flip(); int q = out.limit(); out.get(tiny, len, q); len += q; } o.write(tiny, 0, len); sent[0] += len; } } catch (Exception x) { System.out.println("server: " + x + " after " + (sent[0] >> 20) + " MB"); } }); srv.setDaemon(true); srv.start();
        RTCPeerConnection v = f.createPeerConnection(RTCConfiguration.builder().iceServers(List.of(RTCIceServer.builder().urls(List.of("turns:127.0.0.1:" + ss.getLocalPort() + "?transport=tcp")).username("u").credential("p").build())).build());
        if (a[0].equals("handshake") && a.length > 1) for (int i = 0; i < 12; i++) { RTCPeerConnection w = f.createPeerConnection(); RawPeer p = new RawPeer(); w.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, p.offer("actpass", "sendrecv", "data") + "a=candidate:9 1 udp 1 " + UUID.randomUUID() + ".local 5000 typ host\r\n")).join(); w.setLocalDescription().join(); }
        RTCPeerConnection watch = f.createPeerConnection(); long h0 = RawPeer.heap(), start = System.nanoTime();
        v.onIceCandidateError(e -> System.out.println("error event: " + e.errorText())); v.createDataChannel("x"); v.setLocalDescription().join();
        long worst = 0, peak = 0; while (System.nanoTime() - start < 12_000_000_000L) { long t1 = System.nanoTime(); watch.getDropCounts().get(60, TimeUnit.SECONDS); worst = Math.max(worst, System.nanoTime() - t1); Runtime r = Runtime.getRuntime(); peak = Math.max(peak, r.totalMemory() - r.freeMemory() - h0); Thread.sleep(10); }
        System.out.printf("%s: server sent %d MB; loop's longest pause %d ms, heap peak +%.0f MB%n", String.join(" ", a), sent[0] >> 20, worst / 1_000_000, peak / 1e6); System.exit(0);
    }
}
