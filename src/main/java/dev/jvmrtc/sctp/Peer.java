package dev.jvmrtc.sctp;

import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.Extensions;

/**
 * The peer, as its INIT or INIT ACK tells of it (RFC 9260 §3.3.2, §3.3.3).
 *
 * @param tag the verification tag of all packets to it
 * @param window bytes that it can hold
 * @param outboundStreams streams that it wants to send on
 * @param inboundStreams streams that it lets us send on
 * @param initialTsn of its first chunk of data
 * @param extensions what it can do beyond RFC 9260
 */
record Peer(int tag, long window, int outboundStreams, int inboundStreams, int initialTsn, Extensions extensions) {

    static Peer of(Chunk.Init init) {
        return new Peer(
                init.initiateTag(),
                init.advertisedReceiverWindow(),
                init.outboundStreams(),
                init.inboundStreams(),
                init.initialTsn(),
                init.extensions());
    }

    /** Whether it may be talked to: neither its tag nor either number of streams may be zero (RFC 9260 §3.3.2). */
    boolean isValid() {
        return tag != 0 && inboundStreams != 0 && outboundStreams != 0;
    }

    /** Streams that there are in each direction. */
    int streams() {
        return Math.min(Math.min(inboundStreams, outboundStreams), Handshake.STREAMS);
    }
}
