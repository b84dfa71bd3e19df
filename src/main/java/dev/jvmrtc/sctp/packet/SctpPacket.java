package dev.jvmrtc.sctp.packet;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.zip.CRC32C;

/**
 * The SCTP common header (RFC 9260 §3.1).
 *
 * <pre>
 * |      Source Port Number       |    Destination Port Number    |
 * |                      Verification Tag                         |
 * |                           Checksum                            |
 * </pre>
 */
public final class SctpPacket {
    public static final int HEADER_LENGTH = 12;
    public static final int CHUNK_HEADER_LENGTH = 4;

    private SctpPacket() {
    }

    /** Checks length, ports and checksum, which may be zero where that has been agreed (RFC 9653 §5.3); returns a reader at the first chunk. */
    public static ByteReader open(byte[] data, int offset, int length, int sourcePort, int destinationPort, boolean zeroChecksum) throws MalformedException {
        if (length < HEADER_LENGTH + CHUNK_HEADER_LENGTH || length % 4 != 0) {
            throw new MalformedException("SCTP packet of a wrong length");
        }
        if (Bytes.u16(data, offset) != sourcePort || Bytes.u16(data, offset + 2) != destinationPort) {
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
        return new ByteReader(data, offset + HEADER_LENGTH, length - HEADER_LENGTH);
    }

    public static int verificationTag(byte[] data, int offset) {
        return Bytes.i32(data, offset + 4);
    }

    public static void start(ByteWriter out, int sourcePort, int destinationPort, int verificationTag) {
        out.clear().u16(sourcePort).u16(destinationPort).u32(verificationTag).u32(0);
    }

    /** Writes the checksum over all that has been written. */
    public static void finish(ByteWriter out) {
        out.put32(8, checksum(out.array(), 0, out.length()));
    }

    /** RFC 9260 appendix A: CRC32c, transmitted with its bytes reflected, that is in little-endian order. */
    private static int checksum(byte[] data, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, offset, length);
        return Integer.reverseBytes((int) crc.getValue());
    }
}
