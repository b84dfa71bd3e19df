package dev.jvmrtc.rtp.send;

import java.util.ArrayDeque;

/** Packets that wait to be used again; one per session, on its thread. */
public final class PacketPool {
    private static final int MAX_IDLE = 256;
    private final ArrayDeque<OutgoingPacket> idle = new ArrayDeque<>();
    /** Those with room for a header only. */
    private final ArrayDeque<OutgoingPacket> idleHeaders = new ArrayDeque<>();

    private int out;

    /** Packets that have been taken and not given back. */
    public int out() {
        return out;
    }

    /** A packet with room for all of it. */
    OutgoingPacket take() {
        return take(idle, OutgoingPacket.CAPACITY);
    }

    /** A packet whose payload will be shared. */
    OutgoingPacket takeHeader() {
        return take(idleHeaders, OutgoingPacket.HEADER_CAPACITY);
    }

    private OutgoingPacket take(ArrayDeque<OutgoingPacket> from, int capacity) {
        out++;
        OutgoingPacket p = from.poll();
        return p == null ? new OutgoingPacket(capacity) : p;
    }

    /** The same packet with all of its bytes its own, in place of one whose payload is shared. */
    public OutgoingPacket owned(OutgoingPacket p) {
        if (!p.isShared()) {
            return p;
        }
        OutgoingPacket whole = take();
        whole.copy(p);
        release(p);
        return whole;
    }

    /** It has left, or will not. */
    public void release(OutgoingPacket p) {
        out--;
        p.letGo();
        p.stream = null;
        p.retransmission = false;
        ArrayDeque<OutgoingPacket> to = switch (p.data.length) {
            case OutgoingPacket.CAPACITY -> idle;
            case OutgoingPacket.HEADER_CAPACITY -> idleHeaders;
            default -> null;
        };
        if (to != null && to.size() < MAX_IDLE) {
            to.add(p);
        }
    }
}
