package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.Sinks;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.media.pipeline.TrackView;
import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What the sources of this library have in common, and others may: sinks, the way back to an encoder, and tracks that
 * count.
 */
public abstract class AbstractSource implements MediaSource {
    private final String kind;
    private final List<EncodedFormat> formats;
    private final Sinks sinks;
    private final CopyOnWriteArrayList<MediaStreamTrack> tracks = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private volatile Consumer<String> keyFrameHandler;
    private volatile BiConsumer<String, Long> bitrateHandler;
    private volatile Consumer<EncodedFormat> formatHandler;

    /**
     * For makers of sources.
     *
     * @param kind "audio" or "video"
     * @param formats what it can deliver, the best first
     */
    protected AbstractSource(String kind, List<EncodedFormat> formats) {
        this.kind = kind;
        this.formats = List.copyOf(formats);
        this.sinks = new Sinks(kind);
    }

    @Override
    public final String kind() {
        return kind;
    }

    @Override
    public List<EncodedFormat> formats() {
        return formats;
    }

    /** {@return a new track of this source} It has ended from the beginning where the source has. */
    public final MediaStreamTrack createTrack() {
        return new MediaStreamTrack(this, kind);
    }

    /**
     * Sets who is called when a receiver needs a key frame, on the thread of whoever asks.
     *
     * @param handler gets the rid of the simulcast layer, null for all; null clears it
     */
    public final void onKeyFrameRequested(Consumer<String> handler) {
        keyFrameHandler = handler;
    }

    /**
     * Sets who is called once a sender can send, and whenever what it can carry has changed by more than a twentieth;
     * in a task of the sender's connection. A source of several senders hears each of them, and does well to keep to
     * the least.
     *
     * @param handler gets the rid of the simulcast layer, null for all, and bits per second; null clears it
     */
    public final void onTargetBitrate(BiConsumer<String, Long> handler) {
        bitrateHandler = handler;
    }

    /**
     * Sets who is called when a sender has been negotiated.
     *
     * @param handler gets the format that it sends; null clears it
     */
    public final void onFormatSelected(Consumer<EncodedFormat> handler) {
        formatHandler = handler;
    }

    @Override
    public void addSink(MediaSink sink) {
        sinks.add(sink);
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

    /**
     * Gives a frame to all sinks. For sources of encoded frames; from one thread at a time.
     *
     * @param frame shared by all, and not to be changed any more
     */
    protected final void deliver(EncodedFrame frame) {
        sinks.deliver(frame);
    }

    /**
     * Gives a packet to the sinks that want packets; from one thread at a time.
     *
     * @param packet not to be changed any more
     * @return completes when all of them have room for the next one
     */
    protected final CompletableFuture<Void> deliverRtp(byte[] packet) {
        return deliverRtp(Unpooled.wrappedBuffer(packet));
    }

    /**
     * The same with a counted buffer, which is released whatever happens. Senders read it where it lies, each as long
     * as it needs it; where it is not on the heap, or holds more than twice its length of memory, a copy is made first.
     *
     * @param packet taken over, and not to be changed any more
     * @return completes when all sinks have room for the next one
     */
    protected final CompletableFuture<Void> deliverRtp(ByteBuf packet) {
        ByteBuf shared = packet;
        try {
            shared = shareable(packet);
            return sinks.deliverRtp(shared);
        } finally {
            shared.release();
        }
    }

    /** The packet, or a copy in its place. */
    private static ByteBuf shareable(ByteBuf packet) {
        int n = packet.readableBytes();
        if (packet.hasArray() && LentBytes.pinnedBy(packet) <= 2 * n) {
            return packet;
        }
        ByteBuf copy = ByteBufAllocator.DEFAULT.heapBuffer(n, n);
        copy.writeBytes(packet, packet.readerIndex(), n);
        packet.release();
        return copy;
    }

    final void deliverVideo(VideoFrame frame) {
        sinks.deliver(frame);
    }

    final void deliverAudio(AudioFrame frame) {
        sinks.deliver(frame);
    }

    /**
     * The media of a track of raw video or audio, encoded for one sink; null where the source delivers encoded frames
     * itself.
     */
    EncodedMedia encode(TrackView track) {
        return null;
    }

    /** Whether it gives raw video or audio, which has to be encoded before it is sent. */
    boolean isRaw() {
        return false;
    }

    /** {@return whether anybody takes what is delivered} */
    protected final boolean hasSinks() {
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
     * Nothing more will come: the call that was passed on is over, a device was unplugged, a file has been played. All
     * tracks of the source end, each with an {@code ended} event on the calling thread, and those that are made of it
     * later are ended from the beginning. For the owner of the source, from any thread; again it does nothing.
     * (mediacapture-streams §4.3.1: a track ends when its source has ended for a reason other than {@code stop()}.)
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

    /** {@return whether {@link #end} was called} */
    protected final boolean isEnded() {
        return ended;
    }
}
