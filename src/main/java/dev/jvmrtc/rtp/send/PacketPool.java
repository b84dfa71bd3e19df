package dev.jvmrtc.rtp.send;

import java.util.ArrayDeque;

/** Packets that wait to be used again; one per session, on its thread. */
public final class PacketPool {
    private static final int MAX_IDLE = 256;
    private final ArrayDeque<OutgoingPacket> idle = new ArrayDeque<>();
    private int out;

    /** Packets that have been taken and not given back. */
    public int out() {
        return out;
    }

    OutgoingPacket take() {
        out++;
        OutgoingPacket p = idle.poll();
        return p == null ? new OutgoingPacket() : p;
    }

    public void release(OutgoingPacket p) {
        out--;
        p.stream = null;
        p.retransmission = false;
        if (idle.size() < MAX_IDLE && p.data.length == OutgoingPacket.CAPACITY) {
            idle.add(p);
        }
    }
}
