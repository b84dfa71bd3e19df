package dev.jvmrtc.ice;

/** Where a candidate's address came from, with the type preference of RFC 8445 §5.1.2.2. */
public enum CandidateType {
    HOST("host", 126, 90),
    PEER_REFLEXIVE("prflx", 110, 80),
    SERVER_REFLEXIVE("srflx", 100, 70),
    RELAYED("relay", 0, 0);

    private final String word;
    private final int preference;
    private final int tcpPreference;

    CandidateType(String word, int preference, int tcpPreference) {
        this.word = word;
        this.preference = preference;
        this.tcpPreference = tcpPreference;
    }

    /**
     * RFC 6544 §4.2 wants UDP preferred where both work: any direct UDP path comes before TCP, and that before a relay.
     */
    int tcpPreference() {
        return tcpPreference;
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
