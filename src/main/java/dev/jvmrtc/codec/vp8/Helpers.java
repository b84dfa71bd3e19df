package dev.jvmrtc.codec.vp8;

/**
 * Threads that take part in the encoding of a frame, beside the one that asked for it. An encoder starts none itself.
 */
public interface Helpers {
    /** None: all is done by the thread that encodes. */
    Helpers NONE = new Helpers() {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public void start(Runnable part) {
            throw new IllegalStateException("nobody is there to help");
        }

        @Override
        public void pause(int times) {}
    };

    /** How many may take part, from 0 to 7; the same at every call. */
    int count();

    /**
     * Runs a part of a frame on a thread of its own, from the present frame or late: what comes too late ends at once.
     * Whatever is written before the call is seen by it.
     */
    void start(Runnable part);

    /** Lets time pass for a thread that waits for another, {@code times} times already in a row. */
    void pause(int times);
}
