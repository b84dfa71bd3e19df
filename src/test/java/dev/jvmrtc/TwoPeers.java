package dev.jvmrtc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Two connections of this JVM over loopback, with signalling between them that does what an application would. */
final class TwoPeers implements AutoCloseable {
    static final RTCPeerConnectionFactory FACTORY =
            RTCPeerConnectionFactory.builder().includeLoopback(true).build();

    final RTCPeerConnection a;
    final RTCPeerConnection b;

    TwoPeers() {
        this(RTCConfiguration.builder().build(), RTCConfiguration.builder().build());
    }

    TwoPeers(RTCConfiguration forA, RTCConfiguration forB) {
        this(FACTORY, forA, forB);
    }

    TwoPeers(RTCPeerConnectionFactory factory) {
        this(
                factory,
                RTCConfiguration.builder().build(),
                RTCConfiguration.builder().build());
    }

    TwoPeers(RTCPeerConnectionFactory factory, RTCConfiguration forA, RTCConfiguration forB) {
        a = factory.createPeerConnection(forA);
        b = factory.createPeerConnection(forB);
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
    }

    /** a offers, b answers. */
    void negotiate() {
        negotiate(a, b);
    }

    static void negotiate(RTCPeerConnection offerer, RTCPeerConnection answerer) {
        negotiate(offerer, answerer, answer -> answer);
    }

    /** @param onTheWay what signalling makes of the answer */
    static void negotiate(
            RTCPeerConnection offerer, RTCPeerConnection answerer, UnaryOperator<RTCSessionDescription> onTheWay) {
        await(offerer.setLocalDescription()
                .thenCompose(v -> answerer.setRemoteDescription(offerer.getLocalDescription()))
                .thenCompose(v -> answerer.setLocalDescription())
                .thenCompose(v -> offerer.setRemoteDescription(onTheWay.apply(answerer.getLocalDescription()))));
    }

    /** What a peer without BUNDLE would write: each section has a transport. */
    static RTCSessionDescription unbundled(RTCSessionDescription d) {
        return new RTCSessionDescription(d.getType(), d.getSdp().replaceAll("a=group:BUNDLE[^\r\n]*\r\n", ""));
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(15, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            throw new AssertionError(e.getCause());
        } catch (Exception e) {
            throw new AssertionError("waited 15 s in vain: " + e, e);
        }
    }

    /** Completes when the connection is in the state. */
    static CompletableFuture<Void> state(RTCPeerConnection pc, RTCPeerConnectionState wanted) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        pc.addEventListener(RTCPeerConnection.CONNECTION_STATE_CHANGE, e -> {
            if (pc.getConnectionState() == wanted) {
                reached.complete(null);
            }
        });
        if (pc.getConnectionState() == wanted) {
            reached.complete(null);
        }
        return reached;
    }

    static CompletableFuture<Void> opened(RTCDataChannel c) {
        CompletableFuture<Void> open = new CompletableFuture<>();
        c.addEventListener(RTCDataChannel.OPEN, e -> open.complete(null));
        if (c.getReadyState() == RTCDataChannelState.OPEN) {
            open.complete(null);
        }
        return open;
    }

    @Override
    public void close() {
        a.close();
        b.close();
        await(a.closed());
        await(b.closed());
    }
}
