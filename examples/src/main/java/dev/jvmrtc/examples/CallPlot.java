package dev.jvmrtc.examples;

import dev.jvmrtc.RTCStats;
import dev.jvmrtc.RTCStatsReport;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.util.ArrayDeque;
import java.util.Locale;
import javax.swing.JComponent;
import javax.swing.SwingUtilities;

/** The last minute of a call, from its statistics: bitrates, frames a second, and lost packets. */
final class CallPlot extends JComponent {
    private static final long serialVersionUID = 1L;
    private static final int SECONDS = 60;
    private static final String[] NAMES = {"in, kbit/s", "out, kbit/s", "frames/s", "lost, %"};
    private static final Color[] COLOURS = {
        new Color(0x2a7de1), new Color(0x1b9e77), new Color(0xd98200), new Color(0xd62728)
    };

    private final transient ArrayDeque<double[]> history = new ArrayDeque<>();
    private transient double[] before;

    CallPlot() {
        setPreferredSize(new Dimension(240, 260));
    }

    void add(RTCStatsReport report) {
        double[] now = new double[5]; // bytes in, bytes out, frames, lost, received
        for (RTCStats s : report.ofType("inbound-rtp")) {
            now[0] += number(s, "bytesReceived");
            now[2] += number(s, "framesReceived");
            now[3] += number(s, "packetsLost");
            now[4] += number(s, "packetsReceived");
        }
        for (RTCStats s : report.ofType("outbound-rtp")) {
            now[1] += number(s, "bytesSent");
        }
        SwingUtilities.invokeLater(() -> {
            if (before != null) {
                double packets = now[4] - before[4] + now[3] - before[3];
                history.addLast(new double[] {
                    (now[0] - before[0]) * 8 / 1_000,
                    (now[1] - before[1]) * 8 / 1_000,
                    now[2] - before[2],
                    packets <= 0 ? 0 : Math.max(0, (now[3] - before[3]) * 100 / packets)
                });
                if (history.size() > SECONDS) {
                    history.removeFirst();
                }
            }
            before = now;
            repaint();
        });
    }

    private static double number(RTCStats s, String name) {
        return s.get(name) instanceof Number n ? n.doubleValue() : 0;
    }

    @Override
    protected void paintComponent(Graphics graphics) {
        Graphics2D g = (Graphics2D) graphics.create();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        int rowHeight = getHeight() / NAMES.length;
        for (int i = 0; i < NAMES.length; i++) {
            paintRow(g, i, i * rowHeight, rowHeight - 4);
        }
        g.dispose();
    }

    private void paintRow(Graphics2D g, int row, int top, int height) {
        double max = history.stream().mapToDouble(h -> h[row]).max().orElse(0);
        double last = history.isEmpty() ? 0 : history.peekLast()[row];
        g.setColor(Color.GRAY);
        g.drawString(String.format(Locale.ROOT, "%s  %.0f", NAMES[row], last), 4, top + 14);
        g.setColor(COLOURS[row]);
        g.setStroke(new BasicStroke(1.6f));
        Path2D line = new Path2D.Double();
        int x = SECONDS - history.size();
        boolean first = true;
        for (double[] h : history) {
            double px = 4 + (getWidth() - 8.0) * x++ / (SECONDS - 1);
            double py = top + height - (max == 0 ? 0 : (height - 18) * h[row] / max);
            if (first) {
                line.moveTo(px, py);
            } else {
                line.lineTo(px, py);
            }
            first = false;
        }
        g.draw(line);
    }
}
