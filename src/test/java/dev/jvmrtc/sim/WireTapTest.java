package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The tap of the simulator finds what it is there for: a tap that hears nothing would let everything pass. */
class WireTapTest {
    private final WireTap tap = new WireTap(1);
    private final WireTap.Epoch keys = epoch();

    private static WireTap.Epoch epoch() {
        WireTap.Epoch e = new WireTap.Epoch();
        e.profile = SrtpProfile.AEAD_AES_128_GCM;
        return e;
    }

    private static byte[] rtp(int sequence, int fill) {
        byte[] p = new byte[60];
        new Random(fill).nextBytes(p);
        p[0] = (byte) 0x80;
        p[1] = 96;
        Bytes.put16(p, 2, sequence);
        Bytes.put32(p, 8, 7);
        return p;
    }

    private static byte[] rtcp(int index, int fill) {
        byte[] p = new byte[60];
        new Random(fill).nextBytes(p);
        p[0] = (byte) 0x80;
        p[1] = (byte) 200;
        Bytes.put32(p, 4, 7);
        Bytes.put32(p, 56, index | 0x80000000);
        return p;
    }

    private void send(WireTap.Epoch epoch, byte[] p) {
        tap.listen("a", epoch, p, 0, p.length, false);
    }

    @Test
    void applicationDataIsFoundAtEveryPlaceOfAPacket() {
        for (int offset = 0; offset < 40; offset++) {
            for (int phase = 0; phase < 16; phase++) {
                byte[] marked = tap.mark(new byte[phase + 15], 0);
                byte[] packet = new byte[offset + 15];
                new Random(offset).nextBytes(packet);
                System.arraycopy(marked, phase, packet, offset, 15);
                assertThrows(
                        AssertionError.class,
                        () -> tap.listen("a", packet, 0, packet.length),
                        "at " + offset + ", phase " + phase);
            }
        }
        byte[] label = ("x channel " + tap.text()).getBytes(StandardCharsets.US_ASCII);
        assertThrows(AssertionError.class, () -> tap.listen("a", label, 0, label.length));
    }

    @Test
    void whatIsProtectedPasses() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            byte[] packet = new byte[1 + random.nextInt(1_300)];
            random.nextBytes(packet);
            tap.listen("a", packet, 0, packet.length);
        }
        assertTrue(tap.datagrams() == 10_000);
    }

    @Test
    void anIndexUsedForTwoPacketsIsFoundBareThroughTurnAndInStreams() {
        send(keys, rtp(10, 1));
        send(keys, rtp(11, 2));
        assertDoesNotThrow(() -> send(keys, rtp(10, 1)), "the same bytes again betray nothing");
        assertDoesNotThrow(() -> send(epoch(), rtp(10, 3)), "another key");
        byte[] twice = rtp(11, 4);
        assertThrows(AssertionError.class, () -> send(keys, twice));
        byte[] channel =
                new ByteWriter().u16(0x4000).u16(twice.length).bytes(twice).toByteArray();
        assertThrows(AssertionError.class, () -> send(keys, channel));
        byte[] indication = new ByteWriter()
                .u16(0x0016)
                .u16(twice.length + 4)
                .u32(0x2112A442L)
                .zeros(12)
                .u16(0x0013)
                .u16(twice.length)
                .bytes(twice)
                .toByteArray();
        assertThrows(AssertionError.class, () -> send(keys, indication));
        byte[] framed = new ByteWriter().u16(twice.length).bytes(twice).toByteArray();
        assertThrows(AssertionError.class, () -> tap.listen("a", keys, framed, 0, framed.length, true));
    }

    @Test
    void theRolloverCounterBelongsToTheIndex() {
        for (int i = 0; i < 3 * 65_536; i += 16_000) {
            send(keys, rtp(i & 0xffff, i));
        }
        send(keys, rtp(5, -1)); // the number is old, the index is not
        assertThrows(AssertionError.class, () -> send(keys, rtp(5, -2)));
    }

    @Test
    void anSrtcpIndexUsedTwiceIsFound() {
        send(keys, rtcp(1, 1));
        send(keys, rtcp(2, 2));
        byte[] again = Arrays.copyOf(rtcp(2, 3), 60);
        assertThrows(AssertionError.class, () -> send(keys, again));
    }
}
