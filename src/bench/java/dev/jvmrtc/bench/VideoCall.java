package dev.jvmrtc.bench;

import dev.jvmrtc.RTCConfiguration;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCStats;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.VideoFrame;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One end of a call with frames that carry the time of their making: {@code send} makes 640x480 at 30 a second, a noisy
 * slope with a moving shape; {@code receive SECONDS} says each second on stderr what has come: kilobits, frames, the
 * longest gap between two, and the median delay from making to showing. Both ends share a machine, and thus a clock.
 * Descriptions go over stdin and stdout, a line each.
 */
public final class VideoCall {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    /** A bit of the time is a square this large, at the top. */
    private static final int CELL = 16;

    private static final int BITS = 30;

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        RTCPeerConnection pc = RTCPeerConnectionFactory.builder()
                .activeTcp(false)
                .build()
                .createPeerConnection(RTCConfiguration.builder().build());
        if (args[0].equals("send")) {
            send(pc, in);
        } else {
            receive(pc, in, Integer.parseInt(args[1]));
        }
        System.exit(0);
    }

    private static void send(RTCPeerConnection pc, BufferedReader in) throws Exception {
        VideoSource source = new VideoSource();
        pc.addTrack(source.createTrack());
        Wire.say(pc, pc.setLocalDescription());
        pc.setRemoteDescription(Wire.hear(in, RTCSdpType.ANSWER)).get();
        Random noise = new Random(1);
        int[] n = new int[1];
        Executors.newSingleThreadScheduledExecutor()
                .scheduleAtFixedRate(() -> source.push(draw(n[0]++, noise)), 0, 33_333, TimeUnit.MICROSECONDS);
        while (in.readLine() != null) {
            // until the other end has gone
        }
    }

    /** Tenths of milliseconds, of which so many bits are enough for a day. */
    private static int now() {
        return (int) (System.nanoTime() / 100_000) & (1 << BITS) - 1;
    }

    private static VideoFrame draw(int frame, Random noise) {
        int time = now();
        VideoFrame f = VideoFrame.allocate(WIDTH, HEIGHT, System.nanoTime() / 1_000);
        int left = (int) (WIDTH * (0.4 + 0.3 * Math.sin(frame / 20.0)));
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                boolean shape = y > 150 && y < 350 && x > left && x < left + 150;
                int v = shape ? 60 + ((x - left) * 13 + y * 7) % 120 : 60 + x / 8 + y / 8;
                f.y()[y * WIDTH + x] = (byte) (v + noise.nextInt(5));
            }
        }
        java.util.Arrays.fill(f.u(), (byte) 120);
        java.util.Arrays.fill(f.v(), (byte) 135);
        for (int bit = 0; bit < BITS; bit++) {
            for (int y = 0; y < CELL; y++) {
                java.util.Arrays.fill(f.y(), y * WIDTH + bit * CELL, y * WIDTH + bit * CELL + CELL, (byte)
                        ((time >> bit & 1) != 0 ? 220 : 30));
            }
        }
        return f;
    }

    private static int time(VideoFrame f) {
        int time = 0;
        for (int bit = 0; bit < BITS; bit++) {
            time |= (f.y()[CELL / 2 * f.yStride() + bit * CELL + CELL / 2] & 0xFF) > 125 ? 1 << bit : 0;
        }
        return time;
    }

    private static void receive(RTCPeerConnection pc, BufferedReader in, int seconds) throws Exception {
        List<Integer> delays = Collections.synchronizedList(new ArrayList<>());
        long[] shown = new long[2]; // the last, and the longest gap
        pc.onTrack(e -> e.track().onVideoFrame(f -> {
            delays.add((now() - time(f)) & (1 << BITS) - 1);
            long at = System.nanoTime();
            shown[1] = shown[0] == 0 ? 0 : Math.max(shown[1], at - shown[0]);
            shown[0] = at;
        }));
        Wire.say(
                pc,
                pc.setRemoteDescription(Wire.hear(in, RTCSdpType.OFFER)).thenCompose(v -> pc.setLocalDescription()));
        long before = 0;
        for (int i = 0; i < seconds; i++) {
            TimeUnit.SECONDS.sleep(1);
            long bytes = 0;
            long lost = 0;
            Object keyFrames = 0;
            Object asked = 0;
            for (RTCStats s : pc.getStats().get().ofType("inbound-rtp")) {
                bytes += ((Number) s.get("bytesReceived")).longValue()
                        + ((Number) s.get("headerBytesReceived")).longValue();
                lost += ((Number) s.get("packetsLost")).longValue();
                keyFrames = s.get("keyFramesDecoded");
                asked = s.get("pliCount");
            }
            List<Integer> sorted;
            synchronized (delays) {
                sorted = new ArrayList<>(delays);
                delays.clear();
            }
            Collections.sort(sorted);
            System.err.printf(
                    Locale.ROOT,
                    "%d s: %d kbit/s, %d frames, longest gap %d ms, delay p50 %.1f ms, p95 %.1f ms, lost %d, key frames %s, asked for %s%n",
                    i + 1,
                    (bytes - before) / 125,
                    sorted.size(),
                    shown[1] / 1_000_000,
                    sorted.isEmpty() ? -1 : sorted.get(sorted.size() / 2) / 10.0,
                    sorted.isEmpty() ? -1 : sorted.get(sorted.size() * 95 / 100) / 10.0,
                    lost,
                    keyFrames,
                    asked);
            before = bytes;
            shown[1] = 0;
        }
    }

    private VideoCall() {}
}
