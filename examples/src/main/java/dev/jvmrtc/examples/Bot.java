package dev.jvmrtc.examples;

import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCDataChannelState;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.desktop.Images;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A bot to call with a browser: it shows a clock that it draws, chimes, and says what it sees and hears. It needs no
 * device, no display and no audio device.
 */
public final class Bot {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 360;
    private static final int RATE = 48_000;
    private static final int[] CHIME = {523, 659, 784, 1_047};

    public static void main(String[] args) throws Exception {
        System.setProperty("java.awt.headless", "true");
        List<String> flags = Arrays.asList(args);
        int port = flags.contains("--port") ? Integer.parseInt(flags.get(flags.indexOf("--port") + 1)) : 8080;
        try (SignallingServer server = start("127.0.0.1", port)) {
            System.out.println("Open " + server.url() + " in a browser, and allow camera and microphone. Ctrl-C ends.");
            new CountDownLatch(1).await();
        }
    }

    static SignallingServer start(String host, int port) throws Exception {
        return new SignallingServer(host, port, false, "video-chat.html", send -> new BrowserCall(new Bot().pc, send));
    }

    private final RTCPeerConnection pc = new RTCPeerConnection();
    private final VideoSource video = new VideoSource();
    private final AudioSource audio = new AudioSource();
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(2);
    private final BufferedImage canvas = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    private long samples;
    private volatile Consumer<String> say = text -> {};
    private volatile double loudness;

    private Bot() {
        MediaStream stream = new MediaStream(List.of(video.createTrack(), audio.createTrack()));
        stream.getTracks().forEach(t -> pc.addTrack(t, stream));
        pc.onTrack(e -> {
            if (e.track().getKind().equals("video")) {
                Eye eye = new Eye();
                e.track().onVideoFrame(eye::look);
            } else {
                e.track().onAudioFrame(f -> loudness = Math.max(loudness * 0.99, rms(f)));
            }
        });
        pc.onDataChannel(e -> speakOver(e.channel()));
        pc.onConnectionStateChange(e -> {
            if (pc.getConnectionState() == RTCPeerConnectionState.CONNECTED) {
                clock.scheduleAtFixedRate(
                        () -> video.push(Images.toFrame(draw(), System.nanoTime() / 1_000)),
                        0,
                        40,
                        TimeUnit.MILLISECONDS);
                clock.scheduleAtFixedRate(() -> audio.push(chime()), 0, 20, TimeUnit.MILLISECONDS);
            } else if (pc.getConnectionState() == RTCPeerConnectionState.CLOSED
                    || pc.getConnectionState() == RTCPeerConnectionState.FAILED) {
                clock.shutdownNow();
            }
        });
    }

    private void speakOver(RTCDataChannel channel) {
        say = text -> {
            if (channel.getReadyState() == RTCDataChannelState.OPEN) {
                channel.send(text);
            }
        };
        channel.onMessage(m -> channel.send("I do not understand words yet, but I can see and hear."));
    }

    private BufferedImage draw() {
        LocalTime now = LocalTime.now();
        Graphics2D g = canvas.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setColor(new Color(0x10243e));
        g.fillRect(0, 0, WIDTH, HEIGHT);
        g.setColor(new Color(0xf4a300));
        double angle = 2 * Math.PI * (now.getSecond() + now.getNano() / 1e9) / 60;
        g.fillOval(
                (int) (WIDTH / 2 + 150 * Math.sin(angle)) - 14,
                (int) (HEIGHT / 2 - 150 * Math.cos(angle)) - 14,
                28,
                28);
        g.setColor(Color.WHITE);
        g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 56));
        String text = now.format(DateTimeFormatter.ofPattern("HH:mm:ss"));
        g.drawString(text, (WIDTH - g.getFontMetrics().stringWidth(text)) / 2, HEIGHT / 2 + 20);
        g.dispose();
        return canvas;
    }

    /** A note each half second, fading, and a pause after four. */
    private AudioFrame chime() {
        short[] s = new short[RATE / 50];
        for (int i = 0; i < s.length; i++, samples++) {
            int note = (int) (samples / (RATE / 2)) % 8;
            double t = samples % (RATE / 2) / (double) RATE;
            s[i] = note < CHIME.length
                    ? (short) (7_000 * Math.exp(-6 * t) * Math.sin(2 * Math.PI * CHIME[note] * t))
                    : 0;
        }
        return new AudioFrame(s, RATE, 1);
    }

    private static double rms(AudioFrame f) {
        double sum = 0;
        for (short v : f.samples()) {
            sum += (double) v * v;
        }
        return Math.sqrt(sum / Math.max(1, f.samples().length));
    }

    /** Says what is in the video, every two seconds. */
    private final class Eye {
        private static final int GRID = 16;
        private final int[] before = new int[GRID * GRID];
        private long told;

        void look(VideoFrame f) {
            int brightness = 0;
            int moved = 0;
            long[] colour = new long[3];
            for (int i = 0; i < before.length; i++) {
                int rgb = f.rgb(
                        (2 * (i % GRID) + 1) * f.width() / (2 * GRID), (2 * (i / GRID) + 1) * f.height() / (2 * GRID));
                int grey = ((rgb >> 16) + (rgb >> 8 & 255) + (rgb & 255)) / 3;
                moved += Math.abs(grey - before[i]) > 12 ? 1 : 0;
                before[i] = grey;
                brightness += grey;
                colour[0] += rgb >> 16;
                colour[1] += rgb >> 8 & 255;
                colour[2] += rgb & 255;
            }
            long now = System.nanoTime();
            if (told == 0 || now - told > TimeUnit.SECONDS.toNanos(2)) {
                told = now;
                brightness /= before.length;
                String hue = colour[0] > colour[1] && colour[0] > colour[2]
                        ? "reddish"
                        : colour[1] > colour[2] ? "greenish" : "bluish";
                say.accept("I see " + f.width() + "x" + f.height() + " pixels, "
                        + (brightness < 60 ? "dark" : brightness > 180 ? "bright" : "neither dark nor bright")
                        + " and " + hue + "; "
                        + (moved == 0 ? "nothing moves" : moved * 100 / before.length + " % of it moves")
                        + ". It is " + (loudness < 200 ? "quiet." : loudness < 3_000 ? "not quiet." : "loud."));
            }
        }
    }
}
