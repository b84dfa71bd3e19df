package dev.jvmrtc.bench;

import dev.jvmrtc.DataCongestionControl;
import dev.jvmrtc.RTCConfiguration;
import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One end of a transfer between two machines: {@code send CONTROL} offers and sends as much as goes; {@code receive
 * WARMUP SECONDS} answers, and says on stderr how many megabytes a second came in so many seconds. Descriptions go over
 * stdin and stdout, a line each.
 */
public final class Wire {

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        RTCPeerConnectionFactory.Builder factory =
                RTCPeerConnectionFactory.builder().executor(Runnable::run).activeTcp(false);
        if (args[0].equals("send")) {
            send(
                    factory.dataCongestionControl(DataCongestionControl.valueOf(args[1]))
                            .build()
                            .createPeerConnection(RTCConfiguration.builder().build()),
                    in);
        } else {
            receive(
                    factory.build()
                            .createPeerConnection(RTCConfiguration.builder().build()),
                    in,
                    Integer.parseInt(args[1]),
                    Integer.parseInt(args[2]));
        }
        System.exit(0);
    }

    private static void send(RTCPeerConnection pc, BufferedReader in) throws Exception {
        RTCDataChannel c = pc.createDataChannel("wire");
        byte[] message = new byte[16_384];
        Runnable pump = () -> {
            while (c.getBufferedAmount() < 4 << 20) {
                c.send(message);
            }
        };
        c.setBufferedAmountLowThreshold(1 << 20);
        c.onBufferedAmountLow(e -> pump.run());
        c.onOpen(e -> pump.run());
        CompletableFuture<Void> end = new CompletableFuture<>();
        c.onClose(e -> end.complete(null));
        say(pc, pc.setLocalDescription());
        pc.setRemoteDescription(hear(in, RTCSdpType.ANSWER)).get();
        end.get();
    }

    private static void receive(RTCPeerConnection pc, BufferedReader in, int warmup, int seconds) throws Exception {
        long[] received = {0};
        CompletableFuture<Void> first = new CompletableFuture<>();
        pc.onDataChannel(e -> e.channel().onMessage(m -> {
            received[0] += m.bytes().remaining();
            first.complete(null);
        }));
        say(pc, pc.setRemoteDescription(hear(in, RTCSdpType.OFFER)).thenCompose(v -> pc.setLocalDescription()));
        first.get(20, TimeUnit.SECONDS);
        TimeUnit.SECONDS.sleep(warmup);
        long before = received[0];
        TimeUnit.SECONDS.sleep(seconds);
        System.err.printf(Locale.ROOT, "%.3f%n", (received[0] - before) / 1e6 / seconds);
        pc.close();
        pc.closed().get();
    }

    /** Describes ourselves to the other end once all candidates are there. */
    static void say(RTCPeerConnection pc, CompletableFuture<Void> described) throws Exception {
        CompletableFuture<Void> gathered = new CompletableFuture<>();
        pc.onIceCandidate(e -> {
            if (e.candidate() == null) {
                gathered.complete(null);
            }
        });
        described.thenCompose(v -> gathered).get();
        System.out.println(Base64.getEncoder()
                .encodeToString(pc.getLocalDescription().getSdp().getBytes(StandardCharsets.UTF_8)));
        System.out.flush();
    }

    /** What the other end says. */
    static RTCSessionDescription hear(BufferedReader in, RTCSdpType type) throws Exception {
        return new RTCSessionDescription(
                type, new String(Base64.getDecoder().decode(in.readLine()), StandardCharsets.UTF_8));
    }

    private Wire() {}
}
