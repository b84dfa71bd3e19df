package dev.jvmrtc.bitstream.h264;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.jvmrtc.bitstream.h265.KnownHevcSets;
import dev.jvmrtc.wire.CodedFrame;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class KnownSetsTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** SPS 31, PPS 255 of it, and an IDR picture of that. */
    private static final String SPS = "000001" + "6742c01e0415";

    private static final String PPS = "000001" + "6800800208";
    private static final String IDR = "000001" + "658800802a";

    private final KnownSets sets = new KnownSets();

    private static byte[] hex(String h) {
        return HexFormat.of().parseHex(h);
    }

    private String complete(String frame) {
        CodedFrame f = sets.complete(hex(frame));
        return (f.keyFrame() ? "key" : "delta")
                + String.join(
                        "",
                        NalUnit.split(f.data()).stream()
                                .map(u -> " " + u.type())
                                .toList());
    }

    @Test
    void setsOfTheHighestIdsAreToldApartAndPutIn() {
        assertEquals("delta 5", complete(IDR));
        assertEquals("delta 8 5", complete(PPS + IDR), "the sequence is not known");
        assertEquals("key 7 8 5", complete(SPS + IDR));
        assertEquals("key 7 8 5", complete(PPS + IDR));
        assertEquals("key 7 8 5", complete(IDR), "what another picture had does not count for this one");
        byte[] whole = hex(SPS + PPS + IDR);
        assertSame(whole, sets.complete(whole).data());
    }

    @Test
    void setsThatCannotBeReadAreForADecoderToJudge() {
        assertEquals("key 7 8 5", complete("0000016742" + "00000168" + IDR), "nothing is known of what it needs");
        sets.complete(hex(SPS + PPS + IDR));
        assertEquals("key 7 8 5", complete("0000016742" + "00000168" + IDR), "they may be the ones it needs");
    }

    @Test
    void aDescriptionsSetsAreReadAndWhatIsNoneIsPassedOver() {
        assertEquals(List.of(), NalUnit.ofBase64(null));
        assertEquals(
                List.of("7 6", "8 4"),
                NalUnit.ofBase64(" Z0LAHpWg,!,,aM48gA== ").stream()
                        .map(u -> u.type() + " " + u.length())
                        .toList());
    }

    /** Nothing but what is given back: tens of frames a second of each of hundreds of streams pass here. */
    @Test
    void aFrameThatNeedsNoSetsCostsNoObjectsBesideItself() {
        KnownHevcSets hevc = new KnownHevcSets();
        assertFalse(sets.complete(hex("00000141e0aaaa")).keyFrame());
        assertTrue(bytesEach(sets::complete, hex("00000141e0aaaa")) <= 32, "H.264");
        assertTrue(bytesEach(hevc::complete, hex("0000010201d008")) <= 32, "H.265");
    }

    private static long bytesEach(Function<byte[], CodedFrame> complete, byte[] frame) {
        int frames = 10_000;
        complete.apply(frame);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < frames; i++) {
            complete.apply(frame);
        }
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / frames;
    }
}
