package dev.jvmrtc.rtp.format;

import dev.jvmrtc.core.MediaKind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that the library knows of a codec, see {@link CodecRegistry}.
 *
 * @param name as in a=rtpmap, where case does not count
 * @param clockRate of RTP timestamps, in Hz
 * @param channels 1 for video
 * @param fmtp which parameters two descriptions have to agree in
 * @param payload how it goes into packets
 * @param ownParameters whether parameters describe a receiver: then an answer has our own, else what the offer had
 * @param temporalLayers that an encoder of it can be asked for
 * @param feedback RTCP feedback that we understand, as in a=rtcp-fb
 * @param forms in which it is offered, the best first
 */
public record Codec(
        String name,
        MediaKind kind,
        int clockRate,
        int channels,
        FmtpMatching fmtp,
        PayloadFormat payload,
        boolean ownParameters,
        int temporalLayers,
        List<String> feedback,
        List<Form> forms) {

    /** Feedback that is understood for any video; that each codec of a kind has the same, peers expect. */
    public static final List<String> VIDEO_FEEDBACK =
            List.of("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli");

    public static final List<String> AUDIO_FEEDBACK = List.of("transport-cc");
    private static final int VIDEO_CLOCK = 90_000;

    /**
     * A line of an offer.
     *
     * @param payloadType to be used where nothing else was agreed; that of its RTX, which video has, is the next
     * @param parameters of a=fmtp, in their order
     * @param onRequest only where an application names it by its preferences
     */
    public record Form(int payloadType, Map<String, String> parameters, boolean onRequest) {
        public Form {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        }
    }

    public Codec {
        feedback = List.copyOf(feedback);
        forms = List.copyOf(forms);
    }

    /** Audio whose payload is the frame. */
    static Codec audio(String name, int clockRate, int channels, int payloadType) {
        return new Codec(
                name,
                MediaKind.AUDIO,
                clockRate,
                channels,
                FmtpMatching.ANY,
                WholeFrame.AUDIO,
                false,
                1,
                AUDIO_FEEDBACK,
                List.of(new Form(payloadType, Map.of(), false)));
    }

    static Codec video(String name, FmtpMatching fmtp, PayloadFormat payload, int temporalLayers, List<Form> forms) {
        return new Codec(
                name, MediaKind.VIDEO, VIDEO_CLOCK, 1, fmtp, payload, false, temporalLayers, VIDEO_FEEDBACK, forms);
    }

    /** Whether frames of a source with these parameters may be sent under negotiated ones; without any, it adapts. */
    public boolean canCarry(Map<String, String> negotiated, Map<String, String> source) {
        return source.isEmpty() || fmtp.canCarry(negotiated, source);
    }
}
