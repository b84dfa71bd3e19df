package dev.jvmrtc.rtp.rtcp;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** RTCP packets (RFC 3550 §6, RFC 4585 §6, RFC 5104 §4.3) as records. Packets of other types are skipped. */
public sealed interface Rtcp {
    int SR = 200;
    int RR = 201;
    int SDES = 202;
    int BYE = 203;
    int RTPFB = 205;
    int PSFB = 206;
    /** Packets in one compound that are read. */
    int MAX_PACKETS = 64;
    /** Sequence numbers of one NACK that are read, and up to 16 more: as many as a sender keeps packets. */
    int MAX_NACKS = 1_024;

    void write(ByteWriter out);

    /** RFC 3550 §6.4.1. {@code fractionLost} in 1/256; {@code lastSr} and {@code delaySinceLastSr} in 1/65536 s. */
    record ReportBlock(
            long ssrc,
            int fractionLost,
            int cumulativeLost,
            long highestSequence,
            long jitter,
            long lastSr,
            long delaySinceLastSr) {
        static ReportBlock parse(ByteReader r) throws MalformedException {
            long ssrc = r.u32();
            int fraction = r.u8();
            int lost = r.u24();
            return new ReportBlock(ssrc, fraction, lost << 8 >> 8, r.u32(), r.u32(), r.u32(), r.u32());
        }

        void write(ByteWriter out) {
            out.u32(ssrc)
                    .u8(fractionLost)
                    .u24(Math.max(-0x800000, Math.min(0x7fffff, cumulativeLost)))
                    .u32(highestSequence)
                    .u32(jitter)
                    .u32(lastSr)
                    .u32(delaySinceLastSr);
        }
    }

    private static int begin(ByteWriter out, int count, int type) {
        int at = out.length();
        out.u8(0x80 | count).u8(type).u16(0);
        return at;
    }

    private static void end(ByteWriter out, int at) {
        out.padTo4();
        out.put16(at + 2, (out.length() - at) / 4 - 1);
    }

    record SenderReport(long ssrc, long ntp, long rtpTimestamp, long packets, long octets, List<ReportBlock> blocks)
            implements Rtcp {
        @Override
        public void write(ByteWriter out) {
            int at = begin(out, blocks.size(), SR);
            out.u32(ssrc).u64(ntp).u32(rtpTimestamp).u32(packets).u32(octets);
            blocks.forEach(b -> b.write(out));
            end(out, at);
        }
    }

    record ReceiverReport(long ssrc, List<ReportBlock> blocks) implements Rtcp {
        @Override
        public void write(ByteWriter out) {
            int at = begin(out, blocks.size(), RR);
            out.u32(ssrc);
            blocks.forEach(b -> b.write(out));
            end(out, at);
        }
    }

    /** SDES with one CNAME (§6.5). */
    record SourceDescription(long ssrc, String cname) implements Rtcp {
        @Override
        public void write(ByteWriter out) {
            int at = begin(out, 1, SDES);
            byte[] name = cname.getBytes(StandardCharsets.UTF_8);
            out.u32(ssrc).u8(1).u8(name.length).bytes(name).u8(0);
            end(out, at);
        }
    }

    record Bye(List<Long> ssrcs) implements Rtcp {
        @Override
        public void write(ByteWriter out) {
            int at = begin(out, ssrcs.size(), BYE);
            ssrcs.forEach(out::u32);
            end(out, at);
        }
    }

    /** Generic NACK (RFC 4585 §6.2.1) with the sequence numbers spelt out. */
    record Nack(long senderSsrc, long mediaSsrc, List<Integer> sequenceNumbers) implements Rtcp {
        @Override
        public void write(ByteWriter out) {
            int at = begin(out, 1, RTPFB);
            out.u32(senderSsrc).u32(mediaSsrc);
            for (int i = 0; i < sequenceNumbers.size(); ) {
                int pid = sequenceNumbers.get(i++);
                int blp = 0;
                while (i < sequenceNumbers.size()) {
                    int ahead = sequenceNumbers.get(i) - pid & 0xffff;
                    if (ahead < 1 || ahead > 16) {
                        break;
                    }
                    blp |= 1 << ahead - 1;
                    i++;
                }
                out.u16(pid).u16(blp);
            }
            end(out, at);
        }
    }

    /** Picture loss indication (RFC 4585 §6.3.1). */
    record PictureLoss(long senderSsrc, long mediaSsrc) implements Rtcp {
        @Override
        public void write(ByteWriter out) {
            int at = begin(out, 1, PSFB);
            out.u32(senderSsrc).u32(mediaSsrc);
            end(out, at);
        }
    }

    /** Full intra request (RFC 5104 §4.3.1) for one source. */
    record FullIntraRequest(long senderSsrc, long mediaSsrc, int sequence) implements Rtcp {
        @Override
        public void write(ByteWriter out) {
            int at = begin(out, 4, PSFB);
            out.u32(senderSsrc).u32(0).u32(mediaSsrc).u8(sequence).u24(0);
            end(out, at);
        }
    }

    /**
     * A receiver's estimate of what it can take from us in all (draft-alvestrand-rmcat-remb-03 §2.2), in bits per
     * second.
     */
    record ReceiverEstimatedMaximumBitrate(long senderSsrc, long bitsPerSecond, List<Long> ssrcs) implements Rtcp {
        /** "REMB" */
        static final long IDENTIFIER = 0x52454d42L;

