package dev.jvmrtc.media.device;

import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.MediaTrackCapabilities;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.ULongRange;
import dev.jvmrtc.media.pipeline.MediaClock;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A sine tone in real time. */
final class ToneSource {
    private static final int RATE = 48_000;
    private static final int FRAME_MILLIS = 20;
    static final MediaTrackSettings SETTINGS = MediaTrackSettings.ofAudio(RATE, 1);
    static final MediaTrackCapabilities CAPABILITIES =
            MediaTrackCapabilities.ofAudio(new ULongRange((long) RATE, (long) RATE), new ULongRange(1L, 1L));

    private ToneSource() {}

    static AudioSource of(double hertz) {
        return new AudioSource() {
            private long sample;
            private final Future<?> timer = MediaClock.every(TimeUnit.MILLISECONDS.toNanos(FRAME_MILLIS), this::tick);

            private void tick() {
                short[] s = new short[RATE * FRAME_MILLIS / 1_000];
                for (int i = 0; i < s.length; i++) {
                    s[i] = (short) (8_000 * Math.sin(2 * Math.PI * hertz * sample++ / RATE));
                }
                pushLive(new AudioFrame(s, RATE, 1));
            }

            @Override
            public MediaTrackSettings settings() {
                return SETTINGS;
            }

            @Override
            public void stopped() {
                timer.cancel(false);
            }
        };
    }
}
