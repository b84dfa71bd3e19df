package dev.jvmrtc.sctp.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExtensionsTest {

    @Test
    void eachHasABitOfItsOwn() {
        for (int bits = 0; bits < 32; bits++) {
            assertEquals(bits, Extensions.ofBits(bits).bits());
        }
        assertEquals(new Extensions(true, true, true, true, true), Extensions.OURS);
        assertEquals(new Extensions(false, false, false, false, false), Extensions.NONE);
    }

    @Test
    void chunkTypesTellAllButTheChecksum() {
        for (int bits = 0; bits < 32; bits++) {
            Extensions e = Extensions.ofBits(bits);
            Extensions told = Extensions.NONE;
            for (byte type : e.chunkTypes()) {
                told = told.with(type & 0xff);
            }
            assertEquals(e.withoutZeroChecksum(), told);
            assertFalse(told.zeroChecksum());
        }
        assertTrue(Extensions.NONE.withZeroChecksum().zeroChecksum());
    }

    @Test
    void iForwardTsnIsAnnouncedOnlyWithBothOfItsParents() {
        assertArrayEquals(new byte[] {64}, new Extensions(false, false, false, true, false).chunkTypes());
        assertArrayEquals(
                new byte[] {(byte) 192, 64, (byte) 194}, new Extensions(true, false, false, true, false).chunkTypes());
    }

    @Test
    void aChunkTypeThatIsNoExtensionChangesNothing() {
        for (int type : new int[] {0, 3, 63, 128, 193, 194, 255}) {
            assertEquals(Extensions.NONE, Extensions.NONE.with(type), "type " + type);
        }
    }
}
