package dev.jvmrtc.sctp.tx;

/** Chunks that the peer has not acknowledged cumulatively, by TSN, without holes: a ring, so that any is found at once. */
final class SentChunks {
    private SentChunk[] ring = new SentChunk[64];
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

    /** Adds the one of the next TSN. */
    void add(SentChunk c) {
        if (size == ring.length) {
            SentChunk[] larger = new SentChunk[2 * size];
            for (int i = 0; i < size; i++) {
                larger[i] = get(i);
            }
            ring = larger;
            head = 0;
        }
        ring[head + size++ & ring.length - 1] = c;
    }

    SentChunk removeFirst() {
        SentChunk c = ring[head];
        ring[head] = null;
        head = head + 1 & ring.length - 1;
        size--;
        return c;
    }

    /** Where a TSN stands, which may be outside: below 0, or {@link #size} and more. */
    int indexOf(int tsn) {
        return size == 0 ? -1 : tsn - ring[head].tsn;
    }
}
