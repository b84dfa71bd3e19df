import dev.jvmrtc.*;
import dev.jvmrtc.media.*;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.wire.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;
/**
 * Stops video in every way there is, then asks for packets that were lost just before, and looks for a known text in the datagrams that leave. Right: none holds it, whatever was done.
 */
public class PlainLeak {
    static RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
    static final byte[] SECRET = "THIS IS THE FRAME IN THE CLEAR!!".getBytes(StandardCharsets.US_ASCII);
    static class Tap extends RawPeer { int plain; byte[] first; int lastSeq = -1; long media; Tap() throws Exception { }
        @Override void handle(java.net.InetSocketAddress from, byte[] d) throws Exception {
            if ((d[0] & 0xc0) == 0x80 && (d[1] & 255) < 192) { for (int i = 12; i + SECRET.length <= d.length; i++) if (Arrays.equals(d, i, i + SECRET.length, SECRET, 0, SECRET.length)) { if (plain++ == 0) first = d.clone(); break; } if (Bytes.u32(d, 8) == media) lastSeq = Bytes.u16(d, 2); }
            super.handle(from, d); } }
    public static void main(String[] a) throws Exception {
        for (String how : new String[] {"nothing", "replaceTrack(null)", "peer's offer: inactive (hold)", "own direction: recvonly, renegotiated", "track.stop()"}) {
            RTCPeerConnection v = f.createPeerConnection(); Tap p = new Tap(); EncodedVideoSource src = new EncodedVideoSource("VP8"); MediaStreamTrack track = src.createTrack(); RTCRtpSender snd = v.addTrack(track);
            String offer = p.offer("actpass", "sendrecv", "video"); p.connect(v, offer);
            for (String l : v.getLocalDescription().getSdp().split("\r\n")) if (l.startsWith("a=ssrc:") && p.media == 0) p.media = Long.parseLong(l.substring(7).split(" ")[0]);
            byte[] frame = new byte[3000]; for (int i = 0; i + 32 <= 3000; i += 32) System.arraycopy(SECRET, 0, frame, i, 32);
            for (int i = 0; i < 20; i++) { src.push(EncodedFrame.of(frame, "VP8", i * 3000L, i == 0)); p.pumpFor(20); }
            int before = p.plain;
            switch (how) { case "replaceTrack(null)" -> snd.replaceTrack(null).get(3, TimeUnit.SECONDS); case "track.stop()" -> track.stop();
                case "peer's offer: inactive (hold)" -> { v.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer.replace("o=- 1 1", "o=- 1 2").replace("a=sendrecv", "a=inactive"))).get(3, TimeUnit.SECONDS); v.setLocalDescription().get(3, TimeUnit.SECONDS); }
                case "own direction: recvonly, renegotiated" -> { v.getTransceivers().get(0).setDirection(RTCRtpTransceiverDirection.RECVONLY); v.setLocalDescription().get(3, TimeUnit.SECONDS); String ans = p.offer("passive", "sendonly", "video"); v.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, ans)).get(3, TimeUnit.SECONDS); }
                default -> { } }
            p.pumpFor(50);
            // an ordinary NACK for packets that were lost just before
            ByteWriter w = new ByteWriter().u8(0x81).u8(205).u16(3).u32(9).u32(p.media).u16(p.lastSeq - 17).u16(0xffff); p.rtcp(w.toByteArray()); p.pumpFor(300);
            System.out.printf("%-42s then a NACK: %d datagrams with the frame in the clear%s%n", how, p.plain - before, p.first == null ? "" : ", the first of " + p.first.length + " bytes: " + HexFormat.of().formatHex(p.first, 0, 12) + " … \"" + new String(p.first, 60, 32, StandardCharsets.US_ASCII) + "\"");
            v.close(); p.close();
        }
        System.exit(0);
    }
}
