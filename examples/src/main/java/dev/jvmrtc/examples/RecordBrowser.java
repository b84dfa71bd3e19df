package dev.jvmrtc.examples;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCRtpCodec;
import dev.jvmrtc.RTCRtpReceiver;
import dev.jvmrtc.RTCRtpTransceiverDirection;
import dev.jvmrtc.media.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Records camera and microphone of a browser to disk as they come: the picture as IVF (VP8), the sound as Ogg (Opus). The picture also goes back to the page. */
public final class RecordBrowser {
    private static final AtomicInteger COUNT = new AtomicInteger();

    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args.length > 0 ? args[0] : ".");
        Files.createDirectories(dir);
        SignallingServer server = start(8083, dir);
        System.out.println("Open " + server.url() + " in a browser; recordings go to " + dir.toAbsolutePath() + ". Ctrl-C ends.");
        new CountDownLatch(1).await();
    }

    static SignallingServer start(int port, Path dir) throws Exception {
        return new SignallingServer("127.0.0.1", port, false, "video-chat.html", send -> call(dir, send));
    }

    private static SignallingServer.Session call(Path dir, Consumer<String> send) {
        int n = COUNT.incrementAndGet();
        List<Recorder> recorders = new CopyOnWriteArrayList<>();
        RTCPeerConnection pc = new RTCPeerConnection();
        pc.onTrack(e -> {
            boolean video = e.track().getKind().equals("video");
            if (video) {
                // IVF holds VP8, so that is what we ask for.
                List<RTCRtpCodec> vp8 = RTCRtpReceiver.getCapabilities("video").codecs().stream()
                    .filter(c -> c.mimeType().equals("video/VP8") || c.mimeType().equals("video/rtx")).toList();
                e.transceiver().setCodecPreferences(vp8);
            }
            try {
                Recorder r = Recorder.start(e.track(), SafeFile.free(dir, "recording-" + n + (video ? ".ivf" : ".ogg")));
                r.onError(failure -> System.err.println("cannot write: " + failure.getMessage()));
                recorders.add(r);
            } catch (IOException failure) {
                System.err.println("cannot record: " + failure.getMessage());
            }
            e.transceiver().getSender().replaceTrack(e.track());
            e.transceiver().setDirection(RTCRtpTransceiverDirection.SENDRECV);
        });
        BrowserCall call = new BrowserCall(pc, send);
        return new SignallingServer.Session() {
            @Override
            public void onText(String text) {
                call.onText(text);
            }

            @Override
            public void onClose() {
                call.onClose();
                recorders.forEach(RecordBrowser::finish);
            }
        };
    }

    private static void finish(Recorder r) {
        try (r) {
            System.out.println("recorded " + r.getFrames() + " frames");
        } catch (IOException e) {
            System.err.println("cannot finish the recording: " + e.getMessage());
        }
    }

    private RecordBrowser() {
    }
}
