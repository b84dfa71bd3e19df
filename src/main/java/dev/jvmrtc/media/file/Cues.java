package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import java.util.Arrays;

/**
 * Where in a file a player can begin: times, in the order of time, and positions. So many are remembered at most; then
 * every other is forgotten, and the rest lie further apart.
 */
final class Cues {
    static final int MAX = 16_384;
    private static final long FIRST_STEP_MICROS = 500_000;

    private long[] micros = new long[64];
    private long[] positions = new long[64];
    private int[] tracks = new int[64];
    private long step = FIRST_STEP_MICROS;
    private int size;

    void add(int track, long at, long position) {
        if (size > 0 && at - micros[size - 1] < step) {
            return;
        }
        if (size == MAX) {
            step *= 2;
            size = MAX / 2;
            for (int i = 0; i < size; i++) {
                assert Steps.count();
                micros[i] = micros[2 * i];
                positions[i] = positions[2 * i];
                tracks[i] = tracks[2 * i];
            }
        }
        if (size == micros.length) {
            micros = Arrays.copyOf(micros, 2 * size);
            positions = Arrays.copyOf(positions, 2 * size);
            tracks = Arrays.copyOf(tracks, 2 * size);
        }
        micros[size] = at;
        positions[size] = position;
        tracks[size++] = track;
    }

    int size() {
        return size;
    }

    long micros(int i) {
        return micros[i];
    }

    long position(int i) {
        return positions[i];
    }

    int track(int i) {
        return tracks[i];
    }
}
