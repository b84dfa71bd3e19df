package dev.jvmrtc.srtp;

/**
 * The last packets of a source as they left, to be sent once more as they are: protecting a packet again under its
 * index would betray the key. A ring by sequence number; it ends with the keys, so that nothing outlives them.
 */
final class SentPackets {
    /** Packets kept for each source. A power of two. */
    static final int SIZE = 1_024;

    private static final int USUAL_LENGTH = 1_500;

    private final byte[][] packets = new byte[SIZE][];
    private final int[] lengths = new int[SIZE];
    private final int[] sequences = new int[SIZE];

    void keep(int sequence, byte[] data, int offset, int length) {
        int i = sequence & SIZE - 1;
        if (packets[i] == null || packets[i].length < length) {
            packets[i] = new byte[Math.max(length, USUAL_LENGTH)];
        }
        System.arraycopy(data, offset, packets[i], 0, length);
        lengths[i] = length;
        sequences[i] = sequence;
    }

    /** The packet of that number, if it is still here; or null. */
    ProtectedPacket find(int sequence, ProtectedPacket view) {
        int i = sequence & SIZE - 1;
        return packets[i] == null || sequences[i] != sequence ? null : view.view(packets[i], 0, lengths[i]);
    }
}
