package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of channels when the answer refuses the data section that they wait for. */
@Timeout(60)
class RefusedDataTest {

    private static CompletableFuture<String> closed(RTCDataChannel c) {
        CompletableFuture<String> end = new CompletableFuture<>();
        CompletableFuture<String> error = new CompletableFuture<>();
        c.onError(e -> error.complete(e.error().getMessage()));
        c.onClose(e -> end.complete(error.getNow("no error")));
        return end;
    }

    /** b knows nothing of data channels. */
    private static RTCSessionDescription withoutData(RTCSessionDescription answer) {
        String sdp = answer.getSdp();
        int at = sdp.indexOf("m=application");
        return new RTCSessionDescription(
                answer.getType(),
                sdp.substring(0, at).replaceFirst("BUNDLE 0 1", "BUNDLE 0")
                        + "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n");
    }

    private static void refuse(TwoPeers p) {
        await(p.a.setLocalDescription());
        await(p.b.setRemoteDescription(p.a.getLocalDescription()));
        RTCSessionDescription refusing = withoutData(await(p.b.createAnswer()));
        await(p.b.setLocalDescription(refusing));
        await(p.a.setRemoteDescription(refusing));
    }

    @Test
    void aChannelThatWaitsIsClosedOnBothSidesAndTheNextOneAsksAgain() {
        try (TwoPeers p = new TwoPeers()) {
            AtomicInteger needed = new AtomicInteger();
            p.a.addTransceiver("audio");
            RTCDataChannel c = p.a.createDataChannel("c");
            RTCDataChannel theirs = p.b.createDataChannel("theirs");
            CompletableFuture<String> end = closed(c);
            CompletableFuture<String> theirEnd = closed(theirs);
            refuse(p);
            assertEquals("the data section was refused in the answer", await(end));
            assertEquals("the data section was refused in the answer", await(theirEnd));
            assertEquals(RTCDataChannelState.CLOSED, c.getReadyState());
            p.a.onNegotiationNeeded(e -> needed.incrementAndGet());
            await(p.a.getStats()); // a task after all that the answer led to
            assertEquals(0, needed.get(), "nothing asks for what was refused");
            RTCDataChannel again = p.a.createDataChannel("again");
            p.negotiate();
            await(opened(again));
        }
    }

    @Test
    void aChannelMadeBeforeAnOfferWithoutDataWaitsForTheNext() {
        try (TwoPeers p = new TwoPeers()) {
            p.b.addTransceiver("audio");
            RTCDataChannel c = p.a.createDataChannel("c");
            TwoPeers.negotiate(p.b, p.a);
            assertEquals(RTCDataChannelState.CONNECTING, c.getReadyState());
            assertFalse(p.a.getLocalDescription().getSdp().contains("m=application"));
            p.negotiate();
            await(opened(c));
        }
    }
}
