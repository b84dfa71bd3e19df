package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.unbundled;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.rtp.RtpPacket;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TransportSequenceCallTest {
    private static final int FRAMES = 10;

    /** The transport-wide number of a packet, by the id that was negotiated. */
    private static int number(RTCTrackEvent e, byte[] packet) {
        int id = e.receiver().getParameters().headerExtensions().stream()
                .filter(h -> h.uri().contains("transport-wide-cc"))
                .findFirst()
                .orElseThrow()
                .id();
        RtpPacket view = new RtpPacket();
        view.wrap(packet, 0, packet.length);
        return view.extensionU16(id);
    }

    @Test
    void eachTransportCountsItsOwnPackets() throws Exception {
        RTCConfiguration compat = RTCConfiguration.builder()
                .bundlePolicy(RTCBundlePolicy.MAX_COMPAT)
                .build();
        try (TwoPeers p = new TwoPeers(compat, compat)) {
            EncodedAudioSource audio = new EncodedAudioSource("opus");
            EncodedVideoSource video = new EncodedVideoSource("VP8");
            p.a.addTrack(audio.createTrack(), new MediaStream());
            p.a.addTrack(video.createTrack(), new MediaStream());
            Map<String, BlockingQueue<Integer>> numbers =
                    Map.of("audio", new LinkedBlockingQueue<>(), "video", new LinkedBlockingQueue<>());
            p.b.onTrack(e -> e.track().addSink(new MediaSink() {
                @Override
                public boolean wantsRtp() {
                    return true;
                }

                @Override
                public void onRtpPacket(byte[] packet) {
                    numbers.get(e.track().getKind()).add(number(e, packet));
                }
            }));
            CompletableFuture<Void> connected = TwoPeers.state(p.a, RTCPeerConnectionState.CONNECTED);
            await(p.a.setLocalDescription());
            await(p.b.setRemoteDescription(unbundled(p.a.getLocalDescription())));
            await(p.b.setLocalDescription());
            await(p.a.setRemoteDescription(unbundled(p.b.getLocalDescription())));
            await(connected);
            assertEquals(
                    2,
                    p.a.getSenders().stream()
                            .map(RTCRtpSender::getTransport)
                            .distinct()
                            .count());
            for (int i = 0; i < FRAMES; i++) {
                audio.push(EncodedFrame.of(new byte[] {(byte) 0xfc, 1, 2}, "opus", 960L * i, true));
                video.push(EncodedFrame.of(
                        new byte[] {0x10, 0, 0, (byte) 0x9d, 1, 0x2a, 16, 0, 16, 0}, "VP8", 3_000L * i, true));
                assertEquals(i, numbers.get("audio").poll(10, TimeUnit.SECONDS), "audio");
                assertEquals(i, numbers.get("video").poll(10, TimeUnit.SECONDS), "video");
            }
        }
    }
}
