package dev.jvmrtc.codec.h264;

import static dev.jvmrtc.codec.h264.BitWriter.join;
import static dev.jvmrtc.codec.h264.BitWriter.nal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.file.Clip;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.codecs.h264.io.model.Frame;
import org.junit.jupiter.api.Test;

/**
 * Access units that no encoder writes: each costs work and memory by its bytes and by the size of its picture, and the
 * decoder comes back.
 */
class HostileH264Test {
    private static final long SEED = Long.getLong("jvmrtc.seed", 11L);
    private static final int SPS = 0x67;
    private static final int PPS = 0x68;
    private static final int IDR = 0x65;
    private static final int P = 0x41;
    private static final String MALFORMED = "H.264: malformed";
    private static final long GIVE_UP_MILLIS = 20_000;

    private static byte[] sps(int columns, int rows) {
        return sps(0, 1, columns, rows);
    }

    private static byte[] sps(int frameNumberBitsLess4, int references, int columns, int rows) {
        return nal(
                SPS,
                new BitWriter()
                        .u(8, 66)
                        .u(8, 0xE0)
                        .u(8, 31)
                        .ue(0)
                        .ue(frameNumberBitsLess4)
                        .ue(2)
                        .ue(references)
                        .u(1, 0)
                        .ue(columns - 1)
                        .ue(rows - 1)
                        .u(1, 1)
                        .u(1, 1)
                        .u(1, 0)
                        .u(1, 0)
                        .end());
    }

    private static byte[] pps(boolean arithmetic) {
        return nal(
                PPS,
                new BitWriter()
                        .ue(0)
                        .ue(0)
                        .u(1, arithmetic ? 1 : 0)
                        .u(1, 0)
                        .ue(0)
                        .ue(0)
                        .ue(0)
                        .u(1, 0)
                        .u(2, 0)
                        .se(0)
                        .se(0)
                        .se(0)
                        .u(3, 0)
                        .end());
    }

    private static BitWriter idrSlice(int first) {
        return new BitWriter().ue(first).ue(7).ue(0).u(4, 0).ue(0).u(2, 0).se(0);
    }

    private static BitWriter pSlice(int frameNumber) {
        return new BitWriter().ue(0).ue(5).ue(0).u(4, frameNumber);
    }

    /** Macroblocks that are predicted from what is beside them, without residual: the cheapest that there are. */
    private static byte[] idr(int macroblocks) {
        BitWriter w = idrSlice(0);
        for (int i = 0; i < macroblocks; i++) {
            w.ue(1 + 2).ue(0).se(0).u(1, 1); // I_16x16 by the mean, chroma by the mean, no coefficients
        }
        return nal(IDR, w.end());
    }

    private static byte[] key(int columns, int rows) {
        return join(sps(columns, rows), pps(false), idr(columns * rows));
    }

    /** What becomes of a frame, on a thread that must come back. */
    private static String decode(VideoDecoder d, byte[] frame) throws InterruptedException {
        String[] result = new String[1];
        Thread t = new Thread(() -> {
            try {
                VideoFrame f = d.decode(EncodedFrame.of(frame, "H264", 0, true));
                result[0] = f == null ? "nothing" : "frame";
                if (f != null) {
                    f.release();
                }
            } catch (CodecException e) {
                result[0] = e.getMessage();
            } catch (Throwable e) {
                result[0] = e.toString();
            }
        });
        t.setDaemon(true);
        t.start();
        t.join(GIVE_UP_MILLIS);
        assertFalse(t.isAlive(), "still decoding " + frame.length + " bytes");
        return result[0];
    }

    private static VideoDecoder decoder() {
        return new H264Codecs().createVideoDecoder(EncodedFormat.of("H264"));
    }

