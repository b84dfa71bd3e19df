package dev.jvmrtc.rtp.format;

import java.util.Locale;
import java.util.Map;

/**
 * When two descriptions of a codec mean the same, and what may be sent under one. Parameters are those of a=fmtp, their
 * names in lower case.
 */
public final class CodecMatching {

    private CodecMatching() {}

    /**
     * Equal for two descriptions of the same codec with parameters that go together, so that many need not be compared
     * with many. Not for RTX, which its apt tells.
     */
    public static String key(String codec, int clockRate, int channels, Map<String, String> parameters) {
        String name = codec.toUpperCase(Locale.ROOT);
        return name + "/" + clockRate + "/" + channels
                + switch (name) {
                    case "H264" ->
                        "/" + H264Profile.of(parameters) + "/" + parameter(parameters, "packetization-mode", "0");
                    case "VP9" -> "/" + parameter(parameters, "profile-id", "0");
                    case "AV1" -> "/" + parameter(parameters, "profile", "0");
                    case "H265" -> "/" + h265Kind(parameters);
                    default -> "";
                };
    }

    /** RFC 7798 §7.1: profile, tier and how many streams it comes in must be the same, levels may differ. */
    private static String h265Kind(Map<String, String> p) {
        return parameter(p, "profile-id", "1") + "/" + parameter(p, "tier-flag", "0") + "/"
                + parameter(p, "tx-mode", "SRST").toUpperCase(Locale.ROOT);
    }

    /**
     * Whether frames of a source with these parameters may be sent under a negotiated codec: for H.264 its profile must
     * be able to decode the source's (every one can decode constrained baseline, RFC 6184 §8.1), for VP9 the profiles
     * must be equal. No parameters mean that the source adapts.
     */
    public static boolean canCarry(String codec, Map<String, String> negotiated, Map<String, String> source) {
        if (source.isEmpty()) {
            return true;
        }
        return switch (codec.toUpperCase(Locale.ROOT)) {
            case "H264" -> {
                H264Profile theirs = H264Profile.of(negotiated);
                H264Profile ours = H264Profile.of(source);
                yield theirs != null && ours != null && theirs.decodes(ours);
            }
            case "VP9" -> parameter(negotiated, "profile-id", "0").equals(parameter(source, "profile-id", "0"));
            case "AV1" -> parameter(negotiated, "profile", "0").equals(parameter(source, "profile", "0"));
            case "H265" -> h265Kind(negotiated).equals(h265Kind(source));
            default -> true;
        };
    }

    /** Whether a frame of any size fits the payload format: not so in H.264's single NAL unit mode (RFC 6184 §6.2). */
    public static boolean canFragment(String codec, Map<String, String> negotiated) {
        return !codec.equalsIgnoreCase("H264")
                || parameter(negotiated, "packetization-mode", "0").equals("1");
    }

    /** RTX, FEC, redundancy, comfort noise and telephone events carry no codec of their own. */
    public static boolean isAuxiliary(String codec) {
        return switch (codec.toLowerCase(Locale.ROOT)) {
            case "rtx", "red", "ulpfec", "flexfec-03", "cn", "telephone-event" -> true;
            default -> false;
        };
    }

    static String parameter(Map<String, String> parameters, String key, String absent) {
        String v = parameters.get(key);
        return v == null ? absent : v;
    }
}
