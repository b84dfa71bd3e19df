package dev.jvmrtc.media.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.frame.VideoFrame;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class ImagesTest {

    private static BufferedImage flat(Color c, int width, int height, int type) {
        BufferedImage i = new BufferedImage(width, height, type);
        Graphics2D g = i.createGraphics();
        g.setColor(c);
        g.fillRect(0, 0, width, height);
        g.dispose();
        return i;
    }

    @Test
    void colourGoesThereAndBackWithinThree() {
        for (int type :
                new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_3BYTE_BGR}) {
            for (Color c : new Color[] {
                new Color(200, 30, 30), new Color(30, 30, 200), Color.BLACK, Color.WHITE, new Color(20, 180, 90)
            }) {
                for (int[] size : new int[][] {{64, 48}, {33, 17}, {1, 1}}) {
                    VideoFrame f = Images.toFrame(flat(c, size[0], size[1], type), 0);
                    Color back = new Color(Images.toImage(f).getRGB(size[0] / 2, size[1] / 2));
                    f.release();
                    assertTrue(
                            Math.abs(back.getRed() - c.getRed()) <= 3
                                    && Math.abs(back.getGreen() - c.getGreen()) <= 3
                                    && Math.abs(back.getBlue() - c.getBlue()) <= 3,
                            c + " came back as " + back);
                }
            }
        }
    }

    @Test
    void aTurnedFrameIsShownUpright() {
        BufferedImage i = flat(Color.BLACK, 40, 20, BufferedImage.TYPE_INT_RGB);
        i.setRGB(0, 0, 0xFFFFFF); // top left
        i.setRGB(1, 0, 0xFFFFFF);
        i.setRGB(0, 1, 0xFFFFFF);
        i.setRGB(1, 1, 0xFFFFFF);
        VideoFrame f = Images.toFrame(i, 0).withRotation(90);
        BufferedImage upright = Images.toImage(f);
        f.release();
        assertEquals(20, upright.getWidth());
        assertEquals(40, upright.getHeight());
        assertTrue((upright.getRGB(19, 0) & 255) > 200, "what was on the top left is on the top right");
    }

    @Test
    void scalingKeepsWhatIsWhere() {
        BufferedImage i = flat(new Color(200, 30, 30), 100, 50, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = i.createGraphics();
        g.setColor(new Color(30, 30, 200));
        g.fillRect(50, 0, 50, 50);
        g.dispose();
        VideoFrame f = Images.toFrame(i, 0);
        for (int[] size : new int[][] {{50, 25}, {33, 71}, {200, 100}, {100, 50}}) {
            VideoFrame s = f.scaled(size[0], size[1]);
            assertTrue((s.rgb(size[0] / 4, size[1] / 2) >> 16) > 180, size[0] + "x" + size[1]);
            assertTrue((s.rgb(size[0] * 3 / 4, size[1] / 2) & 255) > 180);
            s.release();
        }
        f.release();
    }
}
