package dev.jvmrtc.sctp.rx;

import dev.jvmrtc.sctp.packet.DataHeader;

/** A part of a message: the copied payload with what its header said. */
record Fragment(DataHeader header, byte[] payload) {

    boolean begins() {
        return header.begins();
    }

    boolean ends() {
        return header.ends();
    }
}
