package dev.jvmrtc.media.codec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A codec that the library knows nothing of, as offers, answers and RTP packets are to have it. What a frame holds is
 * opaque: each goes as it is into a packet of its own, and each frame of video counts as a key frame. A frame should
 * fit a packet, of 1,100 bytes or so; what is larger is left to IP, whose fragments not every path carries.
 *
 * @param codec name as in a=rtpmap, such as {@code L16}; one that the library knows or another has is refused
 * @param kind "audio" or "video"
 * @param clockRate of the frames' RTP timestamps, in Hz: the sample rate for most audio, 90,000 for video
 * @param channels 1 for video
 * @param parameters of a=fmtp that our offers have, in their order; an answer repeats those of the offer
 * @param matched names of parameters that two descriptions must agree in to be of the same codec: others may differ
 */
public record CodecDescription(
        String codec, String kind, int clockRate, int channels, Map<String, String> parameters, Set<String> matched) {
    /** RFC 8866 §9: a token, which encoding names and names of parameters are. */
    private static final String TOKEN = "[!#$%&'*+.^_`{|}~0-9A-Za-z-]+";

    private static final int MAX_CHANNELS = 255;

    /**
     * Copies the collections, and checks the arguments.
     *
     * @param codec name as in a=rtpmap, such as {@code L16}; one that the library knows or another has is refused
     * @param kind "audio" or "video"
     * @param clockRate in Hz, 1,000 or more
     * @param channels 1 for video, up to 255 for audio
     * @param parameters their names are tokens of SDP, and no value has a semicolon
     * @param matched names of parameters
     * @throws IllegalArgumentException where a description could not be written so
     */
    public CodecDescription {
        Objects.requireNonNull(kind, "kind");
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        matched = Set.copyOf(matched);
        if (!codec.matches(TOKEN) || !parameters.keySet().stream().allMatch(n -> n.matches(TOKEN))) {
            throw new IllegalArgumentException("the name of a codec and of a parameter is a token of SDP");
        }
        if (!parameters.values().stream().allMatch(v -> v.matches("[^;\\p{Cntrl}]+"))) {
            throw new IllegalArgumentException("the value of a parameter is text without a semicolon");
        }
        if (!kind.equals("audio") && !kind.equals("video")) {
            throw new IllegalArgumentException("a codec is of audio or video, not of " + kind);
        }
        if (clockRate < 1_000 || channels < 1 || channels > (kind.equals("video") ? 1 : MAX_CHANNELS)) {
            throw new IllegalArgumentException("a clock rate is 1,000 Hz or more, and video has one channel");
        }
    }

    /**
     * A codec without parameters.
     *
     * @param codec its name in SDP
     * @param kind "audio" or "video"
     * @param clockRate of the RTP timestamps, in Hz
     * @param channels 1 for video
     * @return the description
     * @throws IllegalArgumentException where a description could not be written so
     */
    public static CodecDescription of(String codec, String kind, int clockRate, int channels) {
        return new CodecDescription(codec, kind, clockRate, channels, Map.of(), Set.of());
    }
}
