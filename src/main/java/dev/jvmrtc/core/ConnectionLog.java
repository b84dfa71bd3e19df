package dev.jvmrtc.core;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one connection: at debug a line for each change of a state and each decision, by the logger
 * {@code dev.jvmrtc.connection}. Many connections share a thread, so each line begins with the name of its own. Callers
 * ask {@link #isOn} before they put a line together: where nobody reads it, it costs nothing. From any thread.
 */
public final class ConnectionLog {
    public static final String LOGGER = "dev.jvmrtc.connection";
    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final AtomicLong COUNT = new AtomicLong();
    /** Characters of a line: what a peer has written is among them. */
    private static final int MAX_LINE = 600;

    private final String name = "pc-" + COUNT.incrementAndGet();

    public boolean isOn() {
        return LOG.isDebugEnabled();
    }

    /** @param what may have text of the peer in it, which is made fit for a log here */
    public void line(String what) {
        LOG.debug("{} {}", name, SafeText.line(what, MAX_LINE));
    }

    /** The connection's name, of this process alone: {@code pc-} and a number. */
    @Override
    public String toString() {
        return name;
    }
}
