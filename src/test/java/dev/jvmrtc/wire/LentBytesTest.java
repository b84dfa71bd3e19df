package dev.jvmrtc.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LentBytesTest {
    private final byte[] bytes = new byte[100];
    private ByteBuf buffer;

    @BeforeEach
    void fill() {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        buffer = ByteBufAllocator.DEFAULT.heapBuffer(bytes.length, bytes.length).writeBytes(bytes);
    }

    @AfterEach
    void everythingIsReleased() {
        assertEquals(1, buffer.refCnt(), "only the test holds it");
        buffer.release();
    }

    @Test
    void whatIsHalfOfItsBufferOrMoreIsKeptWhereItIs() {
        LentBytes lent = LentBytes.of(buffer);
        ByteBuf kept = lent.keep(10, 50);
        assertEquals(2, buffer.refCnt());
        assertEquals(100, LentBytes.pinnedBy(kept));
        buffer.setByte(10, 77);
        assertEquals(77, kept.getByte(0), "the very bytes");
        kept.release();
    }

    @Test
    void whatIsLessIsCopiedToItsOwnSize() {
        LentBytes lent = LentBytes.of(buffer).slice(5, 90);
        ByteBuf kept = lent.keep(10, 49);
        assertEquals(1, buffer.refCnt());
        assertEquals(49, LentBytes.pinnedBy(kept));
        buffer.setByte(15, 77);
        assertEquals(15, kept.getByte(0), "a copy");
        kept.release();
    }

    @Test
    void aPartOfAPartIsWhereItShouldBe() {
        LentBytes part = LentBytes.of(buffer).slice(20, 60).slice(5, 50);
        assertEquals(25, part.u8(0));
        assertArrayEquals(Arrays.copyOfRange(bytes, 25, 75), part.copy());
        ByteBuf kept = part.keep(0, 50);
        assertEquals(25, kept.getByte(0));
        assertEquals(74, kept.getByte(49));
        kept.release();
    }

    @Test
    void whatNobodyCountsIsCopiedByWhoeverRetainsIt() {
        LentBytes lent = LentBytes.of(bytes, 10, 20);
        assertFalse(lent.isCounted());
        assertFalse(lent.isMostOfItsBuffer());
        LentBytes kept = lent.retain();
        bytes[10] = 77;
        assertEquals(10, kept.u8(0));
        assertTrue(kept.isWholeArray());
        kept.release();
        ByteBuf copy = lent.keep(0, 20);
        bytes[10] = 78;
        assertEquals(77, copy.getByte(0));
        copy.release();
    }

    @Test
    void aViewThatIsNotReusedRetainsItself() {
        LentBytes lent = LentBytes.of(buffer).slice(1, 10);
        assertSame(lent, lent.retain());
        assertEquals(2, buffer.refCnt());
        assertEquals(100, lent.pinned());
        lent.release();
    }

    @Test
    void aReusedViewGivesAwayAnotherAndIsToldOfOtherBytes() {
        LentBytes view = LentBytes.reusable();
        assertTrue(view.isFree());
        view.lend(buffer);
        assertEquals(100, view.length());
        LentBytes kept = view.retain();
        assertNotSame(view, kept);
        view.lend(LentBytes.of(bytes), 30, 5);
        assertEquals(30, view.u8(0));
        assertFalse(view.isCounted());
        view.end();
        assertTrue(view.isFree());
        assertEquals(0, view.length());
        assertEquals(2, buffer.refCnt(), "of the view that was given away");
        assertEquals(99, kept.u8(99));
        kept.release();
    }

    @Test
    void aReusedViewThatIsRetainedInPlaceIsFreeOnceItIsReleased() {
        LentBytes view = LentBytes.reusable();
        view.lend(LentBytes.of(buffer), 40, 10).retainInPlace();
        assertEquals(2, buffer.refCnt());
        assertEquals(40, view.u8(0));
        view.release();
        assertTrue(view.isFree());
        assertEquals(1, buffer.refCnt());
    }
}
