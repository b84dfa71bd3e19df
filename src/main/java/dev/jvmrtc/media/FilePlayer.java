package dev.jvmrtc.media;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plays files of raw pictures or sound in real time, over and over, each on a thread of its own, which waits for the disk. A file that becomes unreadable ends the source. */
final class FilePlayer {
    private static final Logger LOG = LoggerFactory.getLogger(FilePlayer.class);
    private static final int SOUND_MILLIS = 20;

    private FilePlayer() {
    }

    /** Plays the file once; returns when the next begins, in nanoseconds since the first. */
    private interface Turn {
        long play(long startNanos, long atNanos) throws IOException;
    }

    static MediaSource pictures(Path file, MediaTrackSettings settings) {
        class Source extends VideoSource {
            private volatile boolean running = true;

            @Override
            public MediaTrackSettings settings() {
                return settings;
            }

            @Override
            public void stopped() {
                running = false;
            }

            private long play(long start, long at) throws IOException {
                long next = at;
                try (Y4m.Reader r = new Y4m.Reader(file)) {
                    for (VideoFrame f = r.read(); f != null && running; f = r.read()) {
                        waitUntil(start + next);
                        push(f.at(next / 1_000));
                        next += (long) (1e9 / r.frameRate());
                    }
                }
                return running ? next : -1;
            }

            private void over() {
                end();
            }
        }
        Source s = new Source();
        run(file, s::play, s::over);
        return s;
    }

    static MediaSource sound(Path file, MediaTrackSettings settings) {
        class Source extends AudioSource {
            private volatile boolean running = true;

            @Override
            public MediaTrackSettings settings() {
                return settings;
            }

            @Override
            public void stopped() {
                running = false;
            }

            private long play(long start, long at) throws IOException {
                long next = at;
                try (Wav.Reader r = new Wav.Reader(file)) {
                    for (AudioFrame f = r.read(SOUND_MILLIS); f != null && running; f = r.read(SOUND_MILLIS)) {
                        next += TimeUnit.MICROSECONDS.toNanos(f.durationMicros());
                        waitUntil(start + next);
                        push(f);
                    }
                }
                return running ? next : -1;
            }

            private void over() {
                end();
            }
        }
        Source s = new Source();
        run(file, s::play, s::over);
        return s;
    }

    static MediaTrackSettings picturesIn(Path file) throws IOException {
        try (Y4m.Reader r = new Y4m.Reader(file)) {
            return MediaTrackSettings.ofPictures(r.width(), r.height(), r.frameRate());
        }
    }

    static MediaTrackSettings soundIn(Path file) throws IOException {
        try (Wav.Reader r = new Wav.Reader(file)) {
            return MediaTrackSettings.ofSound(r.sampleRate(), r.channels());
        }
    }

    private static void run(Path file, Turn turn, Runnable over) {
        Thread t = new Thread(() -> {
            long start = System.nanoTime();
            try {
                long before = -1;
                for (long at = 0; at >= 0; at = turn.play(start, at)) {
                    if (at == before) {
                        throw new IOException(file + " holds nothing");
                    }
                    before = at;
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be played: {}", file, e.getMessage());
                over.run();
            }
        }, "jvmrtc-file");
        t.setDaemon(true);
        t.start();
    }

    private static void waitUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
