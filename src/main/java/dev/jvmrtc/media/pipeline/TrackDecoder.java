package dev.jvmrtc.media.pipeline;

import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.CodecStatistics;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.PlayoutStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Decodes an encoded track for all its sinks of pictures or sound, on threads for codecs. A frame that cannot be
 * decoded, or a decoder that throws anything, an Error too, costs that frame and those that depend on it; a sink that
 * throws costs itself that frame. Both are counted by their reason.
 */
public abstract non-sealed class TrackDecoder implements PromptSink {
    private static final Logger LOG = LoggerFactory.getLogger(TrackDecoder.class);
    private static final int MAX_TOLD = 32;
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();
    static final String THREW = "the decoder threw";
    static final String SINK_THREW = "a sink threw";
    static final String NO_DECODER = "no decoder";
    static final String TOO_SLOW = "the decoder is too slow";
    /** The bytes of encoded frames that may wait for the decoder. */
    static final int MAX_WAITING_BYTES = 8 << 20;
    /** Failures are counted by so many reasons: a decoder of the application may make them up. */
    static final int MAX_REASONS = 32;

    private static final String OTHER_REASONS = "other reasons";

    final TrackView track;
    final MediaWorker worker = new MediaWorker();
    private final CopyOnWriteArrayList<MediaSink> sinks = new CopyOnWriteArrayList<>();
    private final Map<String, Long> failures = new ConcurrentHashMap<>();
    private final AtomicInteger waitingBytes = new AtomicInteger();
    private String codec = "";

    TrackDecoder(TrackView track) {
        this.track = track;
    }

    public static TrackDecoder of(TrackView track) {
        return track.kind().equals("video") ? new VideoDecoding(track) : new AudioDecoding(track);
    }

    public final List<MediaSink> sinks() {
        return sinks;
    }

    /** How many frames were not decoded, by the reason. */
    public final Map<String, Long> failures() {
        return Map.copyOf(failures);
    }

    /** What the decoder has done; null for sound. */
    public abstract CodecStatistics statistics();

    public abstract PlayoutStatistics playout();

    /** Makes a decoder of another codec; false where there is none. */
    abstract boolean open(String newCodec);

    abstract void closeDecoder();

    /** Does something with a decoder of this codec, which may fail. */
    interface Work {
        void run() throws CodecException;
    }

    final void attempt(String wanted, Work work) {
        try {
            if (!wanted.equalsIgnoreCase(codec)) {
                close();
                codec = wanted;
                if (!open(wanted) && !failures.containsKey(NO_DECODER)) {
                    tellMissing(wanted);
                }
            }
            work.run();
        } catch (CodecException e) {
            fail(e.getMessage());
        } catch (Throwable e) {
            tell(THREW, e, "decoding failed; the decoder is made anew");
            abandon();
            fail(THREW);
        }
    }

    /** Aloud for the first time of each codec in a process, since a server may have thousands of tracks of it. */
    private static void tellMissing(String codec) {
        Level level = TOLD.size() < MAX_TOLD && TOLD.add(codec.toLowerCase(Locale.ROOT)) ? Level.WARN : Level.DEBUG;
        if (LOG.isEnabledForLevel(level)) {
            LOG.atLevel(level).log("{} cannot be decoded: {}", codec, Codecs.advice(codec));
        }
    }

    /** Told once aloud: what fails once may fail with every frame. */
    private void tell(String reason, Throwable e, String message) {
        LOG.atLevel(failures.containsKey(reason) ? Level.DEBUG : Level.WARN)
                .setCause(e)
                .log("{}: {}", codec, message);
    }

    /** Lets go of a decoder that threw, which may throw again. */
    private void abandon() {
        try {
            close();
        } catch (Throwable e) {
            LOG.debug("closing a decoder failed", e);
        }
    }

    /** Gives something to all sinks; one that throws costs itself only. */
    final void give(Consumer<MediaSink> what) {
        for (MediaSink s : sinks) {
            try {
                what.accept(s);
            } catch (Throwable e) {
                tell(SINK_THREW, e, "a sink of decoded media threw");
                failures.merge(SINK_THREW, 1L, Long::sum);
            }
        }
    }

    /** Whether there is room for another frame; then it is counted as waiting until {@link #taken}. */
    final boolean mayWait(EncodedFrame frame, int maxFrames) {
        int length = frame.data().length;
        if (worker.waiting() >= maxFrames || waitingBytes.get() + length > MAX_WAITING_BYTES) {
            return false;
        }
        waitingBytes.addAndGet(length);
        return true;
    }

    final void taken(EncodedFrame frame) {
        waitingBytes.addAndGet(-frame.data().length);
    }

    void fail(String reason) {
        failures.merge(
                failures.size() < MAX_REASONS || failures.containsKey(reason) ? reason : OTHER_REASONS, 1L, Long::sum);
    }

    private void close() {
        codec = "";
        closeDecoder();
    }

    /** No sink is left. */
    public void release() {
        worker.post(this::abandon);
    }
}
