package dev.jvmrtc.media.codec;

import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.rtp.format.CodecRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The codecs of this machine for raw media, as the {@link CodecProvider}s bring them. What is sent encoded already
 * needs none of them.
 */
public final class Codecs {
    private static final Logger LOG = LoggerFactory.getLogger(Codecs.class);
    private static final List<CodecProvider> PROVIDERS = providers();
    private static final List<CodecDescription> DESCRIPTIONS = described();

    private Codecs() {}

    private static List<CodecProvider> providers() {
        List<CodecProvider> all = new ArrayList<>();
        var found = ServiceLoader.load(CodecProvider.class, Codecs.class.getClassLoader())
                .iterator();
        while (true) {
            try {
                if (!found.hasNext()) {
                    return List.copyOf(all);
                }
                all.add(found.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                LOG.debug("a codec provider cannot be used", e);
            }
        }
    }

    /**
     * What raw media can be encoded to.
     *
     * @param kind "audio" or "video"
     * @return the formats of all providers, in the order in which these were found; empty where there is none
     */
    public static List<EncodedFormat> encoders(String kind) {
        return PROVIDERS.stream().flatMap(p -> p.encoders(kind).stream()).toList();
    }

    /**
     * What can be decoded to raw media.
     *
     * @param kind "audio" or "video"
     * @return the formats of all providers, in the order in which these were found; empty where there is none
     */
    public static List<EncodedFormat> decoders(String kind) {
        return PROVIDERS.stream().flatMap(p -> p.decoders(kind).stream()).toList();
    }

    private static List<CodecDescription> described() {
        List<CodecDescription> all = new ArrayList<>();
        for (CodecProvider p : PROVIDERS) {
            try {
                all.addAll(p.descriptions());
            } catch (RuntimeException | LinkageError e) {
                LOG.warn(
                        "the codecs that {} describes cannot be used",
                        p.getClass().getName(),
                        e);
            }
        }
        return List.copyOf(all);
    }

    /** {@return what providers say of codecs that the library does not know, each asked once} */
    public static List<CodecDescription> descriptions() {
        return DESCRIPTIONS;
    }

    /**
     * The clock rate of a codec's RTP timestamps: of one that the library knows, or that a provider describes.
     *
     * @param codec the name, without regard to case
     * @return in Hz; 0 for an unknown codec
     */
    public static int clockRate(String codec) {
        int known = CodecRegistry.STANDARD.clockRate(codec);
        return known != 0
                ? known
                : descriptions().stream()
                        .filter(d -> d.codec().equalsIgnoreCase(codec))
                        .mapToInt(CodecDescription::clockRate)
                        .findFirst()
                        .orElse(0);
    }

    /**
     * Makes an encoder of raw video, of the first provider that has one.
     *
     * @param format to encode to; the name of its codec counts without regard to case
     * @return a new encoder; null where no provider has one
     */
    public static VideoEncoder videoEncoder(EncodedFormat format) {
        return create(format, p -> p.encoders("video"), p -> p.createVideoEncoder(format));
    }

    /**
     * Makes a decoder of video, of the first provider that has one.
     *
     * @param codec its name in SDP, without regard to case: {@code VP8}
     * @return a new decoder; null where no provider has one
     */
    public static VideoDecoder videoDecoder(String codec) {
        EncodedFormat format = EncodedFormat.of(codec);
        return create(format, p -> p.decoders("video"), p -> p.createVideoDecoder(format));
    }

    /**
     * Makes an encoder of raw audio, of the first provider that has one.
     *
     * @param format to encode to; the name of its codec counts without regard to case
     * @return a new encoder; null where no provider has one
     */
    public static AudioEncoder audioEncoder(EncodedFormat format) {
        return create(format, p -> p.encoders("audio"), p -> p.createAudioEncoder(format));
    }

    /**
     * Makes a decoder of audio, of the first provider that has one.
     *
     * @param codec its name in SDP, without regard to case: {@code opus}
     * @return a new decoder; null where no provider has one
     */
    public static AudioDecoder audioDecoder(String codec) {
        EncodedFormat format = EncodedFormat.of(codec);
        return create(format, p -> p.decoders("audio"), p -> p.createAudioDecoder(format));
    }

    /** Null where there is none. */
    private static <T> T create(
            EncodedFormat format,
            Function<CodecProvider, List<EncodedFormat>> formats,
            Function<CodecProvider, T> make) {
        for (CodecProvider p : PROVIDERS) {
            if (formats.apply(p).stream().anyMatch(f -> f.codec().equalsIgnoreCase(format.codec()))) {
                return make.apply(p);
            }
        }
        return null;
    }

    /**
     * What to do about a codec that is missing, for a log or an error.
     *
     * @param codec its name in SDP, without regard to case
     * @return half a sentence
     */
    public static String advice(String codec) {
        return switch (codec.toLowerCase(Locale.ROOT)) {
            case "opus" ->
                "add io.github.jaredmdobson:concentus:1.0.2 to the dependencies (on the module path also --add-modules concentus)";
            case "h264" ->
                "add org.jcodec:jcodec:0.2.5 to the dependencies (on the module path also --add-modules jcodec)";
            default -> "a CodecProvider for it has to be on the class path";
        };
    }
}
