package dev.jvmrtc.sctp;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayDeque;

/** Control chunks that wait to leave, each for packets with a certain verification tag. */
final class ControlQueue {
    /** Chunks that may wait: a peer that asks for more answers at once does not get them. */
    static final int MAX_PENDING = 64;

    private record Pending(int tag, Chunk chunk) {}

    /** In the order in which they leave. */
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    /** Bytes that a packet may have on any path. */
    private final int maxPacketSize;
    /** Where what there is no room for is counted. */
    private final Counters drops;

    ControlQueue(int maxPacketSize, Counters drops) {
        this.maxPacketSize = maxPacketSize;
        this.drops = drops;
    }

    void add(int tag, Chunk chunk) {
        if (pending.size() < MAX_PENDING) {
            pending.add(new Pending(tag, chunk));
        } else {
            drops.count("too many SCTP control chunks at once");
        }
    }

    /** Only this is to be said any more. */
    void replace(int tag, Chunk chunk) {
        pending.clear();
        add(tag, chunk);
    }

    /** The handshake is over: what belongs to it and waits, an INIT, means nothing any more. */
    void dropInits() {
        pending.removeIf(p -> p.tag == 0);
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    /** The verification tag of the next packet. */
    int nextTag() {
        return pending.element().tag;
    }

    /** Appends what fits a packet with this tag; returns whether other chunks may travel behind it. */
    boolean write(ByteWriter packet, int tag) {
        while (!pending.isEmpty() && pending.peek().tag == tag) {
            Chunk c = pending.peek().chunk;
            int before = packet.length();
            boolean first = before == PacketFormat.HEADER_LENGTH;
            boolean alone = travelsAlone(c);
            if (alone && !first) {
                return false;
            }
            c.write(packet);
            if (packet.length() > maxPacketSize && !first) {
                packet.truncate(before);
                return false;
            }
            pending.poll();
            if (alone) {
                return false;
            }
        }
        return true;
    }

    /**
     * RFC 9260 §3, of INIT, INIT ACK and SHUTDOWN COMPLETE: "These chunks MUST NOT be bundled with any other chunk in a
     * packet."
     */
    private static boolean travelsAlone(Chunk c) {
        return c instanceof Chunk.Init || c.type() == ChunkType.SHUTDOWN_COMPLETE;
    }
}
