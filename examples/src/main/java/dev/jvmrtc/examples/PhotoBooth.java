package dev.jvmrtc.examples;

import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCRtpTransceiverDirection;
import dev.jvmrtc.media.desktop.Images;
import dev.jvmrtc.media.frame.VideoFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;

/**
 * A photo booth: say anything in the browser, and what its camera sees is kept as a PNG file. Frames come as
 * {@code BufferedImage}; no display is needed.
 */
public final class PhotoBooth {

    public static void main(String[] args) throws Exception {
        System.setProperty("java.awt.headless", "true");
        List<String> flags = Arrays.asList(args);
        int port = flags.contains("--port") ? Integer.parseInt(flags.get(flags.indexOf("--port") + 1)) : 8080;
        Path folder =
                Files.createDirectories(Path.of(args.length > 0 && !args[0].startsWith("--") ? args[0] : "photos"));
        try (SignallingServer server = start("127.0.0.1", port, folder)) {
            System.out.println("Open " + server.url() + " in a browser, allow the camera, and say cheese. Photos go to "
                    + folder.toAbsolutePath() + ". Ctrl-C ends.");
            new CountDownLatch(1).await();
        }
    }

    static SignallingServer start(String host, int port, Path folder) throws Exception {
        return new SignallingServer(
                host, port, false, "video-chat.html", send -> new BrowserCall(new PhotoBooth(folder).pc, send));
    }

    private final RTCPeerConnection pc = new RTCPeerConnection();
    private final Path folder;
    private final AtomicInteger count = new AtomicInteger();
    /** Who waits for the next frame; null when nobody does. */
    private volatile RTCDataChannel waiting;

    private PhotoBooth(Path folder) {
        this.folder = folder;
        pc.onTrack(e -> {
            // What comes in goes out again, so that the page shows what the booth sees.
            e.transceiver().getSender().replaceTrack(e.track());
            e.transceiver().setDirection(RTCRtpTransceiverDirection.SENDRECV);
            if (e.track().getKind().equals("video")) {
                e.track().onVideoFrame(this::look);
            }
        });
        pc.onDataChannel(e -> e.channel().onMessage(m -> waiting = e.channel()));
    }

    private void look(VideoFrame frame) {
        RTCDataChannel who = waiting;
        if (who == null) {
            return;
        }
        waiting = null;
        Path file = SafeFile.free(folder, "photo-" + count.incrementAndGet() + ".png");
        try {
            ImageIO.write(Images.toImage(frame), "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        who.send("click: " + file.getFileName() + ", " + frame.width() + "x" + frame.height());
    }
}
