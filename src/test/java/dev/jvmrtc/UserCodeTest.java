package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The application's code, sources, sinks, listeners, what depends on futures and the executor itself, is never called
 * while the connection's lock is held: whenever it is called, another thread can ask the connection for its state.
 */
class UserCodeTest {
    private final RTCPeerConnectionFactory factory = RTCPeerConnectionFactory.builder()
            .includeLoopback(true)
            .eventLoops(1)
            .build();
    private final List<RTCPeerConnection> probed = new CopyOnWriteArrayList<>();
    private final Queue<String> blocked = new ConcurrentLinkedQueue<>();
    private final Set<String> called = ConcurrentHashMap.newKeySet();

    @AfterEach
    void close() {
        factory.close();
    }

    /** Called by all user code here: the getters of another thread must come through. */
    private void probe(String where) {
        called.add(where);
        for (RTCPeerConnection pc : probed) {
            CompletableFuture<Void> asked = new CompletableFuture<>();
            Thread t = new Thread(() -> {
                pc.getSignalingState();
                asked.complete(null);
            });
            t.setDaemon(true);
            t.start();
            try {
                asked.get(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                blocked.add(where);
            }
        }
    }

    private class Source implements MediaSource {
        private final String kind;
        final List<MediaSink> sinks = new CopyOnWriteArrayList<>();

        Source(String kind) {
            this.kind = kind;
        }

        @Override
        public String kind() {
            probe("MediaSource.kind");
            return kind;
        }

        @Override
        public List<EncodedFormat> formats() {
            probe("MediaSource.formats");
            return List.of(EncodedFormat.of(kind.equals("audio") ? "opus" : "VP8"));
        }

        @Override
        public void addSink(MediaSink sink) {
            probe("MediaSource.addSink");
            sinks.add(sink);
        }

        @Override
        public void removeSink(MediaSink sink) {
            probe("MediaSource.removeSink");
            sinks.remove(sink);
        }

        @Override
        public void requestKeyFrame(String rid) {
            probe("MediaSource.requestKeyFrame");
        }

        @Override
        public void targetBitrate(String rid, long bitsPerSecond) {
            probe("MediaSource.targetBitrate");
        }

        @Override
        public void formatSelected(EncodedFormat format) {
            probe("MediaSource.formatSelected");
        }

        @Override
        public MediaTrackSettings settings() {
            probe("MediaSource.settings");
            return MediaTrackSettings.NONE;
        }

        @Override
        public void stopped() {
            probe("MediaSource.stopped");
        }
    }

    private final class Sink implements MediaSink {
        @Override
        public boolean wantsRtp() {
            probe("MediaSink.wantsRtp");
            return false;
        }

        @Override
        public boolean wantsAudio() {
            probe("MediaSink.wantsAudio");
            return false;
        }

        @Override
        public boolean wantsVideo() {
            probe("MediaSink.wantsVideo");
            return false;
        }

        @Override
        public void onEncodedFrame(EncodedFrame frame) {
            probe("MediaSink.onEncodedFrame");
        }

        @Override
        public void onAudioFrame(AudioFrame frame) {
            probe("MediaSink.onAudioFrame");
        }
    }

    private RTCPeerConnection connection(Executor behind) {
        RTCPeerConnection pc =
                factory.createPeerConnection(RTCConfiguration.builder().build(), r -> {
                    probe("Executor.execute");
                    behind.execute(r);
                });
        probed.add(pc);
        pc.onNegotiationNeeded(e -> probe("onNegotiationNeeded"));
        pc.onSignalingStateChange(e -> probe("onSignalingStateChange"));
        pc.onConnectionStateChange(e -> probe("onConnectionStateChange"));
        pc.onIceConnectionStateChange(e -> probe("onIceConnectionStateChange"));
        pc.onIceGatheringStateChange(e -> probe("onIceGatheringStateChange"));
        pc.onDataChannel(e -> {
            probe("onDataChannel");
            e.channel().onMessage(m -> probe("onMessage"));
            e.channel().onOpen(m -> probe("onOpen"));
            e.channel().onClose(m -> probe("onClose"));
        });
        pc.onTrack(e -> {
            probe("onTrack");
            e.track().addSink(new Sink());
            e.track().onUnmute(x -> probe("onUnmute"));
            e.track().onMute(x -> probe("onMute"));
            e.track().onEnded(x -> probe("onEnded"));
        });
        return pc;
    }

    private <T> CompletableFuture<T> then(CompletableFuture<T> f) {
        return f.whenComplete((v, e) -> probe("whenComplete"));
    }

    private void callEverything(Executor executor) {
        RTCPeerConnection a = connection(executor);
        RTCPeerConnection b = connection(executor);
        a.onIceCandidate(e -> {
            probe("onIceCandidate");
            b.addIceCandidate(e.candidate());
        });
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
        Source audio = new Source("audio");
        MediaStreamTrack audioTrack = new MediaStreamTrack(audio, "audio");
        MediaStreamTrack videoTrack = new MediaStreamTrack(new Source("video"), "video");
        RTCRtpSender sender = a.addTrack(audioTrack, new MediaStream());
        RTCRtpTransceiver video = a.addTransceiver(videoTrack);
        a.addTransceiver("audio");
        RTCDataChannel channel = a.createDataChannel("c");
        channel.onBufferedAmountLow(e -> probe("onBufferedAmountLow"));
        CompletableFuture<Void> open = opened(channel);
        TwoPeers.negotiate(a, b);
        await(open);
        sender.onCodecChange(e -> probe("onCodecChange"));
        await(then(channel.sendAsync("x")));
        await(then(channel.sendZeroCopy(java.nio.ByteBuffer.allocate(100))));
        channel.send("x");
        for (int i = 0; i < 5; i++) {
            for (MediaSink s : audio.sinks) {
                s.onEncodedFrame(EncodedFrame.of(new byte[] {1, 2, 3}, "opus", 960L * i, true));
            }
        }
        await(then(sender.replaceTrack(new MediaStreamTrack(new Source("audio"), "other"))));
        await(then(sender.replaceTrack(null)));
        await(then(sender.replaceTrack(audioTrack)));
        await(then(sender.setParameters(sender.getParameters())));
        sender.setStreams(new MediaStream());
        await(then(a.getStats()));
        await(then(a.getStats(audioTrack)));
        await(then(a.getDropCounts()));
        await(then(a.getConnectivityReport()));
        a.removeTrack(sender);
        a.addTrack(new MediaStreamTrack(new Source("audio"), "third"));
        video.setDirection(RTCRtpTransceiverDirection.RECVONLY);
        video.setCodecPreferences(List.of());
        a.restartIce();
        a.setConfiguration(a.getConfiguration());
        TwoPeers.negotiate(a, b);
        video.stop();
        TwoPeers.negotiate(b, a);
        channel.close();
        CompletableFuture<RTCSessionDescription> pending = then(a.createOffer());
        a.close();
        b.close();
        await(a.closed());
        await(b.closed());
        assertTrue(pending.isDone());
        assertEquals(new TreeSet<>(), new TreeSet<>(blocked), "called under the lock");
    }

    @Test
    void isNeverCalledUnderTheLockOnThreadsOfTheFactory() {
        callEverything(factory.executor());
        assertTrue(
                called.containsAll(Set.of(
                        "MediaSource.kind",
                        "MediaSource.formats",
                        "MediaSource.addSink",
                        "MediaSource.removeSink",
                        "MediaSource.formatSelected",
                        "MediaSink.wantsRtp",
                        "Executor.execute",
                        "onTrack",
                        "onOpen",
                        "onMessage",
                        "whenComplete",
                        "onNegotiationNeeded")),
                () -> "called: " + new TreeSet<>(called));
    }

    @Test
    void isNeverCalledUnderTheLockOnTheEventLoop() {
        callEverything(Runnable::run);
    }

    @Test
    void aRawTracksSourceIsNeverCalledUnderTheLockEither() {
        RTCPeerConnection pc = connection(factory.executor());
        RTCRtpSender s = pc.addTrack(new MediaStreamTrack(
                new dev.jvmrtc.media.AudioSource() {
                    @Override
                    public void addSink(MediaSink sink) {
                        probe("AudioSource.addSink");
                        super.addSink(sink);
                    }

                    @Override
                    public void removeSink(MediaSink sink) {
                        probe("AudioSource.removeSink");
                        super.removeSink(sink);
                    }
                },
                "raw"));
        await(s.replaceTrack(null));
        pc.close();
        await(pc.closed());
        assertEquals(List.of(), List.copyOf(blocked));
        assertTrue(
                called.containsAll(Set.of("AudioSource.addSink", "AudioSource.removeSink")), () -> called.toString());
    }

    @Test
    void aSourceThatThrowsHarmsNeitherTheCallNorTheConnection() {
        RTCPeerConnection pc = factory.createPeerConnection();
        RTCRtpSender sender = pc.addTrack(new MediaStreamTrack(
                new Source("audio") {
                    @Override
                    public List<EncodedFormat> formats() {
                        throw new AssertionError("a source of the application's");
                    }
                },
                "bad"));
        await(pc.setLocalDescription());
        await(sender.replaceTrack(new MediaStreamTrack(
                new Source("audio") {
                    @Override
                    public void addSink(MediaSink sink) {
                        throw new IllegalStateException("another one");
                    }
                },
                "worse")));
        await(sender.replaceTrack(null));
        pc.close();
        await(pc.closed());
    }
}
