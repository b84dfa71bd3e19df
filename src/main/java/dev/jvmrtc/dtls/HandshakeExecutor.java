package dev.jvmrtc.dtls;

/**
 * Lends threads to handshakes, which block while the peer thinks. Implemented outside the cores, where threads live.
 */
@FunctionalInterface
public interface HandshakeExecutor {

    /** What wants a thread. The methods besides {@code run} may be called from any thread. */
    interface Handshake extends Runnable {
        /** When the peer last said something, or the handshake began, by the clock whose time the engine is given. */
        long heardNanos();

        /** Whether the peer has said anything at all. */
        boolean hasHeard();

        /**
         * Gives the thread back soon; false where it is computing or has ended. A handshake whose peer has said nothing
         * yet begins anew later, another fails.
         */
        boolean giveWay();
    }

    /**
     * Runs the handshake on a thread of its own, or returns false when the bound on such threads is reached: the caller
     * tries again later.
     */
    boolean tryExecute(Handshake handshake);
}
