package dev.jvmrtc.sctp.tx;

/**
 * Chunks that the peer has not acknowledged cumulatively, by TSN, without holes: a ring, so that any is found at once.
 * Its objects are used round after round.
 */
final class SentChunks {
    private static final int KEPT = 64;

    private SentChunk[] ring = new SentChunk[KEPT];
    private int head;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The one of the lowest TSN, or null. */
    SentChunk first() {
        return size == 0 ? null : ring[head];
    }

    /** The {@code i}th from the lowest TSN. */
    SentChunk get(int i) {
        return ring[head + i & ring.length - 1];
    }

    /** Adds the one of the next TSN, which {@link SentChunk#begin} has to make what it is. */
    SentChunk add() {
        if (size == ring.length) {
            SentChunk[] larger = new SentChunk[2 * size];
            for (int i = 0; i < size; i++) {
                larger[i] = get(i);
            }
            ring = larger;
            head = 0;
        }
        int slot = head + size++ & ring.length - 1;
        if (ring[slot] == null) {
            ring[slot] = new SentChunk();
        }
        return ring[slot];
    }

    /** Removes the one of the lowest TSN, which is not to be used any more. */
    void removeFirst() {
        ring[head].message = null;
        ring[head].nextOfMessage = null;
        head = head + 1 & ring.length - 1;
        size--;
    }

    /** A transfer has ended a while ago, if there is nothing here: who is idle keeps little. */
    void trim() {
        if (size == 0 && ring.length > KEPT) {
            ring = new SentChunk[KEPT];
            head = 0;
        }
    }

    /** Where a TSN stands, which may be outside: below 0, or {@link #size} and more. */
    int indexOf(int tsn) {
        return size == 0 ? -1 : tsn - ring[head].tsn;
    }
}
