package dev.jvmrtc;

import dev.jvmrtc.datachannel.DataChannels;

/**
 * Room for the messages of a channel that come before anybody listens. They fill the receive window no longer, so that
 * a channel that nobody ever listens to does not close it for the others; hence the bounds. What is beyond them is
 * dropped and counted, and so is all that follows, so that whoever listens at last gets the beginning without a gap.
 * Any thread.
 */
final class EarlyMessages {
    /** Bytes that are held for a channel. */
    static final int MAX_BYTES = 64 * 1024;
    /** Messages that are held for a channel: empty ones cost something, too. */
    static final int MAX_MESSAGES = 4_096;

    static final String DROPPED =
            "message of a channel that nobody has listened to yet, beyond 64 KiB, 4096 messages or what the connection holds";

    private final EarlyBytes connection;
    private final Runnable onDropped;
    private long bytes;
    private long charged;
    private boolean full;
    private boolean unannounced;
    private boolean closed;

    EarlyMessages(EarlyBytes connection, Runnable onDropped) {
        this.connection = connection;
        this.onDropped = onDropped;
    }

    /** Takes room for one more message. */
    synchronized boolean take(int length, int alreadyHeld) {
        int cost = DataChannels.held(length);
        full = full || alreadyHeld >= MAX_MESSAGES || bytes + length > MAX_BYTES || !connection.take(cost);
        if (full) {
            onDropped.run();
            return false;
        }
        bytes += length;
        charged += cost;
        return true;
    }

    synchronized void giveBack(int length) {
        bytes -= length;
        uncharge(Math.min(charged, DataChannels.held(length)));
    }

    private void uncharge(long cost) {
        charged -= cost;
        connection.giveBack(cost);
    }

    /** Whether the event that announces the channel to the application is held. */
    synchronized void setUnannounced(boolean value) {
        unannounced = value;
        releaseIfOver();
    }

    /** No more will come. */
    synchronized void close() {
        closed = true;
        releaseIfOver();
    }

    /**
     * Only the application's own references keep a channel that is closed, and with it what is held for it: that takes
     * nothing from the others.
     */
    private void releaseIfOver() {
        if (closed && !unannounced) {
            uncharge(charged);
        }
    }
}
