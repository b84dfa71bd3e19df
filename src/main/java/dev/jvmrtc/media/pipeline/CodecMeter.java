package dev.jvmrtc.media.pipeline;

import dev.jvmrtc.media.frame.CodecStatistics;
import java.util.concurrent.TimeUnit;

/** Counts what a codec does, or what comes to it. Written by one thread, read by any. */
final class CodecMeter {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long frames;
    private long keyFrames;
    private long dropped;
    private int width;
    private int height;
    private long nanos;
    private long windowStart;
    private int inWindow;
    private double rate;

    synchronized void worked(boolean keyFrame, int w, int h, long took, long now) {
        frames++;
        keyFrames += keyFrame ? 1 : 0;
        width = w;
        height = h;
        nanos += took;
        if (inWindow == 0) {
            windowStart = now;
        } else if (now - windowStart >= SECOND) {
            rate = (double) inWindow * SECOND / (now - windowStart);
            inWindow = 0;
            windowStart = now;
        }
        inWindow++;
    }

    synchronized void dropped() {
        dropped++;
    }

    synchronized CodecStatistics statistics(String limitation) {
        return new CodecStatistics(
                frames, keyFrames, dropped, width, height, nanos / (double) SECOND, rate, limitation);
    }
}
