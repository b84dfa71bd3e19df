package dev.jvmrtc.core;

/** What a stream of media is of. Its word is the one of m= lines in SDP and of the {@code kind} of W3C's tracks. */
public enum MediaKind {
    AUDIO("audio"),
    VIDEO("video");

    private final String word;

    MediaKind(String word) {
        this.word = word;
    }

    /** Null for any other word, as for that of data, "application". Case counts, as in SDP. */
    public static MediaKind of(String word) {
        for (MediaKind k : values()) {
            if (k.word.equals(word)) {
                return k;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return word;
    }
}
