package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import java.io.IOException;
import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Brings the frames of several tracks into the order of their times, since audio and video of one moment do not come in
 * one moment. "All absolute (block + cluster) timecodes MUST be monotonically increasing" (WebM container guidelines);
 * browsers refuse what is not. A frame waits until each track has one too, for a second of the file's time at most.
 */
final class Interleaver {
    /** A track that is silent holds up the others for so long. */
    static final long MAX_HOLD_MICROS = 1_000_000;
    /** What files can tell apart. */
    private static final long STEP_MICROS = 1_000;

    static final int MAX_FRAMES = 4_096;
    static final int MAX_BYTES = 16 << 20;

    /** A frame on its way into the file, as the file holds it. */
    record Held(int track, byte[] data, long micros, boolean keyFrame, long order) implements Comparable<Held> {
        @Override
        public int compareTo(Held o) {
            return micros != o.micros ? Long.compare(micros, o.micros) : Long.compare(order, o.order);
        }
    }

    /** Takes frames in the order of their times. */
    interface Output {
        void put(Held frame) throws IOException;
    }

    private final PriorityQueue<Held> queue = new PriorityQueue<>();
    private final Output output;
    private final int[] waiting;
    private final long[] last;
    private final boolean[] ended;
    private int tracks;
    private int tracksWaiting;
    private long bytes;
    private long order;
    private long newest;
    private long written;

    Interleaver(int maxTracks, Output output) {
        this.output = output;
        waiting = new int[maxTracks + 1];
        last = new long[maxTracks + 1];
        Arrays.fill(last, -STEP_MICROS);
        ended = new boolean[maxTracks + 1];
    }

    /** From now on frames of one more track are waited for, before its first too. */
    void addTrack() {
        tracks++;
    }

    /** What the track has given waits its turn; nothing more is waited for. */
    void endTrack(int track) {
        ended[track] = true;
        tracks--;
        tracksWaiting -= waiting[track] > 0 ? 1 : 0;
    }

    void add(int track, byte[] data, long micros, boolean keyFrame) throws IOException {
        // Not behind what is in the file already, and after the track's own last frame: in a track the order of
        // decoding is kept, and players drop one of two
        // frames of the same time.
        long at = Math.max(Math.max(micros, written), last[track] + STEP_MICROS);
        last[track] = at;
        newest = Math.max(newest, at);
        queue.add(new Held(track, data, at, keyFrame, order++));
        bytes += data.length;
        tracksWaiting += waiting[track]++ == 0 ? 1 : 0; // it has not ended
        while (!queue.isEmpty()
                && (tracksWaiting == tracks
                        || newest - queue.peek().micros > MAX_HOLD_MICROS
                        || queue.size() > MAX_FRAMES
                        || bytes > MAX_BYTES)) {
            assert Steps.count();
            putFirst();
        }
    }

    private void putFirst() throws IOException {
        Held h = queue.remove();
        bytes -= h.data.length;
        tracksWaiting -= --waiting[h.track] == 0 && !ended[h.track] ? 1 : 0;
        written = h.micros;
        output.put(h);
    }

    /** Puts out all that waits. */
    void flush() throws IOException {
        while (!queue.isEmpty()) {
            assert Steps.count();
            putFirst();
        }
    }
}