    @Test
    void parameterSetsThatAnnounceWhatCannotBeAreRefused() throws Exception {
        Map<String, byte[]> hostile = Map.of(
                "a table of 2^31 offsets",
                        nal(
                                SPS,
                                new BitWriter()
                                        .u(8, 66)
                                        .u(8, 0xE0)
                                        .u(8, 31)
                                        .ue(0)
                                        .ue(0)
                                        .ue(1)
                                        .u(1, 0)
                                        .se(0)
                                        .se(0)
                                        .ue(0x7FFFFFFEL)
                                        .se(0)
                                        .end()),
                "frame numbers of 30 bits", sps(26, 1, 4, 4),
                "frame numbers of 17 bits", sps(13, 1, 4, 4),
                "seventeen references", sps(0, 17, 4, 4),
                "a number of 2^32",
                        nal(
                                SPS,
                                new BitWriter()
                                        .u(8, 66)
                                        .u(8, 0xE0)
                                        .u(8, 31)
                                        .ue(0xFFFFFFFFL)
                                        .end()),
                "a set that ends too early", Arrays.copyOf(sps(4, 4), 9),
                "a profile that does not exist",
                        nal(SPS, new BitWriter().u(8, 1).u(8, 0).u(8, 31).end()),
                "thousands of slice groups",
                        nal(
                                PPS,
                                new BitWriter()
                                        .ue(0)
                                        .ue(0)
                                        .u(2, 0)
                                        .ue(100_000_000)
                                        .ue(6)
                                        .ue(100_000_000)
                                        .end()),
                "two slice groups",
                        nal(
                                PPS,
                                new BitWriter()
                                        .ue(0)
                                        .ue(0)
                                        .u(2, 0)
                                        .ue(1)
                                        .ue(0)
                                        .ue(0)
                                        .ue(0)
                                        .end()),
                "a set with an id of 256",
                        nal(PPS, new BitWriter().ue(256).ue(0).end()));
        for (Map.Entry<String, byte[]> e : hostile.entrySet()) {
            String said = decode(decoder(), join(e.getValue(), idr(16)));
            assertTrue(
                    said.equals(MALFORMED) || said.equals("H.264: a feature that is not supported"),
                    e.getKey() + ": " + said);
        }
        assertEquals("frame", decode(decoder(), key(4, 4)), "the same without the lie");
    }

    @Test
    void framesAreBoundedInSizeAndInMemoryForReferences() throws Exception {
        assertEquals("H.264: too large", decode(decoder(), join(sps(257, 144), pps(false), idr(1))));
        assertEquals(
                "H.264: too large",
                decode(decoder(), join(sps(36_864, 1), pps(false), idr(1))),
                "one row of all macroblocks");
        assertEquals(
                "H.264: too large",
                decode(decoder(), join(sps(0, 16, 256, 144), pps(false), idr(1))),
                "sixteen references of the largest size");
        assertEquals(
                MALFORMED,
                decode(decoder(), join(sps(0, 5, 256, 144), pps(false), idr(1))),
                "of the largest size, its macroblocks missing");
        VideoDecoder small = decoder();
        small.setMaxPixels(640 * 480);
        assertEquals("H.264: too large", decode(small, key(41, 30)));
        assertEquals("frame", decode(small, key(40, 30)));
    }

    /** Cropped by so many pixels. */
    private static byte[] cropped(int columns, int rows, int left, int right, int top, int bottom) {
        byte[] set = nal(
                SPS,
                new BitWriter()
                        .u(8, 66)
                        .u(8, 0xE0)
                        .u(8, 31)
                        .ue(0)
                        .ue(0)
                        .ue(2)
                        .ue(1)
                        .u(1, 0)
                        .ue(columns - 1)
                        .ue(rows - 1)
                        .u(1, 1)
                        .u(1, 1)
                        .u(1, 1)
                        .ue(left / 2)
                        .ue(right / 2)
                        .ue(top / 2)
                        .ue(bottom / 2)
                        .u(1, 0)
                        .end());
        return join(set, pps(false), idr(columns * rows));
    }

    private static String decode(long maxPixels, byte[] frame) throws InterruptedException {
        VideoDecoder d = decoder();
        d.setMaxPixels(maxPixels);
        return decode(d, frame);
    }

    @Test
    void theSizeThatIsBoundedIsThatOfTheFrameThatIsShown() throws Exception {
        assertEquals(
                "frame", decode(1_920 * 1_080, cropped(120, 68, 0, 0, 0, 8)), "1080 lines are no whole macroblocks");
        assertEquals("H.264: too large", decode(1_920 * 1_080 - 1, cropped(120, 68, 0, 0, 0, 8)));
        assertEquals("frame", decode(640 * 360, cropped(40, 23, 0, 0, 0, 8)));
        assertEquals("frame", decode(320 * 180, cropped(20, 12, 0, 0, 6, 6)));
        assertEquals("frame", decode(4, cropped(1, 1, 0, 14, 14, 0)), "a frame of 2x2");
    }

    @Test
    void whatIsCroppedBeyondTheLastMacroblocksCountsAsIfItWereShown() throws Exception {
        assertEquals(
                "H.264: too large", decode(320 * 180, cropped(20, 12, 0, 0, 8, 8)), "a row of macroblocks for nothing");
        assertEquals("H.264: too large", decode(320 * 180, cropped(21, 12, 8, 8, 0, 12)));
        assertEquals("H.264: too large", decode(320 * 180, cropped(40, 40, 638, 0, 0, 638)));
        assertEquals(
                "H.264: too large",
                decode(320 * 180, cropped(80, 1, 14, 0, 14, 0)),
                "a line of macroblocks, of which little is shown");
        assertEquals("frame", decode(320 * 192, cropped(20, 12, 0, 0, 8, 8)));
    }

