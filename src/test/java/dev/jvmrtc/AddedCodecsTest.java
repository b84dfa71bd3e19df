package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.codec.CodecDescription;
import dev.jvmrtc.media.codec.LinearAudio;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.PlayoutStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Codecs that an application adds to a factory. */
class AddedCodecsTest {
    private static final long SEED = Long.getLong("jvmrtc.seed", 81L);
    private static final CodecDescription AUDIO = CodecDescription.of(LinearAudio.NAME, "audio", LinearAudio.RATE, 1);
    private static final CodecDescription SCREEN =
            new CodecDescription("x-screen", "video", 90_000, 1, Map.of("depth", "24"), Set.of("depth"));

    private static RTCPeerConnectionFactory factory(CodecDescription... codecs) {
        RTCPeerConnectionFactory.Builder b = RTCPeerConnectionFactory.builder().includeLoopback(true);
        for (CodecDescription c : codecs) {
            b.codec(c);
        }
        return b.build();
    }

    private static List<RTCRtpCodec> capability(RTCPeerConnectionFactory factory, CodecDescription c) {
        return factory.getCapabilities(c.kind()).codecs().stream()
                .filter(k -> k.mimeType().equals(c.kind() + "/" + c.codec()))
                .toList();
    }

    /** Sends a track of the codec from a to b; the track as b has it. */
    private static MediaStreamTrack connect(
            RTCPeerConnectionFactory factory, TwoPeers p, MediaStreamTrack sent, CodecDescription c) {
        CompletableFuture<MediaStreamTrack> received = new CompletableFuture<>();
        p.b.onTrack(e -> received.complete(e.track()));
        p.a.addTrack(sent);
        p.a.getTransceivers().get(0).setCodecPreferences(capability(factory, c));
        p.negotiate();
        String map = "a=rtpmap:\\d+ " + c.codec() + "/" + c.clockRate();
        for (RTCPeerConnection pc : List.of(p.a, p.b)) {
            String sdp = pc.getLocalDescription().getSdp();
            assertEquals(1, sdp.lines().filter(l -> l.matches(map)).count(), sdp);
        }
        return await(received);
    }

    @Test
    void audioOfAnAddedCodecIsHeardAtItsOwnClockRate() throws InterruptedException {
        BlockingQueue<AudioFrame> heard = new LinkedBlockingQueue<>();
        try (RTCPeerConnectionFactory factory = factory(AUDIO);
                TwoPeers p = new TwoPeers(factory)) {
            EncodedAudioSource source = new EncodedAudioSource(LinearAudio.NAME);
            MediaStreamTrack track = connect(factory, p, source.createTrack(), AUDIO);
            track.onAudioFrame(heard::add);
            short[] loud = new short[LinearAudio.RATE / 50];
            Arrays.fill(loud, (short) 8_000);
            long timestamp = 0;
            int frames = 0;
            AudioFrame latest = null;
            for (int i = 0; i < 1_000 && frames < 100; i++) {
                source.push(EncodedFrame.of(LinearAudio.encode(loud), LinearAudio.NAME, timestamp, true));
                timestamp += loud.length;
                // Two of what is heard, 10 ms each, last as long as one that is sent: so both go at the same speed.
                for (int k = 0; k < 2; k++) {
                    AudioFrame f = heard.poll(10, TimeUnit.MILLISECONDS);
                    frames += f == null ? 0 : 1;
                    latest = f == null ? latest : f;
                }
            }
            PlayoutStatistics s = track.getPlayoutStatistics();
            assertTrue(frames >= 100, frames + " times 10 ms");
            assertEquals(LinearAudio.RATE, latest.sampleRate());
            long madeUp = s.concealedSamples() - s.silentSamples();
            // By a clock of 8,000 Hz each frame would come 20 ms late, and half of the audio would be made up.
            assertTrue(madeUp < s.emitted() / 10, madeUp + " of " + s.emitted() + " samples were made up");
            assertEquals("audio/L16", p.a.getSenders().get(0).getSendCodec().mimeType());
        }
    }

