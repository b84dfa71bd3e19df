package dev.jvmrtc.examples;

import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCSessionDescription;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * Signalling by hand: start it twice, once with {@code offer} and once with {@code answer}, carry one line each way by
 * copy and paste, and chat. Shows that WebRTC needs no server, only some way to carry two texts.
 */
public final class CopyPaste {

    public static void main(String[] args) throws IOException {
        run(
                args.length > 0 && args[0].equals("answer"),
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                System.out);
    }

    static void run(boolean answer, BufferedReader in, PrintStream out) throws IOException {
        RTCPeerConnection pc = new RTCPeerConnection();
        CompletableFuture<RTCDataChannel> open = new CompletableFuture<>();
        if (answer) {
            out.println("Paste the line of the other side:");
            pc.onDataChannel(e -> chat(e.channel(), open, out));
            pc.setRemoteDescription(RTCSessionDescription.ofJson(in.readLine()))
                    .thenCompose(v -> pc.setLocalDescription())
                    .join();
        } else {
            chat(pc.createDataChannel("chat"), open, out);
            pc.setLocalDescription().join();
        }
        RTCSessionDescription all = pc.gathered().join();
        out.println("Give this line to the other side:");
        out.println(all.toJsonString());
        if (!answer) {
            out.println("Paste the line of the other side:");
            pc.setRemoteDescription(RTCSessionDescription.ofJson(in.readLine())).join();
        }
        RTCDataChannel channel = open.join();
        out.println("Connected. Type away; an empty line ends.");
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            channel.send(line);
        }
        pc.close();
    }

    private static void chat(RTCDataChannel c, CompletableFuture<RTCDataChannel> open, PrintStream out) {
        c.onOpen(e -> open.complete(c));
        c.onMessage(m -> out.println("> " + m.text()));
        c.onClose(e -> out.println("The other side has gone."));
    }

    private CopyPaste() {}
}
