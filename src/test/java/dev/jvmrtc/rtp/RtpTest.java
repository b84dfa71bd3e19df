package dev.jvmrtc.rtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.format.Depacketizer;
import dev.jvmrtc.rtp.format.H264;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.format.Packetizer;
import dev.jvmrtc.rtp.format.Vp8;
import dev.jvmrtc.rtp.format.Vp9;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.rtp.header.RtpHeaders;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.receive.RtxRepair;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.rtp.rtcp.TransportFeedback;
import dev.jvmrtc.rtp.send.OutgoingPacket;
import dev.jvmrtc.rtp.send.Pacer;
import dev.jvmrtc.rtp.send.PacketPool;
import dev.jvmrtc.rtp.send.QueuedPacket;
import dev.jvmrtc.rtp.send.RepeatedPacket;
import dev.jvmrtc.rtp.send.RtpSendStream;
import dev.jvmrtc.rtp.send.TransportSequence;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtpTest {
    private static final RtpCodec VP8 = new RtpCodec(96, "VP8", 90_000, 1, Map.of(), List.of("nack", "nack pli"), -1);
    private static final RtpCodec RTX = new RtpCodec(97, "rtx", 90_000, 1, Map.of("apt", "96"), List.of(), 96);

    @Test
    void refusesPacketsWhoseLengthsLie() {
        RtpPacket p = new RtpPacket();
        byte[] extensionTooLong = HexFormat.of().parseHex("906000010000000100000002bede0400aabbccdd");
        assertFalse(p.wrap(extensionTooLong, 0, extensionTooLong.length), "the extension is longer than the packet");
        byte[] paddingTooLong = HexFormat.of().parseHex("a0600001000000010000000201020309");
        assertFalse(p.wrap(paddingTooLong, 0, paddingTooLong.length));
        byte[] csrcs = HexFormat.of().parseHex("8f600001000000010000000200000000");
        assertFalse(p.wrap(csrcs, 0, csrcs.length));
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            byte[] b = new byte[random.nextInt(64)];
            random.nextBytes(b);
            if (b.length > 0) {
                b[0] = (byte) (0x80 | b[0] & 0x3f);
            }
            if (p.wrap(b, 0, b.length)) {
                p.findExtension(random.nextInt(16));
                assertTrue(p.payloadLength() >= 0 && p.payloadOffset() + p.payloadLength() <= b.length);
            }
        }
    }

    @Test
    void writesAndFindsExtensionsOfBothForms() {
        for (int id : new int[] {3, 200}) {
            RtpHeaders.Extensions e = new RtpHeaders.Extensions(id, "video1", 2, 7);
            byte[] out = new byte[100];
            int n = RtpHeaders.writeHeader(out, 96, true, 5, 7, 9, e, 0x1234, 270);
            RtpPacket p = new RtpPacket();
            assertTrue(p.wrap(out, 0, n));
            assertEquals("video1", p.extensionText(id));
            assertEquals(0x1234, p.extensionU16(2));
            assertTrue(p.findExtension(7));
            assertEquals(1, p.extensionLength());
            assertEquals(3, out[p.extensionOffset()], "three quarters");
            assertEquals(n, RtpHeaders.headerLength(e));
        }
    }

    @Test
    void headerExtensionsAreWrittenForAnyValueAndLeaveRoom() {
        for (int length : new int[] {0, 1, 16, 17, 255, 256, 1_160, 70_000}) {
            for (int id : new int[] {-1, 1, 14, 15, 255, 256, 4_100}) {
                RtpHeaders.Extensions e = new RtpHeaders.Extensions(id, "m".repeat(length), 2, 7);
                assertTrue(RtpHeaders.headerLength(e) <= 300, "mid of " + length + " characters, id " + id);
                byte[] out = new byte[400];
                int n = RtpHeaders.writeHeader(out, 96, true, 5, 7, 9, e, 0x1234, 270);
                RtpPacket p = new RtpPacket();
                assertTrue(p.wrap(out, 0, n));
                boolean possible = length >= 1 && length <= 255 && id >= 1 && id <= 255;
                assertEquals(
                        possible ? "m".repeat(length) : null,
                        p.extensionText(Math.max(0, id)),
                        "mid of " + length + " characters, id " + id);
                assertEquals(0x1234, p.extensionU16(2));
                // RFC 8285 §4.1.2: one form in all packets of a stream.
                byte[] inner = new byte[400];
                e.template().without(7).write(inner, 96, false, 5, 7, 9);
                assertEquals(Bytes.u16(out, 12), Bytes.u16(inner, 12));
                assertEquals(possible && (length > 16 || id > 14) ? 0x1000 : 0xbede, Bytes.u16(out, 12));
            }
        }
    }

    private static byte[] roundTrip(Packetizer packetizer, Depacketizer depacketizer, byte[] frame, boolean key) {
        ByteWriter back = new ByteWriter();
        List<Depacketizer.Info> infos = new ArrayList<>();
        packetizer.packetize(OutgoingFrame.of(frame, key, 0), 100, (head, headLength, body, offset, length, last) -> {
            byte[] payload = new byte[headLength + length];
            System.arraycopy(head, 0, payload, 0, headLength);
            System.arraycopy(body, offset, payload, headLength, length);
            assertTrue(payload.length <= 100);
            infos.add(depacketizer.inspect(payload, 0, payload.length));
            assertTrue(depacketizer.append(payload, 0, payload.length, back));
        });
        assertTrue(infos.get(0).startsFrame());
        assertEquals(key, infos.stream().anyMatch(Depacketizer.Info::keyFrame));
        return back.toByteArray();
    }

    @Test
    void framesComeOutOfPayloadsAsTheyWentIn() {
        byte[] frame = new byte[1_000];
        new Random(2).nextBytes(frame);
        for (boolean key : new boolean[] {true, false}) {
            frame[0] = (byte) (key ? frame[0] & ~1 : frame[0] | 1);
            assertArrayEquals(frame, roundTrip(new Vp8(0x7fff), new Vp8(0), frame, key));
            assertArrayEquals(frame, roundTrip(new Vp9(5), new Vp9(0), frame, key));
        }
        byte[] idr = Arrays.copyOf(HexFormat.of().parseHex("0000000167428014ab0000000168ce3c8000000001658801"), 400);
        Arrays.fill(idr, 24, 400, (byte) 0x77);
        assertArrayEquals(idr, roundTrip(new H264(1), new H264(1), idr, true));
    }

    @Test
    void malformedPayloadsAreNoticed() {
        Random random = new Random(3);
        for (Depacketizer d : List.of(new Vp8(0), new Vp9(0), new H264(1))) {
            assertNull(d.inspect(new byte[0], 0, 0));
            for (int i = 0; i < 20_000; i++) {
                byte[] b = new byte[1 + random.nextInt(20)];
                random.nextBytes(b);
                if (d.inspect(b, 0, b.length) != null) {
                    d.append(b, 0, b.length, new ByteWriter());
                }
            }
        }
    }

    @Test
    void rtcpReadsWhatItWritesAndRejectsTruncations() throws MalformedException {
        List<Rtcp> all = List.of(
                new Rtcp.SenderReport(1, 2, 3, 4, 5, List.of(new Rtcp.ReportBlock(6, 7, -8, 9, 10, 11, 12))),
                new Rtcp.SourceDescription(1, "cname"),
                new Rtcp.Nack(1, 2, List.of(65_530, 65_533, 1, 100)),
                new Rtcp.PictureLoss(1, 2),
                new Rtcp.FullIntraRequest(1, 2, 3),
                new Rtcp.Bye(List.of(4L, 5L)),
                new Rtcp.ReceiverReport(9, List.of()));
        ByteWriter w = new ByteWriter();
        all.forEach(r -> r.write(w));
        assertEquals(all, Rtcp.parse(w.array(), 0, w.length()));
        for (int n = 1; n < w.length(); n++) {
            try {
                assertTrue(Rtcp.parse(w.array(), 0, n).size() < all.size());
            } catch (MalformedException e) {
                // Truncated within a packet.
            }
        }
    }

    @Test
    void transportFeedbackNamesArrivalsAndLosses() throws MalformedException {
        TransportFeedback f = new TransportFeedback();
        for (int s : new int[] {65_534, 65_535, 0, 3}) {
            f.observe(s, 64_000_000L + (s & 7) * 1_000_000L);
        }
        Rtcp.TransportCc cc = f.build(1, 2);
        assertEquals(65_534, Bytes.u16(cc.body(), 0));
        assertEquals(6, Bytes.u16(cc.body(), 2), "two arrived late are lost so far");
        assertNull(f.build(1, 2));
        f.observe(6, 500_000_000L);
        assertEquals(4, Bytes.u16(f.build(1, 2).body(), 0), "the loss since the last report is reported");
    }

    /** What waits longest, as soon as it may leave. */
    private static QueuedPacket next(Pacer pacer, long now) {
        return pacer.poll(
                pacer.nextTimeoutNanos() == ProtocolCore.NEVER ? now : Math.max(now, pacer.nextTimeoutNanos()));
    }

    /** Sends frames through a link that loses some packets once; NACKs are carried back. */
    private static List<ReceivedFrame> transfer(boolean rtx, java.util.function.IntPredicate lost, int frames) {
        PacketPool pool = new PacketPool();
        RtpSendStream sender = new RtpSendStream(1, 2, RandomSource.seeded(1), pool);
        sender.configure(VP8, rtx ? RTX : null, HeaderExtensions.NONE, "0");
        RtpReceiveStream receiver = new RtpReceiveStream(1, true, List.of(VP8, RTX));
        Pacer queue = new Pacer();
        List<ReceivedFrame> got = new ArrayList<>();
        RtpPacket view = new RtpPacket();
        Map<Integer, byte[]> sent = new HashMap<>();
        long now = 1_000_000_000L;
        int count = 0;
        int lostBeforeLast = 0;
        for (int i = 0; i < frames; i++) {
            byte[] frame = new byte[3_000];
            frame[0] = (byte) (i == 0 ? 0 : 1);
            frame[2_999] = (byte) i;
            sender.sendFrame(OutgoingFrame.of(frame, i == 0, i * 3_000L), now, queue);
            for (int round = 0; round < 2; round++) {
                for (QueuedPacket q = next(queue, now); q != null; q = next(queue, now)) {
                    byte[] wire;
                    if (q instanceof OutgoingPacket p) {
                        sender.beforeProtect(p, new TransportSequence(), now);
                        wire = Arrays.copyOf(p.data(), p.length());
                        sent.put(Bytes.u16(wire, 2), wire);
                        pool.release(p);
                    } else {
                        assertFalse(rtx, "with RTX nothing is sent as it was");
                        wire = sent.get(((RepeatedPacket) q).sequence());
                    }
                    if (round > 0 || !lost.test(count++)) {
                        assertTrue(view.wrap(wire, 0, wire.length));
                        if (view.payloadType() == 97) {
                            receiver.handleRepair(now, view, new RtxRepair(96));
                        } else {
                            receiver.handlePacket(now, view);
                        }
                    }
                }
                List<Rtcp> feedback = new ArrayList<>();
                receiver.collectFeedback(now, 9, feedback);
                for (Rtcp r : feedback) {
                    if (r instanceof Rtcp.Nack n) {
                        sender.handleNack(now, n.sequenceNumbers(), 1_000_000L, queue);
                    }
                }
            }
            now += 33_000_000L;
            receiver.handleTimeout(now);
            for (ReceivedFrame f = receiver.pollFrame(); f != null; f = receiver.pollFrame()) {
                got.add(f);
            }
        }
        for (int i = 0, last = lost.test(count - 1) ? count - 2 : count - 1; i < last; i++) {
            lostBeforeLast += lost.test(i) ? 1 : 0;
        }
        if (rtx) {
            assertEquals(
                    lostBeforeLast,
                    receiver.reportBlock(now).cumulativeLost(),
                    "what is repaired was lost all the same, and the sender has to know");
        }
        return got;
    }

    @Test
    void lostPacketsAreAskedForAndComeAgainOverRtxOrAsTheyWere() {
        for (boolean rtx : new boolean[] {true, false}) {
            List<ReceivedFrame> got = transfer(rtx, n -> n % 7 == 5, 30);
            assertTrue(got.size() >= 29, got.size() + " frames");
            for (int i = 0; i < got.size(); i++) {
                assertEquals(3_000, got.get(i).data().length);
                assertEquals((byte) i, got.get(i).data()[2_999], "in order, none twice");
            }
        }
    }

    @Test
    void afterALossThatIsNotRepairedDeltaFramesAreWithheldUntilAKeyFrame() {
        RtpReceiveStream receiver = new RtpReceiveStream(1, true, List.of(VP8));
        RtpSendStream sender = new RtpSendStream(1, 2, RandomSource.seeded(1), new PacketPool());
        sender.configure(VP8, null, HeaderExtensions.NONE, "0");
        long now = 1_000_000_000L;
        List<Integer> delivered = new ArrayList<>();
        boolean asked = false;
        for (int i = 0; i < 60; i++) {
            boolean key = i == 0 || i == 40;
            byte[] frame = {(byte) (key ? 0 : 1), (byte) i};
            Pacer queue = new Pacer();
            sender.sendFrame(OutgoingFrame.of(frame, key, i * 3_000L), now, queue);
            RtpPacket view = new RtpPacket();
            OutgoingPacket p = (OutgoingPacket) next(queue, now);
            assertTrue(view.wrap(p.data(), 0, p.length()));
            if (i != 5) {
                receiver.handlePacket(now, view);
            }
            now += 33_000_000L;
            receiver.handleTimeout(now);
            List<Rtcp> feedback = new ArrayList<>();
            receiver.collectFeedback(now, 9, feedback);
            asked |= feedback.stream().anyMatch(r -> r instanceof Rtcp.PictureLoss);
            for (ReceivedFrame f = receiver.pollFrame(); f != null; f = receiver.pollFrame()) {
                delivered.add((int) f.data()[1]);
            }
        }
        assertTrue(asked, "a PLI was sent");
        assertEquals(List.of(0, 1, 2, 3, 4), delivered.subList(0, 5));
        assertEquals(40, delivered.get(5));
        assertEquals(59, delivered.get(delivered.size() - 1));
    }

    @Test
    void audioGoesOnAfterAGap() {
        RtpCodec opus = new RtpCodec(111, "opus", 48_000, 2, Map.of(), List.of(), -1);
        RtpReceiveStream receiver = new RtpReceiveStream(1, false, List.of(opus));
        long now = 1_000_000_000L;
        List<Integer> delivered = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] p = new byte[13];
            RtpHeaders.writeHeader(p, 111, false, 65_530 + i & 0xffff, i * 960L, 1, RtpHeaders.Extensions.NONE, 0, 0);
            p[12] = (byte) i;
            RtpPacket view = new RtpPacket();
            assertTrue(view.wrap(p, 0, 13));
            if (i != 8) {
                receiver.handlePacket(now, view);
            }
            now += 20_000_000L;
            receiver.handleTimeout(now);
            for (ReceivedFrame f = receiver.pollFrame(); f != null; f = receiver.pollFrame()) {
                delivered.add((int) f.data()[0]);
            }
        }
        assertEquals(19, delivered.size());
        assertNotNull(receiver.reportBlock(now));
        assertEquals(1, receiver.snapshot().lost());
    }
}
