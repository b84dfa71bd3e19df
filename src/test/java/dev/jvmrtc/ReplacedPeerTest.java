package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that begins anew under the certificate of before, as a server that was started again: only a=tls-id tells. */
@Timeout(60)
class ReplacedPeerTest {

    @Test
    void anotherAssociationOfTheSameCertificateIsTakenOn() {
        try (TwoPeers p = new TwoPeers();
                RTCPeerConnection c = TwoPeers.FACTORY.createPeerConnection()) {
            RTCDataChannel first = p.a.createDataChannel("first");
            p.negotiate();
            await(opened(first));
            assertEquals(
                    fingerprint(p.b.getLocalDescription()),
                    fingerprint(p.a.getLocalDescription()),
                    "one certificate for all connections of the factory");
            CompletableFuture<Void> firstClosed = new CompletableFuture<>();
            first.onClose(e -> firstClosed.complete(null));
            p.a.onIceCandidate(e -> c.addIceCandidate(e.candidate()));
            p.b.onIceCandidate(null);
            c.onIceCandidate(e -> p.a.addIceCandidate(e.candidate()));
            RTCDataChannel second = c.createDataChannel("second");
            TwoPeers.negotiate(c, p.a);
            await(firstClosed);
            await(opened(second));
            await(opened(p.a.createDataChannel("of the old side")));
        }
    }

    private static String fingerprint(RTCSessionDescription d) {
        return d.getSdp()
                .lines()
                .filter(l -> l.startsWith("a=fingerprint:"))
                .findFirst()
                .orElseThrow();
    }
}
