package dev.jvmrtc.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Signalling in one HTTP request, as in WHIP: POST an offer with all its candidates, get the answer with all of its own. */
final class HttpSignalling {

    /**
     * Answers offers.
     *
     * @param path where offers are posted; one that cannot be guessed keeps strangers out
     * @param connections makes a connection for each offer, with handlers for what will come of it
     */
    static HttpServer answer(InetSocketAddress address, String path, Supplier<RTCPeerConnection> connections) throws IOException {
        HttpServer server = HttpServer.create(address, 0);
        server.createContext(path, x -> handle(x, path, connections));
        server.start();
        return server;
    }

    private static void handle(HttpExchange x, String path, Supplier<RTCPeerConnection> connections) throws IOException {
        if (!x.getRequestURI().getPath().equals(path) || !x.getRequestMethod().equals("POST")) {
            x.sendResponseHeaders(404, -1);
            x.close();
            return;
        }
        String offer = new String(x.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        RTCPeerConnection pc = connections.get();
        CompletableFuture<Void> gathered = gathered(pc);
        pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer)).thenCompose(v -> pc.setLocalDescription()).thenCompose(v -> gathered)
            .thenApply(v -> pc.getLocalDescription().getSdp()).whenComplete((sdp, error) -> {
                try (x) {
                    byte[] body = (error == null ? sdp : error.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
                    x.getResponseHeaders().set("Content-Type", error == null ? "application/sdp" : "text/plain");
                    x.sendResponseHeaders(error == null ? 201 : 400, body.length);
                    x.getResponseBody().write(body);
                } catch (IOException e) {
                    System.err.println("the client has gone: " + e.getMessage());
                }
                if (error != null) {
                    pc.close();
                }
            });
    }

    /** Offers a connection, which has channels or media already, to whoever answers at the address. */
    static void offer(RTCPeerConnection pc, URI uri) throws IOException, InterruptedException {
        CompletableFuture<Void> gathered = gathered(pc);
        pc.setLocalDescription().thenCompose(v -> gathered).join();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(
            HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(pc.getLocalDescription().getSdp())).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new IOException(uri + " answers " + answer.statusCode() + " " + answer.body().strip());
        }
        pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, answer.body())).join();
    }

    private static CompletableFuture<Void> gathered(RTCPeerConnection pc) {
        CompletableFuture<Void> gathered = new CompletableFuture<>();
        pc.onIceCandidate(e -> {
            if (e.candidate() == null) {
                gathered.complete(null);
            }
        });
        return gathered;
    }

    private HttpSignalling() {
    }
}
