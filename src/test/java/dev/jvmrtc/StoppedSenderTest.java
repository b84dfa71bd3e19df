package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who sends nothing encodes nothing, and a source is not held by a sender that has stopped. */
class StoppedSenderTest {

    private static final class Camera extends VideoSource {
        boolean isUsed() {
            return hasSinks();
        }

        void shoot() {
            push(VideoFrame.allocate(64, 48, System.nanoTime() / 1_000));
        }
    }

    private final RTCPeerConnectionFactory factory =
            RTCPeerConnectionFactory.builder().includeLoopback(true).build();
    private final RTCPeerConnection a = factory.createPeerConnection();
    private final RTCPeerConnection b = factory.createPeerConnection();
    private final Camera camera = new Camera();
    private RTCRtpTransceiver transceiver;

    private void negotiate() {
        a.setLocalDescription().join();
        b.setRemoteDescription(a.getLocalDescription()).join();
        b.setLocalDescription().join();
        a.setRemoteDescription(b.getLocalDescription()).join();
    }

    private static void await(BooleanSupplier condition, Runnable meanwhile) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "it does not come");
            meanwhile.run();
            Thread.sleep(10);
        }
    }

    private long encoded() {
        return transceiver.getSender().encoding() == null
                ? 0
                : transceiver.getSender().encoding().frames();
    }

    @BeforeEach
    void call() throws Exception {
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
        MediaStreamTrack track = camera.createTrack();
        transceiver = a.addTransceiver(
                track,
                RTCRtpTransceiverInit.builder()
                        .direction(RTCRtpTransceiverDirection.SENDONLY)
                        .build());
        negotiate();
        await(() -> encoded() > 2, camera::shoot);
    }

    @AfterEach
    void end() {
        a.close();
        b.close();
        factory.close();
    }

    @Test
    void aStoppedTransceiverLetsGoOfItsSource() throws Exception {
        assertTrue(camera.isUsed());
        transceiver.stop();
        assertFalse(camera.isUsed());
        negotiate();
        assertFalse(camera.isUsed());
    }

    @Test
    void aTransceiverThatThePeerHasRefusedLetsGoOfItsSource() throws Exception {
        b.getTransceivers().get(0).stop();
        b.setLocalDescription().join();
        a.setRemoteDescription(b.getLocalDescription()).join();
        a.setLocalDescription().join();
        b.setRemoteDescription(a.getLocalDescription()).join();
        await(() -> !camera.isUsed(), () -> {});
    }

    @Test
    void anEncoderRestsWhileItsDirectionDoesNotSend() throws Exception {
        CompletableFuture<Void> told = new CompletableFuture<>();
        transceiver.getSender().onCodecChange(e -> told.complete(null));
        transceiver.setDirection(RTCRtpTransceiverDirection.INACTIVE);
        negotiate();
        told.get(60, TimeUnit.SECONDS);
        assertNull(transceiver.getSender().getSendCodec());
        long before = encoded();
        for (int i = 0; i < 10; i++) {
            camera.shoot();
            Thread.sleep(10);
        }
        assertEquals(before, encoded(), "frames that nobody gets are not encoded");
        transceiver.setDirection(RTCRtpTransceiverDirection.SENDONLY);
        negotiate();
        await(() -> encoded() > before, camera::shoot);
        assertEquals("video/VP8", transceiver.getSender().getSendCodec().mimeType());
    }
}
