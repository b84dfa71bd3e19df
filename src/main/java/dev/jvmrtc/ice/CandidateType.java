package dev.jvmrtc.ice;

/** Where a candidate's address came from, with the type preference of RFC 8445 §5.1.2.2. */
public enum CandidateType {
    HOST("host", 126), PEER_REFLEXIVE("prflx", 110), SERVER_REFLEXIVE("srflx", 100), RELAYED("relay", 0);

    private final String word;
    private final int preference;

    CandidateType(String word, int preference) {
        this.word = word;
        this.preference = preference;
    }

    public int preference() {
        return preference;
    }

    /** The word in an SDP candidate line. */
    @Override
    public String toString() {
        return word;
    }

    static CandidateType of(String word) {
        for (CandidateType t : values()) {
            if (t.word.equals(word)) {
                return t;
            }
        }
        return null;
    }
}
