package dev.jvmrtc;

import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A STUN server on loopback that says that everybody comes from 203.0.113.9. */
final class StunServer implements AutoCloseable {
    final BlockingQueue<InetSocketAddress> askedBy = new LinkedBlockingQueue<>();
    private final DatagramSocket socket;

    StunServer() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
        Thread t = new Thread(this::run, "stun");
        t.setDaemon(true);
        t.start();
    }

    RTCIceServer server() {
        return RTCIceServer.builder()
                .urls(List.of("stun:127.0.0.1:" + socket.getLocalPort()))
                .build();
    }

    private void run() {
        try {
            while (true) {
                DatagramPacket p = new DatagramPacket(new byte[1_500], 1_500);
                socket.receive(p);
                askedBy.add((InetSocketAddress) p.getSocketAddress());
                StunMessage request = StunMessage.parse(p.getData(), 0, p.getLength());
                byte[] answer = StunMessage.write(
                                StunMessage.BINDING, StunClass.SUCCESS_RESPONSE, request.transactionId())
                        .xorMappedAddress(new InetSocketAddress("203.0.113.9", p.getPort()))
                        .fingerprinted();
                socket.send(new DatagramPacket(answer, answer.length, p.getSocketAddress()));
            }
        } catch (IOException | MalformedException e) {
            // the end of the socket is the end of the server
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
