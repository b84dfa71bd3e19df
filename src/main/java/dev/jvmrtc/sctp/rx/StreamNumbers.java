package dev.jvmrtc.sctp.rx;

/**
 * The number that is due on each stream, in pages that are there once one of their streams has been used: 256 KiB for
 * all of 65,536 streams.
 */
final class StreamNumbers {
    private static final int PAGE = 256;

    private final int[][] pages = new int[65_536 / PAGE][];

    int get(int streamId) {
        int[] page = pages[streamId / PAGE];
        return page == null ? 0 : page[streamId % PAGE];
    }

    void set(int streamId, int number) {
        int[] page = pages[streamId / PAGE];
        if (page == null) {
            if (number == 0) {
                return;
            }
            page = new int[PAGE];
            pages[streamId / PAGE] = page;
        }
        page[streamId % PAGE] = number;
    }
}
