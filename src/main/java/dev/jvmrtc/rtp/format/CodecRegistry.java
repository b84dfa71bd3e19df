package dev.jvmrtc.rtp.format;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.rtp.format.Codec.Form;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The codecs that RTP can carry here, a row for each: the library's own, and behind them those of an application. Never
 * changes; a connection has that of its factory.
 */
public final class CodecRegistry {

    /** What carries no codec of its own: repair, redundancy, comfort noise and telephone events. */
    private static final Set<String> AUXILIARY = Set.of("rtx", "red", "ulpfec", "flexfec-03", "cn", "telephone-event");

    /** The library's own codecs, in the order in which they are offered. */
    public static final CodecRegistry STANDARD = new CodecRegistry(List.of(
            new Codec(
                    "opus",
                    MediaKind.AUDIO,
                    48_000,
                    2,
                    FmtpMatching.ANY,
                    WholeFrame.AUDIO,
                    true, // RFC 7587 §7: they tell what the receiver is able and likes to receive
                    1,
                    Codec.AUDIO_FEEDBACK,
                    List.of(new Form(111, ordered("minptime", "10", "useinbandfec", "1"), false))),
            // RFC 3551 §4.5.2: 8,000 though it samples at 16,000, "because that value was erroneously assigned".
            Codec.audio("G722", 8_000, 1, 9),
            Codec.audio("PCMU", 8_000, 1, 0),
            Codec.audio("PCMA", 8_000, 1, 8),
            Codec.video("VP8", FmtpMatching.ANY, Vp8.FORMAT, 3, List.of(new Form(96, Map.of(), false))),
            Codec.video(
                    "H264",
                    FmtpMatching.H264,
                    H264.FORMAT,
                    1,
                    List.of(
                            h264(102, "42001f", 1, false),
                            h264(104, "42001f", 0, false),
                            h264(106, "42e01f", 1, false),
                            h264(108, "42e01f", 0, false),
                            h264(112, "4d001f", 1, true),
                            h264(114, "64001f", 1, true))),
            Codec.video(
                    "VP9",
                    FmtpMatching.equal(Map.of("profile-id", "0")),
                    Vp9.FORMAT,
                    1,
                    List.of(new Form(98, Map.of("profile-id", "0"), false))),
            Codec.video(
                    "AV1",
                    FmtpMatching.equal(Map.of("profile", "0")),
                    Av1.FORMAT,
                    1,
                    List.of(new Form(116, Map.of(), true))),
            Codec.video(
                    "H265",
                    FmtpMatching.H265,
                    H265.FORMAT,
                    1,
                    List.of(new Form(
                            118,
                            ordered("level-id", "153", "profile-id", "1", "tier-flag", "0", "tx-mode", "SRST"),
                            true)))));

    private final List<Codec> codecs;
    private final Map<String, Codec> byName = new LinkedHashMap<>();

    private CodecRegistry(List<Codec> codecs) {
        this.codecs = List.copyOf(codecs);
        for (Codec c : codecs) {
            if (isAuxiliary(c.name()) || byName.put(upper(c.name()), c) != null) {
                throw new IllegalArgumentException("there is a codec " + c.name() + " already");
            }
        }
    }

    private static Form h264(int payloadType, String profile, int mode, boolean onRequest) {
        return new Form(
                payloadType,
                ordered(
                        "level-asymmetry-allowed",
                        "1",
                        "packetization-mode",
                        Integer.toString(mode),
                        "profile-level-id",
                        profile),
                onRequest);
    }

    private static Map<String, String> ordered(String... namesAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    /** Carries no codec of its own, but repairs, repeats or accompanies others. */
    public static boolean isAuxiliary(String name) {
        return AUXILIARY.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Without regard to case; null for a codec without a row. */
    public Codec find(String name) {
        return byName.get(upper(name));
    }

    /** Of RTP timestamps, in Hz; 0 for a codec without a row. */
    public int clockRate(String name) {
        Codec c = find(name);
        return c == null ? 0 : c.clockRate();
    }

    /** Those of a kind, in the order in which they are offered. */
    public List<Codec> of(MediaKind kind) {
        return codecs.stream().filter(c -> c.kind() == kind).toList();
    }

    /**
     * Equal for two descriptions of the same codec with parameters that go together; also of a codec without a row,
     * whose parameters are not known. Not for RTX, which its apt tells.
     */
    public String key(String name, int clockRate, int channels, Map<String, String> parameters) {
        Codec c = find(name);
        return upper(name) + "/" + clockRate + "/" + channels
                + (c == null ? "" : c.fmtp().key(parameters));
    }

    /** This one with another codec behind the others; its name is not to be taken yet. */
    public CodecRegistry with(Codec added) {
        List<Codec> all = new ArrayList<>(codecs);
        all.add(added);
        return new CodecRegistry(all);
    }

    /**
     * This one with a codec of which nothing else is known: each of its frames is a payload.
     *
     * @param parameters of our offers
     * @param matched names of those that two descriptions have to agree in
     * @throws IllegalArgumentException where the name is taken, or no payload types are left
     */
    public CodecRegistry withOpaque(
            String name,
            MediaKind kind,
            int clockRate,
            int channels,
            Map<String, String> parameters,
            Set<String> matched) {
        boolean video = kind == MediaKind.VIDEO;
        Map<String, String> absent = new LinkedHashMap<>();
        matched.stream().sorted().forEach(m -> absent.put(m.toLowerCase(Locale.ROOT), ""));
        return with(new Codec(
                name,
                kind,
                clockRate,
                channels,
                FmtpMatching.equal(absent),
                video ? WholeFrame.VIDEO : WholeFrame.AUDIO,
                false,
                1,
                video ? Codec.VIDEO_FEEDBACK : Codec.AUDIO_FEEDBACK,
                List.of(new Form(freePayloadType(video ? 2 : 1), parameters, false))));
    }

    /** The highest of so many in a row that no row has. */
    private int freePayloadType(int count) {
        BitSet used = new BitSet();
        for (Codec c : codecs) {
            int each = c.kind() == MediaKind.VIDEO ? 2 : 1;
            c.forms().forEach(f -> used.set(f.payloadType(), f.payloadType() + each));
        }
        used.set(64, 96); // RFC 5761 §4: these would be taken for RTCP
        // RFC 3551 §6: 96 … 127 are dynamic, then what is unassigned, from 35 on.
        for (int pt = 128 - count; pt >= 35; pt--) {
            if (used.get(pt, pt + count).isEmpty()) {
                return pt;
            }
        }
        throw new IllegalArgumentException("there are no payload types left");
    }
}
