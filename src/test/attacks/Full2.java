import dev.jvmrtc.*;
import dev.jvmrtc.sctp.packet.*;
import dev.jvmrtc.wire.*;
import java.util.*;
import java.util.concurrent.*;
/**
 * A peer that has SCTP up opens all channels that there are ({@code channels}), opens and resets one again and again without ever answering ({@code loop}), or names all error causes
 * ({@code errors}). Right: the application is told of 1,024 channels; the cycle stops at once and the heap stays; one name among the drop counts.
 */
public class Full2 {
    public static void main(String[] a) throws Exception {
        RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
        RTCPeerConnection v = f.createPeerConnection(); int[] n = {0}, closed = {0}; boolean slow = a.length > 1; v.onDataChannel(e -> { n[0]++; if (slow) try { Thread.sleep(5); } catch (InterruptedException x) { } e.channel().onClose(x -> closed[0]++); });
        RawPeer p = new RawPeer(); p.connect(v, p.offer("actpass", "sendrecv", "data")); p.sctpConnect(new Extensions(true, true, false, false, false));
        long h0 = RawPeer.heap(), tx0 = p.txBytes, t0 = System.nanoTime(); int tsn = 1000; byte[] open = new ByteWriter().u8(3).u8(0).u16(0).u32(0).u16(0).u16(0).toByteArray();
        if (a[0].equals("channels")) {
            for (int s = 0; s < 65535; s += 36) { int from = s, t = tsn; p.sctp(w -> { for (int k = 0; k < 36 && from + k < 65535; k++) RawPeer.data(w, false, 3, t + k, from + k, 0, 0, 50, open); }); tsn += Math.min(36, 65535 - s); if (s % 360 == 0) { p.pump(); java.util.concurrent.locks.LockSupport.parkNanos(500_000); } }
            p.pumpFor(3000);
            System.out.printf("65,535 DATA_CHANNEL_OPEN: %.2f MB sent, %d channels told to the application, heap +%.0f MB, %s%n", (p.txBytes - tx0) / 1e6, n[0], (RawPeer.heap() - h0) / 1e6, v.getConnectionState());
        } else if (a[0].equals("loop")) { // OPEN, reset, OPEN, reset on one stream; we answer nothing of theirs
            int seq = 1000; long end = System.currentTimeMillis() + 10_000; int cycles = 0, last = tsn; long lastSack = 0;
            while (System.currentTimeMillis() < end) { int t = tsn, q = seq; p.sctp(w -> { for (int k = 0; k < 20; k++) { RawPeer.data(w, false, 3, t + k, 4, 0, 0, 50, open); new Chunk.ReConfig(List.of(new Chunk.Parameter(13, RawPeer.reset(q + k, t + k, 4)))).write(w); } }); tsn += 20; seq += 20; cycles += 20; if (System.currentTimeMillis() - lastSack > 200) { lastSack = System.currentTimeMillis(); p.sctp(w -> Sack.write(w, p.peerFirstTsn - 1, 1 << 20, 0, 0)); } p.pump(); java.util.concurrent.locks.LockSupport.parkNanos(300_000);
                if (cycles % 20000 == 0) System.out.printf("%d cycles, %.1f MB sent, application was told %d, heap +%.0f MB, %s%n", cycles, (p.txBytes - tx0) / 1e6, n[0], (RawPeer.heap() - h0) / 1e6, v.getConnectionState()); }
        } else if (a[0].equals("errors")) { for (int c = 0; c < 65536; c += 100) { int k0 = c; p.sctp(w -> { for (int k = 0; k < 100; k++) new Chunk.Error(List.of(new ErrorCause(k0 + k, new byte[0]))).write(w); }); if (c % 1000 == 0) { p.pump(); Thread.sleep(1); } } p.pumpFor(500); System.out.printf("65,536 ERROR causes: %.2f MB sent, %d entries in getDropCounts(), heap +%.1f MB%n", (p.txBytes - tx0) / 1e6, v.getDropCounts().get(5, TimeUnit.SECONDS).size(), (RawPeer.heap() - h0) / 1e6); }
        System.exit(0);
    }
}
