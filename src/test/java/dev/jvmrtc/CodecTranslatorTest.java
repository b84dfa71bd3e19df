package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jvmrtc.media.codec.CodecDescription;
import dev.jvmrtc.rtp.format.CodecRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodecTranslatorTest {
    private static final CodecDescription FIRST = CodecDescription.of("L16", "audio", 16_000, 1);
    private static final CodecDescription SAME_NAME = CodecDescription.of("l16", "audio", 44_100, 1);
    private static final CodecDescription KNOWN = CodecDescription.of("opus", "audio", 48_000, 2);
    private static final CodecDescription LAST = CodecDescription.of("speex", "audio", 8_000, 1);

    @Test
    void whatProvidersDescribeAndDoesNotFitIsLeftOutAndTheRestIsThere() {
        CodecRegistry all = CodecTranslator.withFound(CodecRegistry.STANDARD, List.of(FIRST, SAME_NAME, KNOWN, LAST));
        assertEquals(16_000, all.clockRate("L16"), "the first of the name");
        assertEquals(8_000, all.clockRate("speex"));
    }

    @Test
    void whatAnApplicationAddsAndDoesNotFitIsItsMistake() {
        assertThrows(IllegalArgumentException.class, () -> CodecTranslator.codecs(List.of(FIRST, SAME_NAME)));
        assertThrows(IllegalArgumentException.class, () -> CodecTranslator.codecs(List.of(KNOWN)));
    }
}
