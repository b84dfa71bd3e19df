package dev.jvmrtc.examples;

import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import java.util.concurrent.CompletableFuture;

/** Two peers in one JVM, in ten lines. */
public final class TwoPeers {

    public static void main(String[] args) {
        RTCPeerConnection a = new RTCPeerConnection();
        RTCPeerConnection b = new RTCPeerConnection();
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
        CompletableFuture<String> message = new CompletableFuture<>();
        b.onDataChannel(e -> e.channel().onMessage(m -> message.complete(m.text())));
        RTCDataChannel channel = a.createDataChannel("chat");
        channel.onOpen(e -> channel.send("hello from the other side"));
        a.setLocalDescription()
                .thenCompose(v -> b.setRemoteDescription(a.getLocalDescription()))
                .thenCompose(v -> b.setLocalDescription())
                .thenCompose(v -> a.setRemoteDescription(b.getLocalDescription()))
                .join();
        System.out.println(message.join());
        a.close();
        b.close();
    }

    private TwoPeers() {}
}
