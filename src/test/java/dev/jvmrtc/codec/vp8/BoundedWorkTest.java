package dev.jvmrtc.codec.vp8;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Steps;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a frame costs: a key frame by its bytes, any by the size of its picture. A step is a macroblock. */
class BoundedWorkTest {
    private static final long MAX_PIXELS = 4_096L * 2_304;

    private static byte[] keyFrame(int bytes, int firstPartition, int width, int height, int fill) {
        byte[] d = new byte[bytes];
        Arrays.fill(d, (byte) fill);
        int tag = 0x10 | firstPartition << 5;
        d[0] = (byte) tag;
        d[1] = (byte) (tag >> 8);
        d[2] = (byte) (tag >> 16);
        d[3] = (byte) 0x9D;
        d[4] = 1;
        d[5] = 0x2A;
        d[6] = (byte) width;
        d[7] = (byte) (width >> 8);
        d[8] = (byte) height;
        d[9] = (byte) (height >> 8);
        return d;
    }

    @Test
    void aKeyFrameOfFewBytesCannotAnnounceAPictureOfManyMacroblocks() {
        byte[] d = keyFrame(60, 40, 4_096, 2_304, 0);
        long steps = Steps.of(() -> assertEquals(
                Vp8FormatException.Reason.TRUNCATED,
                assertThrows(Vp8FormatException.class, () -> new Vp8Decoder(MAX_PIXELS).decode(d, 0, d.length))
                        .reason()));
        assertEquals(0, steps);
    }

    @Test
    void theWorkForAKeyFrameIsBoundedByItsBytes() {
        Random random = new Random(3);
        for (int run = 0; run < 2_000; run++) {
            int bytes = 14 + random.nextInt(300);
            byte[] d = keyFrame(
                    bytes, random.nextInt(bytes), 1 + random.nextInt(900), 1 + random.nextInt(900), random.nextInt());
            for (int i = 10; i < bytes && run % 3 == 0; i++) {
                d[i] = (byte) random.nextInt();
            }
            long steps = Steps.of(() -> {
                try {
                    new Vp8Decoder(MAX_PIXELS).decode(d, 0, d.length);
                } catch (Vp8FormatException e) {
                    // refused
                }
            });
            assertTrue(steps <= 4L * bytes, "run " + run + ": " + steps + " macroblocks of " + bytes + " bytes");
        }
    }

    @Test
    void theModesOfAMacroblockTakeMoreBitsThanTheBound() {
        double luma = Double.MAX_VALUE;
        double[] modes = leaves(Modes.KEY_FRAME_Y_TREE, Modes.KEY_FRAME_Y, 0, 5);
        double block = Double.MAX_VALUE;
        for (int context = 0; context < Modes.B_COUNT * Modes.B_COUNT; context++) {
            for (double bits :
                    leaves(Modes.BLOCK_TREE, Modes.KEY_FRAME_BLOCK, context * (Modes.B_COUNT - 1), Modes.B_COUNT)) {
                block = Math.min(block, bits);
            }
        }
        for (int mode = 0; mode < modes.length; mode++) {
            luma = Math.min(luma, modes[mode] + (mode == Modes.BLOCKS ? 16 * block : 0));
        }
        double colour = Double.MAX_VALUE;
        for (double bits : leaves(Modes.UV_TREE, Modes.KEY_FRAME_UV, 0, 4)) {
            colour = Math.min(colour, bits);
        }
        assertTrue(
                luma + colour > Vp8Decoder.MIN_BITS_PER_MACROBLOCK,
                luma + " bits for brightness and " + colour + " for colour");
    }

    /** What each leaf of a tree costs at least. */
    private static double[] leaves(byte[] tree, int[] probabilities, int offset, int count) {
        double[] bits = new double[count];
        Arrays.fill(bits, Double.MAX_VALUE);
        walk(tree, probabilities, offset, 0, 0, bits);
        return bits;
    }

    private static void walk(byte[] tree, int[] probabilities, int offset, int at, double cost, double[] bits) {
        for (int branch = 0; branch < 2; branch++) {
            int p = probabilities[offset + (at >> 1)];
            int next = tree[at + branch];
            // The decoder's split is rounded: by up to 2 of 256 in favour of a branch (RFC 6386 §7.3).
            double c = cost + Math.max(0, -Math.log(((branch == 0 ? p : 256 - p) + 2) / 256.0) / Math.log(2));
            if (next > 0) {
                walk(tree, probabilities, offset, next, c, bits);
            } else {
                bits[-next] = Math.min(bits[-next], c);
            }
        }
    }

    @Test
    void aBlackKeyFrameOfTheEncoderIsFarAboveTheBound() throws Exception {
        Vp8Encoder encoder = new Vp8Encoder(640, 480);
        encoder.setTargetBitrate(5_000);
        Vp8Decoder decoder = new Vp8Decoder(MAX_PIXELS);
        byte[] d = encoder.encode(0).data();
        decoder.decode(d, 0, d.length);
        FrameHeader header = new FrameHeader();
        header.parseTag(d, 0, d.length);
        assertTrue(
                header.firstPartitionSize * 8 > 1_200 * Vp8Decoder.MIN_BITS_PER_MACROBLOCK,
                header.firstPartitionSize + " bytes for 1,200 macroblocks");
    }
}
