package dev.jvmrtc.media.file;

import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.bitstream.h264.SequenceParameters;
import dev.jvmrtc.bitstream.h265.HevcUnits;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.util.List;
import java.util.Locale;

/**
 * What a file says of a track before its frames, taken from the first frame that needs no other.
 *
 * @param codec name as in SDP, in capitals
 * @param width in pixels, 0 for audio
 * @param height the same
 * @param rotation by how many degrees the frames have to be turned clockwise to stand upright
 * @param configuration an AVC- or HEVCDecoderConfigurationRecord, an AV1CodecConfigurationRecord or nothing
 * @param vpx of VP8 and VP9, else null
 */
record TrackFormat(String codec, int width, int height, int rotation, byte[] configuration, VpxHeaders.Header vpx) {
    private static final byte[] NOTHING = new byte[0];
    /** What a peer sends as parameter sets may take so much room in a file's header. */
    static final int MAX_CONFIGURATION = 2_048;

    boolean isVideo() {
        return width > 0;
    }

    /** The name of a codec in capitals; null for one that no file of this package holds. */
    static String known(String codec) {
        String name = codec.toUpperCase(Locale.ROOT);
        return switch (name) {
            case "VP8", "VP9", "H264", "H265", "AV1", "OPUS", "PCMU", "PCMA" -> name;
            default -> null;
        };
    }

    /** Null where a track cannot begin with this frame. */
    static TrackFormat of(String knownCodec, EncodedFrame f) {
        byte[] d = f.data();
        return switch (knownCodec) {
            case "VP8" -> of(knownCodec, VpxHeaders.vp8(d), f.rotation());
            case "VP9" -> of(knownCodec, VpxHeaders.vp9(d), f.rotation());
            case "H264" -> {
                List<NalUnit> units = NalUnit.split(d);
                NalUnit sps = units.stream()
                        .filter(u -> u.type() == NalUnit.SPS)
                        .findFirst()
                        .orElse(null);
                SequenceParameters s = sps == null || !f.keyFrame() ? null : SequenceParameters.of(sps);
                byte[] c = s == null ? null : H264Units.configuration(units, s, MAX_CONFIGURATION);
                yield c == null ? null : new TrackFormat(knownCodec, s.width(), s.height(), f.rotation(), c, null);
            }
            case "H265" -> {
                HevcConfiguration c = f.keyFrame() ? HevcConfiguration.of(NalUnit.split(d), MAX_CONFIGURATION) : null;
                yield c == null
                        ? null
                        : new TrackFormat(knownCodec, c.width(), c.height(), f.rotation(), c.record(), null);
            }
            case "AV1" -> {
                Av1Units.Sequence s = f.keyFrame() ? Av1Units.sequence(d, MAX_CONFIGURATION) : null;
                yield s == null
                        ? null
                        : new TrackFormat(knownCodec, s.width(), s.height(), f.rotation(), s.configuration(), null);
            }
            default -> new TrackFormat(knownCodec, 0, 0, 0, NOTHING, null);
        };
    }

    private static TrackFormat of(String codec, VpxHeaders.Header h, int rotation) {
        return h == null ? null : new TrackFormat(codec, h.width(), h.height(), rotation, NOTHING, h);
    }

    /** A frame as files hold it; null where it holds nothing. */
    static byte[] stored(String knownCodec, byte[] data) {
        byte[] d = switch (knownCodec) {
            case "H264" ->
                H264Units.withLengths(NalUnit.split(data).stream()
                        .filter(u -> u.type() != NalUnit.DELIMITER)
                        .toList());
            case "H265" ->
                H264Units.withLengths(NalUnit.split(data).stream()
                        .filter(u -> HevcUnits.type(u.data()[u.from()]) != HevcUnits.DELIMITER)
                        .toList());
            case "AV1" -> Av1Units.withoutDelimiters(data);
            default -> data;
        };
        return d == null || d.length == 0 ? null : d;
    }
}
