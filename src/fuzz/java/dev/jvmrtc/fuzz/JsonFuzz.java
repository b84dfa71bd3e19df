package dev.jvmrtc.fuzz;

import dev.jvmrtc.RTCIceCandidateInit;
import dev.jvmrtc.RTCSessionDescriptionInit;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Reads any text as a description and as a candidate: it is refused, or what is written of it is read as the same
 * again, and is one line.
 */
public final class JsonFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        FuzzBounds.work(data.length, () -> {
            try {
                RTCSessionDescriptionInit d = RTCSessionDescriptionInit.ofJson(text);
                if (!RTCSessionDescriptionInit.ofJson(oneLine(d.toJsonString())).equals(d)) {
                    throw new IllegalStateException("written as one thing and read as another: " + text);
                }
            } catch (RTCException | RTCTypeError e) {
                // refused
            }
            try {
                RTCIceCandidateInit c = RTCIceCandidateInit.ofJson(text);
                if (c != null
                        && !RTCIceCandidateInit.ofJson(oneLine(c.toJsonString()))
                                .equals(c)) {
                    throw new IllegalStateException("written as one thing and read as another: " + text);
                }
            } catch (RTCException | RTCTypeError e) {
                // refused
            }
        });
    }

    private static String oneLine(String json) {
        if (json.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalStateException("a control character in " + json);
        }
        return json;
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        return Map.of(
                "description",
                bytes("{\"type\":\"offer\",\"sdp\":\"v=0\\r\\no=- 1 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\n\"}"),
                "candidate",
                bytes(
                        "{\"candidate\":\"candidate:1 1 udp 2130706431 10.0.0.2 6000 typ host\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0,"
                                + "\"usernameFragment\":null}"),
                "others",
                bytes(
                        "{\"x\":[1,-2.5e+3,{\"y\":[[],{}]},true,false,null],\"type\":\"answer\",\"z\":\"\\ud834\\udd1e\\u00e9\\\"\\\\\\/\"}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private JsonFuzz() {}
}
