package dev.jvmrtc.codec.opus;

import dev.jvmrtc.codec.OptionalLibrary;
import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.codec.CodecProvider;
import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.List;

/** Opus through the library Concentus, where that is there. The only package that touches it. */
public final class OpusCodecs implements CodecProvider {
    private static final List<EncodedFormat> FORMATS =
            OptionalLibrary.isPresent("io.github.jaredmdobson.concentus.OpusEncoder")
                    ? List.of(EncodedFormat.of("opus"))
                    : List.of();

    @Override
    public List<EncodedFormat> encoders(String kind) {
        return kind.equals("audio") ? FORMATS : List.of();
    }

    @Override
    public List<EncodedFormat> decoders(String kind) {
        return encoders(kind);
    }

    @Override
    public AudioEncoder createAudioEncoder(EncodedFormat format) {
        return new ConcentusEncoder(format);
    }

    @Override
    public AudioDecoder createAudioDecoder(EncodedFormat format) {
        return new ConcentusDecoder();
    }
}
