package dev.jvmrtc.jsep;

import dev.jvmrtc.rtp.format.CodecMatching;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.sdp.SdpCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What this library can put into RTP and take out of it, by media kind, and when two descriptions of a codec mean the
 * same.
 */
public final class Codecs {
    private static final List<String> VIDEO_FEEDBACK =
            List.of("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli");
    private static final List<String> AUDIO_FEEDBACK = List.of("transport-cc");

    private Codecs() {}

    /**
     * Supported codecs in our order of preference; payload types are the ones that we offer where nothing else was
     * agreed.
     */
    public static List<SdpCodec> supported(String kind) {
        return kind.equals("audio") ? AUDIO : VIDEO;
    }

    /**
     * The supported ones, and behind them those that are only agreed to where an application asks for them by its
     * preferences: nothing here decodes them all, so that they are for who passes them on or records them encoded.
     */
    public static List<SdpCodec> available(String kind) {
        return kind.equals("audio") ? AUDIO : VIDEO_ON_REQUEST;
    }

    private static final List<SdpCodec> AUDIO = List.of(
            new SdpCodec(111, "opus", 48_000, 2, Map.of("minptime", "10", "useinbandfec", "1"), AUDIO_FEEDBACK),
            new SdpCodec(9, "G722", 8_000, 1, Map.of(), AUDIO_FEEDBACK),
            new SdpCodec(0, "PCMU", 8_000, 1, Map.of(), AUDIO_FEEDBACK),
            new SdpCodec(8, "PCMA", 8_000, 1, Map.of(), AUDIO_FEEDBACK));

    private static final List<SdpCodec> VIDEO = video();

    private static List<SdpCodec> video() {
        List<SdpCodec> all = new ArrayList<>();
        addWithRtx(all, 96, "VP8", Map.of());
        addWithRtx(all, 102, "H264", h264("42001f", 1));
        addWithRtx(all, 104, "H264", h264("42001f", 0));
        addWithRtx(all, 106, "H264", h264("42e01f", 1));
        addWithRtx(all, 108, "H264", h264("42e01f", 0));
        addWithRtx(all, 98, "VP9", Map.of("profile-id", "0"));
        return List.copyOf(all);
    }

    private static final List<SdpCodec> VIDEO_ON_REQUEST = videoOnRequest();

    private static List<SdpCodec> videoOnRequest() {
        List<SdpCodec> all = new ArrayList<>(VIDEO);
        addWithRtx(all, 112, "H264", h264("4d001f", 1));
        addWithRtx(all, 114, "H264", h264("64001f", 1));
        addWithRtx(all, 116, "AV1", Map.of());
        Map<String, String> h265 = new LinkedHashMap<>();
        h265.put("level-id", "153");
        h265.put("profile-id", "1");
        h265.put("tier-flag", "0");
        h265.put("tx-mode", "SRST");
        addWithRtx(all, 118, "H265", h265);
        return List.copyOf(all);
    }

    private static Map<String, String> h264(String profile, int mode) {
        Map<String, String> m = new LinkedHashMap<>();
        m.put("level-asymmetry-allowed", "1");
        m.put("packetization-mode", Integer.toString(mode));
        m.put("profile-level-id", profile);
        return m;
    }

    private static void addWithRtx(List<SdpCodec> all, int pt, String name, Map<String, String> parameters) {
        all.add(new SdpCodec(pt, name, 90_000, 1, parameters, VIDEO_FEEDBACK));
        all.add(new SdpCodec(pt + 1, "rtx", 90_000, 1, Map.of("apt", Integer.toString(pt)), List.of()));
    }

    /** Header extensions that we offer, by kind. */
    public static List<String> offeredExtensions(String kind) {
        return kind.equals("video")
                ? List.of(HeaderExtensions.MID, HeaderExtensions.TRANSPORT_SEQUENCE, HeaderExtensions.VIDEO_ORIENTATION)
                : List.of(HeaderExtensions.MID, HeaderExtensions.TRANSPORT_SEQUENCE);
    }

    /**
     * Header extensions that we accept from an offer, by kind: those that we offer, and for video the stream ids of
     * simulcast.
     */
    static boolean acceptsExtension(String kind, String uri) {
        return offeredExtensions(kind).contains(uri)
                || kind.equals("video")
                        && (uri.equals(HeaderExtensions.RID) || uri.equals(HeaderExtensions.REPAIRED_RID));
    }

    /** RTCP feedback that we understand, of what the peer listed. */
    static List<String> acceptedFeedback(String kind, List<String> theirs) {
        List<String> ours = kind.equals("video") ? VIDEO_FEEDBACK : AUDIO_FEEDBACK;
        return theirs.stream().filter(ours::contains).distinct().toList();
    }

    /**
     * Properties of a sender's stream ("sprop-parameter-sets", RFC 6184 §8.1) are its own: who answers does not say
     * that its stream has the same.
     */
    static Map<String, String> ofBothSides(Map<String, String> parameters) {
        Map<String, String> both = new LinkedHashMap<>(parameters);
        both.keySet().removeIf(Codecs::isOfTheStream);
        return both;
    }

    /**
     * What we announced that we receive, with what the peer, whose description may be null, said of the stream that it
     * sends.
     */
    static SdpCodec asSentBy(SdpCodec theirs, SdpCodec ours) {
        if (theirs == null || theirs.parameters().keySet().stream().noneMatch(Codecs::isOfTheStream)) {
            return ours;
        }
        Map<String, String> parameters = ofBothSides(ours.parameters());
        theirs.parameters().forEach((k, v) -> {
            if (isOfTheStream(k)) {
                parameters.put(k, v);
            }
        });
        return ours.withParameters(parameters);
    }

    private static boolean isOfTheStream(String parameter) {
        return parameter.startsWith("sprop-");
    }

    /** What two descriptions of a codec must agree in, see {@link CodecMatching#key}; null for RTX. */
    static String key(SdpCodec c) {
        return c.isRtx() ? null : CodecMatching.key(c.name(), c.clockRate(), c.channels(), c.parameters());
    }

    /** RTX, FEC, redundancy, comfort noise and telephone events carry no codec of their own. */
    public static boolean isAuxiliary(SdpCodec c) {
        return CodecMatching.isAuxiliary(c.name());
    }

    /**
     * Whether two descriptions are of the same codec with parameters that go together. RTX is matched by its apt
     * elsewhere.
     */
    public static boolean matches(SdpCodec a, SdpCodec b) {
        return !a.isRtx() && !b.isRtx() && key(a).equals(key(b));
    }
}
