package dev.jvmrtc.examples;

import dev.jvmrtc.RTCIceCandidate;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import dev.jvmrtc.RTCSignalingState;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStreamConstraints;
import dev.jvmrtc.media.MediaStreamTrack;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Perfect negotiation (webrtc-pc §10.7): both sides add media whenever they like, and when their offers collide the polite one gives way. Here both add a track
 * at the same moment, and both receive the other's.
 */
public final class PerfectNegotiation {

    /** What travels: a description or a candidate. */
    record Signal(RTCSessionDescription description, RTCIceCandidate candidate, boolean endOfCandidates) {
    }

    /** One side, written as the specification's example. */
    static final class Side {
        final RTCPeerConnection pc = new RTCPeerConnection();
        final CompletableFuture<MediaStreamTrack> received = new CompletableFuture<>();
        final ExecutorService signals = Executors.newSingleThreadExecutor();
        private final boolean polite;
        private volatile boolean makingOffer;
        private volatile boolean ignoreOffer;
        private volatile boolean settingRemoteAnswer;
        Consumer<Signal> send;

        Side(boolean polite) {
            this.polite = polite;
            pc.onTrack(e -> e.track().onUnmute(x -> received.complete(e.track())));
            pc.onIceCandidate(e -> send.accept(new Signal(null, e.candidate(), e.candidate() == null)));
            pc.onNegotiationNeeded(e -> {
                makingOffer = true;
                pc.setLocalDescription().whenComplete((v, error) -> {
                    makingOffer = false;
                    if (error == null) {
                        send.accept(new Signal(pc.getLocalDescription(), null, false));
                    }
                });
            });
        }

        void receive(Signal s) {
            if (s.description == null) {
                pc.addIceCandidate(s.candidate).exceptionally(e -> {
                    if (!ignoreOffer) {
                        System.err.println("candidate: " + e.getMessage());
                    }
                    return null;
                });
                return;
            }
            boolean offer = s.description.getType() == RTCSdpType.OFFER;
            boolean ready = !makingOffer && (pc.getSignalingState() == RTCSignalingState.STABLE || settingRemoteAnswer);
            ignoreOffer = !polite && offer && !ready;
            if (ignoreOffer) {
                return;
            }
            settingRemoteAnswer = !offer;
            pc.setRemoteDescription(s.description).thenCompose(v -> {
                settingRemoteAnswer = false;
                return offer ? pc.setLocalDescription().thenRun(() -> send.accept(new Signal(pc.getLocalDescription(), null, false)))
                    : CompletableFuture.completedFuture(null);
            }).exceptionally(e -> {
                System.err.println((polite ? "polite" : "impolite") + " side: " + e.getMessage());
                return null;
            });
        }

        void addPicture() {
            pc.addTrack(MediaDevices.generated().getUserMedia(new MediaStreamConstraints(false, true)).join().getTracks().get(0));
        }
    }

    public static void main(String[] args) {
        Side polite = new Side(true);
        Side impolite = new Side(false);
        // In real life this is a WebSocket; here each side's signals are handled on a thread of the other.
        polite.send = s -> CompletableFuture.runAsync(() -> impolite.receive(s), impolite.signals);
        impolite.send = s -> CompletableFuture.runAsync(() -> polite.receive(s), polite.signals);
        polite.addPicture();
        impolite.addPicture();
        System.out.println("the polite side receives " + polite.received.join().getKind() + ", the impolite side " + impolite.received.join().getKind());
        boolean connected = polite.pc.getConnectionState() == RTCPeerConnectionState.CONNECTED;
        System.out.println(connected ? "connected" : polite.pc.getConnectionState().toString());
        polite.pc.close();
        impolite.pc.close();
        System.exit(0);
    }

    private PerfectNegotiation() {
    }
}
