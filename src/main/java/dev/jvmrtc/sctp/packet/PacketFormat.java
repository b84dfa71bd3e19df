package dev.jvmrtc.sctp.packet;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.zip.CRC32C;

/**
 * What surrounds the chunks of an association's packets: the common header (RFC 9260 §3.1), read and written.
 *
 * <pre>
 * |      Source Port Number       |    Destination Port Number    |
 * |                      Verification Tag                         |
 * |                           Checksum                            |
 * </pre>
 */
public final class PacketFormat {
    public static final int HEADER_LENGTH = 12;
    public static final int CHUNK_HEADER_LENGTH = 4;

    private final int localPort;
    private final int remotePort;
    /** One for all packets. */
    private final CRC32C crc = new CRC32C();

    public PacketFormat(int localPort, int remotePort) {
        this.localPort = localPort;
        this.remotePort = remotePort;
    }

    /**
     * Checks length, ports and checksum, which may be zero where that has been agreed (RFC 9653 §5.3); then the reader
     * is at the first chunk.
     */
    public void open(ByteReader reader, byte[] data, int offset, int length, boolean zeroChecksum)
            throws MalformedException {
        if (length < HEADER_LENGTH + CHUNK_HEADER_LENGTH || length % 4 != 0) {
            throw new MalformedException("SCTP packet of a wrong length");
        }
        if (Bytes.u16(data, offset) != remotePort || Bytes.u16(data, offset + 2) != localPort) {
            throw new MalformedException("SCTP packet for other ports");
        }
        int received = Bytes.i32(data, offset + 8);
        if (received != 0 || !zeroChecksum) {
            Bytes.put32(data, offset + 8, 0);
            int computed = checksum(data, offset, length);
            Bytes.put32(data, offset + 8, received);
            if (received != computed) {
                throw new MalformedException("SCTP checksum");
            }
        }
        reader.wrap(data, offset + HEADER_LENGTH, length - HEADER_LENGTH);
    }

    public static int verificationTag(byte[] data, int offset) {
        return Bytes.i32(data, offset + 4);
    }

    public void start(ByteWriter out, int verificationTag) {
        out.clear().u16(localPort).u16(remotePort).u32(verificationTag).u32(0);
    }

    /** Writes the checksum over all that has been written. */
    public void finish(ByteWriter out) {
        out.put32(8, checksum(out.array(), 0, out.length()));
    }

    /** RFC 9260 appendix A: CRC32c, transmitted with its bytes reflected, that is in little-endian order. */
    private int checksum(byte[] data, int offset, int length) {
        crc.reset();
        crc.update(data, offset, length);
        return Integer.reverseBytes((int) crc.getValue());
    }
}
