package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.congestion.SendSideEstimator;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.session.media.FrameTransform;
import dev.jvmrtc.session.media.RtpInterceptor;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What can be put between a session's media and its transports, and between its frames and its packets. */
class PlugInTest {
    private static final long SECOND = 1_000_000_000L;

    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final SimPeer a = peer("a", "10.0.0.1", 2);
    private final SimPeer b = peer("b", "10.0.0.2", 3);
    private JsepTransceiver audio;

    private SimPeer peer(String name, String ip, long seed) {
        RandomSource random = RandomSource.seeded(seed);
        return new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new StandInDtls(id, out, random),
                BundlePolicy.BALANCED);
    }

    private void call() {
        a.connectTo(b);
        b.connectTo(a);
        audio = a.negotiator.addTransceiver(MediaKind.AUDIO, Direction.SENDONLY, false, "t");
        a.session.media().setSource(audio.id, List.of(new SourceFormat("opus", Map.of())));
        a.negotiate();
        assertTrue(SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> a.keyFrameRequests.contains(audio.id)));
    }

    private void send(int frames) {
        for (int i = 0; i < frames; i++) {
            a.session
                    .media()
                    .sendFrame(
                            network.now(),
                            audio.id,
                            OutgoingFrame.of(new byte[] {(byte) 0xf8, (byte) i, 1, 2, 3}, true, i * 960L),
                            network.now());
            a.turn();
            SimPeer.runUntil(network, List.of(a, b), SECOND / 50, () -> false);
        }
    }

    /** Records what it sees, and what it is told to leave out. */
    private static final class Seen implements RtpInterceptor {
        final List<Integer> outgoing = new ArrayList<>();
        final List<Integer> incoming = new ArrayList<>();
        boolean takesEverySecond;

        @Override
        public boolean outgoing(long now, RtpPacket p) {
            outgoing.add(p.sequenceNumber());
            p.array()[p.payloadOffset() + 4] = 42;
            return true;
        }

        @Override
        public boolean incoming(long now, RtpPacket p) {
            incoming.add(p.sequenceNumber());
            return !takesEverySecond || incoming.size() % 2 == 1;
        }
    }

    @Test
    void anInterceptorSeesAndChangesEachPacketBeforeItIsProtectedAndAfterItWasReceived() {
        Seen ours = new Seen();
        Seen theirs = new Seen();
        a.session.media().setInterceptors(List.of(ours));
        b.session.media().setInterceptors(List.of(theirs));
        call();
        send(10);
        assertEquals(10, ours.outgoing.size());
        assertEquals(ours.outgoing, theirs.incoming);
        assertEquals(10, b.frames.size());
        assertArrayEquals(new byte[] {(byte) 0xf8, 0, 1, 2, 42}, b.frames.get(0).data());
        assertTrue(ours.incoming.isEmpty() && theirs.outgoing.isEmpty());
    }

    @Test
    void whatAnInterceptorTakesIsSeenByNobodyElseAndCounted() {
        Seen theirs = new Seen();
        theirs.takesEverySecond = true;
        b.session.media().setInterceptors(List.of(theirs));
        call();
        send(10);
        assertEquals(10, theirs.incoming.size());
        assertEquals(5L, b.session.dropCounts().get("RTP taken by an interceptor"));
        assertTrue(b.frames.size() < 10);
    }

    @Test
    void aTransformChangesFramesOnTheirWayOutAndIn() {
        call();
        a.session.media().setTransform(audio.id, new FrameTransform() {
            @Override
            public OutgoingFrame outgoing(OutgoingFrame f) {
                byte[] hidden = f.data().clone();
                hidden[4] ^= 0x55;
                return hidden[1] == 3
                        ? null
                        : new OutgoingFrame(
                                hidden,
                                f.keyFrame(),
                                f.rtpTimestamp(),
                                f.temporalLayer(),
                                f.temporalLayers(),
                                f.layerSync(),
                                f.rotation());
            }
        });
        List<byte[]> came = new ArrayList<>();
        b.session.media().setTransform(b.negotiator.transceivers().get(0).id, new FrameTransform() {
            @Override
            public ReceivedFrame incoming(ReceivedFrame f) {
                came.add(f.data());
                return f.data()[1] == 5 ? null : f;
            }
        });
        send(10);
        assertEquals(9, came.size());
        assertFalse(came.stream().anyMatch(f -> f[1] == 3));
        assertArrayEquals(new byte[] {(byte) 0xf8, 0, 1, 2, 3 ^ 0x55}, came.get(0));
        assertEquals(8, b.frames.size());
        assertEquals(1L, a.session.dropCounts().get("frame dropped by a transform"));
        assertEquals(1L, b.session.dropCounts().get("frame dropped by a transform"));
    }

    /** Believes that any path carries the same, and notes what it is told. */
    private static final class FixedRate implements SendSideEstimator {
        static final long RATE = 123_000;
        final List<Integer> sent = new ArrayList<>();
        final List<Integer> bytes = new ArrayList<>();
        final List<Integer> acknowledged = new ArrayList<>();
        int reports;
        long remb;

        @Override
        public void handleSent(long now, int transportSequence, int length) {
            sent.add(transportSequence);
            bytes.add(length);
        }

        @Override
        public void handleTransportFeedback(long now, Rtcp.TransportCc feedback) {
            // draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1: base sequence number, packet status count
            int base = Bytes.u16(feedback.body(), 0);
            for (int i = 0; i < Bytes.u16(feedback.body(), 2); i++) {
                acknowledged.add(base + i);
            }
        }

        @Override
        public void handleReportBlock(long now, Rtcp.ReportBlock block, long roundTripNanos) {
            reports++;
        }

        @Override
        public void handleRemb(long bitsPerSecond) {
            remb = bitsPerSecond;
        }

        @Override
        public long bitsPerSecond() {
            return RATE;
        }

        @Override
        public long mediaBitsPerSecond() {
            return RATE;
        }
    }

    @Test
    void whoJudgesWhatAPathCarriesIsReplacedInOnePlaceAndToldAllThatIsSentAndReported() {
        List<FixedRate> made = new ArrayList<>();
        a.session.media().setEstimators(() -> {
            made.add(new FixedRate());
            return made.get(made.size() - 1);
        });
        call();
        send(100);
        SimPeer.runUntil(network, List.of(a, b), SECOND, () -> false); // for the last feedback
        assertEquals(1, made.size(), "of one transport");
        FixedRate rate = made.get(0);
        assertEquals(IntStream.range(0, 100).boxed().toList(), rate.sent, "numbers from 0 on");
        assertEquals(rate.sent, rate.acknowledged, "nothing is lost");
        int header = rate.bytes.get(0) - 5;
        assertTrue(header >= 12 && header < 40, "the RTP header and its extensions: " + header);
        assertTrue(rate.reports >= 1, "in two seconds");
        assertEquals(
                FixedRate.RATE,
                a.session
                        .media()
                        .sendBitrate(a.session.transports().all().iterator().next()));
        assertEquals(64_000L, a.session.media().snapshot().get(0).targetBitrate(), "audio is content with less");
    }
}
