package dev.jvmrtc.examples;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCRtpTransceiverDirection;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Video chat with a browser: the JVM sends back the video and the audio that it gets, and answers what is typed. No
 * codec is needed for that.
 */
public final class VideoChat {

    public static void main(String[] args) throws Exception {
        List<String> flags = Arrays.asList(args);
        int port = flags.contains("--port") ? Integer.parseInt(flags.get(flags.indexOf("--port") + 1)) : 8080;
        boolean https = flags.contains("--https");
        // Browsers give the camera to http://localhost, and to other hosts only over https.
        SignallingServer server = start(https ? "0.0.0.0" : "127.0.0.1", port, https);
        System.out.println("Open " + server.url() + " in a browser, and allow camera and microphone. Ctrl-C ends.");
        new CountDownLatch(1).await();
    }

    static SignallingServer start(String host, int port, boolean https) throws Exception {
        return new SignallingServer(host, port, https, "video-chat.html", send -> new BrowserCall(answerer(), send));
    }

    private static RTCPeerConnection answerer() {
        RTCPeerConnection pc = new RTCPeerConnection();
        pc.onTrack(e -> {
            // What comes in goes out again, in the same media section.
            e.transceiver().getSender().replaceTrack(e.track());
            e.transceiver().setDirection(RTCRtpTransceiverDirection.SENDRECV);
        });
        pc.onDataChannel(e -> e.channel().onMessage(m -> e.channel().send("you said \"" + m.text() + "\"")));
        pc.onConnectionStateChange(e -> System.out.println("connection: " + pc.getConnectionState()));
        return pc;
    }

    private VideoChat() {}
}
