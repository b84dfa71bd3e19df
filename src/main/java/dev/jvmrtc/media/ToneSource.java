package dev.jvmrtc.media;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A sine tone in real time. */
final class ToneSource {
    private static final int RATE = 48_000;
    private static final int FRAME_MILLIS = 20;

    private ToneSource() {
    }

    static MediaStreamTrack track(double hertz, String label) {
        AudioSource source = new AudioSource() {
            private long sample;
            private final Future<?> timer = ClipSource.sharedClock().scheduleAtFixedRate(this::tick, 0, FRAME_MILLIS, TimeUnit.MILLISECONDS);

            private void tick() {
                short[] s = new short[RATE * FRAME_MILLIS / 1_000];
                for (int i = 0; i < s.length; i++) {
                    s[i] = (short) (8_000 * Math.sin(2 * Math.PI * hertz * sample++ / RATE));
                }
                push(new AudioFrame(s, RATE, 1));
            }

            @Override
            public void stopped() {
                timer.cancel(false);
            }
        };
        return new MediaStreamTrack(source, label);
    }
}
