package dev.jvmrtc.examples;

import dev.jvmrtc.DataChannelStreams;
import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes a TCP port of one machine reachable on another, through NATs and encrypted: each TCP connection becomes two
 * data channels, one for each direction, so that either may end before the other. Shows channels as streams.
 */
public final class Tunnel {
    private static final int BLOCK = 16_384;
    /** The channel that carries no TCP connection. */
    private static final String CONTROL = "control";

    public static void main(String[] args) throws Exception {
        if (args.length >= 2 && args[0].equals("serve")) {
            int colon = args[1].lastIndexOf(':');
            String host = args.length > 2 ? args[2] : "127.0.0.1";
            String path = "/" + Door.token();
            InetSocketAddress at = new InetSocketAddress(host, args.length > 3 ? Integer.parseInt(args[3]) : 8084);
            HttpSignalling.Server http = serve(
                    new InetSocketAddress(args[1].substring(0, colon), Integer.parseInt(args[1].substring(colon + 1))),
                    at,
                    path);
            System.out.println("Reach " + args[1] + " by: examples/run tunnel listen PORT http://" + host + ":"
                    + http.port() + path + "\nCtrl-C ends.");
        } else if (args.length == 3 && args[0].equals("listen")) {
            Listener l = new Listener(Integer.parseInt(args[1]), URI.create(args[2]));
            System.out.println("127.0.0.1:" + l.port() + " leads there now. Ctrl-C ends.");
            l.await();
        } else {
            System.err.println(
                    "usage: tunnel serve TARGET:PORT [HOST [PORT]]   HOST is an address of this machine that the other reaches; default 127.0.0.1\n"
                            + "       tunnel listen PORT URL");
            System.exit(2);
        }
    }

    // ---------------------------------------------------------------- the side that reaches the target

    static HttpSignalling.Server serve(InetSocketAddress target, InetSocketAddress at, String path) {
        return HttpSignalling.answer(at, path, () -> {
            RTCPeerConnection pc = new RTCPeerConnection();
            pc.onDataChannel(e -> {
                if (e.channel().getLabel().equals(CONTROL)) {
                    return;
                }
                DataChannelStreams there = e.channel().openStreams();
                DataChannelStreams back =
                        pc.createDataChannel(e.channel().getLabel()).openStreams();
                new Thread(
                                () -> connect(target, there, back),
                                "tunnel " + e.channel().getLabel())
                        .start();
            });
            closeWhenLost(pc);
            return pc;
        });
    }

    private static void connect(InetSocketAddress target, DataChannelStreams there, DataChannelStreams back) {
        try {
            carry(new Socket(target.getAddress(), target.getPort()), there, back);
        } catch (IOException e) {
            System.err.println(target + ": " + e.getMessage());
            end(there);
            end(back);
        }
    }

    // ---------------------------------------------------------------- the side that listens

    /** A port here that leads to the target there. */
    static final class Listener implements AutoCloseable {
        private record Waiting(Socket socket, DataChannelStreams there) {}

        private final RTCPeerConnection pc = new RTCPeerConnection();
        private final Map<String, Waiting> waiting = new HashMap<>();
        private final ServerSocket server;
        private final Thread thread = new Thread(this::accept, "tunnel");
        private int next;

        Listener(int port, URI uri) throws IOException, InterruptedException {
            server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
            pc.createDataChannel(CONTROL); // so that there is something to negotiate
            pc.onDataChannel(e -> {
                DataChannelStreams back = e.channel().openStreams();
                Waiting w;
                synchronized (waiting) {
                    w = waiting.remove(e.channel().getLabel());
                }
                if (w == null) {
                    e.channel().close();
                } else {
                    new Thread(
                                    () -> carry(w.socket, back, w.there),
                                    "tunnel " + e.channel().getLabel())
                            .start();
                }
            });
            closeWhenLost(pc);
            HttpSignalling.offer(pc, uri);
            thread.start();
        }

        int port() {
            return server.getLocalPort();
        }

        void await() throws InterruptedException {
            thread.join();
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    String label = "connection " + next++;
                    synchronized (waiting) {
                        RTCDataChannel there = pc.createDataChannel(label);
                        waiting.put(label, new Waiting(socket, there.openStreams()));
                    }
                } catch (IOException e) {
                    return; // closed
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            pc.close();
        }
    }

    // ---------------------------------------------------------------- both

    private static void closeWhenLost(RTCPeerConnection pc) {
        pc.onConnectionStateChange(e -> {
            if (pc.getConnectionState() == RTCPeerConnectionState.FAILED) {
                pc.close();
            }
        });
    }

    /** Carries both directions until each has ended. */
    private static void carry(Socket socket, DataChannelStreams in, DataChannelStreams out) {
        Thread other = new Thread(
                () -> {
                    try {
                        copy(socket.getInputStream(), out.getOutputStream());
                    } catch (IOException e) {
                        // The socket or the channel has gone: no more in this direction.
                    }
                    end(out);
                },
                Thread.currentThread().getName() + " back");
        other.start();
        try (socket) {
            copy(in.getInputStream(), socket.getOutputStream());
            socket.shutdownOutput();
            other.join();
        } catch (IOException e) {
            // The same.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(in);
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int n = from.read(block); n >= 0; n = from.read(block)) {
            to.write(block, 0, n);
            to.flush(); // whoever talks waits for an answer
        }
    }

    private static void end(DataChannelStreams streams) {
        try {
            streams.getInputStream().close();
            streams.getOutputStream().close();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    private Tunnel() {}
}
