package dev.jvmrtc.media.frame;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The sinks of a source. Each gets what it asked for; whatever one throws, an Error too, costs itself what it was
 * given, and nobody else anything. Any thread may call any method.
 */
public final class Sinks {
    private static final Logger LOG = LoggerFactory.getLogger(Sinks.class);

    private final String kind;
    private final CopyOnWriteArrayList<MediaSink> sinks = new CopyOnWriteArrayList<>();
    private volatile boolean oneThrew;

    /** @param kind what of, for the log, as "audio" or "remote video" */
    public Sinks(String kind) {
        this.kind = kind;
    }

    /**
     * Adds a sink; adding one twice has no effect.
     *
     * @param sink which gets what is delivered from now on
     */
    public void add(MediaSink sink) {
        sinks.addIfAbsent(sink);
    }

    /**
     * Removes a sink.
     *
     * @param sink one that was added; others are ignored
     */
    public void remove(MediaSink sink) {
        sinks.remove(sink);
    }

    /** {@return whether nobody takes anything} */
    public boolean isEmpty() {
        return sinks.isEmpty();
    }

    /** {@return whether one of them wants RTP packets} */
    public boolean wantRtp() {
        for (MediaSink s : sinks) {
            if (s.wantsRtp()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Gives an encoded frame to all of them.
     *
     * @param frame shared by all
     */
    public void deliver(EncodedFrame frame) {
        for (MediaSink s : sinks) {
            try {
                s.onEncodedFrame(frame);
            } catch (Throwable e) {
                threw(e);
            }
        }
    }

    /**
     * Lends an RTP packet to those that want packets.
     *
     * @param packet which stays the caller's, and is not to be changed any more
     * @return completes when all of them have room for the next one
     */
    public CompletableFuture<Void> deliverRtp(ByteBuf packet) {
        CompletableFuture<Void> room = null;
        for (MediaSink s : sinks) {
            try {
                if (s.wantsRtp()) {
                    s.onRtpPacket(packet);
                    CompletableFuture<Void> its = s.rtpRoom();
                    // Not allOf, which would lose what a connection's futures know.
                    room = its == null ? room : room == null ? its : room.thenCombine(its, (a, b) -> null);
                }
            } catch (Throwable e) {
                threw(e);
            }
        }
        return room == null ? CompletableFuture.completedFuture(null) : room;
    }

    /**
     * Lends a video frame to those that want raw video.
     *
     * @param frame which stays the caller's
     */
    public void deliver(VideoFrame frame) {
        for (MediaSink s : sinks) {
            try {
                if (s.wantsVideo()) {
                    s.onVideoFrame(frame);
                }
            } catch (Throwable e) {
                threw(e);
            }
        }
    }

    /**
     * Gives a frame to those that want raw audio.
     *
     * @param frame shared by all
     */
    public void deliver(AudioFrame frame) {
        for (MediaSink s : sinks) {
            try {
                if (s.wantsAudio()) {
                    s.onAudioFrame(frame);
                }
            } catch (Throwable e) {
                threw(e);
            }
        }
    }

    /** Told once aloud: a sink may throw each time. */
    private void threw(Throwable e) {
        LOG.atLevel(oneThrew ? Level.DEBUG : Level.WARN).setCause(e).log("a sink of {} threw", kind);
        oneThrew = true;
    }
}
