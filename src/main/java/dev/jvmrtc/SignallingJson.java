package dev.jvmrtc;

import dev.jvmrtc.core.FlatJson;
import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.sdp.SdpSession;
import dev.jvmrtc.wire.MalformedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Descriptions and candidates as pages write them, {@code JSON.stringify(pc.localDescription)} and
 * {@code JSON.stringify(event.candidate)}.
 */
final class SignallingJson {
    /** Enough for the longest description, each character of it escaped. */
    private static final int MAX_DESCRIPTION = 6 * SdpSession.MAX_LENGTH + 1_024;

    private static final int MAX_CANDIDATE = 64 << 10;
    private static final int MAX_INDEX = 0xffff;
    private static final int MAX_QUOTED = 32;
    private static final Set<String> DESCRIPTION = Set.of("type", "sdp");
    private static final Set<String> CANDIDATE = Set.of("candidate", "sdpMid", "sdpMLineIndex", "usernameFragment");

    static String write(RTCSessionDescriptionInit d) {
        Map<String, Object> m = new LinkedHashMap<>();
        if (d.type() != null) {
            m.put("type", d.type().toString());
        }
        m.put("sdp", d.sdp() == null ? "" : d.sdp());
        return FlatJson.write(m);
    }

    static RTCSessionDescriptionInit description(String json) {
        Map<String, Object> m = read(json, DESCRIPTION, MAX_DESCRIPTION);
        String type = m == null ? null : string(m, "type");
        if (type == null) {
            throw new RTCTypeError("a description is a JSON object with a \"type\"");
        }
        String sdp = string(m, "sdp");
        return new RTCSessionDescriptionInit(type(type), sdp == null ? "" : sdp);
    }

    private static RTCSdpType type(String word) {
        for (RTCSdpType t : RTCSdpType.values()) {
            if (t.toString().equals(word)) {
                return t;
            }
        }
        throw new RTCTypeError("the type of a description is \"offer\", \"pranswer\", \"answer\" or \"rollback\", not "
                + SafeText.quoted(word, MAX_QUOTED));
    }

    static String write(RTCIceCandidateInit c) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("candidate", c.candidate() == null ? "" : c.candidate());
        m.put("sdpMid", c.sdpMid());
        m.put("sdpMLineIndex", c.sdpMLineIndex());
        m.put("usernameFragment", c.usernameFragment());
        return FlatJson.write(m);
    }

    /** Null for "null". */
    static RTCIceCandidateInit candidate(String json) {
        Map<String, Object> m = read(json, CANDIDATE, MAX_CANDIDATE);
        if (m == null) {
            return null;
        }
        String line = string(m, "candidate");
        return new RTCIceCandidateInit(
                line == null ? "" : line,
                string(m, "sdpMid"),
                index(m.get("sdpMLineIndex")),
                string(m, "usernameFragment"));
    }

    private static Map<String, Object> read(String json, Set<String> names, int maxLength) {
        if (json == null) {
            throw new RTCTypeError("a JSON text is needed; for null it is \"null\"");
        }
        try {
            return FlatJson.read(json, names, maxLength);
        } catch (MalformedException e) {
            throw new RTCException("SyntaxError", e.getMessage());
        }
    }

    /**
     * WebIDL turns what is no string into one, too; of that, numbers that count something are of use: some write
     * "sdpMid": 0.
     */
    private static String string(Map<String, Object> m, String name) {
        Object v = m.get(name);
        if (v == null || v instanceof String) {
            return (String) v;
        }
        if (v instanceof Double d && isIndex(d)) {
            return Integer.toString(d.intValue());
        }
        throw new RTCTypeError("\"" + name + "\" is a string");
    }

    /** WebIDL's unsigned short, without its way to take numbers out of range modulo 65536: those are nobody's index. */
    private static Integer index(Object v) {
        if (v == null) {
            return null;
        }
        if (v instanceof Double d && isIndex(d)) {
            return d.intValue();
        }
        if (v instanceof String s && s.matches("[0-9]{1,5}") && Integer.parseInt(s) <= MAX_INDEX) {
            return Integer.valueOf(s);
        }
        throw new RTCTypeError("\"sdpMLineIndex\" is a number, 0 … " + MAX_INDEX + ", or null");
    }

    private static boolean isIndex(double d) {
        return d >= 0 && d <= MAX_INDEX && d == Math.rint(d);
    }

    private SignallingJson() {}
}
