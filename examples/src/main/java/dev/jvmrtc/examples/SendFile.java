package dev.jvmrtc.examples;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.file.Clip;
import dev.jvmrtc.media.file.ClipSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Plays files from disk (.webm, .mkv, .ivf, .h264, .ogg) to every browser that opens the page, without decoding them.
 */
public final class SendFile {

    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            System.err.println("usage: send-file FILE.webm|FILE.ivf|FILE.h264|FILE.ogg ...");
            System.exit(2);
        }
        List<Path> files = new ArrayList<>();
        for (String a : args) {
            files.add(Path.of(a));
        }
        SignallingServer server = start(8082, files);
        System.out.println("Open " + server.url() + " in a browser. Ctrl-C ends.");
        new CountDownLatch(1).await();
    }

    static SignallingServer start(int port, List<Path> files) throws Exception {
        List<Clip> clips = new ArrayList<>();
        for (Path f : files) {
            clips.addAll(Clip.readAll(f));
        }
        return new SignallingServer("127.0.0.1", port, false, "viewer.html", send -> call(clips, send));
    }

    private static BrowserCall call(List<Clip> clips, Consumer<String> send) {
        RTCPeerConnection pc = new RTCPeerConnection();
        MediaStream stream = new MediaStream();
        for (Clip c : clips) {
            pc.addTrack(new ClipSource(List.of(c), true).createTrack(), stream);
        }
        BrowserCall call = new BrowserCall(pc, send);
        call.offer();
        return call;
    }

    private SendFile() {}
}
