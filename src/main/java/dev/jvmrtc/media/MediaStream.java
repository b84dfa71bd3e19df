package dev.jvmrtc.media;

import dev.jvmrtc.dom.EventTarget;
import dev.jvmrtc.dom.EventType;
import dev.jvmrtc.media.playout.LipSync;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** A group of tracks (mediacapture-streams §4.2). Any thread may call any method. */
public final class MediaStream extends EventTarget {
    public static final EventType<MediaStreamTrackEvent> ADD_TRACK =
            EventType.of("addtrack", MediaStreamTrackEvent.class);
    public static final EventType<MediaStreamTrackEvent> REMOVE_TRACK =
            EventType.of("removetrack", MediaStreamTrackEvent.class);

    private final String id;
    private final Map<String, MediaStreamTrack> tracks = new LinkedHashMap<>();
    final LipSync lipSync = new LipSync();

    public MediaStream() {
        this(List.of());
    }

    /** Shares the tracks of another stream. */
    public MediaStream(MediaStream stream) {
        this(stream.getTracks());
    }

    public MediaStream(List<MediaStreamTrack> tracks) {
        this(UUID.randomUUID().toString(), tracks);
    }

    private MediaStream(String id, List<MediaStreamTrack> tracks) {
        this.id = id;
        tracks.forEach(t -> this.tracks.put(t.getId(), t));
    }

    /**
     * For makers of remote streams: an empty stream of a given id with the handle that adds and removes tracks with
     * events.
     */
    public static Control create(String id) {
        return new Control(new MediaStream(id, List.of()));
    }

    /**
     * Adds and removes tracks on the peer's behalf, which fires events; what the application itself does fires none.
     */
    public static final class Control {
        private final MediaStream stream;

        private Control(MediaStream stream) {
            this.stream = stream;
        }

        public MediaStream stream() {
            return stream;
        }

        /** Puts the track in without an event; {@link #fireAddTrack} comes later, as webrtc-pc orders it. */
        public boolean add(MediaStreamTrack track) {
            synchronized (stream.tracks) {
                return stream.tracks.putIfAbsent(track.getId(), track) == null;
            }
        }

        public boolean remove(MediaStreamTrack track) {
            synchronized (stream.tracks) {
                return stream.tracks.remove(track.getId()) != null;
            }
        }

        public void fireAddTrack(MediaStreamTrack track) {
            stream.fire(ADD_TRACK, new MediaStreamTrackEvent(track));
        }

        public void fireRemoveTrack(MediaStreamTrack track) {
            stream.fire(REMOVE_TRACK, new MediaStreamTrackEvent(track));
        }
    }

    public String getId() {
        return id;
    }

    public List<MediaStreamTrack> getAudioTracks() {
        return getTracks().stream().filter(t -> t.getKind().equals("audio")).toList();
    }

    public List<MediaStreamTrack> getVideoTracks() {
        return getTracks().stream().filter(t -> t.getKind().equals("video")).toList();
    }

    public List<MediaStreamTrack> getTracks() {
        synchronized (tracks) {
            return List.copyOf(tracks.values());
        }
    }

    /** The track of an id, or null. */
    public MediaStreamTrack getTrackById(String trackId) {
        synchronized (tracks) {
            return tracks.get(trackId);
        }
    }

    public void addTrack(MediaStreamTrack track) {
        synchronized (tracks) {
            tracks.putIfAbsent(track.getId(), track);
        }
    }

    public void removeTrack(MediaStreamTrack track) {
        synchronized (tracks) {
            tracks.remove(track.getId());
        }
    }

    /** A new stream of clones of the tracks. */
    @Override
    public MediaStream clone() {
        return new MediaStream(getTracks().stream().map(MediaStreamTrack::clone).toList());
    }

    /** Whether a track is live. */
    public boolean isActive() {
        return getTracks().stream().anyMatch(t -> t.getReadyState() == MediaStreamTrackState.LIVE);
    }

    /** The one handler of {@code addtrack}; null clears it. */
    public void onAddTrack(Consumer<? super MediaStreamTrackEvent> handler) {
        setHandler(ADD_TRACK, handler);
    }

    /** The one handler of {@code removetrack}; null clears it. */
    public void onRemoveTrack(Consumer<? super MediaStreamTrackEvent> handler) {
        setHandler(REMOVE_TRACK, handler);
    }

    @Override
    public String toString() {
        return "MediaStream[" + id + " " + getTracks() + "]";
    }
}
