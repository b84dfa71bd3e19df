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
    /** The peer has added a track to the stream; see {@link #onAddTrack}. */
    public static final EventType<MediaStreamTrackEvent> ADD_TRACK =
            EventType.of("addtrack", MediaStreamTrackEvent.class);
    /** The peer has taken a track from the stream; see {@link #onRemoveTrack}. */
    public static final EventType<MediaStreamTrackEvent> REMOVE_TRACK =
            EventType.of("removetrack", MediaStreamTrackEvent.class);

    private final String id;
    private final Map<String, MediaStreamTrack> tracks = new LinkedHashMap<>();
    final LipSync lipSync = new LipSync();

    /** A stream without tracks. */
    public MediaStream() {
        this(List.of());
    }

    /**
     * Shares the tracks of another stream.
     *
     * @param stream whose tracks of this moment are taken
     */
    public MediaStream(MediaStream stream) {
        this(stream.getTracks());
    }

    /**
     * A stream of these tracks.
     *
     * @param tracks which other streams may have too
     */
    public MediaStream(List<MediaStreamTrack> tracks) {
        this(UUID.randomUUID().toString(), tracks);
    }

    private MediaStream(String id, List<MediaStreamTrack> tracks) {
        this.id = id;
        tracks.forEach(t -> this.tracks.put(t.getId(), t));
    }

    /**
     * For those who make remote streams: an empty stream together with the handle that adds and removes tracks with
     * events.
     *
     * @param id which the peer has given it
     * @return the handle
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

        /** {@return the stream that is controlled} */
        public MediaStream stream() {
            return stream;
        }

        /**
         * Puts the track in without an event; {@link #fireAddTrack} comes later, as webrtc-pc orders it.
         *
         * @param track of the peer's
         * @return false where it was there
         */
        public boolean add(MediaStreamTrack track) {
            synchronized (stream.tracks) {
                return stream.tracks.putIfAbsent(track.getId(), track) == null;
            }
        }

        /**
         * Takes the track out without an event; {@link #fireRemoveTrack} comes later.
         *
         * @param track of the peer's
         * @return false where it was not there
         */
        public boolean remove(MediaStreamTrack track) {
            synchronized (stream.tracks) {
                return stream.tracks.remove(track.getId()) != null;
            }
        }

        /**
         * Fires {@code addtrack}.
         *
         * @param track which was added
         */
        public void fireAddTrack(MediaStreamTrack track) {
            stream.fire(ADD_TRACK, new MediaStreamTrackEvent(track));
        }

        /**
         * Fires {@code removetrack}.
         *
         * @param track which was taken out
         */
        public void fireRemoveTrack(MediaStreamTrack track) {
            stream.fire(REMOVE_TRACK, new MediaStreamTrackEvent(track));
        }
    }

    /** {@return its id: random, or what the peer has given it} (mediacapture-streams §4.2) */
    public String getId() {
        return id;
    }

    /** {@return the tracks of audio, in the order in which they were added} */
    public List<MediaStreamTrack> getAudioTracks() {
        return getTracks().stream().filter(t -> t.getKind().equals("audio")).toList();
    }

    /** {@return the tracks of video, in the order in which they were added} */
    public List<MediaStreamTrack> getVideoTracks() {
        return getTracks().stream().filter(t -> t.getKind().equals("video")).toList();
    }

    /** {@return all tracks, in the order in which they were added} */
    public List<MediaStreamTrack> getTracks() {
        synchronized (tracks) {
            return List.copyOf(tracks.values());
        }
    }

    /**
     * Looks for a track.
     *
     * @param trackId as {@link MediaStreamTrack#getId()} has it
     * @return null where there is none
     */
    public MediaStreamTrack getTrackById(String trackId) {
        synchronized (tracks) {
            return tracks.get(trackId);
        }
    }

    /**
     * Adds a track, without an event; one that is there already is ignored.
     *
     * @param track which other streams may have too
     */
    public void addTrack(MediaStreamTrack track) {
        synchronized (tracks) {
            tracks.putIfAbsent(track.getId(), track);
        }
    }

    /**
     * Takes a track out, without an event; one that is not there is ignored.
     *
     * @param track which goes on as it is
     */
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

    /** {@return whether one of its tracks is live} */
    public boolean isActive() {
        return getTracks().stream().anyMatch(t -> t.getReadyState() == MediaStreamTrackState.LIVE);
    }

    /**
     * Sets the one handler of {@code addtrack}: the peer has added a track.
     *
     * @param handler called in a task of the connection; null clears it
     */
    public void onAddTrack(Consumer<? super MediaStreamTrackEvent> handler) {
        setHandler(ADD_TRACK, handler);
    }

    /**
     * Sets the one handler of {@code removetrack}: the peer has taken a track out.
     *
     * @param handler called in a task of the connection; null clears it
     */
    public void onRemoveTrack(Consumer<? super MediaStreamTrackEvent> handler) {
        setHandler(REMOVE_TRACK, handler);
    }

    @Override
    public String toString() {
        return "MediaStream[" + id + " " + getTracks() + "]";
    }
}
