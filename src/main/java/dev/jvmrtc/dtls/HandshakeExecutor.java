package dev.jvmrtc.dtls;

/** Lends threads to handshakes, which block while the peer thinks. Implemented outside the cores, where threads live. */
@FunctionalInterface
public interface HandshakeExecutor {
    /** Runs the task on a thread of its own, or returns false when the bound on such threads is reached: the caller tries again later. */
    boolean tryExecute(Runnable task);
}
