package dev.jvmrtc.media;

/** MediaStreamTrackState (mediacapture-streams §4.3.2). */
public enum MediaStreamTrackState {
    /** Its source delivers, or may deliver again. */
    LIVE("live"),
    /** Nothing will ever come of it again. */
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
