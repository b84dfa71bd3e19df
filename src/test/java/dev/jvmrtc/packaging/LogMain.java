package dev.jvmrtc.packaging;

import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Run in a JVM of its own: two connections, a channel, a description that is refused, the end. */
public final class LogMain {

    public static void main(String[] args) throws Exception {
        RTCPeerConnectionFactory factory =
                RTCPeerConnectionFactory.builder().includeLoopback(true).build();
        RTCPeerConnection a = factory.createPeerConnection();
        RTCPeerConnection b = factory.createPeerConnection();
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
        CompletableFuture<Void> open = new CompletableFuture<>();
        RTCDataChannel channel = a.createDataChannel("c\nhostile");
        channel.onOpen(e -> open.complete(null));
        a.setLocalDescription()
                .thenCompose(v -> b.setRemoteDescription(a.getLocalDescription()))
                .thenCompose(v -> b.setLocalDescription())
                .thenCompose(v -> a.setRemoteDescription(b.getLocalDescription()))
                .get(20, TimeUnit.SECONDS);
        open.get(20, TimeUnit.SECONDS);
        a.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, "nonsense"))
                .exceptionally(e -> null)
                .get(20, TimeUnit.SECONDS);
        a.close();
        b.close();
        a.closed().get(20, TimeUnit.SECONDS);
        b.closed().get(20, TimeUnit.SECONDS);
        System.out.println("end");
        System.exit(0);
    }

    private LogMain() {}
}
