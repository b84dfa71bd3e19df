package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.file.CallRecorder;
import dev.jvmrtc.media.file.Clip;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Codecs that nothing here decodes, for applications that ask for them: received, recorded and passed on as they are.
 */
class PassThroughTest {

    private static List<RTCRtpCodec> codecs(String mimeType, String parameter) {
        return RTCRtpReceiver.getCapabilities("video").codecs().stream()
                .filter(c -> c.mimeType().equals(mimeType) && ("" + c.sdpFmtpLine()).contains(parameter))
                .toList();
    }

    /** a sends to b, which asks for what it takes. */
    private static void negotiate(TwoPeers p, List<RTCRtpCodec> wanted) {
        await(p.a.setLocalDescription().thenCompose(v -> p.b.setRemoteDescription(p.a.getLocalDescription())));
        p.b.getTransceivers().get(0).setCodecPreferences(wanted);
        await(p.b.setLocalDescription().thenCompose(v -> p.a.setRemoteDescription(p.b.getLocalDescription())));
    }

    private static List<EncodedFrame> film() throws Exception {
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(Path.of("src/test/interop/media/pic-AV1.ivf")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(32);
        List<EncodedFrame> frames = new ArrayList<>();
        while (b.hasRemaining()) {
            byte[] d = new byte[b.getInt()];
            long at = b.getLong();
            b.get(d);
            frames.add(EncodedFrame.of(d, "AV1", at * 3_000, frames.isEmpty()));
        }
        return frames;
    }

    @Test
    void av1IsReceivedAndRecordedWhereBothAskForIt(@TempDir Path dir) throws Exception {
        List<EncodedFrame> film = film();
        Path file = dir.resolve("call.webm");
        EncodedVideoSource source = new EncodedVideoSource("AV1");
        try (TwoPeers p = new TwoPeers();
                CallRecorder recorder = CallRecorder.start(file)) {
            BlockingQueue<EncodedFrame> came = new LinkedBlockingQueue<>();
            p.b.onTrack(e -> {
                e.track().onEncodedFrame(came::add);
                try {
                    recorder.add(e.track());
                } catch (java.io.IOException ex) {
                    throw new AssertionError(ex);
                }
            });
            p.a.addTrack(source.createTrack());
            p.a.getTransceivers().get(0).setCodecPreferences(codecs("video/AV1", ""));
            negotiate(p, codecs("video/AV1", ""));
            EncodedFrame first = null;
            for (int i = 0; first == null && i < 500; i++) {
                source.push(film.get(0)); // until it is connected
                first = came.poll(20, TimeUnit.MILLISECONDS);
            }
            assertTrue(first.keyFrame() && first.codec().equals("AV1"));
            byte[] sent = film.get(0).data();
            assertArrayEquals(
                    java.util.Arrays.copyOfRange(sent, 2, sent.length), first.data(), "all but the temporal delimiter");
            for (EncodedFrame f : film.subList(1, 60)) {
                source.push(f);
                TimeUnit.MILLISECONDS.sleep(5);
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (came.size() < 59 && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        Clip c = Clip.read(file);
        assertEquals("AV1", c.format().codec());
        assertTrue(
                c.frames().size() >= 59 && c.frames().get(0).keyFrame(),
                c.frames().size() + " frames");
    }

    @Test
    void whatIsNotDecodedIsOfferedAndTakenOnRequestOnly() {
        try (TwoPeers p = new TwoPeers()) {
            p.a.addTransceiver("video");
            negotiate(p, List.of());
            String offer = p.a.getLocalDescription().getSdp();
            assertFalse(
                    offer.contains("AV1")
                            || offer.contains("H265")
                            || offer.contains("64001f")
                            || offer.contains("4d001f"),
                    offer);
        }
        for (String profile : new String[] {"4d001f", "64001f"}) {
            try (TwoPeers p = new TwoPeers()) {
                p.a.addTransceiver("video");
                p.a.getTransceivers().get(0).setCodecPreferences(codecs("video/H264", profile));
                negotiate(p, codecs("video/H264", profile));
                String answer = p.b.getLocalDescription().getSdp();
                assertTrue(answer.contains("profile-level-id=" + profile) && !answer.contains("42e01f"), answer);
            }
        }
        try (TwoPeers p = new TwoPeers()) {
            p.a.addTransceiver("video");
            p.a.getTransceivers().get(0).setCodecPreferences(codecs("video/AV1", ""));
            negotiate(p, List.of());
            assertTrue(p.b.getLocalDescription().getSdp().contains("m=video 0"), "who does not ask for it refuses it");
        }
    }
}
