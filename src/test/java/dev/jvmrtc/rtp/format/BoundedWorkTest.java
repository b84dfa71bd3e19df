package dev.jvmrtc.rtp.format;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.ByteWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a payload costs, whatever is in it: by its length, in work and in the frame that is made of it. */
class BoundedWorkTest {
    private static final long SEED = Long.getLong("jvmrtc.seed", 5L);
    private static final List<String> CODECS = List.of("VP8", "VP9", "H264", "H265", "AV1", "opus", "G722", "PCMU");

    private static void check(String codec, byte[] payload, int from, int length, String what) {
        Depacketizer d = CodecRegistry.STANDARD.find(codec).payload().depacketizer(Map.of());
        ByteWriter frame = new ByteWriter();
        long before = Steps.taken();
        try {
            d.inspect(payload, from, length);
            if (d.append(payload, from, length, frame)) {
                d.whole(frame.toByteArray(), true);
            }
        } catch (RuntimeException e) {
            throw new AssertionError(
                    codec + ", " + what + ": " + Arrays.toString(Arrays.copyOfRange(payload, from, from + length)), e);
        }
        assertTrue(
                Steps.taken() - before <= 2L * length + 2,
                codec + ", " + what + ": " + (Steps.taken() - before) + " steps for " + length + " bytes");
        assertTrue(
                frame.length() <= 2 * length + 4, codec + ", " + what + ": " + frame.length() + " bytes of " + length);
    }

    @Test
    void everyBeginningOfAPayloadIsReadOrRefusedWithinItsLength() {
        for (String codec : CODECS) {
            for (int a = 0; a < 256; a++) {
                for (int b = 0; b < 256; b++) {
                    for (int length = 0; length <= 3; length++) {
                        check(codec, new byte[] {(byte) a, (byte) b, (byte) 0xFF}, 0, length, "of three bytes");
                    }
                }
            }
        }
    }

    @Test
    void payloadsOfRandomBytesAreReadOrRefusedWithinTheirLength() {
        Random random = new Random(SEED);
        for (int run = 0; run < 100_000; run++) {
            byte[] p = new byte[random.nextInt(40)];
            random.nextBytes(p);
            if (p.length > 0 && run % 2 == 0) {
                p[0] = (byte) new int[] {24, 28, 0x78, 0x90, 0xFF, 0xFA, 0x72}[random.nextInt(7)];
            }
            int from = p.length == 0 ? 0 : random.nextInt(p.length);
            check(CODECS.get(run % CODECS.size()), p, from, p.length - from, "seed " + SEED + " run " + run);
        }
    }

    @Test
    void aPacketOfManyTinyUnitsCostsByItsLength() {
        byte[] p = new byte[1 + 3 * 480];
        p[0] = 24;
        for (int i = 0; i < 480; i++) {
            p[2 + 3 * i] = 1;
            p[3 + 3 * i] = 0x65;
        }
        check("H264", p, 0, p.length, "480 units");
        byte[] empty = new byte[1_400];
        empty[0] = 24;
        check("H264", empty, 0, empty.length, "units without a byte");
        byte[] structures = new byte[1_400];
        structures[0] = 0x02;
        structures[1] = 0x08;
        structures[2] = -1;
        check("VP9", structures, 0, structures.length, "255 pictures in a group");
    }
}
