import dev.jvmrtc.*;
import dev.jvmrtc.sctp.packet.*;
import java.util.*;
import java.util.concurrent.*;
/**
 * A peer that has SCTP up attacks the connection's memory ({@code forever}: data behind stream resets that wait, round after round) or its event loop ({@code forward}: FORWARD TSN
 * chunks over unfinished messages on all streams, 35 kbit/s of them, while two bystanders on the same loop ping each other). Right: the heap stays within the receive buffer and
 * the drops tell why, and the bystanders' ping stays what it was.
 */
public class Full1 {
    static RTCPeerConnectionFactory f;
    static RTCPeerConnection pc() { return f.createPeerConnection(); }
    public static void main(String[] a) throws Exception {
        f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
        RTCPeerConnection victim = pc();
        RawPeer p = new RawPeer();
        p.connect(victim, p.offer("actpass", "sendrecv", "data"));
        System.out.println("DTLS up, role " + p.connected.role() + " " + p.connected.cipherSuite());
        p.sctpConnect(new Extensions(true, true, false, false, false));
        System.out.println("SCTP up");
        switch (a[0]) {
            case "forever" -> forever(p, victim);
            case "forward" -> forward(p, victim);
        }
    }
    static void forever(RawPeer p, RTCPeerConnection victim) throws Exception {
        int seq = 1000, tsn = 1000; byte[] b = new byte[1100]; long h0 = RawPeer.heap(), t0 = System.currentTimeMillis();
        for (int round = 0; round < 60; round++) {
            int hole = tsn; int q = seq++;
            p.sctp(w -> new Chunk.ReConfig(List.of(new Chunk.Parameter(13, RawPeer.reset(q, hole)))).write(w));
            for (int i = 1; i <= 20_000; i++) { int t = hole + i; p.sctp(w -> RawPeer.data(w, false, 3, t, 7, 0, 0, 53, b)); if (i % 16 == 0) { p.pump(); java.util.concurrent.locks.LockSupport.parkNanos(100_000); } }
            p.pumpFor(50);
            int q2 = seq++;
            p.sctp(w -> new Chunk.ReConfig(List.of(new Chunk.Parameter(13, RawPeer.reset(q2, hole - 1)))).write(w));
            p.sctp(w -> RawPeer.data(w, false, 3, hole, 9, 0, 0, 99, new byte[1]));
            p.pumpFor(20);
            // whatever was lost on the way: skip it
            int last = hole + 20_000;
            p.sctp(w -> new Chunk.ForwardTsn(false, last, new Chunk.Skipped[0]).write(w));
            p.pumpFor(20);
            tsn = hole + 20_001;
            System.out.printf("%4.1f s: sent %.0f MB, victim's heap +%.0f MB, connection %s, drops %s%n", (System.currentTimeMillis() - t0) / 1e3, p.txBytes / 1e6, (RawPeer.heap() - h0) / 1e6, victim.getConnectionState(), victim.getDropCounts().get(5, TimeUnit.SECONDS));
        }
    }
    static void forward(RawPeer p, RTCPeerConnection victim) throws Exception {
        // two bystanders on the same factory
        RTCPeerConnection x = pc(), y = pc();
        x.onIceCandidate(e -> { if (e.candidate() != null) y.addIceCandidate(e.candidate()); });
        y.onIceCandidate(e -> { if (e.candidate() != null) x.addIceCandidate(e.candidate()); });
        RTCDataChannel c = x.createDataChannel("ping");
        BlockingQueue<Long> rtts = new LinkedBlockingQueue<>();
        y.onDataChannel(e -> e.channel().onMessage(m -> e.channel().send(m.text())));
        c.onMessage(m -> rtts.add(System.nanoTime() - Long.parseLong(m.text())));
        x.setLocalDescription().join(); y.setRemoteDescription(x.getLocalDescription()).join(); y.setLocalDescription().join(); x.setRemoteDescription(y.getLocalDescription()).join();
        while (c.getReadyState() != RTCDataChannelState.OPEN) Thread.sleep(10);
        ping(c, rtts, "before");
        int tsn = 1000; byte[] one = new byte[1]; long tx0 = p.txBytes;
        for (int s = 0; s < 65536; s += 25) { int from = s, t = tsn;
            p.sctp(w -> { for (int k = 0; k < 25 && from + k < 65536; k++) { RawPeer.data(w, false, 6, t + 2 * k, from + k, 0, 0, 99, one); RawPeer.data(w, false, 5, t + 2 * k + 1, from + k, 0, 0, 99, one); } });
            tsn += 2 * Math.min(25, 65536 - s);
            if (s % 400 == 0) { p.pump(); java.util.concurrent.locks.LockSupport.parkNanos(300_000); } }
        p.pumpFor(300);
        System.out.printf("setup: %.2f MB sent%n", (p.txBytes - tx0) / 1e6);
        int t0 = tsn; p.sctp(w -> new Chunk.ForwardTsn(false, t0 + 10, new Chunk.Skipped[0]).write(w)); tsn += 11; p.pumpFor(100);
        ping(c, rtts, "after setup, idle");
        tx0 = p.txBytes; long start = System.currentTimeMillis(); int sent = 0;
        Thread pinger = new Thread(() -> { try { ping(c, rtts, "under attack"); } catch (Exception e) { e.printStackTrace(); } }); pinger.start();
        while (System.currentTimeMillis() - start < 10_000) {
            int t = tsn; p.sctp(w -> { for (int k = 0; k < 128; k++) new Chunk.ForwardTsn(false, t + k, new Chunk.Skipped[0]).write(w); });
            tsn += 128; sent++; p.pumpFor(250);
        }
        System.out.printf("attack: %d packets, %d bytes in 10 s (%.1f kbit/s)%n", sent, p.txBytes - tx0, (p.txBytes - tx0) * 8 / 1e4);
        pinger.join();
        System.out.println("victim " + victim.getConnectionState() + ", bystander " + x.getConnectionState());
    }
    static void ping(RTCDataChannel c, BlockingQueue<Long> rtts, String what) throws Exception {
        rtts.clear(); List<Double> l = new ArrayList<>();
        for (int i = 0; i < 40; i++) { c.send(Long.toString(System.nanoTime())); Thread.sleep(200); }
        Thread.sleep(1500);
        rtts.forEach(r -> l.add(r / 1e6)); Collections.sort(l);
        System.out.printf("bystander's ping, %s: %d of 40, median %.1f ms, max %.1f ms%n", what, l.size(), l.get(l.size() / 2), l.get(l.size() - 1));
    }
}
