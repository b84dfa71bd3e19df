package dev.jvmrtc.media.desktop;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.playout.PlayoutBuffer;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays a track over the default loudspeaker, through a buffer that follows jitter and clocks that differ. Any thread
 * may call its methods.
 */
public final class AudioOutput implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AudioOutput.class);
    private static final int RATE = 48_000;
    private static final int CHANNELS = 2;
    private static final AudioFormat FORMAT = new AudioFormat(RATE, 16, CHANNELS, true, false);
    /** What is written at once, and how much of that the line holds. */
    private static final int MILLIS = 10;

    private static final int LINE_MILLIS = 40;
    /** A track's audio comes evenly, every 10 ms: only threads that are late are waited for. */
    private static final int LEAST_MILLIS = 20;

    private final MediaStreamTrack track;
    private final SourceDataLine line;
    private final PlayoutBuffer buffer = new PlayoutBuffer(RATE, CHANNELS);
    private final MediaSink sink = new MediaSink() {
        @Override
        public boolean wantsAudio() {
            return true;
        }

        @Override
        public void onAudioFrame(AudioFrame frame) {
            buffer.put(frame, System.nanoTime());
        }
    };
    private volatile double volume = 1;
    private volatile boolean running = true;

    /**
     * Begins at once; a thread of its own feeds the line, since javax.sound knows blocking writes only.
     *
     * @param track an audio track, local or remote
     * @throws RTCException {@code NotReadableError} where no loudspeaker can be opened
     */
    public AudioOutput(MediaStreamTrack track) {
        this.track = track;
        buffer.setMinimumDelayMillis(LEAST_MILLIS);
        try {
            line = AudioSystem.getSourceDataLine(FORMAT);
            line.open(FORMAT, RATE / 1_000 * LINE_MILLIS * FORMAT.getFrameSize());
        } catch (LineUnavailableException | IllegalArgumentException e) {
            throw new RTCException("NotReadableError", "no loudspeaker takes " + FORMAT + ": " + e.getMessage(), e);
        }
        Thread player = new Thread(this::play, "jvmrtc-loudspeaker");
        player.setDaemon(true);
        player.start();
        track.addSink(sink);
    }

    /** {@return whether there is a loudspeaker at all} */
    public static boolean isAvailable() {
        return AudioSystem.isLineSupported(new DataLine.Info(SourceDataLine.class, FORMAT));
    }

    /**
     * Sets the volume, of what is played from now on.
     *
     * @param volume from 0, silence, to 1, as it came; the default
     * @throws IllegalArgumentException for another number
     */
    public void setVolume(double volume) {
        if (!(volume >= 0 && volume <= 1)) {
            throw new IllegalArgumentException("the volume goes from 0 to 1, not to " + volume);
        }
        this.volume = volume;
    }

    /**
     * {@return how long audio waits before the loudspeaker gets it, in milliseconds, as it is wanted at the moment}
     * Grows when frames come late, and shrinks slowly afterwards. Any thread may ask.
     */
    public int getDelayMillis() {
        return buffer.delayMillis();
    }

    /**
     * {@return how much audio was left out so far because too much of it waited, in milliseconds} Any thread may ask.
     */
    public long getCutMillis() {
        return buffer.cutMillis();
    }

    private void play() {
        short[] samples = new short[RATE / 1_000 * MILLIS * CHANNELS];
        byte[] bytes = new byte[2 * samples.length];
        line.start();
        boolean taken = true;
        while (running && taken) {
            buffer.take(samples);
            for (int i = 0; i < samples.length; i++) {
                int v = (int) (samples[i] * volume);
                bytes[2 * i] = (byte) v;
                bytes[2 * i + 1] = (byte) (v >> 8);
            }
            taken = line.write(bytes, 0, bytes.length) == bytes.length;
        }
        if (running) {
            LOG.warn("the loudspeaker takes no audio any more");
            track.removeSink(sink);
        }
        line.close();
    }

    @Override
    public void close() {
        running =
                false; // the thread closes the line when it has written what it waits for, some hundredths of a second
        track.removeSink(sink);
    }
}
