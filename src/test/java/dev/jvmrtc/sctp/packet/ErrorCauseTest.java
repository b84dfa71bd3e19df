package dev.jvmrtc.sctp.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorCauseTest {

    @Test
    void causesAreDescribedByNameAndSomeByTheirText() {
        assertEquals("no user data", new ErrorCause(9, new byte[4]).describe());
        assertEquals("user-initiated abort", ErrorCause.of(12, "").describe());
        assertEquals("user-initiated abort: bye", ErrorCause.of(12, "bye").describe());
        assertEquals("stale cookie", ErrorCause.of(3, "text that is none").describe());
        assertEquals("cause 77", ErrorCause.of(77, "x").describe());
    }

    @Test
    void aTextIsCutAndMadeOneLine() {
        String told = ErrorCause.of(13, "a\nb\u0007" + "c".repeat(1_000)).describe();
        assertTrue(told.chars().noneMatch(Character::isISOControl), told);
        assertTrue(told.length() <= "protocol violation: ".length() + 256, told.length() + " characters");
    }

    @Test
    void noMoreThanSixteenAreRead() throws MalformedException {
        ByteWriter w = new ByteWriter();
        for (int i = 0; i < 20; i++) {
            w.u16(i).u16(4);
        }
        List<ErrorCause> causes = ErrorCause.parseAll(new ByteReader(w.toByteArray()));
        assertEquals(16, causes.size());
        assertEquals(15, causes.get(15).code());
    }

    @Test
    void aLengthThatCannotBeIsRefused() {
        assertThrows(MalformedException.class, () -> ErrorCause.parseAll(new ByteReader(new byte[] {0, 1, 0, 3})));
        assertThrows(MalformedException.class, () -> ErrorCause.parseAll(new ByteReader(new byte[] {0, 1, 0, 5})));
    }
}
