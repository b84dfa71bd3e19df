package dev.jvmrtc.examples;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.media.ConstrainDouble;
import dev.jvmrtc.media.ConstrainULong;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.MediaTrackConstraints;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Shows this machine's screen to every browser that opens the page. Each gets an encoder of its own, for its own path.
 */
public final class ScreenShare {

    public static void main(String[] args) throws Exception {
        List<String> flags = Arrays.asList(args);
        int port = flags.contains("--port") ? Integer.parseInt(flags.get(flags.indexOf("--port") + 1)) : 8084;
        MediaStream screen = new MediaDevices()
                .getDisplayMedia(MediaTrackConstraints.builder()
                        .width(ConstrainULong.max(1_280))
                        .frameRate(ConstrainDouble.ideal(15))
                        .build())
                .join();
        try (SignallingServer server = start("127.0.0.1", port, screen)) {
            System.out.println("Open " + server.url() + " in a browser. Ctrl-C ends.");
            new CountDownLatch(1).await();
        }
    }

    static SignallingServer start(String host, int port, MediaStream screen) throws Exception {
        screen.getVideoTracks().forEach(t -> t.setContentHint("text"));
        return new SignallingServer(host, port, false, "viewer.html", send -> call(screen, send));
    }

    private static BrowserCall call(MediaStream screen, Consumer<String> send) {
        RTCPeerConnection pc = new RTCPeerConnection();
        for (MediaStreamTrack t : screen.getTracks()) {
            pc.addTrack(t, screen);
        }
        BrowserCall call = new BrowserCall(pc, send);
        call.offer();
        return call;
    }

    private ScreenShare() {}
}
