package dev.jvmrtc.packaging;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.RTCRtpSender;
import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Run in a JVM of its own: says which codecs there are, what a raw track is sent with, and whether encoded Opus passes.
 */
public final class OptionalCodecsMain {

    public static void main(String[] args) throws Exception {
        System.out.println("module " + RTCPeerConnection.class.getModule().getName());
        System.out.println("audio "
                + Codecs.encoders("audio").stream().map(EncodedFormat::codec).toList());
        System.out.println("video "
                + Codecs.encoders("video").stream().map(EncodedFormat::codec).toList());
        RTCPeerConnectionFactory factory =
                RTCPeerConnectionFactory.builder().includeLoopback(true).build();
        RTCPeerConnection a = factory.createPeerConnection(
                dev.jvmrtc.RTCConfiguration.builder().build());
        RTCPeerConnection b = factory.createPeerConnection(
                dev.jvmrtc.RTCConfiguration.builder().build());
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
        AudioSource raw = new AudioSource();
        EncodedAudioSource encoded = new EncodedAudioSource("opus");
        RTCRtpSender rawSender = a.addTrack(raw.createTrack());
        a.addTrack(encoded.createTrack());
        CompletableFuture<EncodedFrame> first = new CompletableFuture<>();
        CompletableFuture<EncodedFrame> second = new CompletableFuture<>();
        CompletableFuture<MediaStreamTrack> opus = new CompletableFuture<>();
        b.onTrack(e -> {
            MediaStreamTrack t = e.track();
            boolean ofRaw = e.transceiver().getMid().equals("0");
            t.onEncodedFrame(ofRaw ? first::complete : second::complete);
            t.onAudioFrame(f -> {});
            if (!ofRaw) {
                opus.complete(t);
            }
        });
        a.setLocalDescription()
                .thenCompose(v -> b.setRemoteDescription(a.getLocalDescription()))
                .thenCompose(v -> b.setLocalDescription())
                .thenCompose(v -> a.setRemoteDescription(b.getLocalDescription()))
                .get(20, TimeUnit.SECONDS);
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        long[] n = new long[1];
        clock.scheduleAtFixedRate(
                () -> {
                    raw.push(new AudioFrame(new short[960], 48_000, 1));
                    encoded.push(EncodedFrame.of(
                            new byte[] {(byte) 0xf8, (byte) 0xff, (byte) 0xfe}, "opus", n[0]++ * 960, true));
                },
                0,
                20,
                TimeUnit.MILLISECONDS);
        System.out.println("raw sent as " + first.get(20, TimeUnit.SECONDS).codec() + ", "
                + rawSender.getSendCodec().mimeType());
        System.out.println("encoded " + second.get(20, TimeUnit.SECONDS).codec() + " passes");
        // Opus is either heard, or it has been said that it cannot be decoded.
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (opus.get().getPlayoutStatistics().emitted() == 0
                && opus.get().getDecodeFailures().isEmpty()
                && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        System.exit(0);
    }

    private OptionalCodecsMain() {}
}
