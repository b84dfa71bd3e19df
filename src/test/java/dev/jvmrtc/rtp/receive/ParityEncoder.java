package dev.jvmrtc.rtp.receive;

import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** Makes parity of packets as libwebrtc does: of whole packets, of one source, masks random or for bursts. */
public final class ParityEncoder {
    private ParityEncoder() {}

    /** Masks for bursts: neighbours are in different parity, so that a burst as long as there is parity is repaired. */
    public static List<BitSet> forBursts(int packets, int parities) {
        List<BitSet> masks = new ArrayList<>();
        for (int j = 0; j < parities; j++) {
            BitSet mask = new BitSet();
            for (int i = j; i < packets; i += parities) {
                mask.set(i);
            }
            masks.add(mask);
        }
        return masks;
    }

    /** Masks by chance: each packet is in one at least, each has a packet. */
    public static List<BitSet> random(int packets, int parities, Random random) {
        List<BitSet> masks = new ArrayList<>();
        for (int j = 0; j < parities; j++) {
            masks.add(new BitSet());
        }
        for (int i = 0; i < packets; i++) {
            masks.get(random.nextInt(parities)).set(i);
            for (BitSet mask : masks) {
                if (random.nextInt(3) == 0) {
                    mask.set(i);
                }
            }
        }
        masks.forEach(m -> m.set(random.nextInt(packets)));
        return masks;
    }

    /** RFC 5109 §7, level 0 over all: the long mask where the short one does not reach. */
    public static byte[] ulpfec(List<byte[]> media, BitSet mask) {
        boolean longMask = media.size() > 16;
        byte[] sum = sum(media, mask);
        ByteWriter w = new ByteWriter()
                .u8(sum[0] & 0x3f | (longMask ? 0x40 : 0))
                .u8(sum[1])
                .u16(Bytes.u16(media.get(0), 2))
                .u32(Bytes.u32(sum, 4))
                .u16(Bytes.u16(sum, 2))
                .u16(sum.length - 12);
        for (int i = 0; i < (longMask ? 48 : 16); i += 8) {
            w.u8(bits(mask, i, 8));
        }
        return w.bytes(sum, 12, sum.length - 12).toByteArray();
    }

    /** draft-ietf-payload-flexible-fec-scheme-03 §4.2: the shortest mask that reaches the last packet. */
    public static byte[] flexfec03(List<byte[]> media, BitSet mask) {
        byte[] sum = sum(media, mask);
        ByteWriter w = new ByteWriter()
                .u8(sum[0] & 0x3f)
                .u8(sum[1])
                .u16(Bytes.u16(sum, 2))
                .u32(Bytes.u32(sum, 4))
                .u8(1)
                .zeros(3)
                .u32(Bytes.u32(media.get(0), 8))
                .u16(Bytes.u16(media.get(0), 2));
        boolean first = mask.length() <= 15;
        boolean second = mask.length() <= 46;
        w.u16((first ? 0x8000 : 0) | bits(mask, 0, 15));
        if (!first) {
            w.u16((second ? 0x8000 : 0) | bits(mask, 15, 15)).u16(bits(mask, 30, 16));
        }
        if (!second) {
            w.u16(0x8000 | bits(mask, 46, 15)).u16(bits(mask, 61, 16));
            w.u16(bits(mask, 77, 16)).u16(bits(mask, 93, 16));
        }
        return w.bytes(sum, 12, sum.length - 12).toByteArray();
    }

    private static int bits(BitSet mask, int from, int count) {
        int bits = 0;
        for (int i = from; i < from + count; i++) {
            bits = bits << 1 | (mask.get(i) ? 1 : 0);
        }
        return bits;
    }

    /** The exclusive or, the lengths' where the number stands. The packets have numbers without gaps. */
    private static byte[] sum(List<byte[]> media, BitSet mask) {
        int longest = mask.stream().map(i -> media.get(i).length).max().orElseThrow();
        byte[] sum = new byte[longest];
        mask.stream().forEach(m -> {
            byte[] p = media.get(m).clone();
            Bytes.put16(p, 2, p.length - 12);
            for (int i = 0; i < p.length; i++) {
                sum[i] ^= p[i];
            }
        });
        return sum;
    }
}
