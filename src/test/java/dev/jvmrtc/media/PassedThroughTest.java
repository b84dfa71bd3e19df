package dev.jvmrtc.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.MediaSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PassedThroughTest {
    private static final EncodedFormat PROFILE_0 = new EncodedFormat("VP9", Map.of("profile-id", "0"));
    private static final EncodedFormat PROFILE_2 = new EncodedFormat("VP9", Map.of("profile-id", "2"));

    private final EncodedVideoSource source = new EncodedVideoSource(List.of(PROFILE_0, PROFILE_2));
    private final EncodedMedia media = source.createTrack().encoded();
    private final List<EncodedFrame> came = new ArrayList<>();
    private final MediaSink sink = new MediaSink() {
        @Override
        public void onEncodedFrame(EncodedFrame frame) {
            came.add(frame);
        }
    };

    @Test
    void aSinkThatIsAddedTwiceGetsEachFrameOnceAndNothingAfterTheEnd() {
        assertFalse(media.isEncodedHere());
        media.addSink(sink);
        media.addSink(sink);
        source.push(EncodedFrame.of(new byte[1], "VP9", 0, true));
        assertEquals(1, came.size());
        media.close();
        source.push(EncodedFrame.of(new byte[1], "VP9", 1, true));
        media.addSink(sink);
        source.push(EncodedFrame.of(new byte[1], "VP9", 2, true));
        assertEquals(1, came.size());
    }

    @Test
    void theSourceIsToldTheVeryFormatThatWasSelected() {
        List<EncodedFormat> told = new ArrayList<>();
        source.onFormatSelected(told::add);
        media.formatSelected(PROFILE_2);
        media.formatSelected(EncodedFormat.of("vp9"));
        media.formatSelected(null);
        assertEquals(List.of(PROFILE_2, PROFILE_0), told);
    }
}
