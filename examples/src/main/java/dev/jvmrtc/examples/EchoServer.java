package dev.jvmrtc.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCRtpTransceiverDirection;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * An echo server for any client: POST an offer to {@code /}, get an answer with all candidates in it; messages and media come back. Signalling is one HTTP
 * request, as in WHIP.
 */
public final class EchoServer {

    public static void main(String[] args) throws Exception {
        HttpServer server = start(args.length > 0 ? Integer.parseInt(args[0]) : 8081);
        System.out.println("POST an SDP offer to http://localhost:" + server.getAddress().getPort() + "/");
    }

    static HttpServer start(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", EchoServer::handle);
        server.start();
        return server;
    }

    private static void handle(HttpExchange x) throws IOException {
        String offer = new String(x.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        answer(offer).whenComplete((sdp, error) -> {
            try (x) {
                byte[] body = (error == null ? sdp : error.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
                x.getResponseHeaders().set("Content-Type", error == null ? "application/sdp" : "text/plain");
                x.sendResponseHeaders(error == null ? 201 : 400, body.length);
                x.getResponseBody().write(body);
            } catch (IOException e) {
                System.err.println("the client has gone: " + e.getMessage());
            }
        });
    }

    static CompletableFuture<String> answer(String offer) {
        RTCPeerConnection pc = new RTCPeerConnection();
        CompletableFuture<Void> gathered = new CompletableFuture<>();
        pc.onIceCandidate(e -> {
            if (e.candidate() == null) {
                gathered.complete(null);
            }
        });
        pc.onTrack(e -> {
            e.transceiver().getSender().replaceTrack(e.track());
            e.transceiver().setDirection(RTCRtpTransceiverDirection.SENDRECV);
        });
        pc.onDataChannel(e -> e.channel().onMessage(m -> {
            if (m.isBinary()) {
                e.channel().send(m.bytes());
            } else {
                e.channel().send(m.text());
            }
        }));
        pc.onConnectionStateChange(e -> {
            if (pc.getConnectionState() == RTCPeerConnectionState.FAILED || pc.getConnectionState() == RTCPeerConnectionState.DISCONNECTED) {
                pc.close();
            }
        });
        return pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer)).thenCompose(v -> pc.setLocalDescription())
            .thenCompose(v -> gathered).thenApply(v -> pc.getLocalDescription().getSdp());
    }

    private EchoServer() {
    }
}
