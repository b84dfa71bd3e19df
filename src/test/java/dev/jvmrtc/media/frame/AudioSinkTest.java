package dev.jvmrtc.media.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.Tone;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Audio in the form in which its sink wants it. */
class AudioSinkTest {

    private static AudioFrame tone(int rate, int channels, int from, int count) {
        short[] s = new short[count * channels];
        for (int i = 0; i < count; i++) {
            short v = (short) (8_000 * Math.sin(2 * Math.PI * 1_000 * (from + i) / rate));
            for (int c = 0; c < channels; c++) {
                s[i * channels + c] = v;
            }
        }
        return new AudioFrame(s, rate, channels);
    }

    @Test
    void aSinkGetsTheRateAndChannelsThatItAskedForWhateverTheTrackHas() {
        List<AudioFrame> got = new ArrayList<>();
        AudioSink sink = new AudioSink(16_000, 1, got::add);
        assertTrue(sink.wantsAudio());
        int[][] kinds = {{48_000, 2}, {44_100, 1}, {8_000, 1}, {16_000, 1}, {48_000, 1}};
        for (int[] k : kinds) {
            got.clear();
            int n = k[0] / 100;
            for (int i = 0; i < 100; i++) {
                sink.onAudioFrame(tone(k[0], k[1], i * n, n));
            }
            int samples = 0;
            for (AudioFrame f : got) {
                assertEquals(16_000, f.sampleRate());
                assertEquals(1, f.channels());
                samples += f.samples().length;
            }
            assertTrue(samples <= 16_000 && samples > 15_950, samples + " samples of a second at " + k[0]);
            AudioFrame last = got.get(got.size() - 1);
            assertTrue(Tone.share(last, 1_000) > 0.95, k[0] + " Hz: " + Tone.share(last, 1_000));
        }
    }

    @Test
    void otherChannelsAloneChangeNoSampleAndHoldNoneBack() {
        List<short[]> got = new ArrayList<>();
        new AudioSink(48_000, 1, f -> got.add(f.samples()))
                .onAudioFrame(
                        new AudioFrame(new short[] {32_767, 32_767, -32_768, -32_768, 10, 20, -5, -6}, 48_000, 2));
        new AudioSink(48_000, 2, f -> got.add(f.samples()))
                .onAudioFrame(new AudioFrame(new short[] {32_767, -32_768, 7}, 48_000, 1));
        assertArrayEquals(new short[] {32_767, -32_768, 15, -6}, got.get(0));
        assertArrayEquals(new short[] {32_767, 32_767, -32_768, -32_768, 7, 7}, got.get(1));
    }

    @Test
    void aTrackGivesAudioToSinksOfSeveralForms() {
        AudioSource source = new AudioSource();
        MediaStreamTrack track = source.createTrack();
        List<Integer> rates = new ArrayList<>();
        track.addSink(new AudioSink(8_000, 1, f -> rates.add(f.sampleRate())));
        track.addSink(new AudioSink(24_000, 2, f -> rates.add(f.sampleRate() * f.channels())));
        source.push(tone(48_000, 1, 0, 960));
        assertEquals(List.of(8_000, 48_000), rates);
        track.stop();
    }

    @Test
    void whatCannotBeIsRefusedAtOnce() {
        assertThrows(IllegalArgumentException.class, () -> new AudioSink(4_000, 1, f -> {}));
        assertThrows(IllegalArgumentException.class, () -> new AudioSink(16_000, 3, f -> {}));
        assertThrows(NullPointerException.class, () -> new AudioSink(16_000, 1, null));
        Resampler r = new Resampler(48_000, 2, 16_000, 1);
        AudioFrame other = tone(44_100, 2, 0, 441);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> r.resample(other))
                .getMessage()
                .contains("new resampler"));
        AudioFrame same = tone(16_000, 1, 0, 160);
        assertSame(same, new Resampler(16_000, 1, 16_000, 1).resample(same));
    }
}
