package dev.jvmrtc.sdp;

import dev.jvmrtc.core.Steps;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A payload type of a media section: its a=rtpmap, a=fmtp and a=rtcp-fb lines together.
 *
 * @param channels 1 where rtpmap names none
 * @param parameters of a=fmtp in their order; a format that is no list of {@code key=value} stands under the empty key
 * @param feedback "nack", "nack pli", "ccm fir", "transport-cc" …
 */
public record SdpCodec(
        int payloadType,
        String name,
        int clockRate,
        int channels,
        Map<String, String> parameters,
        List<String> feedback) {

    /** Kinds of feedback of a payload type; what else its lines name is left out. */
    public static final int MAX_FEEDBACK = 64;
    /** Parameters of a payload type; more are an error. */
    public static final int MAX_PARAMETERS = 128;

    public SdpCodec {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        feedback = List.copyOf(feedback);
    }

    public boolean isRtx() {
        return name.equalsIgnoreCase("rtx");
    }

    /** The payload type that this RTX repairs (RFC 4588 §8.6), or −1. */
    public int associatedPayloadType() {
        String apt = parameters.get("apt");
        try {
            return apt == null ? -1 : Integer.parseInt(apt.trim());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    public SdpCodec withPayloadType(int pt) {
        return new SdpCodec(pt, name, clockRate, channels, parameters, feedback);
    }

    public SdpCodec withFeedback(List<String> newFeedback) {
        return new SdpCodec(payloadType, name, clockRate, channels, parameters, newFeedback);
    }

    public SdpCodec withParameters(Map<String, String> newParameters) {
        return new SdpCodec(payloadType, name, clockRate, channels, newParameters, feedback);
    }

    public String fmtp() {
        return fmtp(parameters);
    }

    /** Parameters as the value of a=fmtp. */
    public static String fmtp(Map<String, String> parameters) {
        if (parameters.size() == 1 && parameters.containsKey("")) {
            return parameters.get("");
        }
        StringBuilder s = new StringBuilder();
        parameters.forEach(
                (k, v) -> s.append(s.length() == 0 ? "" : ";").append(k).append(v == null ? "" : "=" + v));
        return s.toString();
    }

    /** Appends the lines that describe this payload type. */
    public void write(AttributeList out) {
        out.add("rtpmap", payloadType + " " + name + "/" + clockRate + (channels > 1 ? "/" + channels : ""));
        feedback.forEach(f -> out.add("rtcp-fb", payloadType + " " + f));
        if (!parameters.isEmpty()) {
            out.add("fmtp", payloadType + " " + fmtp());
        }
    }

    public static Map<String, String> parseFmtp(String text) {
        Map<String, String> map = new LinkedHashMap<>();
        if (text.indexOf('=') < 0) {
            map.put("", text.trim());
            return map;
        }
        for (String part : text.split(";")) {
            assert Steps.count();
            int eq = part.indexOf('=');
            String key = (eq < 0 ? part : part.substring(0, eq)).trim();
            if (!key.isEmpty()) {
                map.put(
                        key.toLowerCase(Locale.ROOT),
                        eq < 0 ? null : part.substring(eq + 1).trim());
            }
        }
        return map;
    }

    /**
     * The payload types of an RTP section in the order of its m= line, each once. Lines about payload types that the m=
     * line does not list are ignored: Firefox leaves such behind.
     */
    public static List<SdpCodec> readAll(MediaDescription m) throws SdpException {
        Map<Integer, Attribute> maps = new HashMap<>();
        Map<Integer, Map<String, String>> fmtps = new HashMap<>();
        Map<Integer, Set<String>> feedback = new HashMap<>();
        Set<String> wildcard = new LinkedHashSet<>();
        for (Attribute a : m.attributes) {
            assert Steps.count();
            boolean concerns = a.name().equals("rtpmap")
                    || a.name().equals("fmtp")
                    || a.name().equals("rtcp-fb");
            if (!concerns || a.value() == null) {
                continue;
            }
            String[] w = a.value().trim().split(" ", 2);
            String rest = w.length > 1 ? w[1].trim() : "";
            if (a.name().equals("rtcp-fb") && w[0].equals("*")) {
                addFeedback(wildcard, rest);
                continue;
            }
            int pt = payloadType(w[0], a.line());
            switch (a.name()) {
                case "rtpmap" -> maps.put(pt, a);
                case "fmtp" -> fmtps.put(pt, parameters(rest, a.line()));
                default -> addFeedback(feedback.computeIfAbsent(pt, k -> new LinkedHashSet<>()), rest);
            }
        }
        Map<Integer, SdpCodec> codecs = new LinkedHashMap<>();
        for (String format : m.formats) {
            assert Steps.count();
            int pt = payloadType(format, m.line);
            Attribute map = maps.get(pt);
            String meaning = map == null
                    ? staticPayloadType(pt)
                    : map.value().trim().substring(format(map).length()).trim();
            if (meaning == null || codecs.containsKey(pt)) {
                continue; // a payload type that is not described cannot be used; one that stands twice is one
            }
            Set<String> fb = new LinkedHashSet<>(wildcard);
            feedback.getOrDefault(pt, Set.of()).forEach(f -> addFeedback(fb, f));
            codecs.put(
                    pt,
                    read(
                            pt,
                            meaning,
                            map == null ? m.line : map.line(),
                            fmtps.getOrDefault(pt, Map.of()),
                            List.copyOf(fb)));
        }
        return List.copyOf(codecs.values());
    }

    private static String format(Attribute map) {
        return map.value().trim().split(" ", 2)[0];
    }

    private static void addFeedback(Set<String> to, String feedback) {
        assert Steps.count();
        if (to.size() < MAX_FEEDBACK) {
            to.add(feedback);
        }
    }

    private static Map<String, String> parameters(String fmtp, int line) throws SdpException {
        Map<String, String> all = parseFmtp(fmtp);
        if (all.size() > MAX_PARAMETERS) {
            throw new SdpException(line, "a=fmtp of more than " + MAX_PARAMETERS + " parameters");
        }
        return all;
    }

    private static SdpCodec read(
            int pt, String meaning, int line, Map<String, String> parameters, List<String> feedback)
            throws SdpException {
        String[] w = meaning.split("/");
        try {
            int clockRate = Integer.parseInt(w[1].trim());
            int channels = w.length > 2 ? Integer.parseInt(w[2].trim()) : 1;
            if (clockRate > 0 && channels > 0 && !w[0].isEmpty()) {
                return new SdpCodec(pt, w[0], clockRate, channels, parameters, feedback);
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            // Falls through to the error.
        }
        throw new SdpException(line, "a=rtpmap:" + pt + " has the form <name>/<clock rate>[/<channels>]");
    }

    private static int payloadType(String s, int line) throws SdpException {
        try {
            int pt = Integer.parseInt(s);
            if (pt >= 0 && pt <= 127) {
                return pt;
            }
        } catch (NumberFormatException e) {
            // Falls through to the error.
        }
        throw new SdpException(line, Grammar.quoted(s) + " is no payload type from 0 to 127");
    }

    /** RFC 3551 §6, those that still occur. */
    private static String staticPayloadType(int pt) {
        return switch (pt) {
            case 0 -> "PCMU/8000";
            case 8 -> "PCMA/8000";
            case 9 -> "G722/8000";
            case 13 -> "CN/8000";
            default -> null;
        };
    }
}
