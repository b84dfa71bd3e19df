package dev.jvmrtc.media;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Decodes an encoded track for all its takers of pictures or sound, on threads for codecs. A frame that cannot be decoded, or a decoder that throws, costs that frame
 * and those that depend on it, and is counted by its reason.
 */
abstract class TrackDecoder implements MediaSink {
    private static final Logger LOG = LoggerFactory.getLogger(TrackDecoder.class);
    static final String THREW = "the decoder or a taker threw";

    final MediaStreamTrack track;
    final MediaWorker worker = new MediaWorker();
    private final CopyOnWriteArrayList<MediaSink> sinks = new CopyOnWriteArrayList<>();
    private final Map<String, Long> failures = new ConcurrentHashMap<>();
    private String codec = "";

    TrackDecoder(MediaStreamTrack track) {
        this.track = track;
    }

    static TrackDecoder of(MediaStreamTrack track) {
        return track.getKind().equals("video") ? new VideoDecoding(track) : new AudioDecoding(track);
    }

    final List<MediaSink> sinks() {
        return sinks;
    }

    /** How many frames were not decoded, by the reason. */
    final Map<String, Long> failures() {
        return Map.copyOf(failures);
    }

    /** What the decoder has done; null for sound. */
    abstract CodecStatistics statistics();

    abstract PlayoutStatistics playout();

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
                if (!open(wanted)) {
                    LOG.warn("{} cannot be decoded: {}", wanted, Codecs.advice(wanted));
                }
            }
            work.run();
        } catch (CodecException e) {
            fail(e.getMessage());
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            // Told once aloud: what fails once may fail with every frame.
            LOG.atLevel(failures.containsKey(THREW) ? Level.DEBUG : Level.WARN).setCause(e).log("decoding {} failed; the decoder is made anew", codec);
            fail(THREW);
            close();
        }
    }

    void fail(String reason) {
        failures.merge(reason, 1L, Long::sum);
    }

    private void close() {
        closeDecoder();
        codec = "";
    }

    /** No taker is left. */
    void release() {
        worker.post(this::close);
    }
}
