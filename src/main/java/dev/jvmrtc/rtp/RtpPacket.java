package dev.jvmrtc.rtp;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A view of an RTP packet (RFC 3550 §5.1) in an array, which it borrows. {@link #wrap} proves all lengths once; the
 * getters then need no checks.
 *
 * <pre>
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |           synchronization source (SSRC) identifier            |
 * |            contributing source (CSRC) identifiers             |
 * </pre>
 */
public final class RtpPacket {
    public static final int FIXED_HEADER = 12;
    private static final long[] NO_CSRCS = new long[0];
    private static final int ONE_BYTE_PROFILE = 0xBEDE;
    private static final int TWO_BYTE_PROFILE = 0x1000;

    /** What the bytes are lent by, or null where nobody counts them. */
    private LentBytes lent;

    private byte[] data;
    private int offset;
    private int length;
    private int headerLength;
    private int paddingLength;
    private int extensionOffset;
    private int extensionLength = -1;

    /** Whether the bytes are a well-formed packet; then this views them, and may keep them. */
    public boolean wrap(LentBytes packet) {
        boolean valid = wrap(packet.array(), packet.offset(), packet.length());
        lent = valid ? packet : lent;
        return valid;
    }

    /** The same for bytes that nobody counts. */
    public boolean wrap(byte[] bytes, int start, int size) {
        if (size < FIXED_HEADER || (bytes[start] & 0xc0) != 0x80) {
            return false;
        }
        int header = FIXED_HEADER + 4 * (bytes[start] & 15);
        if ((bytes[start] & 0x10) != 0) {
            if (size < header + 4) {
                return false;
            }
            header += 4 + 4 * Bytes.u16(bytes, start + header + 2);
        }
        if (header > size) {
            return false;
        }
        int padding = 0;
        if ((bytes[start] & 0x20) != 0) {
            padding = bytes[start + size - 1] & 0xff;
            if (padding == 0 || padding > size - header) {
                return false;
            }
        }
        lent = null;
        data = bytes;
        offset = start;
        length = size;
        headerLength = header;
        paddingLength = padding;
        return true;
    }

    /** The packet beyond the call, as {@link LentBytes#keep}: to be released by the caller. */
    public ByteBuf keep() {
        return (lent == null ? LentBytes.of(data, offset, length) : lent).keep(0, length);
    }

    public byte[] array() {
        return data;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    public int headerLength() {
        return headerLength;
    }

    public boolean marker() {
        return (data[offset + 1] & 0x80) != 0;
    }

    public int payloadType() {
        return data[offset + 1] & 0x7f;
    }

    public int sequenceNumber() {
        return Bytes.u16(data, offset + 2);
    }

    public long timestamp() {
        return Bytes.u32(data, offset + 4);
    }

    public int ssrc() {
        return Bytes.i32(data, offset + 8);
    }

    public int csrcCount() {
        return data[offset] & 15;
    }

    public long csrc(int i) {
        return Bytes.u32(data, offset + FIXED_HEADER + 4 * i);
    }

    /** All CSRCs; without any, an array that is shared. */
    public long[] csrcs() {
        if (csrcCount() == 0) {
            return NO_CSRCS;
        }
        long[] all = new long[csrcCount()];
        for (int i = 0; i < all.length; i++) {
            all[i] = csrc(i);
        }
        return all;
    }

    public int payloadOffset() {
        return offset + headerLength;
    }

    /** Without padding. */
    public int payloadLength() {
        return length - headerLength - paddingLength;
    }

    /**
     * Finds a header extension (RFC 8285) of the one-byte or the two-byte form; {@link #extensionOffset} and
     * {@link #extensionLength} are then those of its value.
     *
     * @param id from 1 on; with 0, which stands for none, nothing is found
     */
    public boolean findExtension(int id) {
        extensionLength = -1;
        if (id <= 0 || (data[offset] & 0x10) == 0) {
            return false;
        }
        int at = offset + FIXED_HEADER + 4 * csrcCount();
        int profile = Bytes.u16(data, at);
        int p = at + 4;
        int end = offset + headerLength;
        boolean oneByte = profile == ONE_BYTE_PROFILE;
        if (!oneByte && (profile & 0xfff0) != TWO_BYTE_PROFILE) {
            return false;
        }
        while (p < end) {
            assert Steps.count();
            if (data[p] == 0) {
                p++;
                continue;
            }
            int found;
            int size;
            if (oneByte) {
                found = data[p] >> 4 & 15;
                size = (data[p] & 15) + 1;
                p++;
                // RFC 8285 §4.2: id 15 ends the processing.
                if (found == 15) {
                    return false;
                }
            } else {
                if (p + 2 > end) {
                    return false;
                }
                found = data[p] & 0xff;
                size = data[p + 1] & 0xff;
                p += 2;
            }
            if (p + size > end) {
                return false;
            }
            if (found == id) {
                extensionOffset = p;
                extensionLength = size;
                return true;
            }
            p += size;
        }
        return false;
    }

    /** Where the value that was found begins in the array. */
    public int extensionOffset() {
        return extensionOffset;
    }

    /** The bytes of the value that was found; −1 where none was. */
    public int extensionLength() {
        return extensionLength;
    }

    /** A header extension as text (MID, RID), or null. */
    public String extensionText(int id) {
        return findExtension(id) ? new String(data, extensionOffset, extensionLength, StandardCharsets.US_ASCII) : null;
    }

    /** A two-byte header extension, or −1. */
    public int extensionU16(int id) {
        return findExtension(id) && extensionLength == 2 ? Bytes.u16(data, extensionOffset) : -1;
    }

    /**
     * Whether the bytes are RTCP rather than RTP (RFC 5761 §4: payload types 64 … 95 with the marker bit are RTCP
     * packet types 192 … 223).
     */
    public static boolean isRtcp(byte[] bytes, int start, int size) {
        return size >= 2 && (bytes[start + 1] & 0xff) >= 192 && (bytes[start + 1] & 0xff) <= 223;
    }
}
