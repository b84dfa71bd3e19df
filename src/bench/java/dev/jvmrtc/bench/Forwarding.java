package dev.jvmrtc.bench;

import dev.jvmrtc.RTCConfiguration;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCRtpSender;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.media.RtpSource;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.srtp.SrtpSender;
import dev.jvmrtc.srtp.SrtpSuite;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * What a server allocates for one RTP packet of 1,200 bytes that one connection receives and fifty others send on: by
 * all of its loops and task threads, over loopback, with both ciphers. Publisher and receivers live in this process
 * too, on a loop of their own that is not counted. JSON lines as those of {@link Bench}.
 */
public final class Forwarding {
    private static final int RECEIVERS = Integer.getInteger("forwarding.receivers", 50);
    private static final int PACKETS = Integer.getInteger("forwarding.packets", 6_000);
    private static final int PER_SECOND = Integer.getInteger("forwarding.rate", 100);
    private static final int PACKET = 1_200;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RTCPeerConnectionFactory clients = RTCPeerConnectionFactory.builder()
            .executor(Runnable::run)
            .eventLoops(1)
            .build();
    private final RTCPeerConnectionFactory server = server();
    private final LongAdder forwardedPackets = new LongAdder();
    private final LongAdder came = new LongAdder();

    private static RTCPeerConnectionFactory server() {
        RTCPeerConnectionFactory.Builder b = RTCPeerConnectionFactory.builder().eventLoops(2);
        return ("default".equals(System.getenv("EXECUTOR")) ? b : b.executor(Runnable::run)).build();
    }

    public static void main(String[] args) throws Exception {
        for (SrtpProfile p : List.of(SrtpProfile.AES_CM_128_HMAC_SHA1_80, SrtpProfile.AEAD_AES_128_GCM)) {
            prefer(p);
            new Forwarding().measure(p);
        }
        System.exit(0);
    }

    /** DTLS takes the first profile that both have; there is no setting for it, nor need of one but here. */
    private static void prefer(SrtpProfile first) throws ReflectiveOperationException {
        Field field = SrtpProfile.class.getDeclaredField("$VALUES");
        field.setAccessible(true);
        SrtpProfile[] order = (SrtpProfile[]) field.get(null);
        Arrays.sort(order, (a, b) -> a == first ? -1 : b == first ? 1 : 0);
    }

    private void measure(SrtpProfile profile) throws Exception {
        // A connection starts the loop of the clients, which is then known from those of the server.
        RTCPeerConnection publisher = clients.createPeerConnection(config());
        publisher.createDataChannel("starts");
        Thread.sleep(500);
        Set<Long> notCounted = new HashSet<>(ids());
        RTCPeerConnection in = server.createPeerConnection(config());
        RtpSource forwarded = new RtpSource("video", EncodedFormat.of("VP8"));
        RtpSource camera = new RtpSource("video", EncodedFormat.of("VP8"));
        in.onTrack(e -> e.track().addSink(forwarder(forwarded)));
        connect(publisher, in, publisher.addTrack(camera.createTrack()));
        List<RTCPeerConnection> all = new ArrayList<>(List.of(publisher, in));
        for (int i = 0; i < RECEIVERS; i++) {
            RTCPeerConnection out = server.createPeerConnection(config());
            RTCPeerConnection receiver = clients.createPeerConnection(config());
            receiver.onTrack(e -> e.track().addSink(counter()));
            connect(out, receiver, out.addTrack(forwarded.createTrack()));
            all.addAll(List.of(out, receiver));
        }
        push(camera, 0, PACKETS); // for the compiler
        came.reset();
        forwardedPackets.reset();
        long allocated = allocated(notCounted);
        long began = System.nanoTime();
        push(camera, PACKETS, PACKETS);
        long packets = forwardedPackets.sum();
        double each = (double) (allocated(notCounted) - allocated) / packets;
        double ciphers = (1 + RECEIVERS) * ciphersAlone(profile);
        String details = String.format(
                Locale.ROOT,
                "\"receivers\":%d,\"packets\":%d,\"arrived\":%.4f,\"seconds\":%.1f,\"of_it_ciphers_B\":%.0f",
                RECEIVERS,
                packets,
                came.sum() / (double) packets / RECEIVERS,
                (System.nanoTime() - began) / 1e9,
                ciphers);
        System.out.printf(
                Locale.ROOT,
                "{\"peer\":\"jvmrtc\",\"metric\":\"forward_%s_alloc_B\",\"value\":%.0f,\"unit\":\"B\",\"details\":{%s}}%n",
                profile,
                each,
                details);
        all.forEach(RTCPeerConnection::close);
        Thread.sleep(1_000);
        clients.close();
        server.close();
    }

