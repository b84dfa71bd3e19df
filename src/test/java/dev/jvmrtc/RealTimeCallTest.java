package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A call between two connections over sockets, in real time, with a flash and a beep every other second: they come out
 * together, and nothing grows. A quarter of a minute; {@code -Djvmrtc.callSeconds=900} for a quarter of an hour.
 */
class RealTimeCallTest {
    private static final int SECONDS = Integer.getInteger("jvmrtc.callSeconds", 15);
    /** At the beginning code is still being compiled. */
    private static final int WARM_UP_SECONDS = Math.min(60, SECONDS / 3);

    private static final int LONG = 300;
    private static final long INTERVAL_MILLIS = 2_000;
    private static final long FLASH_MILLIS = 66;
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final int RATE = 48_000;

    private final long start = System.nanoTime();
    private final List<Long> flashes = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> beeps = Collections.synchronizedList(new ArrayList<>());
    private long filmed;
    private long samples;
    private boolean bright;

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private static boolean isFlash(long millis) {
        return millis >= INTERVAL_MILLIS && millis % INTERVAL_MILLIS < FLASH_MILLIS;
    }

    private void film(VideoSource source) {
        VideoFrame f = VideoFrame.allocate(WIDTH, HEIGHT, System.nanoTime() / 1_000);
        Arrays.fill(f.y(), (byte) (isFlash(millis()) ? 230 : 40));
        Arrays.fill(f.u(), (byte) 128);
        Arrays.fill(f.v(), (byte) 128);
        int x = (int) (filmed++ * 3 % (WIDTH - 40));
        for (int y = 100; y < 140; y++) {
            Arrays.fill(f.y(), y * WIDTH + x, y * WIDTH + x + 40, (byte) (40 + y));
        }
        source.push(f);
    }

    /** What was recorded since the last call, by the time that has gone by. */
    private void record(AudioSource source) {
        long until = millis() * (RATE / 1_000);
        short[] s = new short[(int) (until - samples)];
        for (int i = 0; i < s.length; i++, samples++) {
            s[i] = (short)
                    (isFlash(samples / (RATE / 1_000)) ? 12_000 * Math.sin(2 * Math.PI * 1_000 * samples / RATE) : 0);
        }
        if (s.length > 0) {
            source.push(new AudioFrame(s, RATE, 1));
        }
    }

    private void see(VideoFrame f) {
        boolean now = (f.y()[5] & 0xFF) > 150;
        if (now && !bright) {
            note(flashes, millis());
        }
        bright = now;
    }

    private void hear(AudioFrame f) {
        for (int i = 0; i < f.samples().length; i += f.channels()) {
            if (Math.abs(f.samples()[i]) > 4_000) {
                note(beeps, millis() + i / f.channels() * 1_000L / f.sampleRate());
                return;
            }
        }
    }

    private static void note(List<Long> list, long at) {
        if (list.isEmpty() || at - list.get(list.size() - 1) > INTERVAL_MILLIS / 2) {
            list.add(at);
        }
    }

    /** After a full collection, which holds up everything; a short call is spared it. */
    private static long heap() {
        for (int i = 0; i < 4 && SECONDS >= LONG; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static RTCStats audio(TwoPeers p) {
        return await(p.b.getStats()).ofType("inbound-rtp").stream()
                .filter(s -> "audio".equals(s.get("kind")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void flashAndBeepComeOutTogetherAndNothingGrows() throws Exception {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(2);
        try (TwoPeers p = new TwoPeers()) {
            VideoSource video = new VideoSource();
            AudioSource audio = new AudioSource();
            MediaStream stream = new MediaStream(List.of(video.createTrack(), audio.createTrack()));
            stream.getTracks().forEach(t -> p.a.addTrack(t, stream));
            p.b.onTrack(e -> {
                if (e.track().getKind().equals("video")) {
                    e.track().onVideoFrame(this::see);
                } else {
                    e.track().onAudioFrame(this::hear);
                }
            });
            p.negotiate();
            clock.scheduleAtFixedRate(() -> film(video), 0, 33_333, TimeUnit.MICROSECONDS);
            clock.scheduleAtFixedRate(() -> record(audio), 0, 10, TimeUnit.MILLISECONDS);
            long[] heap = new long[2];
            CountDownLatch over = new CountDownLatch(1);
            CompletableFuture<RTCStats> warm = new CompletableFuture<>();
            clock.schedule(
                    () -> {
                        heap[0] = heap();
                        warm.complete(audio(p));
                    },
                    WARM_UP_SECONDS,
                    TimeUnit.SECONDS);
            clock.schedule(
                    () -> {
                        heap[1] = heap();
                        over.countDown();
                    },
                    SECONDS,
                    TimeUnit.SECONDS);
            assertTrue(over.await(SECONDS + 60L, TimeUnit.SECONDS));
            int compared = 0;
            long worst = 0;
            for (long flash : List.copyOf(flashes)) {
                for (long beep : List.copyOf(beeps)) {
                    if (Math.abs(flash - beep) < INTERVAL_MILLIS / 2 && flash > WARM_UP_SECONDS * 1_000L) {
                        worst = Math.max(worst, Math.abs(flash - beep));
                        compared++;
                    }
                }
            }
            RTCStats received = audio(p);
            double held = ((Double) received.get("jitterBufferDelay")
                            - (Double) await(warm).get("jitterBufferDelay"))
                    / ((Long) received.get("jitterBufferEmittedCount")
                            - (Long) await(warm).get("jitterBufferEmittedCount"));
            String figures = compared + " flashes with beeps, at most " + worst + " ms apart; audio held "
                    + Math.round(1_000 * held) + " ms"
                    + (SECONDS < LONG
                            ? ""
                            : "; heap " + heap[0] / 1_024 + " KiB after " + WARM_UP_SECONDS + " s, " + heap[1] / 1_024
                                    + " KiB after " + SECONDS);
            System.out.println(figures);
            assertTrue(compared >= (SECONDS - WARM_UP_SECONDS) * 1_000 / INTERVAL_MILLIS * 9 / 10 - 1, figures);
            assertTrue(worst <= 80, figures);
            if (SECONDS >= LONG) {
                assertTrue(heap[1] < heap[0] * 1.05, figures);
            }
            stream.getTracks().forEach(MediaStreamTrack::stop);
        } finally {
            clock.shutdownNow();
        }
    }
}
