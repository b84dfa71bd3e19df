import dev.jvmrtc.*;
import java.util.*;
import java.util.concurrent.*;
/**
 * Hostile descriptions through the public API: how long setRemoteDescription and setLocalDescription (an answer) take. Right behaviour: each is answered or refused, with a sentence,
 * in milliseconds, and twice the length takes twice as long. Arguments name kinds; without any, all are tried.
 */
public class SdpAttacks {
    static final String FP = "a=fingerprint:sha-256 " + String.join(":", Collections.nCopies(32, "AB")) + "\r\n";
    static final String T = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n" + FP + "a=setup:actpass\r\n";
    static String head(String extra) { return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + extra; }
    static String video(String formats, String mid, String extra) {
        return "m=video 9 UDP/TLS/RTP/SAVPF " + formats + "\r\nc=IN IP4 0.0.0.0\r\na=mid:" + mid + "\r\n" + T + "a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n" + extra;
    }
    static String rep(int n, java.util.function.IntFunction<String> f) { StringBuilder b = new StringBuilder(); for (int i = 0; i < n; i++) b.append(f.apply(i)); return b.toString(); }
    static void run(String name, String sdp, int limitSeconds) throws Exception {
        RTCPeerConnection pc = F.createPeerConnection();
        long t0 = System.nanoTime();
        String result = "";
        Thread[] worker = new Thread[1];
        try {
            long before = System.nanoTime();
            CompletableFuture<Void> c = CompletableFuture.runAsync(() -> pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, sdp)).thenCompose(v -> pc.setLocalDescription()).join(), r -> { worker[0] = new Thread(r); worker[0].setDaemon(true); worker[0].start(); });
            c.get(limitSeconds, TimeUnit.SECONDS);
            result = "answer of " + pc.getLocalDescription().getSdp().length() + " chars";
        } catch (TimeoutException e) { 
            result = "NOT DONE after " + limitSeconds + " s";
            for (var e2 : Thread.getAllStackTraces().entrySet()) { for (var el : e2.getValue()) if (el.getClassName().startsWith("dev.jvmrtc.jsep") || el.getClassName().startsWith("dev.jvmrtc.sdp")) { result += "; in " + e2.getKey().getName() + " at " + el; break; } }
        }
        catch (ExecutionException e) { Throwable x = e; while (x.getCause() != null) x = x.getCause(); result = x.getClass().getSimpleName() + ": " + abbreviate(String.valueOf(x.getMessage())); }
        System.out.printf("%-46s %8d chars: %8.0f ms, %s%n", name, sdp.length(), (System.nanoTime() - t0) / 1e6, result);
        System.out.flush();
        pc.close();
    }
    static String abbreviate(String s) { s = s.replace("\r", "\\r").replace("\n", "\\n"); return s.length() > 120 ? s.substring(0, 120) + "…" : s; }
    static RTCPeerConnectionFactory F;
    public static void main(String[] a) throws Exception {
        F = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
        String g = "a=group:BUNDLE 0\r\n";
        run("warm-up", head(g) + video("96", "0", ""), 10);
        run("plain", head(g) + video("96", "0", ""), 10);
        for (String what : a.length > 0 ? a : new String[] {"formats", "formatsbig", "bundle", "groups", "ssrc", "msid", "fb", "sections", "nobundle", "candidates", "names", "line", "midnames", "odd"}) switch (what) {
            case "formats" -> { for (int n : new int[] {5_000, 10_000, 20_000, 40_000}) run("duplicate payload types in m=, " + n, head(g) + video(rep(n, i -> i == 0 ? "96" : " 96"), "0", ""), 40); }
            case "formatsbig" -> run("duplicate payload types in m=, 300,000", head(g) + video(rep(300_000, i -> i == 0 ? "96" : " 96"), "0", ""), 60);
            case "bundle" -> { for (int n : new int[] {50_000, 200_000}) run("BUNDLE of " + n + " mids, 500 sections", head("a=group:BUNDLE" + rep(n, i -> " 0") + "\r\n") + rep(500, i -> video("96", "" + i, "")), 60); }
            case "groups" -> run("20,000 BUNDLE groups, 500 sections", head(rep(20_000, i -> "a=group:BUNDLE 0\r\n")) + rep(500, i -> video("96", "" + i, "")), 60);
            case "ssrc" -> run("60,000 a=ssrc", head(g) + video("96", "0", rep(60_000, i -> "a=ssrc:" + (i + 1) + " cname:x\r\n")), 60);
            case "msid" -> run("60,000 a=msid", head(g) + video("96", "0", rep(60_000, i -> "a=msid:s" + i + " t\r\n")), 60);
            case "fb" -> run("20,000 wildcard rtcp-fb x 2,000 formats", head(g) + video(rep(2_000, i -> i == 0 ? "96" : " 96"), "0", rep(20_000, i -> "a=rtcp-fb:* x" + i + "\r\n")), 60);
            case "sections" -> run("1,000 sections of video", head("a=group:BUNDLE" + rep(1000, i -> " " + i) + "\r\n") + rep(1000, i -> video("96", "" + i, "")), 60);
            case "nobundle" -> run("300 sections of video without BUNDLE", head("") + rep(300, i -> video("96", "" + i, "")), 60);
            case "candidates" -> run("60,000 candidates", head(g) + video("96", "0", rep(60_000, i -> "a=candidate:" + i + " 1 udp 1 10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255) + " 5000 typ host\r\n")), 60);
            case "names" -> run("1,000 candidates with names", head(g) + video("96", "0", rep(1_000, i -> "a=candidate:" + i + " 1 udp 1 host" + i + ".invalid 5000 typ host\r\n")), 60);
            case "line" -> run("one attribute of 4 million characters", head(g) + video("96", "0", "a=x:" + "y".repeat(4_000_000) + "\r\n"), 60);
            case "midnames" -> run("mid of 100,000 characters", head("") + video("96", "m".repeat(100_000), "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"), 60);
            case "odd" -> {
                String[] odd = {"a=fmtp:96 " + ";".repeat(100_000), "a=extmap:300 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:-1 urn:ietf:params:rtp-hdrext:sdes:mid", "a=rtpmap:96 VP8/0", "a=rtpmap:96 VP8/-90000", "a=ptime:9999", "b=AS:999999999999", "b=TIAS:0", "a=ssrc-group:FID 1 1", "a=ssrc:0 cname:x", "a=rid:1 send\r\na=simulcast:send 1", "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=97", "a=fmtp:96 apt=99999999999", "a=candidate:1 1 udp 99999999999999999999 1.2.3.4 1 typ host", "a=candidate:1 1 udp 1 ::1%99999999999 1 typ host", "a=candidate:1 1 udp 1 1.2.3.4 99999 typ host","a=candidate:"};
                for (String o : odd) run(abbreviate(o).substring(0, Math.min(40, abbreviate(o).length())), head(g) + video("96 97", "0", o + "\r\n"), 10);
            }
        }
        System.exit(0);
    }
}
