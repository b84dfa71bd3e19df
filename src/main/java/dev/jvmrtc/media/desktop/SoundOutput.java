package dev.jvmrtc.media.desktop;

import dev.jvmrtc.RTCException;
import dev.jvmrtc.media.AudioFrame;
import dev.jvmrtc.media.MediaSink;
import dev.jvmrtc.media.MediaStreamTrack;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;

/**
 * Plays a track over the default loudspeaker. It begins when some sound has been gathered, so that what comes unevenly is heard evenly; if it runs dry it gathers
 * again, and what is more than {@link #MAX_DELAY_MILLIS} behind is left out.
 */
public final class SoundOutput implements AutoCloseable {
    /** Gathered before anything is heard. */
    static final int START_MILLIS = 60;
    /** The most that may wait to be heard. */
    static final int MAX_DELAY_MILLIS = 400;
    private static final int FRAME_MILLIS = 20;

    private final MediaStreamTrack track;
    private final BlockingQueue<AudioFrame> waiting = new ArrayBlockingQueue<>(MAX_DELAY_MILLIS / FRAME_MILLIS);
    private final Thread player = new Thread(this::play, "jvmrtc-loudspeaker");
    private final MediaSink sink = new MediaSink() {
        @Override
        public boolean wantsAudio() {
            return true;
        }

        @Override
        public void onAudioFrame(AudioFrame frame) {
            while (!waiting.offer(frame)) {
                waiting.poll(); // the oldest, so that the delay does not stay
                dropped++;
            }
        }
    };
    private SourceDataLine line;
    private AudioFormat format;
    private volatile double volume = 1;
    private volatile boolean running = true;
    private volatile long dropped;
    private volatile long played;

    /** Begins at once; sound is played by a thread of its own, since javax.sound knows blocking writes only. */
    public SoundOutput(MediaStreamTrack track) {
        this.track = track;
        player.setDaemon(true);
        player.start();
        track.addSink(sink);
    }

    /** @param volume from 0, silence, to 1, as it came */
    public void setVolume(double volume) {
        if (!(volume >= 0 && volume <= 1)) {
            throw new IllegalArgumentException("the volume goes from 0 to 1, not to " + volume);
        }
        this.volume = volume;
    }

    /** Frames that were left out because they came faster than they could be played. */
    public long droppedFrames() {
        return dropped;
    }

    /** Frames given to the loudspeaker. */
    public long playedFrames() {
        return played;
    }

    private void play() {
        try {
            boolean gathering = true;
            while (running) {
                if (gathering && waiting.size() * FRAME_MILLIS < START_MILLIS) {
                    TimeUnit.MILLISECONDS.sleep(FRAME_MILLIS / 2);
                    continue;
                }
                AudioFrame f = waiting.poll(START_MILLIS, TimeUnit.MILLISECONDS);
                gathering = f == null;
                if (f != null) {
                    write(f);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (line != null) {
                line.close();
            }
        }
    }

    private void write(AudioFrame f) {
        AudioFormat wanted = new AudioFormat(f.sampleRate(), 16, f.channels(), true, false);
        if (line == null || !wanted.matches(format)) {
            open(wanted);
        }
        byte[] bytes = new byte[2 * f.samples().length];
        for (int i = 0; i < f.samples().length; i++) {
            int v = (int) (f.samples()[i] * volume);
            bytes[2 * i] = (byte) v;
            bytes[2 * i + 1] = (byte) (v >> 8);
        }
        line.write(bytes, 0, bytes.length);
        played++;
    }

    private void open(AudioFormat wanted) {
        if (line != null) {
            line.drain();
            line.close();
        }
        try {
            line = AudioSystem.getSourceDataLine(wanted);
            line.open(wanted, (int) wanted.getSampleRate() * wanted.getFrameSize() * START_MILLIS / 1_000);
            line.start();
            format = wanted;
        } catch (LineUnavailableException | IllegalArgumentException e) {
            running = false;
            throw new RTCException("NotReadableError", "no loudspeaker takes " + wanted + ": " + e.getMessage(), e);
        }
    }

    /** Whether there is a loudspeaker at all. */
    public static boolean isAvailable() {
        AudioFormat f = new AudioFormat(48_000, 16, 2, true, false);
        return AudioSystem.isLineSupported(new javax.sound.sampled.DataLine.Info(SourceDataLine.class, f));
    }

    @Override
    public void close() {
        running = false;
        track.removeSink(sink);
        player.interrupt();
    }
}
