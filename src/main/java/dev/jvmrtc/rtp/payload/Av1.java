package dev.jvmrtc.rtp.payload;

import dev.jvmrtc.av1.Obu;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * AV1 ("RTP Payload Format For AV1", version 1.0.0). Frames are temporal units: units (OBUs) each with its length, without temporal delimiters. "The temporal
 * delimiter OBU, if present, MUST be removed when transmitting" (§5).
 */
final class Av1 implements Packetizer, Depacketizer {
    /** The aggregation header (§4.4): whether the first element goes on from the packet before, the last in the next, and whether a coded sequence begins. */
    private static final int CONTINUES = 0x80;
    private static final int GOES_ON = 0x40;
    private static final int ONE_ELEMENT = 0x10;
    private static final int BEGINS_SEQUENCE = 0x08;

    /** Where the units of the frame end that is put together. */
    private final List<Integer> ends = new ArrayList<>();
    /** The last of them goes on in the next packet. */
    private boolean open;

    @Override
    public void packetize(OutgoingFrame f, int maxPayload, Output out) {
        byte[] d = f.data();
        List<Obu> all = Obu.split(d);
        List<Obu> units = all == null ? List.of() : all.stream().filter(u -> isSent(u.type())).toList();
        int begins = f.keyFrame() && units.stream().anyMatch(u -> u.type() == Obu.SEQUENCE_HEADER) ? BEGINS_SEQUENCE : 0;
        for (int i = 0; i < units.size(); i++) {
            Obu u = units.get(i);
            int at = u.payload();
            boolean first = true;
            while (first || at < u.to()) {
                // "obu_has_size_field … SHOULD be set to zero in all OBUs" (§4.5)
                boolean extension = (d[u.from()] & Obu.EXTENSION) != 0;
                byte[] head = {0, (byte) (d[u.from()] & ~Obu.HAS_SIZE), extension ? d[u.from() + 1] : 0};
                int headLength = !first ? 1 : extension ? 3 : 2;
                int n = Math.min(u.to() - at, maxPayload - headLength);
                boolean last = at + n == u.to();
                head[0] = (byte) (ONE_ELEMENT | (first ? 0 : CONTINUES) | (last ? 0 : GOES_ON) | begins);
                out.payload(head, headLength, d, at, n, last && i == units.size() - 1);
                begins = 0;
                first = false;
                at += n;
            }
        }
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
    public Whole whole(byte[] frame, boolean keyFrame) {
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
        return w.length() == 0 ? null : new Whole(w.toByteArray(), keyFrame && sequence);
    }

    /** Writes a unit with its length, whether it came with it or not; true for a sequence header. What is none is left out. */
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
        int n = to - at;
        for (; n > 0x7f; n >>= 7) {
            w.u8(0x80 | n & 0x7f);
        }
        w.u8(n).bytes(d, at, to - at);
        return type == Obu.SEQUENCE_HEADER;
    }
}
