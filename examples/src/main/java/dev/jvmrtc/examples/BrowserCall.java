package dev.jvmrtc.examples;

import dev.jvmrtc.RTCIceCandidate;
import dev.jvmrtc.RTCIceCandidateInit;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A connection with a browser whose signalling goes over a WebSocket: the part that all examples with a page have in
 * common. Each message is a description or a candidate as JSON.stringify writes it; {@code null} is the end of
 * candidates.
 */
final class BrowserCall implements SignallingServer.Session {
    private final RTCPeerConnection pc;
    private final Consumer<String> send;

    /** The connection comes with its handlers and tracks; the call adds signalling and closes it when the page goes. */
    BrowserCall(RTCPeerConnection pc, Consumer<String> send) {
        this.pc = pc;
        this.send = send;
        pc.onIceCandidate(e -> send.accept(json(e.candidate())));
    }

    private static String json(RTCIceCandidate candidate) {
        return candidate == null ? "null" : candidate.toJsonString();
    }

    /** Calls the page. */
    CompletableFuture<Void> offer() {
        return pc.setLocalDescription().thenRun(this::describe);
    }

    private void describe() {
        send.accept(pc.getLocalDescription().toJsonString());
    }

    @Override
    public void onText(String text) {
        receive(text).exceptionally(e -> {
            System.err.println("signalling: " + e.getMessage());
            return null;
        });
    }

    private CompletableFuture<Void> receive(String text) {
        if (!text.contains("\"type\"")) { // a candidate has none
            return pc.addIceCandidate(RTCIceCandidateInit.ofJson(text));
        }
        RTCSessionDescription description = RTCSessionDescription.ofJson(text);
        CompletableFuture<Void> set = pc.setRemoteDescription(description);
        return description.getType() == RTCSdpType.OFFER
                ? set.thenCompose(v -> pc.setLocalDescription()).thenRun(this::describe)
                : set;
    }

    @Override
    public void onClose() {
        pc.close();
    }
}