    @Test
    void listsInSliceHeadersThatDoNotEndAreRefused() throws Exception {
        VideoDecoder d = decoder();
        Random random = new Random(SEED);
        List<byte[]> hostile = new ArrayList<>();
        hostile.add(
                nal(P, pSlice(1).u(1, 0).u(1, 1).end())); // changes of the list of references, to the end of the data
        BitWriter changes = pSlice(1).u(1, 0).u(1, 1);
        BitWriter marking = pSlice(1).u(1, 0).u(1, 0).u(1, 1);
        for (int i = 0; i < 10_000; i++) {
            changes.ue(random.nextInt(2)).ue(0);
            marking.ue(4).ue(0);
        }
        hostile.add(nal(P, changes.ue(3).end()));
        hostile.add(nal(P, marking.ue(0).end()));
        hostile.add(nal(P, pSlice(1).u(1, 1).ue(1_000_000).end())); // so many references
        hostile.add(nal(P, new BitWriter().ue(1L << 30).ue(5).ue(0).end())); // begins behind the picture
        hostile.add(nal(P, new BitWriter().ue(0).ue(5).ue(0).end()));
        for (byte[] h : hostile) {
            assertEquals("frame", decode(d, key(4, 4)));
            assertEquals(MALFORMED, decode(d, h));
            assertEquals(
                    "H.264: a reference is missing",
                    decode(d, nal(P, pSlice(1).u(3, 0).se(0).ue(16).end())),
                    "it goes on with a key frame");
        }
    }

    @Test
    void macroblocksThatAreSkippedBehindThePictureEndWithIt() throws Exception {
        for (long run : new long[] {16, 17, 1 << 20, 0x7FFFFFFEL}) {
            VideoDecoder d = decoder();
            assertEquals("frame", decode(d, key(4, 4)));
            assertEquals(
                    "frame",
                    decode(
                            d,
                            nal(
                                    P,
                                    pSlice(1)
                                            .u(1, 0)
                                            .u(1, 0)
                                            .u(1, 0)
                                            .se(0)
                                            .ue(run)
                                            .end())));
        }
    }

    @Test
    void eachMacroblockIsDecodedOnceHoweverManySlicesThereAre() throws Exception {
        VideoDecoder d = decoder();
        assertEquals("frame", decode(d, key(40, 30)));
        byte[][] same = new byte[500][];
        Arrays.fill(
                same, nal(P, pSlice(1).u(1, 0).u(1, 0).u(1, 0).se(0).ue(1_200).end()));
        byte[] frame = join(same);
        long before = Steps.taken();
        assertThrows(CodecException.class, () -> d.decode(EncodedFrame.of(frame, "H264", 0, false)));
        assertTrue(Steps.taken() - before < 5L * frame.length + 2 * 1_200, (Steps.taken() - before) + " steps");
    }

    @Test
    void dataThatEndsEarlyEndsThePicture() throws Exception {
        byte[] cut = nal(IDR, idrSlice(0).ue(3).ue(0).se(0).u(1, 1).end()); // one macroblock of 2,500
        VideoDecoder d = decoder();
        long steps = Steps.of(() -> assertThrows(
                CodecException.class,
                () -> d.decode(EncodedFrame.of(join(sps(50, 50), pps(false), cut), "H264", 0, true))));
        assertTrue(steps < 500, steps + " steps for " + cut.length + " bytes");
    }

    /** Of macroblocks that are predicted from the picture before, with no residual. */
    private static BitWriter predicted(int macroblocks) {
        BitWriter w = pSlice(1).u(1, 0).u(1, 0).u(1, 0).se(0);
        for (int i = 0; i < macroblocks; i++) {
            w.ue(0).ue(0).se(0).se(0).ue(0); // none skipped, P_16x16, no motion, no coefficients
        }
        return w;
    }

    /** Behind the end zeros would be read, which are macroblocks too. */
    @Test
    void aSliceWhoseStopBitIsReadAsPartOfACodeEndsThePicture() throws Exception {
        for (int whole = 0; whole < 16; whole++) {
            for (int zeros = 1; zeros <= 3; zeros++) {
                VideoDecoder d = decoder();
                assertEquals("frame", decode(d, key(4, 4)));
                assertEquals(
                        MALFORMED,
                        decode(d, nal(P, predicted(whole).u(zeros, 0).end())),
                        whole + " macroblocks, then " + zeros + " zeros");
            }
        }
        for (int columns = 1; columns <= 16; columns++) { // wherever in its byte the stop bit is
            VideoDecoder d = decoder();
            assertEquals("frame", decode(d, key(columns, 1)));
            assertEquals("frame", decode(d, nal(P, predicted(columns).end())), columns + " macroblocks");
        }
    }

