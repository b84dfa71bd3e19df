import dev.jvmrtc.*;
import dev.jvmrtc.core.*;
import dev.jvmrtc.stun.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
/**
 * A flood on the shared UDP port for a connection that lives on another loop than the port's reader: {@code MuxFlood shared|own stun|srtp|dtls SECONDS [PACKETS-A-SECOND]}. Needs
 * root for the raw socket. Right: the heap grows by a few megabytes at the most, and what does not fit is counted.
 */
public class MuxFlood {
    public static void main(String[] a) throws Exception {
        boolean shared = a[0].equals("shared"); String what = a[1]; int secs = Integer.parseInt(a[2]); String pps = a.length > 3 ? a[3] : "0";
        var b = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.getHostAddress().equals("127.0.0.1")).eventLoops(2);
        RTCPeerConnectionFactory f = (shared ? b.sharedUdpPort(0) : b).build();
        RTCPeerConnection first = f.createPeerConnection(), victim = f.createPeerConnection();   // loops 0 and 1
        RawPeer p = new RawPeer();
        p.connect(victim, p.offer("actpass", "recvonly", "video"));
        p.pumpFor(300);
        List<String> hex = new ArrayList<>();
        String sdp = victim.getLocalDescription().getSdp(); String u = line(sdp, "a=ice-ufrag:"), pw = line(sdp, "a=ice-pwd:");
        for (int i = 0; i < 64; i++) {
            byte[] d;
            if (what.equals("stun")) d = StunMessage.write(1, StunClass.REQUEST, TransactionId.random(p.rnd)).text(StunAttribute.USERNAME, u + ":" + p.ufrag).u64(StunAttribute.ICE_CONTROLLING, 5).u32(StunAttribute.PRIORITY, 1).integrity(pw.getBytes()).fingerprinted();
            else if (what.equals("srtp")) { d = new byte[60]; d[0] = (byte) 0x80; d[1] = 96; d[3] = (byte) i; }
            else { d = new byte[1200]; d[0] = 23; d[1] = (byte) 0xfe; d[2] = (byte) 0xfd; d[4] = 1; d[9] = (byte) 0x7f; d[10] = (byte) i; d[11] = (byte) (1187 >> 8); d[12] = (byte) 1187; }
            hex.add(HexFormat.of().formatHex(d));
        }
        Path file = Path.of("flood-" + ProcessHandle.current().pid() + ".hex"); Files.write(file, hex);
        long h0 = RawPeer.heap();
        Process fl = new ProcessBuilder("./flood", "" + p.local.getPort(), "" + p.remote.getPort(), "" + secs, file.toString(), pps).inheritIO().start();
        long t0 = System.nanoTime();
        while (fl.isAlive()) { long end = System.currentTimeMillis() + 1000; while (System.currentTimeMillis() < end && fl.isAlive()) { p.in.clear(); p.ch.receive(p.in); } Runtime r = Runtime.getRuntime(); System.gc(); System.out.printf("%.0f s: heap +%.0f MB%n", (System.nanoTime() - t0) / 1e9, (r.totalMemory() - r.freeMemory() - h0) / 1e6); }
        System.out.println(victim.getConnectionState() + ", dropped on the port " + f.getSharedPortDropCounts().get(5, TimeUnit.SECONDS)); Files.delete(file);
        System.exit(0);
    }
    static String line(String s, String k) { for (String l : s.split("\r\n")) if (l.startsWith(k)) return l.substring(k.length()); return null; }
}
