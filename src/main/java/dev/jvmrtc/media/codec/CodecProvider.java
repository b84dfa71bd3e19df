package dev.jvmrtc.media.codec;

import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.List;

/**
 * Brings codecs, found by {@link java.util.ServiceLoader}: software, or what a platform or a device offers. Of several
 * that know a format the first found is used. A provider whose library is missing lists nothing.
 */
public interface CodecProvider {

    /**
     * What it can encode, the best first; {@code kind} is "audio" or "video".
     *
     * @param kind "audio" or "video"
     * @return formats with the parameters that SDP has for them; empty where there are none
     */
    List<EncodedFormat> encoders(String kind);

    /**
     * What it can decode; {@code kind} as above.
     *
     * @param kind "audio" or "video"
     * @return formats, the best first; empty where there are none
     */
    List<EncodedFormat> decoders(String kind);

    /**
     * Codecs that the library does not know, so that connections of all factories offer them and agree to them; what
     * can be encoded or decoded of them is in {@link #encoders} and {@link #decoders}.
     *
     * @return none by default
     */
    default List<CodecDescription> descriptions() {
        return List.of();
    }

    /**
     * Makes an encoder.
     *
     * @param format one of {@link #encoders}, with the parameters that were negotiated
     * @return a new encoder, for one sender
     * @throws UnsupportedOperationException where this provider brings none
     */
    default VideoEncoder createVideoEncoder(EncodedFormat format) {
        throw new UnsupportedOperationException(format.codec());
    }

    /**
     * Makes a decoder.
     *
     * @param format one of {@link #decoders}, by the name of its codec
     * @return a new decoder, for one receiver
     * @throws UnsupportedOperationException where this provider brings none
     */
    default VideoDecoder createVideoDecoder(EncodedFormat format) {
        throw new UnsupportedOperationException(format.codec());
    }

    /**
     * Makes an encoder.
     *
     * @param format one of {@link #encoders}, with the parameters that were negotiated
     * @return a new encoder, for one sender
     * @throws UnsupportedOperationException where this provider brings none
     */
    default AudioEncoder createAudioEncoder(EncodedFormat format) {
        throw new UnsupportedOperationException(format.codec());
    }

    /**
     * Makes a decoder.
     *
     * @param format one of {@link #decoders}, by the name of its codec
     * @return a new decoder, for one receiver
     * @throws UnsupportedOperationException where this provider brings none
     */
    default AudioDecoder createAudioDecoder(EncodedFormat format) {
        throw new UnsupportedOperationException(format.codec());
    }
}
