package dev.jvmrtc.examples;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCRtpCodec;
import dev.jvmrtc.RTCRtpReceiver;
import dev.jvmrtc.RTCRtpTransceiverDirection;
import dev.jvmrtc.media.file.CallRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Records camera and microphone of a browser to disk as they come, in one WebM file. The video also goes back to the
 * page.
 */
public final class RecordBrowser {
    private static final AtomicInteger COUNT = new AtomicInteger();

    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args.length > 0 ? args[0] : ".");
        Files.createDirectories(dir);
        SignallingServer server = start(8083, dir);
        System.out.println(
                "Open " + server.url() + " in a browser; recordings go to " + dir.toAbsolutePath() + ". Ctrl-C ends.");
        new CountDownLatch(1).await();
    }

    static SignallingServer start(int port, Path dir) throws Exception {
        return new SignallingServer("127.0.0.1", port, false, "video-chat.html", send -> call(dir, send));
    }

    private static SignallingServer.Session call(Path dir, Consumer<String> send) {
        CallRecorder recorder = recorder(dir);
        RTCPeerConnection pc = new RTCPeerConnection();
        pc.onTrack(e -> {
            if (e.track().getKind().equals("video")) {
                // WebM holds VP8, VP9 and AV1; with H.264 or H.265 the file would be Matroska, which browsers do not
                // play.
                List<RTCRtpCodec> webm = RTCRtpReceiver.getCapabilities("video").codecs().stream()
                        .filter(c -> !List.of("video/H264", "video/H265").contains(c.mimeType()))
                        .toList();
                e.transceiver().setCodecPreferences(webm);
            }
            try {
                if (recorder != null) {
                    recorder.add(
                            e.track(),
                            e.streams().isEmpty() ? null : e.streams().get(0));
                }
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
                finish(recorder);
            }
        };
    }

    private static CallRecorder recorder(Path dir) {
        try {
            CallRecorder r = CallRecorder.start(SafeFile.free(dir, "recording-" + COUNT.incrementAndGet() + ".webm"));
            r.onError(failure -> System.err.println("cannot write: " + failure.getMessage()));
            return r;
        } catch (IOException failure) {
            System.err.println("cannot record: " + failure.getMessage());
            return null;
        }
    }

    private static void finish(CallRecorder r) {
        if (r == null) {
            return;
        }
        try (r) {
            System.out.println("recorded " + r.getFrames() + " frames");
        } catch (IOException e) {
            System.err.println("cannot finish the recording: " + e.getMessage());
        }
    }

    private RecordBrowser() {}
}
