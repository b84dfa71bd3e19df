package dev.jvmrtc.media.file;

import dev.jvmrtc.media.AbstractSource;
import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays a file of raw video or audio in real time, over and over, on a thread of its own, which waits for the disk. A
 * file that becomes unreadable ends the source.
 */
final class FilePlayer {
    private static final Logger LOG = LoggerFactory.getLogger(FilePlayer.class);
    private static final int AUDIO_MILLIS = 20;
    /** A file of a single sample is not opened thousands of times a second. */
    private static final long MIN_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path file;
    private final long startNanos = System.nanoTime();
    private volatile boolean running = true;
    /** When the next frame begins, since the start. */
    private long atNanos;

    private FilePlayer(Path file) {
        this.file = file;
    }

    /** Plays the file once. */
    private interface Turn {
        void play() throws IOException;
    }

    static MediaSource video(Path file, MediaTrackSettings settings) {
        FilePlayer player = new FilePlayer(file);
        class Source extends VideoSource {
            @Override
            public MediaTrackSettings settings() {
                return settings;
            }

            @Override
            public void stopped() {
                player.running = false;
            }

            void play() throws IOException {
                try (Y4m.Reader r = new Y4m.Reader(file)) {
                    for (VideoFrame f = r.read(); f != null && player.running; f = r.read()) {
                        player.await();
                        push(f.at(player.atNanos / 1_000));
                        player.atNanos += (long) (1e9 / r.frameRate());
                    }
                }
            }
        }
        Source s = new Source();
        player.start(s::play, s);
        return s;
    }

    static MediaSource audio(Path file, MediaTrackSettings settings) {
        FilePlayer player = new FilePlayer(file);
        class Source extends AudioSource {
            @Override
            public MediaTrackSettings settings() {
                return settings;
            }

            @Override
            public void stopped() {
                player.running = false;
            }

            void play() throws IOException {
                try (Wav.Reader r = new Wav.Reader(file)) {
                    for (AudioFrame f = r.read(AUDIO_MILLIS); f != null && player.running; f = r.read(AUDIO_MILLIS)) {
                        player.atNanos += TimeUnit.MICROSECONDS.toNanos(f.durationMicros());
                        player.await();
                        pushLive(f);
                    }
                }
            }
        }
        Source s = new Source();
        player.start(s::play, s);
        return s;
    }

    static MediaTrackSettings videoIn(Path file) throws IOException {
        try (Y4m.Reader r = new Y4m.Reader(file)) {
            return MediaTrackSettings.ofVideo(r.width(), r.height(), r.frameRate());
        }
    }

    static MediaTrackSettings audioIn(Path file) throws IOException {
        try (Wav.Reader r = new Wav.Reader(file)) {
            return MediaTrackSettings.ofAudio(r.sampleRate(), r.channels());
        }
    }

    private void start(Turn turn, AbstractSource source) {
        Thread t = new Thread(
                () -> {
                    try {
                        while (running) {
                            long before = atNanos;
                            turn.play();
                            if (running && atNanos == before) {
                                throw new IOException("it holds nothing");
                            }
                            atNanos = Math.max(atNanos, before + MIN_TURN_NANOS);
                        }
                    } catch (IOException e) {
                        LOG.warn("{} cannot be played: {}", file, e.getMessage());
                        source.end();
                    }
                },
                "jvmrtc-file");
        t.setDaemon(true);
        t.start();
    }

    private void await() {
        for (long left = startNanos + atNanos - System.nanoTime();
                left > 0 && running;
                left = startNanos + atNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
