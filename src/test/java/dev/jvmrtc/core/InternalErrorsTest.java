package dev.jvmrtc.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class InternalErrorsTest {
    private static RuntimeException one() {
        return assertThrows(RuntimeException.class, () -> Objects.requireNonNull(null));
    }

    private static RuntimeException another() {
        return assertThrows(RuntimeException.class, () -> Objects.requireNonNull(null));
    }

    @Test
    void aPlaceIsWhereOurCodeFailedNotWhereTheRuntimeFoundIt() {
        assertEquals(InternalErrors.place(one()), InternalErrors.place(one()));
        assertNotEquals(InternalErrors.place(one()), InternalErrors.place(another()));
    }

    @Test
    void aPlaceIsThatOfTheFirstCause() {
        assertEquals(InternalErrors.place(one()), InternalErrors.place(new IllegalStateException("about it", one())));
    }
}
