import dev.jvmrtc.*;
import java.util.*;
import java.util.concurrent.*;
/** Descriptions that made negotiation throw. Right behaviour: the operation fails with an error, or succeeds, and the next operation works. */
public class Small2 {
    public static void main(String[] a) throws Exception {
        RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.getHostAddress().equals("127.0.0.1")).eventLoops(1).build();
        String[][] cases = {{"a=fmtp:97 apt;x=1", SdpAttacks.head("a=group:BUNDLE 0\r\n") + SdpAttacks.video("96 97", "0", "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt;x=1\r\n")}, {"a=extmap:3/ uri", SdpAttacks.head("a=group:BUNDLE 0\r\n") + SdpAttacks.video("96", "0", "a=extmap:3/ urn:ietf:params:rtp-hdrext:sdes:mid\r\n")}, {"a=extmap:3/foo uri", SdpAttacks.head("a=group:BUNDLE 0\r\n") + SdpAttacks.video("96", "0", "a=extmap:3/foo urn:ietf:params:rtp-hdrext:sdes:mid\r\n")}, {"no mid in a BUNDLE", SdpAttacks.head("a=group:BUNDLE 0\r\n") + SdpAttacks.video("96", "0", "") + SdpAttacks.video("96", "1", "").replace("a=mid:1\r\n", "")}};
        for (String[] c : cases) { RTCPeerConnection pc = f.createPeerConnection(); String r;
            try { pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, c[1])).thenCompose(v -> pc.setLocalDescription()).get(3, TimeUnit.SECONDS); r = "fine"; } catch (TimeoutException e) { r = "NEVER COMPLETES"; } catch (ExecutionException e) { r = String.valueOf(e.getCause()); }
            String n; try { pc.createOffer().get(2, TimeUnit.SECONDS); n = "works"; } catch (TimeoutException e) { n = "hangs too"; } catch (ExecutionException e) { n = String.valueOf(e.getCause()); } System.out.printf("%-22s %s; the next operation %s%n", c[0], r, n); pc.close(); }
        System.exit(0);
    }
}
