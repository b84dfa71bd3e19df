package dev.jvmrtc.examples;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.jvmrtc.RTCIceCandidate;
import dev.jvmrtc.RTCIceCandidateInit;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A connection with a browser whose signalling goes over a WebSocket: the part that all examples with a page have in common. */
final class BrowserCall implements SignallingServer.Session {
    private final RTCPeerConnection pc;
    private final Consumer<String> send;

    /** The connection comes with its handlers and tracks; the call adds signalling and closes it when the page goes. */
    BrowserCall(RTCPeerConnection pc, Consumer<String> send) {
        this.pc = pc;
        this.send = send;
        pc.onIceCandidate(e -> {
            JsonObject m = message("candidate");
            m.add("candidate", e.candidate() == null ? null : json(e.candidate()));
            send.accept(m.toString());
        });
    }

    /** Calls the page. */
    CompletableFuture<Void> offer() {
        return pc.setLocalDescription().thenRun(() -> describe("offer"));
    }

    private void describe(String type) {
        JsonObject m = message(type);
        m.addProperty("sdp", pc.getLocalDescription().getSdp());
        send.accept(m.toString());
    }

    private static JsonObject message(String type) {
        JsonObject m = new JsonObject();
        m.addProperty("type", type);
        return m;
    }

    private static JsonObject json(RTCIceCandidate c) {
        JsonObject o = new JsonObject();
        o.addProperty("candidate", c.getCandidate());
        o.addProperty("sdpMid", c.getSdpMid());
        o.addProperty("sdpMLineIndex", c.getSdpMLineIndex());
        o.addProperty("usernameFragment", c.getUsernameFragment());
        return o;
    }

    @Override
    public void onText(String text) {
        JsonObject m = JsonParser.parseString(text).getAsJsonObject();
        CompletableFuture<Void> done = switch (m.get("type").getAsString()) {
            case "offer" -> pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, m.get("sdp").getAsString()))
                .thenCompose(v -> pc.setLocalDescription()).thenRun(() -> describe("answer"));
            case "answer" -> pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, m.get("sdp").getAsString()));
            case "candidate" -> pc.addIceCandidate(candidate(m));
            default -> CompletableFuture.completedFuture(null);
        };
        done.exceptionally(e -> {
            System.err.println("signalling: " + e.getMessage());
            return null;
        });
    }

    private static RTCIceCandidateInit candidate(JsonObject m) {
        if (m.get("candidate").isJsonNull()) {
            return RTCIceCandidateInit.builder().build();
        }
        JsonObject c = m.getAsJsonObject("candidate");
        return RTCIceCandidateInit.builder().candidate(c.get("candidate").getAsString()).sdpMid(c.get("sdpMid").getAsString())
            .sdpMLineIndex(c.get("sdpMLineIndex").getAsInt()).build();
    }

    @Override
    public void onClose() {
        pc.close();
    }
}