    @Test
    void opaqueFramesOfAnAddedVideoCodecArriveAsTheyWereSent() throws InterruptedException {
        Random random = new Random(SEED);
        BlockingQueue<EncodedFrame> arrived = new LinkedBlockingQueue<>();
        try (RTCPeerConnectionFactory factory = factory(SCREEN);
                TwoPeers p = new TwoPeers(factory)) {
            EncodedVideoSource source = new EncodedVideoSource(SCREEN.codec());
            MediaStreamTrack track = connect(factory, p, source.createTrack(), SCREEN);
            track.onEncodedFrame(arrived::add);
            assertTrue(p.a.getLocalDescription().getSdp().contains(" depth=24"), "a=fmtp");
            // What comes before there is a path is dropped at the sender: the first that arrives tells the number.
            EncodedFrame first = null;
            int sent = 0;
            for (; first == null && sent < 1_000; sent++) {
                source.push(EncodedFrame.of(new byte[] {(byte) (sent >> 8), (byte) sent}, "x-screen", sent, false));
                first = arrived.poll(15, TimeUnit.MILLISECONDS);
            }
            assertNotNull(first, "seed " + SEED);
            for (int i = 0; i < 50; i++) {
                byte[] data = new byte[1 + random.nextInt(1_100)];
                random.nextBytes(data);
                source.push(EncodedFrame.of(data, "x-screen", 10_000 + i * 3_000L, false));
                EncodedFrame got = arrived.poll(10, TimeUnit.SECONDS);
                while (got != null && got.data().length == 2 && data.length != 2) {
                    got = arrived.poll(10, TimeUnit.SECONDS); // one of those before
                }
                assertNotNull(got, "frame " + i + ", seed " + SEED);
                assertArrayEquals(data, got.data(), "frame " + i + ", seed " + SEED);
                assertEquals("x-screen", got.codec());
                assertTrue(got.keyFrame(), "nothing else is known of it");
            }
        }
    }

    @Test
    void anotherFactoryKnowsNothingOfIt() {
        try (RTCPeerConnectionFactory with = factory(AUDIO, SCREEN);
                RTCPeerConnectionFactory without = factory();
                RTCPeerConnection pc = without.createPeerConnection()) {
            assertEquals(1, capability(with, AUDIO).size());
            assertEquals(List.of(), capability(without, AUDIO));
            assertEquals(RTCRtpSender.getCapabilities("video"), without.getCapabilities("video"));
            List<RTCRtpCodec> wanted = capability(with, SCREEN);
            RTCRtpTransceiver t = pc.addTransceiver("video");
            assertThrows(RTCException.class, () -> t.setCodecPreferences(wanted));
            String offer = await(pc.createOffer()).getSdp();
            assertFalse(offer.contains("x-screen"), offer);
        }
    }

    @Test
    void twoSidesWhoseMatchedParametersDifferDoNotAgree() {
        CodecDescription other =
                new CodecDescription("x-screen", "video", 90_000, 1, Map.of("depth", "16"), Set.of("depth"));
        try (RTCPeerConnectionFactory first = factory(SCREEN);
                RTCPeerConnectionFactory second = factory(other);
                RTCPeerConnection a = first.createPeerConnection();
                RTCPeerConnection b = second.createPeerConnection()) {
            a.addTransceiver("video").setCodecPreferences(capability(first, SCREEN));
            TwoPeers.negotiate(a, b);
            String answer = b.getLocalDescription().getSdp();
            assertTrue(answer.contains("m=video 0 "), answer);
        }
    }

    @Test
    void aNameThatIsTakenIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> factory(CodecDescription.of("OPUS", "audio", 48_000, 2)));
        assertThrows(IllegalArgumentException.class, () -> factory(AUDIO, AUDIO));
        assertThrows(IllegalArgumentException.class, () -> factory(CodecDescription.of("rtx", "video", 90_000, 1)));
    }
}
