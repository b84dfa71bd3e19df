package dev.jvmrtc.media;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What the sources of this package have in common: sinks, the way back to an encoder, and tracks that count. */
public abstract class AbstractSource implements MediaSource {
    private static final Logger LOG = LoggerFactory.getLogger(AbstractSource.class);

    private final String kind;
    private final List<EncodedFormat> formats;
    private final CopyOnWriteArrayList<MediaSink> sinks = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<MediaStreamTrack> tracks = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private volatile boolean takerThrew;
    private volatile Consumer<String> keyFrameHandler;
    private volatile BiConsumer<String, Long> bitrateHandler;
    private volatile Consumer<EncodedFormat> formatHandler;

    AbstractSource(String kind, List<EncodedFormat> formats) {
        this.kind = kind;
        this.formats = List.copyOf(formats);
    }

    @Override
    public final String kind() {
        return kind;
    }

    @Override
    public List<EncodedFormat> formats() {
        return formats;
    }

    /** A new track of this source. */
    public final MediaStreamTrack createTrack() {
        return new MediaStreamTrack(this, kind);
    }

    /** Called with the rid (null for all) when a receiver needs a key frame. On the thread of whoever asks; null clears it. */
    public final void onKeyFrameRequested(Consumer<String> handler) {
        keyFrameHandler = handler;
    }

    /**
     * Called with the rid (null for all) and bits per second once a sender can send, and whenever what it can carry has changed by more than a twentieth; null
     * clears it. In a task of the sender's connection. A source of several senders hears each of them, and does well to keep to the least.
     */
    public final void onTargetBitrate(BiConsumer<String, Long> handler) {
        bitrateHandler = handler;
    }

    /** Called when a sender has been negotiated, with the format that it sends; null clears it. */
    public final void onFormatSelected(Consumer<EncodedFormat> handler) {
        formatHandler = handler;
    }

    @Override
    public void addSink(MediaSink sink) {
        sinks.addIfAbsent(sink);
    }

    @Override
    public void removeSink(MediaSink sink) {
        sinks.remove(sink);
    }

    @Override
    public void requestKeyFrame(String rid) {
        Consumer<String> h = keyFrameHandler;
        if (h != null) {
            h.accept(rid);
        }
    }

    @Override
    public void targetBitrate(String rid, long bitsPerSecond) {
        BiConsumer<String, Long> h = bitrateHandler;
        if (h != null) {
            h.accept(rid, bitsPerSecond);
        }
    }

    @Override
    public void formatSelected(EncodedFormat format) {
        Consumer<EncodedFormat> h = formatHandler;
        if (h != null) {
            h.accept(format);
        }
    }

    final void deliver(EncodedFrame frame) {
        for (MediaSink s : sinks) {
            try {
                s.onEncodedFrame(frame);
            } catch (Throwable e) {
                takerThrew(e);
            }
        }
    }

    /** What completes when all sinks have room for the next packet. */
    final CompletableFuture<Void> deliverRtp(byte[] packet) {
        CompletableFuture<Void> room = null;
        for (MediaSink s : sinks) {
            try {
                if (s.wantsRtp()) {
                    s.onRtpPacket(packet);
                    CompletableFuture<Void> its = s.rtpRoom();
                    room = its == null ? room : room == null ? its : room.thenCombine(its, (a, b) -> null); // not allOf, which would lose what a connection's futures know
                }
            } catch (Throwable e) {
                takerThrew(e);
            }
        }
        return room == null ? CompletableFuture.completedFuture(null) : room;
    }

    final void deliverVideo(VideoFrame frame) {
        for (MediaSink s : sinks) {
            try {
                if (s.wantsVideo()) {
                    s.onVideoFrame(frame);
                }
            } catch (Throwable e) {
                takerThrew(e);
            }
        }
    }

    final void deliverAudio(AudioFrame frame) {
        for (MediaSink s : sinks) {
            try {
                if (s.wantsAudio()) {
                    s.onAudioFrame(frame);
                }
            } catch (Throwable e) {
                takerThrew(e);
            }
        }
    }

    /** Whatever a taker throws, an Error too, costs itself what it was given, and nobody else anything. Told once aloud: it may throw each time. */
    private void takerThrew(Throwable e) {
        LOG.atLevel(takerThrew ? Level.DEBUG : Level.WARN).setCause(e).log("a taker of {} threw", kind);
        takerThrew = true;
    }

    final boolean hasSinks() {
        return !sinks.isEmpty();
    }

    final void trackAdded(MediaStreamTrack track) {
        tracks.add(track);
        if (ended) {
            track.endFromSource();
        }
    }

    final void trackStopped(MediaStreamTrack track) {
        if (tracks.remove(track) && tracks.isEmpty()) {
            stopped();
        }
    }

    /**
     * Nothing more will come: the call that was passed on is over, a device was unplugged, a file has been played. All tracks of the source end, each with an
     * {@code ended} event on the calling thread, and those that are made of it later are ended from the beginning. For the owner of the source, from any
     * thread; again it does nothing. (mediacapture-streams §4.3.1: a track ends when its source has ended for a reason other than {@code stop()}.)
     */
    public final void end() {
        if (ended) {
            return;
        }
        ended = true;
        boolean unused = tracks.isEmpty();
        for (MediaStreamTrack t : tracks) {
            t.endFromSource();
        }
        if (unused) {
            stopped();
        }
    }

    final boolean isEnded() {
        return ended;
    }
}
