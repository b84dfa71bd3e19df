package dev.jvmrtc.media;

import dev.jvmrtc.core.Steps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An H.264 byte stream (ITU-T H.264 annex B): NAL units behind start codes. */
final class AnnexB {
    private static final int CLOCK = 90_000;

    private AnnexB() {
    }

    /** Cuts a stream into access units of one picture each, at the frame rate that it tells, or else the given one. */
    static Clip read(byte[] d, double usualRate) throws IOException {
        double framesPerSecond = 0;
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i + 3 < d.length; i++) {
            assert Steps.count();
            if (d[i] == 0 && d[i + 1] == 0 && d[i + 2] == 1) {
                starts.add(i);
                i += 2;
            }
        }
        if (starts.isEmpty()) {
            throw new IOException("no H.264 start code found");
        }
        List<EncodedFrame> frames = new ArrayList<>();
        String profile = null;
        int unitStart = starts.get(0);
        boolean sawPicture = false;
        boolean key = false;
        for (int n = 0; n < starts.size(); n++) {
            assert Steps.count();
            int at = starts.get(n) + 3;
            int type = d[at] & 31;
            boolean slice = type == 1 || type == 5;
            // §7.4.1.2.3: a new access unit begins with a delimiter, parameter sets or SEI after a picture, or with a slice whose first_mb_in_slice is 0.
            boolean newUnit = sawPicture && (type == 6 || type == 7 || type == 8 || type == 9 || slice && at + 1 < d.length && (d[at + 1] & 0x80) != 0);
            if (newUnit) {
                frames.add(frame(d, unitStart, starts.get(n), frames.size(), framesPerSecond == 0 ? usualRate : framesPerSecond, key));
                unitStart = starts.get(n);
                sawPicture = false;
                key = false;
            }
            if (type == 7 && at + 3 < d.length && profile == null) {
                profile = String.format("%02x%02x%02x", d[at + 1], d[at + 2], d[at + 3]);
            }
            if (type == 7 && framesPerSecond == 0) {
                framesPerSecond = H264Stream.frameRate(d, at, n + 1 < starts.size() ? starts.get(n + 1) : d.length);
            }
            sawPicture |= slice;
            key |= type == 5;
        }
        framesPerSecond = framesPerSecond == 0 ? usualRate : framesPerSecond;
        frames.add(frame(d, unitStart, d.length, frames.size(), framesPerSecond, key));
        // The level may differ from what was negotiated; the profile decides whether a peer can decode.
        return new Clip("video", new EncodedFormat("H264", profile == null ? Map.of() : Map.of("profile-level-id", profile)), CLOCK,
            frames, Math.round(frames.size() * CLOCK / framesPerSecond));
    }

    private static EncodedFrame frame(byte[] d, int from, int to, int index, double rate, boolean key) {
        return EncodedFrame.of(java.util.Arrays.copyOfRange(d, from, to), "H264", Math.round(index * CLOCK / rate), key);
    }
}
