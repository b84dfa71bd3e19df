package dev.jvmrtc.jsep;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.rtp.format.Codec;
import dev.jvmrtc.rtp.format.CodecRegistry;
import dev.jvmrtc.sdp.SdpCodec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The codecs of a {@link CodecRegistry} as lines of descriptions, by media kind, and when two descriptions of a codec
 * mean the same. Never changes.
 */
public final class Codecs {
    /** The library's own. */
    public static final Codecs STANDARD = new Codecs(CodecRegistry.STANDARD);

    private final CodecRegistry registry;
    private final Map<MediaKind, List<SdpCodec>> supported = new EnumMap<>(MediaKind.class);
    private final Map<MediaKind, List<SdpCodec>> available = new EnumMap<>(MediaKind.class);
    private final Map<MediaKind, Set<String>> feedback = new EnumMap<>(MediaKind.class);

    public Codecs(CodecRegistry registry) {
        this.registry = registry;
        for (MediaKind kind : MediaKind.values()) {
            List<SdpCodec> all = new ArrayList<>();
            addForms(kind, false, all);
            supported.put(kind, List.copyOf(all));
            addForms(kind, true, all);
            available.put(kind, List.copyOf(all));
            Set<String> understood = new HashSet<>();
            registry.of(kind).forEach(c -> understood.addAll(c.feedback()));
            feedback.put(kind, understood);
        }
    }

    /** Video with the RTX that repairs it. */
    private void addForms(MediaKind kind, boolean onRequest, List<SdpCodec> all) {
        for (Codec c : registry.of(kind)) {
            for (Codec.Form f : c.forms()) {
                if (f.onRequest() != onRequest) {
                    continue;
                }
                int pt = f.payloadType();
                all.add(new SdpCodec(pt, c.name(), c.clockRate(), c.channels(), f.parameters(), c.feedback()));
                if (kind == MediaKind.VIDEO) {
                    Map<String, String> apt = Map.of("apt", Integer.toString(pt));
                    all.add(new SdpCodec(pt + 1, "rtx", c.clockRate(), 1, apt, List.of()));
                }
            }
        }
    }

    /** What is known of each codec. */
    public CodecRegistry registry() {
        return registry;
    }

    /**
     * Supported codecs in our order of preference; payload types are the ones that we offer where nothing else was
     * agreed.
     */
    public List<SdpCodec> supported(MediaKind kind) {
        return supported.get(kind);
    }

    /**
     * The supported ones, and behind them those that are only agreed to where an application asks for them by its
     * preferences: nothing here decodes them all, so that they are for who passes them on or records them encoded.
     */
    public List<SdpCodec> available(MediaKind kind) {
        return available.get(kind);
    }

    /** Those of a transceiver in the order to offer them: its preferences, else all that are supported. */
    List<SdpCodec> of(JsepTransceiver t) {
        return t.preferences.isEmpty() ? supported(t.kind) : t.preferences;
    }

    /** RTCP feedback that we understand, of what the peer listed. */
    List<String> acceptedFeedback(MediaKind kind, List<String> theirs) {
        Set<String> ours = feedback.get(kind);
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

    /** What two descriptions of a codec must agree in, see {@link CodecRegistry#key}; null for RTX. */
    String key(SdpCodec c) {
        return c.isRtx() ? null : registry.key(c.name(), c.clockRate(), c.channels(), c.parameters());
    }

    /** RTX, FEC, redundancy, comfort noise and telephone events carry no codec of their own. */
    public static boolean isAuxiliary(SdpCodec c) {
        return CodecRegistry.isAuxiliary(c.name());
    }

    /** What an answer has of an offered codec that matches ours. */
    SdpCodec answer(MediaKind kind, SdpCodec ours, SdpCodec theirs) {
        // Parameters that both sides must share are the offerer's words; those that describe a receiver are ours (RFC
        // 7587 §7, RFC 6184 §8.2.2).
        Codec known = registry.find(ours.name());
        Map<String, String> parameters =
                known != null && known.ownParameters() ? ours.parameters() : ofBothSides(theirs.parameters());
        return new SdpCodec(
                theirs.payloadType(),
                theirs.name(),
                theirs.clockRate(),
                theirs.channels(),
                parameters,
                acceptedFeedback(kind, theirs.feedback()));
    }
}
