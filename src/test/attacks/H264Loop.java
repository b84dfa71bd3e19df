package dev.jvmrtc.media;

import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.io.ByteArrayOutputStream;

/** A P slice whose list of reference changes never ends; right is that it is refused at once, not that its 26 bytes are decoded for ever. */
public class H264Loop {
    public static void main(String[] a) throws Exception {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        SpsBomb.nal(key, 7, SpsBomb.sps(0, 2, 0, 1, 4, 4));
        SpsBomb.nal(key, 8, SpsBomb.pps());
        SpsBomb.nal(key, 5, SpsBomb.slice(4));
        SpsBomb.Bits b = new SpsBomb.Bits();
        b.ue(0);
        b.ue(5);
        b.ue(0);
        b.u(4, 1);
        b.u(1, 0);
        b.u(1, 1);
        while (b.n != 0) {
            b.u(1, 0);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        SpsBomb.nal(whole, 7, SpsBomb.sps(0, 2, 0, 1, 4, 4));
        SpsBomb.nal(whole, 8, SpsBomb.pps());
        SpsBomb.nal(whole, 1, b.o.toByteArray());
        byte[] evil = whole.toByteArray();
        VideoDecoder d = Codecs.videoDecoder("H264");
        try {
            d.decode(EncodedFrame.of(key.toByteArray(), "H264", 0, true));
        } catch (Throwable t) {
            System.out.println("key: " + t);
        }
        String[] r = {null};
        Thread t = new Thread(() -> {
            try {
                d.decode(EncodedFrame.of(evil, "H264", 3000, true));
                r[0] = "returned";
            } catch (Throwable x) {
                r[0] = x.toString();
            }
        });
        t.setDaemon(true);
        t.start();
        for (int i = 0; i < 10 && (i == 0 || r[0] == null); i++) {
            t.join(1000);
            System.out.printf("%d s: heap %.0f MB %s%n", i + 1, (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1e6,
                r[0] == null ? "still decoding " + evil.length + " bytes" : r[0]);
        }
        System.exit(0);
    }
}
