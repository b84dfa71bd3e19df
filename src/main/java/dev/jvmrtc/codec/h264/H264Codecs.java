package dev.jvmrtc.codec.h264;

import dev.jvmrtc.codec.OptionalLibrary;
import dev.jvmrtc.media.codec.CodecProvider;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** H.264 constrained baseline through the library JCodec, where that is there. The only package that touches it. */
public final class H264Codecs implements CodecProvider {
    /** Constrained baseline, level 3.1: 1280x720 at 30 frames a second. */
    static final String PROFILE_LEVEL_ID = "42e01f";

    private static final List<EncodedFormat> FORMATS = OptionalLibrary.isPresent("org.jcodec.codecs.h264.H264Encoder")
            ? List.of(new EncodedFormat("H264", Map.of("profile-level-id", PROFILE_LEVEL_ID)))
            : List.of();

    private static final Logger LOG = LoggerFactory.getLogger(H264Codecs.class);

    static {
        if (!FORMATS.isEmpty()) {
            // Else it writes to the standard output, of things that a peer decides.
            org.jcodec.common.logging.Logger.addSink(m -> LOG.debug("JCodec: {}", m.getMessage()));
        }
    }

    @Override
    public List<EncodedFormat> encoders(String kind) {
        return kind.equals("video") ? FORMATS : List.of();
    }

    @Override
    public List<EncodedFormat> decoders(String kind) {
        return encoders(kind);
    }

    @Override
    public VideoEncoder createVideoEncoder(EncodedFormat format) {
        return new JCodecEncoder();
    }

    @Override
    public VideoDecoder createVideoDecoder(EncodedFormat format) {
        return new JCodecDecoder();
    }
}
