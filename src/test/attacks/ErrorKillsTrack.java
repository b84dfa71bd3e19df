package dev.jvmrtc.media;

import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Sinks and frames that throw, Errors too; right is that each costs its own frame, and that the track's frames go on. */
public class ErrorKillsTrack {
    public static void main(String[] a) throws Exception {
        List<byte[]> frames = new ArrayList<>();
        VideoEncoder enc = Codecs.videoEncoder(EncodedFormat.of("VP8"));
        for (int i = 0; i < 10; i++) {
            VideoFrame f = VideoFrame.allocate(64, 64, i * 33_000L);
            EncodedFrame e = enc.encode(f, true);
            if (e != null) {
                frames.add(e.data());
            }
            f.release();
        }
        for (String how : new String[] {"sink throws RuntimeException", "sink throws AssertionError", "sink throws OutOfMemoryError", "H264 SPS bomb"}) {
            boolean h264 = how.startsWith("H264");
            EncodedVideoSource src = new EncodedVideoSource(h264 ? "H264" : "VP8");
            MediaStreamTrack t = src.createTrack();
            AtomicInteger n = new AtomicInteger();
            t.onVideoFrame(f -> {
                if (n.incrementAndGet() == 3) {
                    if (how.contains("Runtime")) {
                        throw new RuntimeException("x");
                    }
                    if (how.contains("Assertion")) {
                        throw new AssertionError("x");
                    }
                    if (how.contains("OutOf")) {
                        throw new OutOfMemoryError("x");
                    }
                }
            });
            for (int i = 0; i < 60; i++) {
                byte[] d = h264 ? (i == 0 ? SpsBomb.au(SpsBomb.sps(26, 2, 0, 1, 4, 4), 30) : SpsBomb.au(SpsBomb.sps(0, 2, 0, 1, 4, 4), 4)) : frames.get(i % frames.size());
                src.push(EncodedFrame.of(d, h264 ? "H264" : "VP8", i * 3000L, true));
                Thread.sleep(20);
            }
            Thread.sleep(500);
            System.out.printf("%-32s 60 frames pushed, %d shown, failures %s%n", how, n.get(), t.getDecodeFailures());
        }
        System.exit(0);
    }
}
