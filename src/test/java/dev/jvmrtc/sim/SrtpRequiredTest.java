package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.session.plan.SessionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A peer whose DTLS knows no SRTP profile of ours: good for channels, and for media an error that says so. */
class SrtpRequiredTest {
    private static final long SECOND = 1_000_000_000L;
    private static final String SENTENCE =
            "media was negotiated, but DTLS agreed on no SRTP protection profile (use_srtp, RFC 5764): "
                    + "the peer has to support one of AEAD_AES_128_GCM, AEAD_AES_256_GCM, AES_CM_128_HMAC_SHA1_80";

    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final SimPeer a = peer("a", "10.0.0.1", 2);
    private final SimPeer b = peer("b", "10.0.0.2", 3);

    private SimPeer peer(String name, String ip, long seed) {
        RandomSource random = RandomSource.seeded(seed);
        return new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new StandInDtls(id, out, random).withoutSrtp(),
                BundlePolicy.MAX_BUNDLE);
    }

    private void call(Direction media) {
        a.connectTo(b);
        b.connectTo(a);
        a.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        if (media != null) {
            a.negotiator.addTransceiver(MediaKind.AUDIO, media, false, "v");
        }
        a.negotiate();
    }

    private static List<SessionEvent.DtlsState> states(SimPeer p) {
        return p.events.stream()
                .filter(SessionEvent.DtlsStateChanged.class::isInstance)
                .map(e -> ((SessionEvent.DtlsStateChanged) e).state())
                .toList();
    }

    private static String failure(SimPeer p) {
        return p.events.stream()
                .filter(SessionEvent.DtlsStateChanged.class::isInstance)
                .map(e -> ((SessionEvent.DtlsStateChanged) e).failure())
                .filter(f -> f != null)
                .findFirst()
                .orElse(null);
    }

    @Test
    void withMediaTheTransportFailsWithASentenceAndIsNeverConnected() {
        call(Direction.SENDRECV);
        assertTrue(
                SimPeer.runUntil(network, List.of(a, b), 10 * SECOND, () -> failure(a) != null && failure(b) != null));
        for (SimPeer p : List.of(a, b)) {
            assertEquals(SENTENCE, failure(p));
            assertEquals(List.of(SessionEvent.DtlsState.CONNECTING, SessionEvent.DtlsState.FAILED), states(p));
        }
    }

    @Test
    void channelsNeedNoSrtpAndMediaThatComesLaterDoes() {
        call(null);
        assertTrue(SimPeer.runUntil(network, List.of(a, b), 10 * SECOND, () -> b.labels.containsValue("x")));
        a.negotiator.addTransceiver(MediaKind.AUDIO, Direction.INACTIVE, false, "v");
        a.negotiate();
        SimPeer.runUntil(network, List.of(a, b), 2 * SECOND, () -> false);
        assertEquals(
                List.of(SessionEvent.DtlsState.CONNECTING, SessionEvent.DtlsState.CONNECTED),
                states(a),
                "nothing is to be sent");
        a.negotiator.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, "w");
        a.negotiate();
        assertTrue(SimPeer.runUntil(
                network,
                List.of(a, b),
                10 * SECOND,
                () -> failure(b) != null && states(a).contains(SessionEvent.DtlsState.CLOSED)));
        assertEquals(
                SENTENCE,
                failure(b),
                "it answers, so it is the first to have media agreed on, and tells the other that it is over");
    }
}
