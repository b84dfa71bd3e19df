package dev.jvmrtc.media.desktop;

import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.frame.MediaSink;
import dev.jvmrtc.media.frame.VideoFrame;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.concurrent.atomic.AtomicReference;
import javax.swing.JComponent;
import javax.swing.SwingUtilities;

/**
 * Shows a track's frames, as large as fits and upright, with black bars where the shape differs. Frames that come
 * faster than Swing paints are left out; the images are reused, so that showing makes no garbage.
 *
 * <p>{@link #setTrack} and {@link #getFramesShown} may be called by any thread, the rest is Swing's.
 */
public class VideoView extends JComponent {
    private static final long serialVersionUID = 1L;

    private final transient AtomicReference<VideoFrame> next = new AtomicReference<>();
    private final transient MediaSink sink = new MediaSink() {
        @Override
        public boolean wantsVideo() {
            return true;
        }

        @Override
        public void onVideoFrame(VideoFrame frame) {
            VideoFrame replaced = next.getAndSet(frame.keep());
            if (replaced != null) {
                replaced.release();
            } else {
                SwingUtilities.invokeLater(VideoView.this::takeNext);
            }
        }
    };
    private transient MediaStreamTrack track;
    private transient BufferedImage image;
    private int rotation;
    private boolean mirrored;
    private volatile long shown;

    /** Shows nothing yet. On Swing's thread. */
    public VideoView() {
        setOpaque(true);
        setBackground(Color.BLACK);
        setPreferredSize(new Dimension(640, 480));
    }

    /**
     * Shows this track from here on.
     *
     * @param newTrack a video track, local or remote; null shows nothing
     */
    public final synchronized void setTrack(MediaStreamTrack newTrack) {
        if (track != null) {
            track.removeSink(sink);
        }
        track = newTrack;
        if (newTrack != null) {
            newTrack.addSink(sink);
        } else {
            SwingUtilities.invokeLater(() -> {
                image = null;
                repaint();
            });
        }
    }

    /**
     * Sets whether left and right are exchanged, as people expect of a view of themselves. On Swing's thread.
     *
     * @param mirrored false by default
     */
    public final void setMirrored(boolean mirrored) {
        this.mirrored = mirrored;
        repaint();
    }

    /** {@return how many frames were taken for painting so far} */
    public final long getFramesShown() {
        return shown;
    }

    private void takeNext() {
        VideoFrame f = next.getAndSet(null);
        if (f == null) {
            return;
        }
        try {
            if (image == null || image.getWidth() != f.width() || image.getHeight() != f.height()) {
                image = new BufferedImage(f.width(), f.height(), BufferedImage.TYPE_INT_RGB);
            }
            Images.draw(f, image);
            rotation = f.rotation();
            shown++;
        } finally {
            f.release();
        }
        repaint();
    }

    @Override
    protected void paintComponent(Graphics graphics) {
        Graphics2D g = (Graphics2D) graphics.create();
        try {
            g.setColor(getBackground());
            g.fillRect(0, 0, getWidth(), getHeight());
            if (image != null) {
                g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
                g.drawImage(image, placement(), null);
            }
        } finally {
            g.dispose();
        }
    }

    /** From the frame's pixels to ours: turned, mirrored, as large as fits, in the middle. */
    private AffineTransform placement() {
        boolean side = rotation % 180 != 0;
        double w = side ? image.getHeight() : image.getWidth();
        double h = side ? image.getWidth() : image.getHeight();
        double scale = Math.min(getWidth() / w, getHeight() / h);
        AffineTransform t = AffineTransform.getTranslateInstance(getWidth() / 2.0, getHeight() / 2.0);
        t.scale(mirrored ? -scale : scale, scale);
        t.rotate(Math.toRadians(rotation));
        t.translate(-image.getWidth() / 2.0, -image.getHeight() / 2.0);
        return t;
    }
}
