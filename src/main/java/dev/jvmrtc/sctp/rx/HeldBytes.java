package dev.jvmrtc.sctp.rx;

/**
 * Everything that the peer of a connection makes us hold for its data, counted in one place: unfinished messages and
 * those that wait for their turn, messages that the application has not taken, channels that it has not been told of,
 * labels of channels that are open. It is what the receive window that we advertise is less by, so that a peer that
 * fills it stops itself. One object for all associations of a connection, one after the other.
 */
public final class HeldBytes {
    private final long limit;
    private long unfinished;
    private long untaken;
    private long kept;

    /** @param limit bytes that the peer may make us hold; what fills the first gap is taken up to twice as many */
    public HeldBytes(long limit) {
        this.limit = limit;
    }

    public long limit() {
        return limit;
    }

    /** All of them. */
    public long total() {
        return unfinished + untaken + kept;
    }

    /** Bytes that the peer may still send; never negative. */
    public long room() {
        return Math.max(0, limit - total());
    }

    /** In messages that are not whole, or whose turn has not come. */
    public long unfinished() {
        return unfinished;
    }

    /** In messages and news of channels that wait for the application. */
    public long untaken() {
        return untaken;
    }

    /** More of unfinished messages, or less where it is negative. */
    public void addUnfinished(long bytes) {
        unfinished += bytes;
        assert unfinished >= 0 : "more was let go of than was held";
    }

    /** More waits for the application. */
    public void add(long bytes) {
        untaken += bytes;
    }

    /** More stays with us for as long as the peer likes, though the application has it. */
    public void keep(long bytes) {
        kept += bytes;
    }

    /** So much of that is over, once the application has taken the news. */
    public void release(long bytes) {
        kept -= bytes;
        untaken += bytes;
        assert kept >= 0 : "more was let go of than was kept";
    }

    /** The application has taken so much. */
    public void taken(long bytes) {
        assert bytes <= untaken : "more was taken than was there";
        untaken = Math.max(0, untaken - bytes);
    }
}
