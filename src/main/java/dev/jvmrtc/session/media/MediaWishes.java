package dev.jvmrtc.session.media;

import dev.jvmrtc.session.plan.SourceFormat;
import java.util.List;

/** What the application wishes of a sender and its receiver, before they are negotiated and after. */
final class MediaWishes {
    /** Of {@code low}, which is what an encoding has that asks for nothing (webrtc-priority §4.1). */
    private static final int USUAL_WEIGHT = 256;

    /** @param maxBitrate in bits per second; {@code weight} beside other senders of video */
    record Share(long maxBitrate, int weight) {}

    /** What the track can deliver; empty without one. */
    List<SourceFormat> source = List.of();

    Share share = new Share(Long.MAX_VALUE, USUAL_WEIGHT);
    /** Whether packets are wanted besides frames. */
    boolean rawRtp;
    /** What changes its frames; null for nothing. */
    FrameTransform transform;
    /** Whether anybody takes what is received; if not, nothing is asked of the peer for it. */
    boolean heard = true;
}
