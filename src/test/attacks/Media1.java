import dev.jvmrtc.*;
import dev.jvmrtc.media.*;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.rtp.rtcp.*;
import dev.jvmrtc.wire.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
/**
 * A hostile viewer of a video of 1 Mbit/s, by its argument: {@code nack} or {@code nack-nortx} (asks for all packets again and again), {@code pli} (asks for key frames, 64 in each
 * packet; a second argument lets the application take so many milliseconds for one), {@code mid N} (a section named with N characters). Right: what it draws is a quarter more than
 * what it is sent, key frames asked for are few, memory stays, and a name too long is refused.
 */
public class Media1 {
    static RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
    static volatile boolean run = true;
    static AtomicLong pushed = new AtomicLong(), pushedBytes = new AtomicLong();
    static EncodedVideoSource source(int frameBytes, int fps) {
        EncodedVideoSource src = new EncodedVideoSource("VP8");
        Thread t = new Thread(() -> { byte[] d = new byte[frameBytes]; long i = 0; while (run) { d[0] = (byte) (i % 30 == 0 ? 0 : 1); src.push(EncodedFrame.of(d.clone(), "VP8", i * 90000 / fps, i % 30 == 0)); i++; pushed.incrementAndGet(); pushedBytes.addAndGet(frameBytes); try { Thread.sleep(1000 / fps); } catch (InterruptedException e) { } } });
        t.setDaemon(true); t.start(); return src;
    }
    static void stats(String what, RawPeer p, long t0, long rx0, long pk0, long tx0) {
        double s = (System.nanoTime() - t0) / 1e9;
        Runtime r = Runtime.getRuntime();
        System.out.printf("%-40s victim was given %.2f Mbit/s of media; attacker sent %.3f Mbit/s, received %.1f Mbit/s, %.0f packets/s; heap %.0f MB%n", what, pushedBytes.getAndSet(0) * 8 / 1e6 / s, (p.txBytes - tx0) * 8 / 1e6 / s, (p.rxBytes - rx0) * 8 / 1e6 / s, (p.rxPackets - pk0) / s, (r.totalMemory() - r.freeMemory()) / 1e6);
    }
    public static void main(String[] a) throws Exception {
        RTCPeerConnection victim = f.createPeerConnection();
        RawPeer p = new RawPeer();
        EncodedVideoSource src = source(4166, 30);
        AtomicLong keyRequests = new AtomicLong();
        int slow = a.length > 1 ? Integer.parseInt(a[1]) : 0;
        src.onKeyFrameRequested(r -> { keyRequests.incrementAndGet(); if (slow > 0) try { Thread.sleep(slow); } catch (InterruptedException e) { } });
        victim.addTrack(src.createTrack());
        String section = a[0].equals("nack-nortx") ? "video-nortx" : "video";
        String offer = p.offer("actpass", "recvonly", section);
        if (a[0].equals("mid")) { String mid = "m".repeat(Integer.parseInt(a[1])); offer = offer.replace("a=group:BUNDLE 0", "a=group:BUNDLE " + mid).replace("a=mid:0", "a=mid:" + mid); }
        p.decryptRtp = false;
        p.connect(victim, offer);
        Set<Integer> ssrcs = ConcurrentHashMap.newKeySet();
        String sdp = victim.getLocalDescription().getSdp();
        long ssrc = 0; for (String l : sdp.split("\r\n")) if (l.startsWith("a=ssrc:") && ssrc == 0) ssrc = Long.parseLong(l.substring(7).split(" ")[0]);
        p.pumpFor(1000);
        long t0 = System.nanoTime(), rx0 = p.rxBytes, pk0 = p.rxPackets, tx0 = p.txBytes; pushedBytes.set(0);
        p.pumpFor(3000);
        stats("nothing", p, t0, rx0, pk0, tx0);
        long media = ssrc; int fake = 0x55667788;
        if (a[0].startsWith("nack")) {
            t0 = System.nanoTime(); rx0 = p.rxBytes; pk0 = p.rxPackets; tx0 = p.txBytes; pushedBytes.set(0);
            // ask for everything: learn the newest sequence number from the wire
            int[] last = {0}; p.onRtp = d -> { if (Bytes.u32(d, 8) == media) last[0] = Bytes.u16(d, 2); }; p.decryptRtp = true;
            p.pumpFor(300);
            long end = System.currentTimeMillis() + 5000;
            t0 = System.nanoTime(); rx0 = p.rxBytes; pk0 = p.rxPackets; tx0 = p.txBytes; pushedBytes.set(0); p.decryptRtp = false;
            int newest = last[0];
            long began = System.currentTimeMillis();
            while (System.currentTimeMillis() < end) {
                int hi = newest + (int) ((System.currentTimeMillis() - began) * 120 / 1000); // about 120 packets a second
                ByteWriter w = new ByteWriter().u8(0x81).u8(205).u16(2 + 22).u32(fake).u32(media);
                for (int k = 0; k < 22; k++) w.u16(hi - 17 * (22 - k)).u16(0xffff);
                p.rtcp(w.toByteArray());
                p.pumpFor(11);
            }
            p.pumpFor(200);
            stats("NACK for the last 374 packets, every 11 ms", p, t0, rx0, pk0, tx0);
        } else if (a[0].equals("pli")) {
            ByteWriter w = new ByteWriter(); for (int i = 0; i < 64; i++) w.u8(0x81).u8(206).u16(2).u32(fake).u32(media);
            byte[] flood = w.toByteArray();
            long h0 = RawPeer.heap();
            t0 = System.nanoTime(); rx0 = p.rxBytes; pk0 = p.rxPackets; tx0 = p.txBytes; pushedBytes.set(0);
            for (int sec = 0; sec < 10; sec++) {
                long end = System.currentTimeMillis() + 1000; int k = 0;
                while (System.currentTimeMillis() < end) { p.rtcp(flood); if (++k % 8 == 0) { p.pump(); java.util.concurrent.locks.LockSupport.parkNanos(200_000); } }
                System.out.printf("%d s: key frame requests delivered %d, heap +%.0f MB, sent %.1f MB%n", sec + 1, keyRequests.get(), (RawPeer.heap() - h0) / 1e6, (p.txBytes - tx0) / 1e6);
            }
        } else if (a[0].equals("mid")) { }
        System.out.println(victim.getConnectionState() + " " + victim.getDropCounts().get(5, TimeUnit.SECONDS));
        System.exit(0);
    }
}
