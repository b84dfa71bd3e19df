package dev.jvmrtc.media.file;

import dev.jvmrtc.bitstream.h264.KnownSets;
import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.bitstream.h264.SequenceParameters;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.wire.CodedFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** An H.264 byte stream (ITU-T H.264 annex B): NAL units behind start codes. */
final class AnnexB {
    private static final int CLOCK = 90_000;
    private static final int START_CODE = 3;

    private AnnexB() {}

    /**
     * Cuts a stream into access units of one picture each, at the frame rate that it tells, or else the given one.
     * Parameter sets that came before are put into key frames that come without, since whoever comes later begins
     * there.
     */
    static Clip read(byte[] d, double usualRate) throws IOException {
        List<NalUnit> units = NalUnit.split(d);
        if (units.isEmpty()) {
            throw new IOException("no H.264 start code found");
        }
        String profile = null;
        double rate = 0;
        for (NalUnit u : units) {
            assert Steps.count();
            if (u.type() == NalUnit.SPS && u.length() > 3) {
                profile = profile == null
                        ? String.format("%02x%02x%02x", d[u.from() + 1], d[u.from() + 2], d[u.from() + 3])
                        : profile;
                SequenceParameters s = rate == 0 ? SequenceParameters.of(u) : null;
                rate = s == null ? rate : s.frameRate();
            }
        }
        Frames frames = new Frames(d, rate == 0 ? usualRate : rate);
        int begin = units.get(0).from();
        boolean sawPicture = false;
        for (NalUnit u : units) {
            assert Steps.count();
            int type = u.type();
            boolean slice = type == 1 || type == NalUnit.IDR;
            // §7.4.1.2.3: a new access unit begins with a delimiter, parameter sets or SEI after a picture, or with a
            // slice whose first_mb_in_slice is 0.
            boolean begins = type >= NalUnit.SEI && type <= NalUnit.DELIMITER
                    || slice && u.length() > 1 && (d[u.from() + 1] & 0x80) != 0;
            if (sawPicture && begins) {
                frames.add(begin, u.from() - START_CODE);
                begin = u.from();
                sawPicture = false;
            }
            sawPicture |= slice;
        }
        frames.add(begin, d.length);
        // The level may differ from what was negotiated; the profile decides whether a peer can decode.
        return new Clip(
                "video",
                new EncodedFormat("H264", profile == null ? Map.of() : Map.of("profile-level-id", profile)),
                CLOCK,
                frames.all,
                Math.round(frames.all.size() * CLOCK / frames.rate));
    }

    private static final class Frames {
        private final byte[] d;
        private final double rate;
        private final KnownSets sets = new KnownSets();
        private final List<EncodedFrame> all = new ArrayList<>();
        /** Parameter sets that may still be put in: in all no more than the file is long. */
        private long room;

        Frames(byte[] d, double rate) {
            this.d = d;
            this.rate = rate;
            this.room = d.length;
        }

        void add(int from, int to) throws IOException {
            byte[] data = Arrays.copyOfRange(d, from - START_CODE, to);
            CodedFrame p = sets.complete(data);
            if (p != null) {
                room -= p.data().length - data.length;
                if (room < 0) {
                    throw new IOException("H.264 whose parameter sets are longer than its frames");
                }
                all.add(EncodedFrame.of(p.data(), "H264", Math.round(all.size() * CLOCK / rate), p.keyFrame()));
            }
        }
    }
}
