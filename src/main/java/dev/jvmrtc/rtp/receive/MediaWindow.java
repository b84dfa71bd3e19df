package dev.jvmrtc.rtp.receive;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import java.util.Arrays;

/** The latest packets of a source, as they were when parity was made of them. Numbers are extended. */
final class MediaWindow {
    /**
     * So many numbers up to the newest one are kept: parity of up to {@link ParityPacket#MAX_SPAN} packets may come
     * later than some of the next.
     */
    static final int NUMBERS = 192;
    /** A power of two over that. */
    private static final int PLACES = 256;

    private static final long NOBODY = -1;

    private final ReceiveMemory memory;
    /** By the number's lowest bits; made when they are needed. */
    private final byte[][] packets = new byte[PLACES][];

    private final int[] lengths = new int[PLACES];
    private final long[] numbers = new long[PLACES];
    private final RtpPacket view = new RtpPacket();

    MediaWindow(ReceiveMemory memory) {
        this.memory = memory;
        Arrays.fill(numbers, NOBODY);
    }

    private static int place(long number) {
        return (int) number & PLACES - 1;
    }

    boolean has(long number) {
        return numbers[place(number)] == number;
    }

    /** Keeps a copy; false where it is there already, is too long to be protected, or memory is short. */
    boolean put(long number, RtpPacket p, HeaderExtensions extensions) {
        int place = place(number);
        if (numbers[place] == number || p.length() > ParityPacket.MAX_LENGTH) {
            return false;
        }
        if (packets[place] == null) {
            if (!memory.take(ParityPacket.MAX_LENGTH)) {
                return false;
            }
            packets[place] = new byte[ParityPacket.MAX_LENGTH];
        }
        System.arraycopy(p.array(), p.offset(), packets[place], 0, p.length());
        view.wrap(packets[place], 0, p.length());
        extensions.clearWrittenLast(view);
        lengths[place] = p.length();
        numbers[place] = number;
        return true;
    }

    /** Bytes of a packet that is here, behind its fixed header. */
    int contentLength(long number) {
        return lengths[place(number)] - RtpPacket.FIXED_HEADER;
    }

    /** The exclusive or of a packet that is here into another, of the bytes that {@link ParityPacket} names. */
    void addTo(byte[] sum, long number, int contentLength) {
        byte[] p = packets[place(number)];
        sum[0] ^= p[0];
        sum[1] ^= p[1];
        for (int i = 4; i < 8; i++) {
            sum[i] ^= p[i];
        }
        int end = RtpPacket.FIXED_HEADER + Math.min(contentLength, contentLength(number));
        for (int i = RtpPacket.FIXED_HEADER; i < end; i++) {
            sum[i] ^= p[i];
        }
    }

    /** Lets go of all. */
    void clear() {
        for (int i = 0; i < PLACES; i++) {
            if (packets[i] != null) {
                packets[i] = null;
                memory.give(ParityPacket.MAX_LENGTH);
            }
        }
        Arrays.fill(numbers, NOBODY);
    }
}
