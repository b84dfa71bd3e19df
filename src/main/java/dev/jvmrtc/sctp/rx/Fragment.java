package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.sctp.packet.DataHeader;

/** A part of a message: the copied payload with what its header said. */
record Fragment(int flags, int streamId, int ssn, int ppid, byte[] payload) {

    boolean begins() {
        return (flags & DataHeader.FLAG_BEGIN) != 0;
    }

    boolean ends() {
        return (flags & DataHeader.FLAG_END) != 0;
    }

    boolean isUnordered() {
        return (flags & DataHeader.FLAG_UNORDERED) != 0;
    }
}
