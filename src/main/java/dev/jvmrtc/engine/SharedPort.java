package dev.jvmrtc.engine;

/** A port that connections share: what comes for a username fragment goes to the transport that has it. From any thread. */
interface SharedPort {

    /** What comes for the fragment goes to the transport, besides that for fragments which it has already. */
    void join(SessionDriver driver, int transportId, String fragment);

    /** The transport is known by this fragment only. */
    void keepOnly(SessionDriver driver, int transportId, String fragment);

    void leave(SessionDriver driver, int transportId);
}
