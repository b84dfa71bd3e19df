package dev.jvmrtc.session.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.wire.LentBytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamFramingTest {

    @Test
    void packetsComeOutWholeHoweverTheStreamIsCut() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<byte[]> sent = new ArrayList<>();
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int i = 0; i < 30; i++) {
                byte[] p = new byte[random.nextInt(10) == 0 ? random.nextInt(65_536) : random.nextInt(1_300)];
                random.nextBytes(p);
                byte[] framed = new byte[p.length + StreamFraming.PREFIX];
                assertEquals(framed.length, StreamFraming.frame(p, 0, p.length, framed));
                stream.writeBytes(framed);
                sent.add(p);
            }
            byte[] all = stream.toByteArray();
            StreamFraming framing = new StreamFraming();
            List<byte[]> received = new ArrayList<>();
            for (int at = 0; at < all.length; ) {
                int n = Math.min(
                        all.length - at, random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(5_000));
                framing.handle(LentBytes.of(all, at, n), p -> received.add(p.copy()));
                at += n;
            }
            assertEquals(sent.size(), received.size(), "seed " + seed);
            for (int i = 0; i < sent.size(); i++) {
                assertArrayEquals(sent.get(i), received.get(i), "seed " + seed);
            }
        }
    }
}
