package dev.jvmrtc.examples;

import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCRtpSender;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.desktop.AudioOutput;
import dev.jvmrtc.media.desktop.VideoView;
import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.swing.JButton;
import javax.swing.JFrame;
import javax.swing.JPanel;
import javax.swing.JToggleButton;
import javax.swing.SwingUtilities;

/** The window of one call: the other's video, one's own, what it takes to speak or not, and how the call is doing. */
final class ChatWindow {
    private final MediaDevices devices;
    private final MediaStream own;
    private final VideoView remote = new VideoView();
    private final VideoView local = new VideoView();
    private final CallPlot plot = new CallPlot();
    private final JFrame frame;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
    private RTCPeerConnection pc;
    private RTCRtpSender video;
    private MediaStreamTrack screen;
    private AudioOutput loudspeaker;

    ChatWindow(String title, MediaDevices devices, MediaStream own) {
        this.devices = devices;
        this.own = own;
        this.frame = new JFrame(title);
        SwingUtilities.invokeLater(this::build);
    }

    private void build() {
        JPanel side = new JPanel(new BorderLayout(6, 6));
        local.setPreferredSize(new Dimension(240, 180));
        local.setMirrored(true);
        own.getVideoTracks().stream().findFirst().ifPresent(local::setTrack);
        side.add(local, BorderLayout.NORTH);
        side.add(plot, BorderLayout.CENTER);
        JPanel buttons = new JPanel(new FlowLayout());
        buttons.add(toggle("Mute", on -> own.getAudioTracks().forEach(t -> t.setEnabled(!on))));
        buttons.add(toggle("Hide video", on -> own.getVideoTracks().forEach(t -> t.setEnabled(!on))));
        buttons.add(toggle("Share screen", this::shareScreen));
        JButton hangUp = new JButton("Hang up");
        hangUp.addActionListener(e -> hangUp());
        buttons.add(hangUp);
        frame.add(remote, BorderLayout.CENTER);
        frame.add(side, BorderLayout.EAST);
        frame.add(buttons, BorderLayout.SOUTH);
        frame.addWindowListener(new WindowAdapter() {
            @Override
            public void windowClosed(WindowEvent e) {
                close();
            }
        });
        frame.setDefaultCloseOperation(JFrame.DISPOSE_ON_CLOSE);
        frame.pack();
        frame.setLocationByPlatform(true);
        frame.setVisible(true);
    }

    private static JToggleButton toggle(String text, java.util.function.Consumer<Boolean> action) {
        JToggleButton b = new JToggleButton(text);
        b.addActionListener(e -> action.accept(b.isSelected()));
        return b;
    }

    /** Before negotiation: our tracks go out, and what comes is shown and heard. */
    void attach(RTCPeerConnection connection) {
        pc = connection;
        for (MediaStreamTrack t : own.getTracks()) {
            RTCRtpSender sender = pc.addTrack(t, own);
            if (t.getKind().equals("video")) {
                video = sender;
            }
        }
        pc.onTrack(e -> {
            if (e.track().getKind().equals("video")) {
                remote.setTrack(e.track());
            } else if (AudioOutput.isAvailable()) {
                loudspeaker = new AudioOutput(e.track());
            }
        });
        pc.onConnectionStateChange(e -> {
            if (pc.getConnectionState() == RTCPeerConnectionState.FAILED
                    || pc.getConnectionState() == RTCPeerConnectionState.CLOSED) {
                hangUp();
            }
        });
        clock.scheduleAtFixedRate(() -> pc.getStats().thenAccept(plot::add), 1, 1, TimeUnit.SECONDS);
    }

    /** The camera's place is taken by the screen, without negotiation. */
    private void shareScreen(boolean on) {
        if (video == null) {
            return;
        }
        if (!on) {
            video.replaceTrack(own.getVideoTracks().get(0));
            local.setTrack(own.getVideoTracks().get(0));
            if (screen != null) {
                screen.stop();
                screen = null;
            }
            return;
        }
        devices.getDisplayMedia()
                .thenAccept(s -> {
                    screen = s.getVideoTracks().get(0);
                    video.replaceTrack(screen);
                    local.setTrack(screen);
                })
                .exceptionally(e -> {
                    System.err.println("The screen cannot be shared: " + e.getMessage());
                    return null;
                });
    }

    long framesShown() {
        return remote.getFramesShown();
    }

    /** Ends the call and closes the window; any thread may call it. */
    void hangUp() {
        SwingUtilities.invokeLater(frame::dispose);
    }

    private void close() {
        clock.shutdownNow();
        remote.setTrack(null);
        local.setTrack(null);
        if (loudspeaker != null) {
            loudspeaker.close();
        }
        if (screen != null) {
            screen.stop();
        }
        pc.close();
        closed.countDown();
    }

    void awaitClosed() throws InterruptedException {
        closed.await();
    }
}
