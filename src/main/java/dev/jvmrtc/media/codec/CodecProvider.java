package dev.jvmrtc.media.codec;

import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.List;

/**
 * Brings codecs, found by {@link java.util.ServiceLoader}: software, or what a platform or a device offers. Of several
 * that know a format the first found is used. A provider whose library is missing lists nothing.
 */
public interface CodecProvider {

    /** What it can encode, the best first; {@code kind} is "audio" or "video". */
    List<EncodedFormat> encoders(String kind);

    /** What it can decode; {@code kind} as above. */
    List<EncodedFormat> decoders(String kind);

    /**
     * Codecs that the library does not know, so that connections of all factories offer them and agree to them; what
     * can be encoded or decoded of them is in {@link #encoders} and {@link #decoders}.
     */
    default List<CodecDescription> descriptions() {
        return List.of();
    }

    /** An encoder of one of {@link #encoders}, whose parameters are those that were negotiated. */
    default VideoEncoder createVideoEncoder(EncodedFormat format) {
        throw new UnsupportedOperationException(format.codec());
    }

    default VideoDecoder createVideoDecoder(EncodedFormat format) {
        throw new UnsupportedOperationException(format.codec());
    }

    default AudioEncoder createAudioEncoder(EncodedFormat format) {
        throw new UnsupportedOperationException(format.codec());
    }

    default AudioDecoder createAudioDecoder(EncodedFormat format) {
        throw new UnsupportedOperationException(format.codec());
    }
}
