package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client and a connection of a server that answers it and sends its messages back. */
final class EchoCall implements AutoCloseable {
    private static final Pattern CANDIDATE = Pattern.compile("(?<=a=)candidate:.+");

    final RTCPeerConnection client;
    final RTCPeerConnection server;
    final RTCDataChannel channel;
    final List<RTCIceCandidate> clientCandidates = new CopyOnWriteArrayList<>();
    final List<RTCIceCandidate> serverCandidates = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<String> echoed = new CompletableFuture<>();

    EchoCall(RTCPeerConnectionFactory clients, RTCPeerConnectionFactory servers) {
        this(clients, servers, c -> c);
    }

    /** @param onTheWay what signalling makes of the server's candidate lines */
    EchoCall(RTCPeerConnectionFactory clients, RTCPeerConnectionFactory servers, UnaryOperator<String> onTheWay) {
        client = clients.createPeerConnection();
        server = servers.createPeerConnection();
        client.onIceCandidate(e -> {
            keep(clientCandidates, e.candidate());
            server.addIceCandidate(e.candidate());
        });
        server.onIceCandidate(e -> {
            RTCIceCandidate c = e.candidate();
            keep(serverCandidates, c);
            if (c == null || c.getCandidate().isEmpty()) {
                client.addIceCandidate(c);
                return;
            }
            client.addIceCandidate(new RTCIceCandidateInit(
                    onTheWay.apply(c.getCandidate()), c.getSdpMid(), c.getSdpMLineIndex(), c.getUsernameFragment()));
        });
        server.onDataChannel(e -> e.channel().onMessage(m -> e.channel().send(m.text())));
        channel = client.createDataChannel("c");
        channel.onMessage(m -> echoed.complete(m.text()));
        TwoPeers.negotiate(client, server, answer -> carried(answer, onTheWay));
    }

    /**
     * What arrives of a description: it holds the candidates that there were when it was read, and those go the same
     * way as the ones that follow alone.
     */
    private static RTCSessionDescription carried(RTCSessionDescription description, UnaryOperator<String> onTheWay) {
        String sdp = CANDIDATE
                .matcher(description.getSdp())
                .replaceAll(m -> Matcher.quoteReplacement(onTheWay.apply(m.group())));
        return new RTCSessionDescription(description.getType(), sdp);
    }

    private static void keep(List<RTCIceCandidate> list, RTCIceCandidate c) {
        if (c != null && !c.getCandidate().isEmpty()) {
            list.add(c);
        }
    }

    static RTCPeerConnectionFactory.Builder loopback() {
        return RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(InetAddress::isLoopbackAddress);
    }

    void echo(String text) {
        await(opened(channel));
        echoed = new CompletableFuture<>();
        channel.send(text);
        assertEquals(text, await(echoed));
    }

    /** The candidates that the call goes over, the client's first. */
    RTCIceCandidatePair selectedPair() {
        return client.getSctp().getTransport().getIceTransport().getSelectedCandidatePair();
    }

    @Override
    public void close() {
        client.close();
        server.close();
        await(client.closed());
        await(server.closed());
    }
}
