package dev.jvmrtc.media;

/** MediaStreamTrackState (mediacapture-streams §4.3.2). */
public enum MediaStreamTrackState {
    LIVE("live"),
    ENDED("ended");

    private final String word;

    MediaStreamTrackState(String word) {
        this.word = word;
    }

    /** The W3C word. */
    @Override
    public String toString() {
        return word;
    }
}
