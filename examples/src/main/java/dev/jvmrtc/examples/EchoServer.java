package dev.jvmrtc.examples;

import com.sun.net.httpserver.HttpServer;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCRtpTransceiverDirection;
import java.io.IOException;
import java.net.InetSocketAddress;

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
        return HttpSignalling.answer(new InetSocketAddress("127.0.0.1", port), "/", EchoServer::echo);
    }

    private static RTCPeerConnection echo() {
        RTCPeerConnection pc = new RTCPeerConnection();
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
        return pc;
    }

    private EchoServer() {
    }
}
