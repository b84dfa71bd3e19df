package dev.jvmrtc.rtp.format;

import java.util.Locale;
import java.util.Map;

/**
 * Which parameters of a=fmtp count when two descriptions of a codec are held against each other. Names are in lower
 * case; a parameter without a value is null.
 */
public interface FmtpMatching {

    /** Parameters say nothing about whether two sides understand each other. */
    FmtpMatching ANY = equal(Map.of());

    /** Equal for two descriptions whose parameters go together, so that many need not be compared with many. */
    String key(Map<String, String> parameters);

    /** Whether frames of a source with these parameters, which are not empty, may be sent under what was negotiated. */
    default boolean canCarry(Map<String, String> negotiated, Map<String, String> source) {
        return key(negotiated).equals(key(source));
    }

    /** These parameters have to be equal; each with what it is where a description does not name it. */
    static FmtpMatching equal(Map<String, String> absent) {
        return parameters -> {
            StringBuilder key = new StringBuilder();
            absent.forEach((name, value) -> key.append('/').append(parameter(parameters, name, value)));
            return key.toString();
        };
    }

    /**
     * H.264: the profile and the packetization mode have to be the same, levels may differ (RFC 6184 §8.2.2). What is
     * sent may be of any profile that the negotiated one decodes.
     */
    FmtpMatching H264 = new FmtpMatching() {
        @Override
        public String key(Map<String, String> parameters) {
            return "/" + H264Profile.of(parameters) + "/" + parameter(parameters, "packetization-mode", "0");
        }

        @Override
        public boolean canCarry(Map<String, String> negotiated, Map<String, String> source) {
            H264Profile theirs = H264Profile.of(negotiated);
            H264Profile ours = H264Profile.of(source);
            return theirs != null && ours != null && theirs.decodes(ours);
        }
    };

    /** H.265, RFC 7798 §7.1: profile, tier and how many streams it comes in must be the same, levels may differ. */
    FmtpMatching H265 = p -> "/" + parameter(p, "profile-id", "1") + "/" + parameter(p, "tier-flag", "0") + "/"
            + parameter(p, "tx-mode", "SRST").toUpperCase(Locale.ROOT);

    static String parameter(Map<String, String> parameters, String name, String absent) {
        String value = parameters.get(name);
        return value == null ? absent : value;
    }
}
