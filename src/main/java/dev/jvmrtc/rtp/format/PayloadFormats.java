package dev.jvmrtc.rtp.format;

import java.util.Locale;
import java.util.Map;

/** Chooses the payload format of a codec name. */
public final class PayloadFormats {

    private PayloadFormats() {}

    /** Null for a codec without a payload format here. */
    public static Packetizer packetizer(String codec, Map<String, String> parameters, int random) {
        return switch (codec.toUpperCase(Locale.ROOT)) {
            case "OPUS", "PCMU", "PCMA", "G722" -> new WholeFrame();
            case "VP8" -> new Vp8(random);
            case "VP9" -> new Vp9(random);
            case "AV1" -> new Av1();
            case "H265" -> new H265(Map.of());
            case "H264" -> new H264("1".equals(parameters.get("packetization-mode")) ? 1 : 0);
            default -> null;
        };
    }

    public static Depacketizer depacketizer(String codec) {
        return depacketizer(codec, Map.of());
    }

    /**
     * Null for a codec without a payload format here.
     *
     * @param parameters of the sender's description
     */
    public static Depacketizer depacketizer(String codec, Map<String, String> parameters) {
        return switch (codec.toUpperCase(Locale.ROOT)) {
            case "OPUS", "PCMU", "PCMA", "G722" -> new WholeFrame();
            case "VP8" -> new Vp8(0);
            case "VP9" -> new Vp9(0);
            case "AV1" -> new Av1();
            case "H265" -> new H265(parameters);
            case "H264" -> new H264(1, parameters.get("sprop-parameter-sets"));
            default -> null;
        };
    }
}
