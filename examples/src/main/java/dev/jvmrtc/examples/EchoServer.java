package dev.jvmrtc.examples;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCRtpTransceiverDirection;
import java.net.InetSocketAddress;

/**
 * An echo server for any client: POST an offer to {@code /}, get an answer with all candidates in it; messages and
 * media come back. Signalling is one HTTP request, as in WHIP. It has no secrets, so its address has none either; pages
 * of other sites are refused all the same, and so is the second half of a request that takes too long.
 */
public final class EchoServer {

    public static void main(String[] args) throws Exception {
        HttpSignalling.Server server = start(args.length > 0 ? Integer.parseInt(args[0]) : 8081);
        System.out.println("POST an SDP offer to http://localhost:" + server.port() + "/");
    }

    static HttpSignalling.Server start(int port) {
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
            if (pc.getConnectionState() == RTCPeerConnectionState.FAILED
                    || pc.getConnectionState() == RTCPeerConnectionState.DISCONNECTED) {
                pc.close();
            }
        });
        return pc;
    }

    private EchoServer() {}
}
