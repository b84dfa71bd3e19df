import dev.jvmrtc.*;
import dev.jvmrtc.media.*;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.sctp.packet.*;
import dev.jvmrtc.wire.*;
import java.util.*;
import java.util.concurrent.*;
/**
 * Watches the wire through tracks replaced, holds, rollbacks, restarts and NACKs. Right: no record number, no SRTP index and no SRTCP index comes twice with different bytes under one key.
 */
public class NonceWatch {
    static RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
    static class Watch extends RawPeer { final Map<String, byte[]> seen = new HashMap<>(); int dup, same, dtlsRecords, rtpSeen, rtcpSeen; long dropUntil; boolean badNonce; final Map<Integer, int[]> roc = new HashMap<>();
        Watch() throws Exception { super(); }
        void note(String k, byte[] d) { byte[] b = seen.putIfAbsent(k, d.clone()); if (b != null) { if (Arrays.equals(b, d)) same++; else { if (dup++ < 3) System.out.println("REUSED " + k); } } }
        @Override void handle(java.net.InetSocketAddress from, byte[] d) throws Exception {
            int b = d[0] & 255;
            if (b >= 20 && b < 64) for (int p = 0; p + 13 <= d.length; ) { int n = Bytes.u16(d, p + 11); if (Bytes.u16(d, p + 3) == 1) { dtlsRecords++; long num = Bytes.i64(d, p + 3); if (connected == null || connected.cipherSuite().contains("GCM")) { if (Bytes.i64(d, p + 13) != num) badNonce = true; } note("dtls " + num, Arrays.copyOfRange(d, p, Math.min(d.length, p + 13 + n))); } p += 13 + n; }
            else if (b >= 128 && b < 192) { if ((d[1] & 255) >= 192 && (d[1] & 255) <= 223) { rtcpSeen++; note("rtcp " + Bytes.u32(d, d.length - 4), d); } else { rtpSeen++; int ssrc = Bytes.i32(d, 8), s = Bytes.u16(d, 2); int[] r = roc.computeIfAbsent(ssrc, k -> new int[] {0, s}); if ((short) (s - r[1]) > 0) { if (s < r[1]) r[0]++; r[1] = s; } int x = (short) (s - r[1]) <= 0 && s > r[1] ? r[0] - 1 : r[0]; note("rtp " + ssrc + " " + (((long) x << 16) + s), d); } }
            if (System.currentTimeMillis() < dropUntil && b >= 20 && b < 64 && (d[0] == 20 || Bytes.u16(d, 3) == 1)) return;
            super.handle(from, d);
        } }
    public static void main(String[] a) throws Exception {
        for (String setup : new String[] {"active", "passive"}) for (int round = 0; round < 3; round++) {
            RTCPeerConnection v = f.createPeerConnection(); Watch p = new Watch(); p.dropUntil = System.currentTimeMillis() + 1500;
            EncodedVideoSource src = new EncodedVideoSource("VP8"), src2 = new EncodedVideoSource("VP8"); RTCRtpSender snd = v.addTrack(src.createTrack()); v.onDataChannel(e -> e.channel().onMessage(m -> { try { e.channel().send(m.bytes()); } catch (RuntimeException x) { } }));
            String section = round == 1 ? "video-nortx" : "video"; String offer = p.offer(setup, "sendrecv", "data", section);
            p.connect(v, offer);
            p.sctpConnect(new Extensions(true, true, false, false, false));
            int tsn = 1000; byte[] open = new ByteWriter().u8(3).u8(0).u16(0).u32(0).u16(1).u16(0).u8('x').toByteArray(); int t0 = tsn++; p.sctp(w -> RawPeer.data(w, false, 3, t0, 1, 0, 0, 50, open)); 
            long ssrc = 0; for (String l : v.getLocalDescription().getSdp().split("\r\n")) if (l.startsWith("a=ssrc:") && ssrc == 0) ssrc = Long.parseLong(l.substring(7).split(" ")[0]); long media = ssrc;
            Thread pusher = new Thread(() -> { for (int i = 0; i < 600; i++) { src.push(EncodedFrame.of(new byte[3000], "VP8", i * 3000L, i % 20 == 0)); src2.push(EncodedFrame.of(new byte[3000], "VP8", i * 3000L, i % 20 == 0)); try { Thread.sleep(5); } catch (InterruptedException e) { return; } } }); pusher.start();
            byte[] msg = new byte[900]; int ssn = 1;
            for (int i = 0; i < 120; i++) { int t = tsn++, n = ssn++; p.sctp(w -> RawPeer.data(w, false, 3, t, 1, n, 0, 53, msg)); p.sctp(w -> Sack.write(w, p.peerFirstTsn + 5000, 1 << 20, 0, 0)); p.pumpFor(10);
                ByteWriter w = new ByteWriter().u8(0x81).u8(205).u16(2 + 10).u32(9).u32(media); for (int k = 0; k < 10; k++) w.u16(p.roc.isEmpty() ? 0 : p.roc.values().iterator().next()[1] - 17 * (10 - k)).u16(0xffff); p.rtcp(w.toByteArray());
                if (i == 30) snd.replaceTrack(src2.createTrack()); if (i == 45) snd.replaceTrack(null); if (i == 55) snd.replaceTrack(src.createTrack());
                if (i == 60) { v.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer.replace("o=- 1 1", "o=- 1 2").replace("a=sendrecv", "a=inactive"))).get(5, TimeUnit.SECONDS); v.setLocalDescription().get(5, TimeUnit.SECONDS); }
                if (i == 70) { v.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer.replace("o=- 1 1", "o=- 1 3"))).get(5, TimeUnit.SECONDS); v.setLocalDescription().get(5, TimeUnit.SECONDS); }
                if (i == 80) { v.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer.replace("o=- 1 1", "o=- 1 4"))).get(5, TimeUnit.SECONDS); v.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ROLLBACK, "")).get(5, TimeUnit.SECONDS); }
                if (i == 90) { v.addTransceiver("video"); v.setLocalDescription().get(5, TimeUnit.SECONDS); v.setLocalDescription(new RTCSessionDescription(RTCSdpType.ROLLBACK, "")).get(5, TimeUnit.SECONDS); }
                if (i == 100) { v.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer.replace("o=- 1 1", "o=- 1 5").replace("a=ice-ufrag:" + p.ufrag, "a=ice-ufrag:" + p.ufrag + "X"))).get(5, TimeUnit.SECONDS); v.setLocalDescription().get(5, TimeUnit.SECONDS); } }
            v.close(); p.pumpFor(200);
            System.out.printf("victim is DTLS %s, %s: %d DTLS records under keys, %d RTP, %d RTCP; repeated byte for byte %d, REUSED %d, explicit nonce always the record number: %s%n", setup.equals("active") ? "server" : "client", section, p.dtlsRecords, p.rtpSeen, p.rtcpSeen, p.same, p.dup, !p.badNonce);
            pusher.interrupt(); p.close();
        }
        System.exit(0);
    }
}
