package dev.jvmrtc.sdp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Offers that repeat what a description may repeat, as often as asked: kinds by name, each a text that grows with a
 * number.
 */
public final class HostileDescriptions {
    private static final String TRANSPORT =
            "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 "
                    + String.join(":", Collections.nCopies(32, "AB")) + "\r\na=setup:actpass\r\n";

    private HostileDescriptions() {}

    /** The session section, with lines of its own. */
    public static String head(String lines) {
        return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + lines;
    }

    /** A video section that can be used, with lines of its own. */
    public static String video(String formats, String mid, String lines) {
        return "m=video 9 UDP/TLS/RTP/SAVPF " + formats + "\r\nc=IN IP4 0.0.0.0\r\na=mid:" + mid + "\r\n" + TRANSPORT
                + "a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n" + lines;
    }

    /** The same text or another for each number below {@code n}, one behind the other. */
    public static String repeat(int n, IntFunction<String> each) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < n; i++) {
            all.append(each.apply(i));
        }
        return all.toString();
    }

    private static String lines(int n, IntFunction<String> each) {
        return head("a=group:BUNDLE 0\r\n") + video("96", "0", repeat(n, i -> each.apply(i) + "\r\n"));
    }

    private static String bundle(int n) {
        return "a=group:BUNDLE" + repeat(n, i -> " " + i) + "\r\n";
    }

    /** By name; sensible numbers are from 10 to 900. */
    public static Map<String, IntFunction<String>> all() {
        Map<String, IntFunction<String>> m = new LinkedHashMap<>();
        m.put(
                "payload types that stand twice",
                n -> head("") + video(repeat(Math.min(n, 600), i -> i == 0 ? "96" : " 96"), "0", ""));
        m.put(
                "payload types that are all the same codec",
                n -> head("")
                        + video(
                                repeat(n / 10, i -> (i == 0 ? "" : " ") + (35 + i)),
                                "0",
                                repeat(n / 10, i -> "a=rtpmap:" + (35 + i) + " VP8/90000\r\n")));
        m.put(
                "RTX for one codec",
                n -> head("")
                        + video(
                                "96" + repeat(n / 10, i -> " " + (i < 90 ? i : i + 7)),
                                "0",
                                repeat(
                                        n / 10,
                                        i -> "a=rtpmap:" + (i < 90 ? i : i + 7) + " rtx/90000\r\na=fmtp:"
                                                + (i < 90 ? i : i + 7) + " apt=96\r\n")));
        m.put("rtpmap lines", n -> lines(n, i -> "a=rtpmap:96 VP8/90000"));
        m.put("fmtp lines", n -> lines(n, i -> "a=fmtp:96 x=" + i));
        m.put("parameters of a codec", n -> lines(1, i -> "a=fmtp:96 " + repeat(n, k -> "k" + k + "=1;")));
        m.put(
                "feedback lines for all codecs",
                n -> head("") + video("96 97 98 99", "0", repeat(n, i -> "a=rtcp-fb:* x" + i + "\r\n")));
        m.put("feedback lines", n -> lines(n, i -> "a=rtcp-fb:96 x" + i));
        m.put("extensions", n -> lines(n, i -> "a=extmap:" + (1 + i % 255) + " urn:x" + i));
        m.put(
                "the same extension",
                n -> lines(n, i -> "a=extmap:" + (1 + i % 255) + " urn:ietf:params:rtp-hdrext:sdes:mid"));
        m.put("SSRCs", n -> lines(n, i -> "a=ssrc:" + (i + 1) + " cname:x"));
        m.put("SSRCs with streams", n -> lines(n, i -> "a=ssrc:" + (i + 1) + " msid:s" + i + " t"));
        m.put("SSRC groups", n -> lines(n, i -> "a=ssrc-group:FID " + (i + 1) + " " + (i + 1_000_001)));
        m.put("streams", n -> lines(n, i -> "a=msid:s" + i + " t"));
        m.put("the same stream", n -> lines(n, i -> "a=msid:s t"));
        m.put("rids", n -> lines(n, i -> "a=rid:r" + i + " send"));
        m.put("candidates", n -> lines(n, i -> "a=candidate:" + i + " 1 udp 1 192.0.2.1 " + (1_024 + i) + " typ host"));
        m.put("fingerprints", n -> lines(n, i -> "a=fingerprint:sha-256 AA:BB"));
        m.put("bandwidth lines", n -> lines(n, i -> "b=AS:" + (1_000 + i)));
        m.put("mids", n -> lines(n, i -> "a=mid:0"));
        m.put("unknown attributes", n -> lines(n, i -> "a=x" + i));
        m.put("BUNDLE groups", n -> head(repeat(n, i -> "a=group:BUNDLE 0\r\n")) + video("96", "0", ""));
        m.put(
                "mids in one BUNDLE group",
                n -> head("a=group:BUNDLE" + repeat(n, i -> " 0") + "\r\n") + video("96", "0", ""));
        m.put("sections in one BUNDLE group", n -> head(bundle(n)) + repeat(n, i -> video("96", "" + i, "")));
        m.put("sections without BUNDLE", n -> head("") + repeat(n, i -> video("96", "" + i, "")));
        m.put(
                "sections in BUNDLE groups of two",
                n -> head(repeat(n / 20, i -> "a=group:BUNDLE " + 2 * i + " " + (2 * i + 1) + "\r\n"))
                        + repeat(n / 20 * 2, i -> video("96", "" + i, "")));
        m.put(
                "sections without a mid",
                n -> head("") + repeat(n / 15, i -> video("96", "x", "").replace("a=mid:x\r\n", "")));
        m.put("sections of the same mid", n -> head("") + repeat(n, i -> video("96", "0", "")));
        m.put(
                "rejected sections",
                n -> head("") + repeat(n, i -> video("96", "" + i, "").replace("m=video 9", "m=video 0")));
        m.put(
                "data sections",
                n -> head(bundle(n))
                        + repeat(
                                n,
                                i -> video("x", "" + i, "")
                                                .replace(
                                                        "m=video 9 UDP/TLS/RTP/SAVPF x",
                                                        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel")
                                        + "a=sctp-port:5000\r\n"));
        m.put(
                "lines of the session and sections",
                n -> head(bundle(n) + repeat(n, i -> "a=ice-options:" + i + "\r\na=x\r\na=setup:actpass\r\n"))
                        + repeat(n, i -> video("96", "" + i, "")));
        m.put(
                "streams, each in many sections",
                n -> head(bundle(n / 10))
                        + repeat(n / 10, i -> video("96", "" + i, repeat(10, k -> "a=msid:s" + k + " t\r\n"))));
        return m;
    }
}
