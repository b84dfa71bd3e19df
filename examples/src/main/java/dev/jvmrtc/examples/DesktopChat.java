package dev.jvmrtc.examples;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamConstraints;
import dev.jvmrtc.media.MediaStreamTrack;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

/**
 * Video chat on the desktop: camera or screen, microphone and loudspeaker, in a window. Someone else calls with the
 * same program on another machine, or with a browser. There is no echo cancellation: wear a headset.
 */
public final class DesktopChat {

    public static void main(String[] args) throws Exception {
        List<String> flags = Arrays.asList(args);
        boolean generated = flags.contains("--generated");
        int port = flags.contains("--port") ? Integer.parseInt(flags.get(flags.indexOf("--port") + 1)) : 8080;
        String call = flags.contains("--call") ? flags.get(flags.indexOf("--call") + 1) : null;
        String host = flags.contains("--https") ? "0.0.0.0" : "127.0.0.1";
        MediaDevices devices = generated ? MediaDevices.generated() : new MediaDevices();
        MediaStream own = open(devices);
        if (call != null) {
            ChatWindow window = new ChatWindow("jvmrtc: a call to " + call, devices, own);
            HttpSignalling.offer(connection(window), URI.create(call));
            window.awaitClosed();
        } else {
            try (Listener listener = listen(host, port, flags.contains("--https"), devices, own)) {
                System.out.println("A browser calls at " + listener.browsers.url()
                        + ", another desktop with: examples/run desktop-chat --call " + listener.desktopUrl());
                new CountDownLatch(1).await();
            }
        }
        System.exit(0);
    }

    /** What there is of camera and microphone: a call without one of them is a call all the same. */
    private static MediaStream open(MediaDevices devices) {
        List<MediaStreamTrack> tracks = new ArrayList<>();
        for (boolean video : new boolean[] {true, false}) {
            try {
                tracks.addAll(devices.getUserMedia(new MediaStreamConstraints(!video, video))
                        .join()
                        .getTracks());
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof RTCException)) {
                    throw e;
                }
                System.out.println((video ? "No video of yours: " : "No audio of yours: ")
                        + e.getCause().getMessage());
            }
        }
        if (tracks.stream().anyMatch(t -> t.getKind().equals("audio"))) {
            System.out.println("There is no echo cancellation: wear a headset.");
        }
        return new MediaStream(tracks);
    }

    /** Takes calls of browsers over a page, and of other desktops at the next port. */
    static final class Listener implements AutoCloseable {
        final SignallingServer browsers;
        final HttpSignalling.Server desktops;
        private final String desktopUrl;

        private Listener(SignallingServer browsers, HttpSignalling.Server desktops, String desktopUrl) {
            this.browsers = browsers;
            this.desktops = desktops;
            this.desktopUrl = desktopUrl;
        }

        String desktopUrl() {
            return desktopUrl;
        }

        @Override
        public void close() {
            browsers.close();
            desktops.close();
        }
    }

    static Listener listen(String host, int port, boolean https, MediaDevices devices, MediaStream own)
            throws Exception {
        SignallingServer browsers = new SignallingServer(
                host,
                port,
                https,
                "video-chat.html",
                send -> new BrowserCall(connection(new ChatWindow("jvmrtc: a browser calls", devices, own)), send));
        String path = "/" + Door.token(); // whoever calls sees our camera
        HttpSignalling.Server desktops = HttpSignalling.answer(
                new InetSocketAddress(host, port == 0 ? 0 : port + 1),
                path,
                () -> connection(new ChatWindow("jvmrtc: a desktop calls", devices, own)));
        return new Listener(browsers, desktops, "http://" + host + ":" + desktops.port() + path);
    }

    /** A connection whose video and audio are this window's. */
    static RTCPeerConnection connection(ChatWindow window) {
        RTCPeerConnection pc = new RTCPeerConnection();
        window.attach(pc);
        return pc;
    }

    private DesktopChat() {}
}
