package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.congestion.SendRateEstimate;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.header.RtpHeaders;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.rtp.send.OutgoingPacket;
import dev.jvmrtc.rtp.send.Pacer;
import dev.jvmrtc.rtp.send.PacketPool;
import dev.jvmrtc.rtp.send.QueuedPacket;
import dev.jvmrtc.rtp.send.RtpSendStream;
import dev.jvmrtc.rtp.send.TransportSequence;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.util.List;
import java.util.Map;

/**
 * Any bytes as compounds of RTCP for a sender in the middle of a stream: they are refused, or obeyed within the rate
 * that they may draw.
 */
public final class RtcpFuzz {
    private static final int OUR_SSRC = 77;
    private final RtpReceiveStream received = new RtpReceiveStream(1_234, true, RtpFuzz.CODECS);
    private final PacketPool pool = new PacketPool();
    private final Pacer pacer = new Pacer();
    private final SendRateEstimate rate = new SendRateEstimate();
    private final RtpSendStream sender = new RtpSendStream(OUR_SSRC, 78, RandomSource.seeded(1), pool);
    private long now = 1_000_000_000L;
    private long mediaBytes;
    private long sentBytes;

    public static void fuzzerTestOneInput(byte[] data) {
        new RtcpFuzz().run(new FuzzInput(data));
    }

    private void run(FuzzInput in) {
        sender.configure(RtpFuzz.CODECS.get(0), null, new RtpHeaders.Extensions(1, "0", 2, 3).table(), "0");
        TransportSequence numbers = new TransportSequence();
        while (!in.isEmpty()) {
            now += in.next() * 1_000_000L;
            byte[] frame = new byte[in.next() * 8 + 1];
            mediaBytes += frame.length;
            sender.sendFrame(OutgoingFrame.of(frame, in.flag(), now / 11_111), now, pacer);
            for (QueuedPacket q = pacer.poll(now); q != null; q = pacer.poll(now)) {
                sentBytes += q.length();
                if (q instanceof OutgoingPacket p) {
                    p.stream().beforeProtect(p, numbers, now);
                    pool.release(p);
                }
            }
            byte[] compound = in.block();
            FuzzBounds.work(compound.length, () -> take(compound));
            FuzzBounds.atMost(SendRateEstimate.MAX, rate.bitsPerSecond(), "bit/s");
            pacer.setPathRate(now, rate.mediaBitsPerSecond());
            sender.senderReport(now, now, List.of());
        }
        // Each packet at most five times more, and headers.
        FuzzBounds.atMost(8 * mediaBytes + 4_096, sentBytes, "bytes sent for " + mediaBytes);
    }

    private void take(byte[] compound) {
        List<Rtcp> packets;
        try {
            packets = Rtcp.parse(compound, 0, compound.length);
        } catch (MalformedException e) {
            return;
        }
        for (Rtcp x : packets) {
            if (x instanceof Rtcp.Nack n) {
                sender.handleNack(now, n.sequenceNumbers(), 1_000_000L, pacer);
            } else if (x instanceof Rtcp.SenderReport r) {
                received.handleSenderReport(now, r);
                r.blocks().forEach(this::report);
            } else if (x instanceof Rtcp.ReceiverReport r) {
                r.blocks().forEach(this::report);
            } else if (x instanceof Rtcp.ReceiverEstimatedMaximumBitrate r) {
                rate.handleRemb(r.bitsPerSecond());
            } else if (x instanceof Rtcp.FullIntraRequest f) {
                sender.handleFir(f.sequence());
            } else if (x instanceof Rtcp.PictureLoss) {
                sender.handlePli();
            }
            x.write(new ByteWriter());
        }
    }

    private void report(Rtcp.ReportBlock b) {
        sender.handleReportBlock(b, now & 0xffffffffL);
        rate.handleReportBlock(now, b, sender.roundTripNanos());
        received.setRtt(sender.roundTripNanos());
        received.reportBlock(now);
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        ByteWriter call = new ByteWriter();
        for (byte[] p : RecordedCall.first(RecordedCall.get().rtcp(), 8)) {
            call.u8(20).u8(100).u8(1).u16(p.length).bytes(p);
        }
        ByteWriter made = new ByteWriter();
        for (Rtcp r : List.of(
                new Rtcp.Nack(1, OUR_SSRC, List.of(1, 2, 5, 40)),
                new Rtcp.PictureLoss(1, OUR_SSRC),
                new Rtcp.FullIntraRequest(1, OUR_SSRC, 3),
                new Rtcp.ReceiverEstimatedMaximumBitrate(1, 500_000, List.of((long) OUR_SSRC)),
                new Rtcp.Bye(List.of(1L)),
                new Rtcp.SourceDescription(1, "cname"),
                new Rtcp.ReceiverReport(1, List.of(new Rtcp.ReportBlock(OUR_SSRC, 10, 3, 70_000, 9, 1, 2))))) {
            ByteWriter one = new ByteWriter();
            r.write(one);
            made.u8(20).u8(100).u8(1).u16(one.length()).bytes(one.toByteArray());
        }
        return Map.of("call", call.toByteArray(), "made", made.toByteArray());
    }
}
