package dev.jvmrtc.rtp.format;

import dev.jvmrtc.bitstream.av1.Obu;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.CodedFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * AV1 ("RTP Payload Format For AV1", version 1.0.0). Frames are temporal units: units (OBUs) each with its length,
 * without temporal delimiters. "The temporal delimiter OBU, if present, MUST be removed when transmitting" (§5).
 */
final class Av1 implements Packetizer, Depacketizer {
    static final PayloadFormat FORMAT = PayloadFormat.of(random -> new Av1(), p -> new Av1());

    /**
     * The aggregation header (§4.4): whether the first element goes on from the packet before, the last in the next,
     * and whether a coded sequence begins.
     */
    private static final int CONTINUES = 0x80;

    private static final int GOES_ON = 0x40;
    private static final int BEGINS_SEQUENCE = 0x08;

    /** Where the units of the frame end that is put together. */
    private final List<Integer> ends = new ArrayList<>();
    /** The last of them goes on in the next packet. */
    private boolean open;

    /**
     * Elements behind one another, each with its length (W 0), so that no packet but the last ends with a unit as long
     * as there is room: Chromium takes a packet that begins and ends with units for a frame.
     */
    @Override
    public void packetize(OutgoingFrame f, int maxPayload, Output out) {
        List<Obu> all = Obu.split(f.data());
        List<Obu> units = all == null
                ? List.of()
                : all.stream().filter(u -> isSent(u.type())).toList();
        int begins =
                f.keyFrame() && units.stream().anyMatch(u -> u.type() == Obu.SEQUENCE_HEADER) ? BEGINS_SEQUENCE : 0;
        ByteWriter packet = new ByteWriter(maxPayload).u8(begins);
        for (int i = 0; i < units.size(); i++) {
            byte[] element = element(f.data(), units.get(i));
            for (int at = 0; at < element.length; ) {
                int room = maxPayload - packet.length();
                int n = Math.min(element.length - at, room - leb128Bytes(room));
                boolean whole = at + n == element.length;
                if (n > 0) {
                    Obu.leb128(packet, n).bytes(element, at, n);
                    at += n;
                }
                boolean last = whole && i == units.size() - 1;
                if (last || !whole) {
                    packet.array()[0] |= (byte) (!whole && at > 0 ? GOES_ON : 0);
                    out.payload(packet.array(), 0, packet.array(), 0, packet.length(), last);
                    packet = new ByteWriter(maxPayload).u8(!whole && at > 0 ? CONTINUES : 0);
                }
            }
        }
    }

    /** A unit without its length: "obu_has_size_field … SHOULD be set to zero in all OBUs" (§4.5). */
    private static byte[] element(byte[] d, Obu u) {
        ByteWriter w = new ByteWriter(u.to() - u.from()).u8(d[u.from()] & ~Obu.HAS_SIZE);
        if ((d[u.from()] & Obu.EXTENSION) != 0) {
            w.u8(d[u.from() + 1]);
        }
        return w.bytes(d, u.payload(), u.to() - u.payload()).toByteArray();
    }

    private static int leb128Bytes(int n) {
        return n <= 0x7f ? 1 : n <= 0x3fff ? 2 : 3;
    }

    private static boolean isSent(int type) {
        return type != Obu.TEMPORAL_DELIMITER && type != Obu.TILE_LIST && type != Obu.PADDING;
    }

    @Override
    public Info inspect(byte[] d, int o, int length) {
        boolean continues = length > 0 && (d[o] & CONTINUES) != 0;
        boolean begins = length > 0 && (d[o] & BEGINS_SEQUENCE) != 0;
        if (length < 2 || continues && begins) {
            return null;
        }
        return new Info(continues ? Position.INNER : begins ? Position.FIRST : Position.ANY, begins, 0, 0, true);
    }

    @Override
    public boolean append(byte[] d, int o, int length, ByteWriter frame) {
        if (frame.length() == 0) {
            ends.clear();
            open = false;
        }
        if (length < 2 || open != ((d[o] & CONTINUES) != 0)) {
            return false;
        }
        int end = o + length;
        int count = d[o] >> 4 & 3;
        int at = o + 1;
        for (int i = 1; at < end; i++) {
            assert Steps.count();
            int n = end - at;
            if (i != count) {
                // "If W is set to 0, each OBU element is preceded by a length field"; else the last is not (§4.4).
                long size = Obu.leb128(d, at, end);
                at += (int) (size >> 32);
                n = (int) size;
            }
            if (n < 1 || n > end - at || count > 0 && i > count) {
                return false;
            }
            frame.bytes(d, at, n);
            if (open) {
                ends.remove(ends.size() - 1);
            }
            open = false;
            ends.add(frame.length());
            at += n;
        }
        open = (d[o] & GOES_ON) != 0;
        return true;
    }

    @Override
    public CodedFrame whole(byte[] frame, boolean keyFrame) {
        ByteWriter w = new ByteWriter(frame.length + 16);
        boolean sequence = false;
        int from = 0;
        int whole = ends.size() - (open ? 1 : 0);
        for (int i = 0; i < whole; i++) {
            assert Steps.count();
            int to = ends.get(i);
            sequence |= unit(frame, from, to, w);
            from = to;
        }
        return w.length() == 0 ? null : new CodedFrame(w.toByteArray(), keyFrame && sequence);
    }

    /**
     * Writes a unit with its length, whether it came with it or not; true for a sequence header. What is none is left
     * out.
     */
    private static boolean unit(byte[] d, int from, int to, ByteWriter w) {
        int header = d[from] & 0xff;
        int type = Obu.type(header);
        boolean extension = (header & Obu.EXTENSION) != 0;
        int at = from + (extension ? 2 : 1);
        long size = (header & Obu.HAS_SIZE) == 0 ? 0 : Obu.leb128(d, at, to);
        if ((header & Obu.FORBIDDEN) != 0 || at > to || size < 0 || !isSent(type)) {
            return false;
        }
        at += (int) (size >> 32);
        w.u8(header | Obu.HAS_SIZE);
        if (extension) {
            w.u8(d[from + 1]);
        }
        Obu.leb128(w, to - at).bytes(d, at, to - at);
        return type == Obu.SEQUENCE_HEADER;
    }
}
