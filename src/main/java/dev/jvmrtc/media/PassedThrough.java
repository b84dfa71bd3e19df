package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.CodecStatistics;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedMedia;
import dev.jvmrtc.media.frame.EncodingLimits;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.SourceStatistics;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Frames of a track whose source encodes them, as they come. */
final class PassedThrough implements EncodedMedia {
    private final MediaStreamTrack track;
    private final MediaSource source;
    private volatile boolean closed;
    private final CopyOnWriteArrayList<MediaSink> sinks = new CopyOnWriteArrayList<>();

    PassedThrough(MediaStreamTrack track) {
        this.track = track;
        this.source = track.getSource();
    }

    @Override
    public boolean isEncodedHere() {
        return false;
    }

    @Override
    public String kind() {
        return source.kind();
    }

    @Override
    public List<EncodedFormat> formats() {
        return source.formats();
    }

    @Override
    public void addSink(MediaSink sink) {
        if (!closed && sinks.addIfAbsent(sink)) {
            track.addSink(sink);
            if (closed) {
                removeSink(sink); // it was closed meanwhile
            }
        }
    }

    @Override
    public void removeSink(MediaSink sink) {
        sinks.remove(sink);
        track.removeSink(sink);
    }

    @Override
    public void requestKeyFrame(String rid) {
        source.requestKeyFrame(rid);
    }

    @Override
    public void targetBitrate(String rid, long bitsPerSecond) {
        source.targetBitrate(rid, bitsPerSecond);
    }

    /**
     * Who encodes elsewhere is told which of its own formats it is: the very one where there is such, else the first of
     * the codec.
     */
    @Override
    public void formatSelected(EncodedFormat format) {
        if (format == null) {
            return; // it does not encode
        }
        if (source.formats().contains(format)) {
            source.formatSelected(format);
            return;
        }
        for (EncodedFormat f : source.formats()) {
            if (f.codec().equalsIgnoreCase(format.codec())) {
                source.formatSelected(f);
                return;
            }
        }
    }

    @Override
    public MediaTrackSettings settings() {
        return source.settings();
    }

    @Override
    public void setLimits(EncodingLimits limits) {
        // It is encoded already.
    }

    @Override
    public CodecStatistics getStatistics() {
        return null;
    }

    @Override
    public SourceStatistics getSourceStatistics() {
        return null;
    }

    @Override
    public void close() {
        closed = true;
        sinks.forEach(this::removeSink);
    }
}