    private static RTCConfiguration config() {
        return RTCConfiguration.builder().build();
    }

    private MediaSink forwarder(RtpSource to) {
        return new MediaSink() {
            @Override
            public boolean wantsRtp() {
                return true;
            }

            @Override
            public void onRtpPacket(ByteBuf packet) {
                forwardedPackets.increment();
                to.push(packet.retain());
            }
        };
    }

    private MediaSink counter() {
        return new MediaSink() {
            @Override
            public boolean wantsRtp() {
                return true;
            }

            @Override
            public void onRtpPacket(ByteBuf packet) {
                came.increment();
            }
        };
    }

    private static void connect(RTCPeerConnection a, RTCPeerConnection b, RTCRtpSender sender) throws Exception {
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()).exceptionally(early -> null));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()).exceptionally(early -> null));
        CompletableFuture<Void> sending = new CompletableFuture<>();
        sender.onCodecChange(e -> sending.complete(null));
        CompletableFuture<Void> up = new CompletableFuture<>();
        a.addEventListener(RTCPeerConnection.CONNECTION_STATE_CHANGE, e -> {
            if (a.getConnectionState() == RTCPeerConnectionState.CONNECTED) {
                up.complete(null);
            }
        });
        a.setLocalDescription()
                .thenCompose(v -> b.setRemoteDescription(a.getLocalDescription()))
                .thenCompose(v -> b.setLocalDescription())
                .thenCompose(v -> a.setRemoteDescription(b.getLocalDescription()))
                .get(20, TimeUnit.SECONDS);
        up.get(20, TimeUnit.SECONDS);
        sending.get(20, TimeUnit.SECONDS);
    }

    /** Packets of a frame each, a key frame every hundred, no faster than fifty receivers are served here. */
    private static void push(RtpSource camera, int first, int count) {
        long due = System.nanoTime();
        for (int i = first; i < first + count; i++) {
            byte[] p = new byte[PACKET];
            p[0] = (byte) 0x80;
            p[1] = (byte) 0x80;
            p[2] = (byte) (i >> 8);
            p[3] = (byte) i;
            long timestamp = i * 225L;
            for (int b = 0; b < 4; b++) {
                p[4 + b] = (byte) (timestamp >> 24 - 8 * b);
            }
            p[11] = 7;
            p[12] = 0x10; // VP8: the beginning of a partition
            p[13] = (byte) (i % 100 == 0 ? 0 : 1);
            camera.push(p);
            due += 1_000_000_000L / PER_SECOND;
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
        LockSupport.parkNanos(1_000_000_000L);
    }

    /**
     * What the ciphers allocate for one packet: with GCM what JCA does for each, which nobody who uses it can avoid,
     * and nothing of ours.
     */
    private static double ciphersAlone(SrtpProfile profile) {
        SrtpSuite suite = SrtpSuite.valueOf(profile.name());
        SrtpSender[] senders = new SrtpSender[RECEIVERS];
        for (int i = 0; i < RECEIVERS; i++) {
            senders[i] = new SrtpSender(suite, new byte[suite.keyLength()], new byte[suite.saltLength()]);
        }
        byte[] header = new byte[24];
        header[0] = (byte) 0x90;
        header[15] = 2; // words of extensions
        byte[] payload = new byte[PACKET - 12];
        int n = 4_000;
        long before = 0;
        for (int i = 0; i < 2 * n; i++) {
            if (i == n) {
                before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            }
            header[2] = (byte) (i >> 8);
            header[3] = (byte) i;
            for (SrtpSender s : senders) {
                s.protectRtp(header, header.length, payload, 0, payload.length, false);
            }
        }
        long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        return (double) allocated / n / RECEIVERS;
    }

    private static List<Long> ids() {
        return Arrays.stream(THREADS.getAllThreadIds()).boxed().toList();
    }

    /** By the server's threads: those of the library that are not the clients'. */
    private static long allocated(Set<Long> notCounted) {
        long sum = 0;
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            if (t.getName().startsWith("jvmrtc") && !notCounted.contains(t.getId())) {
                sum += THREADS.getThreadAllocatedBytes(t.getId());
            }
        }
        return sum;
    }
}