    @Test
    void arithmeticCodesThatReadOnesForEverEnd() throws Exception {
        Random random = new Random(SEED);
        for (int run = 0; run < 300; run++) {
            byte[] rubbish = new byte[1 + random.nextInt(60)];
            if (run % 3 == 0) {
                Arrays.fill(rubbish, (byte) (run % 2 == 0 ? -1 : 0));
            } else {
                random.nextBytes(rubbish);
            }
            BitWriter i = idrSlice(0);
            BitWriter p =
                    pSlice(1).u(1, 0).u(1, 0).u(1, 0).ue(random.nextInt(3)).se(0);
            for (BitWriter w : List.of(i, p)) {
                w.u(7, 127); // at least up to the next byte
                for (byte b : rubbish) {
                    w.u(8, b & 0xFF);
                }
            }
            VideoDecoder d = decoder();
            String said = decode(d, join(sps(20, 20), pps(true), nal(IDR, i.end())));
            assertTrue(said.equals(MALFORMED) || said.equals("frame"), "seed " + SEED + " run " + run + ": " + said);
            assertEquals("frame", decode(d, key(20, 20)));
            said = decode(d, join(pps(true), nal(P, p.end())));
            assertTrue(
                    said.equals(MALFORMED) || said.equals("frame") || said.equals("H.264: a reference is missing"),
                    "seed " + SEED + " run " + run + ": " + said);
        }
    }

    @Test
    void mutatedStreamsCostByTheirBytesAndTheirFrames() throws Exception {
        List<byte[]> good = new ArrayList<>();
        VideoEncoder encoder = new H264Codecs().createVideoEncoder(EncodedFormat.of("H264"));
        Random random = new Random(SEED);
        for (int i = 0; i < 6; i++) {
            VideoFrame f = VideoFrame.allocate(96, 64, i * 33_333L);
            random.nextBytes(f.y());
            Arrays.fill(f.u(), (byte) 128);
            Arrays.fill(f.v(), (byte) 128);
            good.add(encoder.encode(f, i == 0).data());
            f.release();
        }
        int refused = 0;
        for (int run = 0; run < 300; run++) {
            VideoDecoder d = decoder();
            for (byte[] g : good) {
                byte[] f = Arrays.copyOf(g, random.nextInt(4) == 0 ? 1 + random.nextInt(g.length) : g.length);
                for (int n = random.nextInt(4); n > 0; n--) {
                    f[random.nextInt(random.nextBoolean() ? Math.min(40, f.length) : f.length)] ^=
                            (byte) (1 << random.nextInt(8));
                }
                long before = Steps.taken();
                boolean failed = false;
                try {
                    VideoFrame p = d.decode(EncodedFrame.of(f, "H264", 0, true));
                    if (p != null) {
                        p.release();
                    }
                } catch (CodecException e) {
                    failed = true;
                } catch (RuntimeException | Error e) {
                    throw new AssertionError("seed " + SEED + " run " + run, e);
                }
                refused += failed ? 1 : 0;
                // A size that was changed may be larger; only macroblocks that were read are counted.
                assertTrue(
                        Steps.taken() - before < 16L * f.length + 40_000,
                        "seed " + SEED + " run " + run + ": " + (Steps.taken() - before) + " steps");
            }
        }
        assertTrue(refused > 100, refused + " refused");
    }

    @Test
    void whatIsDecodedIsWhatJCodecDecodesByItself() throws Exception {
        Clip clip = Clip.read(Path.of("src/test/interop/media/pic-H264.h264"));
        H264Decoder theirs = new H264Decoder();
        VideoDecoder ours = decoder();
        int compared = 0;
        for (EncodedFrame f :
                clip.frames().subList(0, Math.min(30, clip.frames().size()))) {
            byte[][] planes = {new byte[1 << 20], new byte[1 << 18], new byte[1 << 18], null};
            Frame p = theirs.decodeFrame(ByteBuffer.wrap(f.data().clone()), planes);
            VideoFrame expected = JCodecPictures.toFrame(p, 0);
            VideoFrame got = ours.decode(f);
            assertNotNull(got);
            assertArrayEquals(expected.y(), got.y(), "frame " + compared);
            assertArrayEquals(expected.u(), got.u(), "frame " + compared);
            compared++;
            got.release();
            expected.release();
        }
        assertTrue(compared > 5, compared + " frames");
    }
}
