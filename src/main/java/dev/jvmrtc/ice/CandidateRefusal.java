package dev.jvmrtc.ice;

/** Why a candidate of the peer is not used: as it is counted, and as a developer is told of it. */
public enum CandidateRefusal {
    SYSTEM_PORT(
            "remote candidate with a port below 1024",
            "with a port below 1024, other than 80 and 443 at a public address"),
    UNUSABLE("remote candidate with unusable address", "with an address that nobody can send to"),
    FILTERED("remote candidate that the filter refuses", "that remoteCandidateFilter refuses"),
    NOT_LOCAL_NAME(
            "remote candidate whose name is not one of multicast DNS",
            "whose names are not .local ones: see resolveRemoteNames"),
    TOO_MANY_NAMES("remote candidate that is a name, too many", "that were too many names at once"),
    NOT_UNDERSTOOD(
            "remote candidate that cannot be understood",
            "that cannot be understood: look at the a=candidate lines of its description");

    private final String reason;
    private final String meaning;

    CandidateRefusal(String reason, String meaning) {
        this.reason = reason;
        this.meaning = meaning;
    }

    /** The reason that it is counted under. */
    public String reason() {
        return reason;
    }

    /** What it means, as the end of "3 candidates …". */
    public String meaning() {
        return meaning;
    }
}
