package dev.jvmrtc.media.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.sim.SimPeer;
import dev.jvmrtc.sim.StandInDtls;
import dev.jvmrtc.sim.VirtualNetwork;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A picture with a real encoder through a link of 500 kbit/s, on the virtual clock: the rate settles below that, and
 * the picture does not freeze.
 */
class NarrowLinkTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int LINK = 500_000;
    private static final int QUEUE = 25 * 1_250;
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final int PICTURES_PER_SECOND = 30;
    private static final int SECONDS = 60;
    /** By then the rate has grown to what the link carries. */
    private static final int BEGIN = 10;

    private final VirtualNetwork network =
            new VirtualNetwork(5, new VirtualNetwork.Conditions(0, 0, 20_000_000, 1_000_000));
    private final VideoEncoder encoder = Codecs.videoEncoder(EncodedFormat.of("VP8"));
    private final Random noise = new Random(1);
    private long arrivedBytes;
    private long last;
    private long longestGap;
    private long filmed;
    private long target;

    private SimPeer peer(String name, String ip, long seed) {
        RandomSource random = RandomSource.seeded(seed);
        return new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new StandInDtls(id, out, random),
                BundlePolicy.MAX_BUNDLE);
    }

    private void film(SimPeer peer, JsepTransceiver video, long start) {
        network.at(start + filmed * SECOND / PICTURES_PER_SECOND, () -> {
            for (SessionEvent e : peer.events) {
                if (e instanceof SessionEvent.TargetBitrateChanged t) {
                    target = t.bitsPerSecond();
                    encoder.setTargetBitrate(target);
                }
            }
            peer.events.clear();
            VideoFrame f = VideoFrame.allocate(WIDTH, HEIGHT, filmed * 1_000_000 / PICTURES_PER_SECOND);
            int left = (int) (WIDTH * (0.4 + 0.3 * Math.sin(filmed / 20.0)));
            for (int i = 0; i < f.y().length; i++) {
                int x = i % WIDTH;
                boolean shape = x > left && x < left + 80 && i / WIDTH > 60 && i / WIDTH < 180;
                f.y()[i] = (byte)
                        ((shape ? 60 + ((x - left) * 13 + i / WIDTH * 7) % 120 : 60 + x / 4) + noise.nextInt(12));
            }
            java.util.Arrays.fill(f.u(), (byte) 120);
            java.util.Arrays.fill(f.v(), (byte) 130);
            EncodedFrame e = encoder.encode(f, peer.keyFrameRequests.remove((Integer) video.id));
            f.release();
            if (e != null) {
                peer.session
                        .media()
                        .sendFrame(
                                network.now(),
                                video.id,
                                OutgoingFrame.of(e.data(), e.keyFrame(), filmed * 90_000 / PICTURES_PER_SECOND),
                                network.now());
                peer.turn();
            }
            filmed++;
            film(peer, video, start);
        });
    }

    private void watch(SimPeer peer, long start) {
        for (ReceivedFrame f : peer.frames) {
            if (network.now() - start > BEGIN * SECOND) {
                arrivedBytes += f.data().length;
                longestGap = last == 0 ? 0 : Math.max(longestGap, network.now() - last);
                last = network.now();
            }
        }
        peer.frames.clear();
        peer.events.clear();
    }

    @Test
    void theRateSettlesBelowTheLinkAndThePictureDoesNotFreeze() {
        SimPeer a = peer("a", "10.0.0.1", 1);
        SimPeer b = peer("b", "10.0.0.2", 2);
        a.connectTo(b);
        b.connectTo(a);
        JsepTransceiver video = a.negotiator.addTransceiver(MediaKind.VIDEO, Direction.SENDONLY, false, "t-v");
        a.session.media().setSource(video.id, List.of(new SourceFormat("VP8", Map.of())));
        a.negotiate();
        assertTrue(SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> a.keyFrameRequests.contains(video.id)));
        network.setLink(LINK, QUEUE);
        long start = network.now();
        film(a, video, start);
        SimPeer.runUntil(network, List.of(a, b), 2L * SECONDS * SECOND, () -> {
            watch(b, start);
            return network.now() - start >= SECONDS * SECOND;
        });
        long rate = arrivedBytes * 8 / (SECONDS - BEGIN);
        String figures = rate / 1_000 + " kbit/s arrived, the target is " + target / 1_000 + ", the longest gap was "
                + longestGap / 1_000_000 + " ms, " + network.overflows() + " packets found the queue full";
        System.out.println(figures);
        assertTrue(rate > LINK * 0.7 && rate < LINK, figures);
        assertTrue(target < LINK * 1.1, figures);
        assertTrue(longestGap < 300_000_000L, figures);
        assertTrue(network.overflows() < 5, figures);
    }
}
