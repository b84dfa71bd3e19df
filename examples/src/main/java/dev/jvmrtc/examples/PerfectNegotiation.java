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
import java.util.function.Consumer;

/**
 * Perfect negotiation (webrtc-pc §10.7): both sides add media whenever they like, and when their offers collide the
 * polite one gives way. Here both add a track at the same moment, and both receive the other's.
 */
public final class PerfectNegotiation {

    /** What travels: a description or a candidate. */
    record Signal(RTCSessionDescription description, RTCIceCandidate candidate, boolean endOfCandidates) {}

    /**
     * One side, written as the specification's example. All of it runs on the connection's executor, so that nothing
     * changes between a look and what follows.
     */
    static final class Side {
        final RTCPeerConnection pc = new RTCPeerConnection();
        final CompletableFuture<MediaStreamTrack> received = new CompletableFuture<>();
        private final boolean polite;
        private boolean makingOffer;
        private boolean ignoreOffer;
        private boolean settingRemoteAnswer;
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
                        sendDescription();
                    }
                });
            });
        }

        /**
         * Called where a future of setLocalDescription completes, in the task that has set the description: the getter
         * gives that one and no later one.
         */
        private void sendDescription() {
            send.accept(new Signal(pc.getLocalDescription(), null, false));
        }

        /** From any thread, in the order in which signals came. */
        void receive(Signal s) {
            pc.execute(() -> {
                if (s.description == null) {
                    receiveCandidate(s.candidate);
                } else {
                    receiveDescription(s.description);
                }
            });
        }

        private void receiveCandidate(RTCIceCandidate candidate) {
            boolean ofIgnoredOffer =
                    ignoreOffer; // as it is when the candidate comes, not when it has been added in vain
            pc.addIceCandidate(candidate).exceptionally(e -> {
                if (!ofIgnoredOffer) {
                    System.err.println("candidate: " + e.getMessage());
                }
                return null;
            });
        }

        private void receiveDescription(RTCSessionDescription description) {
            boolean offer = description.getType() == RTCSdpType.OFFER;
            boolean ready = !makingOffer && (pc.getSignalingState() == RTCSignalingState.STABLE || settingRemoteAnswer);
            ignoreOffer = !polite && offer && !ready;
            if (ignoreOffer) {
                return;
            }
            settingRemoteAnswer = !offer;
            pc.setRemoteDescription(description)
                    .whenComplete((v, error) -> settingRemoteAnswer = false)
                    .thenCompose(v -> offer
                            ? pc.setLocalDescription().thenRun(this::sendDescription)
                            : CompletableFuture.completedFuture(null))
                    .exceptionally(e -> {
                        System.err.println((polite ? "polite" : "impolite") + " side: " + e.getMessage());
                        return null;
                    });
        }

        void addVideo() {
            pc.addTrack(MediaDevices.generated()
                    .getUserMedia(new MediaStreamConstraints(false, true))
                    .join()
                    .getTracks()
                    .get(0));
        }
    }

    public static void main(String[] args) {
        Side polite = new Side(true);
        Side impolite = new Side(false);
        // In real life this is a WebSocket, whose thread calls receive.
        polite.send = impolite::receive;
        impolite.send = polite::receive;
        polite.addVideo();
        impolite.addVideo();
        System.out.println("the polite side receives " + polite.received.join().getKind() + ", the impolite side "
                + impolite.received.join().getKind());
        boolean connected = polite.pc.getConnectionState() == RTCPeerConnectionState.CONNECTED;
        System.out.println(
                connected ? "connected" : polite.pc.getConnectionState().toString());
        polite.pc.close();
        impolite.pc.close();
        System.exit(0);
    }

    private PerfectNegotiation() {}
}
