package dev.jvmrtc.media.desktop;

import dev.jvmrtc.RTCConfiguration;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStreamConstraints;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.Tone;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Run in a JVM of its own, with an audio system that feeds what is played back to the microphone: calls itself, plays
 * the call, and says what the microphone hears.
 */
public final class LoudspeakerToMicrophoneMain {
    private static final double HERTZ = 440;
    private static final int ENOUGH = 50;

    public static void main(String[] args) throws Exception {
        RTCPeerConnectionFactory factory =
                RTCPeerConnectionFactory.builder().includeLoopback(true).build();
        RTCPeerConnection a =
                factory.createPeerConnection(RTCConfiguration.builder().build());
        RTCPeerConnection b =
                factory.createPeerConnection(RTCConfiguration.builder().build());
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
        a.addTrack(tracks(MediaDevices.generated()));
        b.onTrack(e -> new AudioOutput(e.track()));
        a.setLocalDescription()
                .thenCompose(v -> b.setRemoteDescription(a.getLocalDescription()))
                .thenCompose(v -> b.setLocalDescription())
                .thenCompose(v -> a.setRemoteDescription(b.getLocalDescription()))
                .get(20, TimeUnit.SECONDS);
        MediaStreamTrack microphone = tracks(new MediaDevices());
        System.out.println("microphone " + microphone.getSettings());
        AtomicInteger clear = new AtomicInteger();
        microphone.onAudioFrame(f -> {
            if (Tone.share(f, HERTZ) > 0.9 && clear.incrementAndGet() == ENOUGH) {
                System.out.println("heard");
            }
        });
        microphone.onEnded(e -> {
            System.out.println("ended");
            System.exit(0);
        });
        TimeUnit.SECONDS.sleep(60);
        System.out.println("only " + clear + " clear frames");
        System.exit(1);
    }

    private static MediaStreamTrack tracks(MediaDevices devices) throws Exception {
        return devices.getUserMedia(new MediaStreamConstraints(true, false))
                .get()
                .getTracks()
                .get(0);
    }

    private LoudspeakerToMicrophoneMain() {}
}
