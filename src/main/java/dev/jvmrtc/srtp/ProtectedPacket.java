package dev.jvmrtc.srtp;

/**
 * A packet as SRTP or SRTCP has protected it: the only kind that a transport sends. {@link SrtpSender} alone makes it,
 * so that a packet in the clear cannot be taken for one, and one that is protected cannot be protected again. Lent: it
 * holds until its sender is called the next time.
 */
public final class ProtectedPacket {
    private byte[] data;
    private int offset;
    private int length;

    ProtectedPacket() {}

    ProtectedPacket view(byte[] bytes, int start, int size) {
        data = bytes;
        offset = start;
        length = size;
        return this;
    }

    /** The array that holds it; not to be changed. */
    public byte[] array() {
        return data;
    }

    /** Where it begins in {@link #array()}. */
    public int offset() {
        return offset;
    }

    /** Its length in bytes. */
    public int length() {
        return length;
    }
}
