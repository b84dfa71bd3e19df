package dev.jvmrtc.media.file;

import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the writers of this package have in common: tracks that begin with a frame that needs no other, in the order of
 * time, and a file of which the beginning is written again.
 */
abstract class TrackWriter implements MediaFileWriter {
    static final int MAX_TRACKS = 64;
    private static final int MAX_NAME = 64;
    /** How long the last frame of a track lasts where no other tells. */
    private static final long LAST_MICROS = 20_000;
    /** Longer files than these 30 days are nobody's; all times of a format fit. */
    private static final long MAX_MICROS = 30L * 24 * 3_600 * 1_000_000;

    /** A track of the file. */
    static final class Track {
        final int number;
        final String name;
        /** As files know it; null before the first frame where it was left to that. */
        String codec;

        TrackFormat format;
        boolean ended;
        long lastMicros = -1;
        long lastStep = LAST_MICROS;

        Track(int number, String codec, String name) {
            this.number = number;
            this.codec = codec;
            this.name = name;
        }
    }

    private final FileChannel out;
    private final Track[] tracks = new Track[MAX_TRACKS];
    private final Interleaver interleaver = new Interleaver(MAX_TRACKS, this::put);
    private int count;
    private long position;
    private long end;
    private boolean closed;
    /** Writing has failed, as on a full disk: the file stays as one whose writer has died. */
    private boolean broken;

    TrackWriter(Path file) throws IOException {
        out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Override
    public final int addTrack(String codec, String name) throws IOException {
        String known = codec == null ? null : requireHeld(codec);
        if (count == MAX_TRACKS) {
            throw new IOException("a file holds " + MAX_TRACKS + " tracks at most");
        }
        Track t = new Track(count + 1, known, name == null ? "" : SafeText.line(name, MAX_NAME));
        tracks[count++] = t;
        interleaver.addTrack();
        return count;
    }

    @Override
    public final boolean holds(String codec) {
        String known = TrackFormat.known(codec);
        return known != null && isHeld(known);
    }

    private String requireHeld(String codec) throws IOException {
        if (!holds(codec)) {
            throw new IOException("a file of this kind does not hold " + SafeText.line(codec, MAX_NAME));
        }
        return TrackFormat.known(codec);
    }

    private Track track(int number) {
        if (number < 1 || number > count) {
            throw new IllegalArgumentException("there is no track " + number + ": addTrack gives numbers, from 1");
        }
        return tracks[number - 1];
    }

    @Override
    public final void endTrack(int track) {
        Track t = track(track);
        if (!t.ended) {
            t.ended = true;
            interleaver.endTrack(track);
        }
    }

    @Override
    public final boolean write(int track, EncodedFrame frame, long micros) throws IOException {
        Track t = track(track);
        if (closed || t.ended) {
            throw new IOException(closed ? "the file is closed" : "the track has ended");
        }
        String codec = requireHeld(frame.codec());
        t.codec = t.codec == null ? codec : t.codec;
        if (!codec.equals(t.codec)) {
            throw new IOException("the track has come to be " + codec + ", in the file it is " + t.codec);
        }
        byte[] stored = TrackFormat.stored(t.codec, frame.data());
        if (stored == null) {
            return false;
        }
        if (t.format == null) {
            TrackFormat format = TrackFormat.of(t.codec, frame);
            if (format == null) {
                return false;
            }
            t.format = format;
            try {
                begin(t);
            } catch (IOException e) {
                t.format = null; // the file knows nothing of it
                throw e;
            }
        }
        interleaver.add(track, stored, Math.max(0, Math.min(micros, MAX_MICROS)), frame.keyFrame());
        return true;
    }

    private void put(Interleaver.Held h) throws IOException {
        Track t = tracks[h.track() - 1];
        if (t.codec.equals("OPUS")) {
            t.lastStep = OggOpus.samples(h.data()) * 1_000L / 48;
        } else if (t.lastMicros >= 0 && h.micros() > t.lastMicros) {
            t.lastStep = Math.min(h.micros() - t.lastMicros, 1_000_000);
        }
        t.lastMicros = h.micros();
        end = Math.max(end, t.lastMicros + t.lastStep);
        put(t, h);
    }

    /** Whether files of this kind hold one of the codecs that this package knows. */
    abstract boolean isHeld(String knownCodec);

    /**
     * The track's format is known now. Throws {@link NoRoomException} where it has no place in the file, which goes on
     * without.
     */
    abstract void begin(Track t) throws IOException;

    abstract void put(Track t, Interleaver.Held frame) throws IOException;

    /** All frames have been put. */
    abstract void finish() throws IOException;

    final boolean hasVideo() {
        for (int i = 0; i < count; i++) {
            if (tracks[i].format != null && tracks[i].format.isVideo()) {
                return true;
            }
        }
        return false;
    }

    /** When the last frame is over. */
    final long endMicros() {
        return end;
    }

    /** Where the next bytes go. */
    final long position() {
        return position;
    }

    final void append(byte[] b, int length) throws IOException {
        position += length;
        rewrite(position - length, b, length);
    }

    final void rewrite(long at, byte[] b, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(b, 0, length);
        long to = at;
        boolean before = broken;
        broken = true;
        while (left.hasRemaining()) {
            to += out.write(left, to);
        }
        broken = before;
    }

    final void closeFile() throws IOException {
        out.close();
    }

    @Override
    public final void close() throws IOException {
        if (!closed) {
            closed = true;
            try (out) {
                if (!broken) {
                    interleaver.flush();
                    finish();
                }
            }
        }
    }
}
