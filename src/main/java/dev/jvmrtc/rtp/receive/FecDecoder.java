package dev.jvmrtc.rtp.receive;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings back packets of one source of which all but one that are in the same parity have come, and those of which that
 * is true then. What comes late is as good as what comes in order.
 */
final class FecDecoder {
    /** Parity that waits for more packets; of more the oldest is let go of. */
    static final int MAX_WAITING = 48;

    private final int ssrc;
    private final ReceiveMemory memory;
    private final Counters drops;
    private final MediaWindow window;
    /** Parity of which more than one packet is missing, the oldest first. */
    private final List<ParityPacket> waiting = new ArrayList<>();
    /** Places that are free again. */
    private final ArrayDeque<ParityPacket> free = new ArrayDeque<>();
    /** Where packets are put together. */
    private final byte[] recovered = new byte[ParityPacket.MAX_LENGTH];

    private final RtpPacket view = new RtpPacket();
    /** The highest number that has come; −1 before the first. */
    private long newest = -1;
    /** What senders write after parity was made, which must not count. */
    private HeaderExtensions extensions = HeaderExtensions.NONE;

    private long packets;
    private long bytes;
    private long discarded;

    /** @param drops counts why parity was of no use */
    FecDecoder(int ssrc, ReceiveMemory memory, Counters drops) {
        this.ssrc = ssrc;
        this.memory = memory;
        this.drops = drops;
        this.window = new MediaWindow(memory);
    }

    void setExtensions(HeaderExtensions received) {
        extensions = received;
    }

    /** Parity packets, and bytes of their payloads, that have come. */
    long packets() {
        return packets;
    }

    long bytes() {
        return bytes;
    }

    /** Parity packets of which nothing was made: all that they protect had come, they were late or malformed. */
    long discarded() {
        return discarded;
    }

    /** A packet of the source itself has come, as it was sent first. */
    void handleMedia(long now, RtpPacket p, Repair.Output out) {
        long number = advance(p.sequenceNumber());
        if (number > newest - MediaWindow.NUMBERS && window.put(number, p, extensions)) {
            noteThere(number);
            recover(now, out);
        }
    }

    /** Parity has come in a packet of the source, whose number is used up by it. */
    void noteNumber(int sequence) {
        advance(sequence);
    }

    /** Parity has come. */
    void handleParity(long now, ParityPacket.Form form, byte[] d, int offset, int length, Repair.Output out) {
        packets++;
        bytes += length;
        ParityPacket p = free.poll();
        if (p == null) {
            if (!memory.take(ParityPacket.MAX_LENGTH)) {
                discard("FEC without memory for it");
                return;
            }
            p = new ParityPacket();
        }
        String useless = p.read(form, d, offset, length, ssrc);
        if (useless == null) {
            p.setFirst(newest < 0 ? 0x10000L + p.base() : extend(p.base()));
            useless = isOutOfReach(p) ? "FEC that is late" : null;
        }
        if (useless != null) {
            free.add(p);
            discard(useless);
            return;
        }
        p.missing = 0;
        for (long n = p.firstProtected(); n >= 0; n = p.nextProtected(n + 1)) {
            p.missing += window.has(n) ? 0 : 1;
        }
        if (waiting.size() == MAX_WAITING) {
            free.add(waiting.remove(0));
            discarded++;
        }
        waiting.add(p);
        recover(now, out);
    }

    private void discard(String why) {
        discarded++;
        drops.count(why);
    }

    private long extend(int sequence) {
        return newest + SerialNumbers.distance16(sequence, (int) newest);
    }

    /** What a packet of the source has as its number, after which older parity may be out of reach. */
    private long advance(int sequence) {
        if (newest < 0) {
            newest = 0x10000L + sequence; // one cycle up, so that packets before the first keep positive numbers
            return newest;
        }
        long number = extend(sequence);
        advanceTo(number);
        return number;
    }

    private void advanceTo(long number) {
        if (number <= newest) {
            return;
        }
        newest = number;
        for (int i = waiting.size() - 1; i >= 0; i--) {
            if (isOutOfReach(waiting.get(i))) {
                free.add(waiting.remove(i));
                discarded++;
            }
        }
    }

    /** Packets that it needs have been let go of, or are far from being sent. */
    private boolean isOutOfReach(ParityPacket p) {
        return p.firstProtected() <= newest - MediaWindow.NUMBERS
                || newest >= 0 && p.firstProtected() > newest + ParityPacket.MAX_SPAN;
    }

    private void noteThere(long number) {
        for (int i = 0; i < waiting.size(); i++) {
            ParityPacket p = waiting.get(i);
            p.missing -= p.protects(number) ? 1 : 0;
        }
    }

    /** Makes packets of all parity of which one is missing, until there is none. */
    private void recover(long now, Repair.Output out) {
        for (int i = waiting.size() - 1; i >= 0; i--) {
            assert Steps.count();
            ParityPacket p = waiting.get(i);
            if (p.missing > 1) {
                continue;
            }
            waiting.remove(i);
            free.add(p);
            if (p.missing == 0) {
                discarded++;
                continue;
            }
            long number = addUp(p);
            if (number >= 0) {
                advanceTo(number); // parity may come before the last packet that it protects
                if (window.put(number, view, HeaderExtensions.NONE)) {
                    noteThere(number);
                    i = waiting.size(); // any of them may be of use now
                }
                out.restored(now, view);
            }
        }
    }

    /** Puts the only missing packet together; its number, or −1 where that is no packet. */
    private long addUp(ParityPacket p) {
        p.copyTo(recovered);
        int length = p.lengths();
        long number = -1;
        for (long n = p.firstProtected(); n >= 0; n = p.nextProtected(n + 1)) {
            assert Steps.count();
            if (window.has(n)) {
                window.addTo(recovered, n, p.contentLength());
                length ^= window.contentLength(n);
            } else {
                number = n;
            }
        }
        if (length > p.contentLength()) {
            discard("FEC that protects a part of a packet alone");
            return -1;
        }
        recovered[0] = (byte) (0x80 | recovered[0] & 0x3f);
        Bytes.put16(recovered, 2, (int) number);
        Bytes.put32(recovered, 8, ssrc);
        if (!view.wrap(recovered, 0, RtpPacket.FIXED_HEADER + length)) {
            discard("FEC that makes no packet");
            return -1;
        }
        return number;
    }

    /** Lets go of what it holds. */
    void close() {
        window.clear();
        for (int places = waiting.size() + free.size(); places > 0; places--) {
            memory.give(ParityPacket.MAX_LENGTH);
        }
        waiting.clear();
        free.clear();
    }
}