        @Override
        public void write(ByteWriter out) {
            int at = begin(out, 15, PSFB);
            int exponent = Math.max(0, 64 - Long.numberOfLeadingZeros(bitsPerSecond) - 18);
            out.u32(senderSsrc)
                    .u32(0)
                    .u32(IDENTIFIER)
                    .u8(ssrcs.size())
                    .u24(exponent << 18 | (int) (bitsPerSecond >> exponent));
            ssrcs.forEach(out::u32);
            end(out, at);
        }

        static ReceiverEstimatedMaximumBitrate parse(long sender, ByteReader r) throws MalformedException {
            int count = r.u8();
            int value = r.u24();
            int exponent = value >> 18;
            long mantissa = value & 0x3ffff;
            List<Long> ssrcs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ssrcs.add(r.u32());
            }
            // 18 bits shifted by up to 63: more than a long holds is as good as no limit.
            long bits = exponent > 45 && mantissa > 0 ? Long.MAX_VALUE : mantissa << exponent;
            return new ReceiverEstimatedMaximumBitrate(sender, bits < 0 ? Long.MAX_VALUE : bits, ssrcs);
        }
    }

    /** Transport-wide congestion control feedback, already built by {@link TransportFeedback}. */
    record TransportCc(long senderSsrc, long mediaSsrc, byte[] body) implements Rtcp {
        @Override
        public void write(ByteWriter out) {
            int at = begin(out, 15, RTPFB);
            out.u32(senderSsrc).u32(mediaSsrc).bytes(body);
            end(out, at);
        }
    }

    /** Parses a compound or reduced-size packet. */
    static List<Rtcp> parse(byte[] data, int offset, int length) throws MalformedException {
        ByteReader r = new ByteReader(data, offset, length);
        List<Rtcp> all = new ArrayList<>();
        for (int packets = 0; r.remaining() > 0 && packets < MAX_PACKETS && all.size() < MAX_PACKETS; packets++) {
            assert Steps.count();
            int first = r.u8();
            int type = r.u8();
            ByteReader body = r.slice(4 * r.u16());
            if (first >> 6 != 2) {
                throw new MalformedException("RTCP version");
            }
            if ((first & 0x20) != 0 && body.remaining() > 0) {
                int padding = body.array()[body.position() + body.remaining() - 1] & 0xff;
                if (padding == 0 || padding > body.remaining()) {
                    throw new MalformedException("RTCP padding");
                }
                body = body.slice(body.remaining() - padding);
            }
            parseOne(all, first & 31, type, body);
        }
        return all;
    }

    private static void parseOne(List<Rtcp> all, int count, int type, ByteReader r) throws MalformedException {
        switch (type) {
            case SR -> all.add(new SenderReport(r.u32(), r.i64(), r.u32(), r.u32(), r.u32(), blocks(count, r)));
            case RR -> all.add(new ReceiverReport(r.u32(), blocks(count, r)));
            case SDES -> parseSdes(all, count, r);
            case BYE -> {
                List<Long> ssrcs = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    ssrcs.add(r.u32());
                }
                all.add(new Bye(ssrcs));
            }
            case RTPFB -> {
                long sender = r.u32();
                long media = r.u32();
                if (count == 1) {
                    all.add(new Nack(sender, media, nackNumbers(r)));
                } else if (count == 15) {
                    all.add(new TransportCc(sender, media, r.bytes(r.remaining())));
                }
            }
            case PSFB -> {
                long sender = r.u32();
                long media = r.u32();
                if (count == 1) {
                    all.add(new PictureLoss(sender, media));
                } else if (count == 4) {
                    while (r.remaining() >= 8) {
                        all.add(new FullIntraRequest(sender, r.u32(), r.u8()));
                        r.skip(3);
                    }
                } else if (count == 15 && r.remaining() >= 8 && r.u32() == ReceiverEstimatedMaximumBitrate.IDENTIFIER) {
                    all.add(ReceiverEstimatedMaximumBitrate.parse(sender, r));
                }
            }
            default -> {
                // APP, XR and what may come: skipped, as RFC 3550 §6.1 asks.
            }
        }
    }

    private static List<ReportBlock> blocks(int count, ByteReader r) throws MalformedException {
        List<ReportBlock> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(ReportBlock.parse(r));
        }
        return blocks;
    }

    private static List<Integer> nackNumbers(ByteReader r) throws MalformedException {
        List<Integer> numbers = new ArrayList<>();
        while (r.remaining() >= 4 && numbers.size() < MAX_NACKS) {
            assert Steps.count();
            int pid = r.u16();
            int blp = r.u16();
            numbers.add(pid);
            for (int i = 0; i < 16; i++) {
                if ((blp & 1 << i) != 0) {
                    numbers.add(pid + i + 1 & 0xffff);
                }
            }
        }
        return numbers;
    }

    private static void parseSdes(List<Rtcp> all, int count, ByteReader r) throws MalformedException {
        for (int i = 0; i < count && r.remaining() >= 4; i++) {
            long ssrc = r.u32();
            int start = r.position();
            for (int item = r.u8(); item != 0; item = r.u8()) {
                String value = r.utf8(r.u8());
                if (item == 1) {
                    all.add(new SourceDescription(ssrc, value));
                }
            }
            r.skip(Math.min(-(r.position() - start) & 3, r.remaining()));
        }
    }
}
