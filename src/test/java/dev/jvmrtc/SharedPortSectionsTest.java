package dev.jvmrtc;

import static dev.jvmrtc.EchoCall.loopback;
import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Offers and answers of several sections, each with a transport, on one port. */
@Timeout(60)
class SharedPortSectionsTest {

    private static RTCSessionDescription unbundled(RTCSessionDescription d, boolean bundle) {
        return bundle ? d : TwoPeers.unbundled(d);
    }

    private static Set<String> fragments(String sdp) {
        Set<String> all = new HashSet<>();
        Matcher m = Pattern.compile("a=ice-ufrag:(\\S+)").matcher(sdp);
        while (m.find()) {
            all.add(m.group(1));
        }
        return all;
    }

    private static RTCPeerConnectionFactory servers(boolean tcp) {
        return tcp
                ? loopback().sharedTcpPort(0).udp(false).build()
                : loopback().sharedUdpPort(0).build();
    }

    @ParameterizedTest(name = "tcp {0}, the server offers {1}, bundled {2}, {3}")
    @CsvSource({
        "false,true,true,max-compat",
        "false,true,false,max-compat",
        "false,false,false,max-compat",
        "false,true,false,balanced",
        "true,true,true,balanced",
        "true,true,false,max-compat",
        "true,false,false,max-compat"
    })
    void eachSectionConnectsAndItsMediaArrives(boolean tcp, boolean serverOffers, boolean bundled, String policy)
            throws Exception {
        RTCConfiguration c = RTCConfiguration.builder()
                .bundlePolicy(RTCBundlePolicy.of(policy))
                .build();
        try (RTCPeerConnectionFactory servers = servers(tcp);
                RTCPeerConnectionFactory clients = loopback().build();
                RTCPeerConnection server = servers.createPeerConnection(c);
                RTCPeerConnection client = clients.createPeerConnection(c)) {
            server.onIceCandidate(e -> client.addIceCandidate(e.candidate()));
            client.onIceCandidate(e -> server.addIceCandidate(e.candidate()));
            RTCPeerConnection offerer = serverOffers ? server : client;
            RTCPeerConnection answerer = serverOffers ? client : server;
            EncodedAudioSource audio = new EncodedAudioSource("opus");
            EncodedVideoSource video = new EncodedVideoSource("VP8");
            offerer.addTrack(audio.createTrack(), new MediaStream());
            offerer.addTrack(video.createTrack(), new MediaStream());
            Map<String, CompletableFuture<Void>> arrived =
                    Map.of("audio", new CompletableFuture<>(), "video", new CompletableFuture<>());
            answerer.onTrack(e -> e.track()
                    .onEncodedFrame(f -> arrived.get(e.track().getKind()).complete(null)));
            List<CompletableFuture<Void>> connected = List.of(
                    state(server, RTCPeerConnectionState.CONNECTED), state(client, RTCPeerConnectionState.CONNECTED));
            await(offerer.setLocalDescription());
            await(answerer.setRemoteDescription(unbundled(offerer.getLocalDescription(), bundled)));
            await(answerer.setLocalDescription());
            await(offerer.setRemoteDescription(unbundled(answerer.getLocalDescription(), bundled)));
            connected.forEach(TwoPeers::await);
            assertEquals(
                    bundled ? 1 : 2,
                    offerer.getSenders().stream()
                            .map(RTCRtpSender::getTransport)
                            .distinct()
                            .count());
            audio.push(EncodedFrame.of(new byte[] {(byte) 0xfc, 1, 2}, "opus", 960, true));
            video.push(
                    EncodedFrame.of(new byte[] {0x10, 0, 0, (byte) 0x9d, 1, 0x2a, 16, 0, 16, 0}, "VP8", 3_000, true));
            await(arrived.get("audio"));
            await(arrived.get("video"));
            assertTrue(
                    await(servers.getSharedPortDropCounts()).keySet().stream().noneMatch(r -> r.contains("fragment")),
                    () -> await(servers.getSharedPortDropCounts()).toString());
        }
    }

    @Test
    void eachTransportHasCredentialsOfItsOwnThatStayUntilIceRestarts() {
        RTCConfiguration compat = RTCConfiguration.builder()
                .bundlePolicy(RTCBundlePolicy.MAX_COMPAT)
                .build();
        try (RTCPeerConnectionFactory shared = servers(false);
                TwoPeers p = new TwoPeers(shared, compat, compat)) {
            p.a.addTransceiver("audio");
            p.a.addTransceiver("video");
            Set<String> first = fragments(await(p.a.createOffer()).getSdp());
            assertEquals(2, first.size());
            assertEquals(
                    first,
                    fragments(await(p.a.createOffer()).getSdp()),
                    "an offer that nobody has set changes nothing");
            await(p.a.setLocalDescription());
            await(p.b.setRemoteDescription(unbundled(p.a.getLocalDescription(), false)));
            await(p.b.setLocalDescription());
            await(p.a.setRemoteDescription(unbundled(p.b.getLocalDescription(), false)));
            assertEquals(first, fragments(p.a.getLocalDescription().getSdp()));
            assertEquals(2, fragments(p.b.getLocalDescription().getSdp()).size());
            p.a.addTransceiver("audio");
            Set<String> second = fragments(await(p.a.createOffer()).getSdp());
            assertTrue(second.containsAll(first), "those that there are go on");
            p.a.restartIce();
            Set<String> restarted = fragments(await(p.a.createOffer()).getSdp());
            assertTrue(restarted.stream().noneMatch(second::contains), () -> second + " " + restarted);
            TwoPeers.negotiate(p.b, p.a);
        }
    }

    /** Pion 3: "SetRemoteDescription called with multiple conflicting ice-ufrag values". */
    @ParameterizedTest
    @ValueSource(strings = {"balanced", "max-compat", "max-bundle"})
    void withSocketsOfTheirOwnTransportsShareTheirCredentialsWithoutWhichPionRefusesOffers(String policy) {
        RTCConfiguration c = RTCConfiguration.builder()
                .bundlePolicy(RTCBundlePolicy.of(policy))
                .build();
        try (TwoPeers p = new TwoPeers(c, c)) {
            p.a.addTransceiver("audio");
            p.a.addTransceiver("video");
            p.a.addTransceiver("video");
            p.a.createDataChannel("d");
            assertEquals(1, fragments(await(p.a.createOffer()).getSdp()).size());
            p.negotiate();
            assertEquals(1, fragments(p.b.getLocalDescription().getSdp()).size());
            p.b.addTransceiver("audio");
            TwoPeers.negotiate(p.b, p.a);
            assertEquals(1, fragments(p.b.getLocalDescription().getSdp()).size());
        }
    }
}
