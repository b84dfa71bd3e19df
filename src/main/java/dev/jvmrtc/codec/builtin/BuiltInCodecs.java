package dev.jvmrtc.codec.builtin;

import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.codec.CodecProvider;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.List;

/** Codecs that need no library: VP8, G.722 and G.711. */
public final class BuiltInCodecs implements CodecProvider {
    private static final List<EncodedFormat> AUDIO =
            List.of(EncodedFormat.of("G722"), EncodedFormat.of("PCMU"), EncodedFormat.of("PCMA"));
    private static final List<EncodedFormat> VIDEO = List.of(EncodedFormat.of("VP8"));

    @Override
    public List<EncodedFormat> encoders(String kind) {
        return kind.equals("video") ? VIDEO : AUDIO;
    }

    @Override
    public List<EncodedFormat> decoders(String kind) {
        return encoders(kind);
    }

    @Override
    public VideoEncoder createVideoEncoder(EncodedFormat format) {
        return new Vp8VideoEncoder();
    }

    @Override
    public VideoDecoder createVideoDecoder(EncodedFormat format) {
        return new Vp8VideoDecoder();
    }

    @Override
    public AudioEncoder createAudioEncoder(EncodedFormat format) {
        return TelephoneCodec.of(format);
    }

    @Override
    public AudioDecoder createAudioDecoder(EncodedFormat format) {
        return TelephoneCodec.of(format);
    }
}
