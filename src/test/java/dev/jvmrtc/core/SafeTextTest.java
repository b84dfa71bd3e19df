package dev.jvmrtc.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SafeTextTest {
    @Test
    void whatATerminalObeysOrHidesIsReplaced() {
        assertEquals("a?b?c?d?e?f", SafeText.line("a\nb\u001bc\u202ed\u2028e\ue000f", 100));
        assertEquals(
                "??",
                SafeText.line(new String(Character.toChars(0xe0041)), 100),
                "a character of no width beyond the first plane");
    }

    @Test
    void whatPeopleWriteStays() {
        assertEquals("naïve 日本 \ud83d\ude00", SafeText.line("naïve 日本 \ud83d\ude00", 100));
    }

    @Test
    void whatIsQuotedShowsThatItWasLonger() {
        assertEquals("\"ab?\"", SafeText.quoted("ab\n", 60));
        assertEquals("\"ab…\"", SafeText.quoted("abc", 2));
    }

    @Test
    void whatIsLongEndsAtTheLimitWithoutHalfACharacter() {
        assertEquals("ab", SafeText.line("abcd", 2));
        assertEquals("a?", SafeText.line("a\ud83d\ude00", 2));
        assertEquals("a?", SafeText.line("a\ud83d", 9));
    }
}
