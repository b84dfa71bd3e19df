package dev.jvmrtc.sdp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A payload type of a media section: its a=rtpmap, a=fmtp and a=rtcp-fb lines together.
 *
 * @param channels 1 where rtpmap names none
 * @param parameters of a=fmtp in their order; a format that is no list of {@code key=value} stands under the empty key
 * @param feedback "nack", "nack pli", "ccm fir", "transport-cc" …
 */
public record SdpCodec(int payloadType, String name, int clockRate, int channels, Map<String, String> parameters, List<String> feedback) {

    public SdpCodec {
        parameters = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        feedback = List.copyOf(feedback);
    }

    public boolean isRtx() {
        return name.equalsIgnoreCase("rtx");
    }

    /** RTX, FEC, redundancy, comfort noise and telephone events carry no codec of their own. */
    public boolean isAuxiliary() {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "rtx", "red", "ulpfec", "flexfec-03", "cn", "telephone-event" -> true;
            default -> false;
        };
    }

    /** The payload type that this RTX repairs (RFC 4588 §8.6), or −1. */
    public int associatedPayloadType() {
        try {
            return Integer.parseInt(parameters.getOrDefault("apt", "-1").trim());
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
        if (parameters.size() == 1 && parameters.containsKey("")) {
            return parameters.get("");
        }
        StringBuilder s = new StringBuilder();
        parameters.forEach((k, v) -> s.append(s.length() == 0 ? "" : ";").append(k).append(v == null ? "" : "=" + v));
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
            int eq = part.indexOf('=');
            String key = (eq < 0 ? part : part.substring(0, eq)).trim();
            if (!key.isEmpty()) {
                map.put(key.toLowerCase(Locale.ROOT), eq < 0 ? null : part.substring(eq + 1).trim());
            }
        }
        return map;
    }

    /**
     * The payload types of an RTP section in the order of its m= line. Lines about payload types that the m= line does not list are ignored: Firefox leaves
     * such behind.
     */
    public static List<SdpCodec> readAll(MediaDescription m) throws SdpException {
        Map<Integer, String> maps = new LinkedHashMap<>();
        Map<Integer, Map<String, String>> fmtps = new LinkedHashMap<>();
        Map<Integer, List<String>> feedback = new LinkedHashMap<>();
        List<String> wildcard = new ArrayList<>();
        for (Attribute a : m.attributes) {
            boolean concerns = a.name().equals("rtpmap") || a.name().equals("fmtp") || a.name().equals("rtcp-fb");
            if (!concerns || a.value() == null) {
                continue;
            }
            String[] w = a.value().trim().split(" ", 2);
            if (a.name().equals("rtcp-fb") && w[0].equals("*")) {
                wildcard.add(w.length > 1 ? w[1].trim() : "");
                continue;
            }
            int pt = payloadType(w[0], a.line());
            String rest = w.length > 1 ? w[1].trim() : "";
            switch (a.name()) {
                case "rtpmap" -> maps.put(pt, rest);
                case "fmtp" -> fmtps.put(pt, parseFmtp(rest));
                default -> feedback.computeIfAbsent(pt, k -> new ArrayList<>()).add(rest);
            }
        }
        List<SdpCodec> codecs = new ArrayList<>();
        for (String format : m.formats) {
            int pt = payloadType(format, m.line);
            String map = maps.getOrDefault(pt, staticPayloadType(pt));
            if (map == null) {
                continue; // a payload type that is not described cannot be used
            }
            String[] w = map.split("/");
            List<String> fb = new ArrayList<>(wildcard);
            fb.addAll(feedback.getOrDefault(pt, List.of()));
            try {
                int channels = w.length > 2 ? Integer.parseInt(w[2].trim()) : 1;
                codecs.add(new SdpCodec(pt, w[0], Integer.parseInt(w[1].trim()), channels, fmtps.getOrDefault(pt, Map.of()), fb));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new SdpException(m.line, "a=rtpmap:" + pt + " has the form <name>/<clock rate>[/<channels>]");
            }
        }
        return codecs;
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
        throw new SdpException(line, "\"" + s + "\" is no payload type from 0 to 127");
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
