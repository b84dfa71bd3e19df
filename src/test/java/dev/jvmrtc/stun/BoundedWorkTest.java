package dev.jvmrtc.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.MalformedException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What reading a STUN message costs, in turns of loops. */
class BoundedWorkTest {
    private static final int WORDS = 16_000;

    private static byte[] message(int attributes, int type, byte[] value) {
        StunMessage.Writer w = StunMessage.write(
                StunMessage.BINDING, StunClass.SUCCESS_RESPONSE, TransactionId.random(RandomSource.seeded(1)));
        for (int i = 0; i < attributes; i++) {
            w.attribute(type, value);
        }
        return w.bytes();
    }

    @Test
    void aMessageFullOfAttributesIsGivenUpAtTheBound() {
        byte[] stuffed = message(WORDS, StunAttribute.XOR_MAPPED_ADDRESS, new byte[0]);
        long steps = Steps.of(
                () -> assertThrows(MalformedException.class, () -> StunMessage.parse(stuffed, 0, stuffed.length)));
        assertTrue(steps <= StunMessage.MAX_ATTRIBUTES + 1, steps + " steps");
    }

    @Test
    void eachQuestionToAMessageCostsItsAttributesOnce() throws MalformedException {
        byte[] bytes = message(StunMessage.MAX_ATTRIBUTES, 0x8099, new byte[4]);
        StunMessage m = StunMessage.parse(bytes, 0, bytes.length);
        for (Runnable question : new Runnable[] {
            () -> m.has(StunAttribute.USERNAME),
            m::errorCode,
            m::errorReason,
            m::unknownRequiredAttributes,
            () -> m.hasIntegrity(new byte[16])
        }) {
            long steps = Steps.of(question);
            assertTrue(steps <= StunMessage.MAX_ATTRIBUTES, steps + " steps");
        }
    }

    @Test
    void aReasonIsOneShortLineWhateverTheServerWritesAndCostsNoMoreThanThat() throws MalformedException {
        byte[] text = new byte[60_000];
        Arrays.fill(text, (byte) 'y');
        byte[] begin = "x\r\nERROR forged\u001b[31m\u202e\u2028".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        System.arraycopy(begin, 0, text, 4, begin.length);
        byte[] bytes = message(1, StunAttribute.ERROR_CODE, text);
        StunMessage m = StunMessage.parse(bytes, 0, bytes.length);
        String[] reason = new String[1];
        long steps = Steps.of(() -> reason[0] = m.errorReason());
        assertTrue(steps <= StunMessage.MAX_REASON + 1, steps + " steps");
        assertEquals("x??ERROR forged?[31m??", reason[0].substring(0, 22));
        assertEquals(StunMessage.MAX_REASON, reason[0].length());
    }
}
