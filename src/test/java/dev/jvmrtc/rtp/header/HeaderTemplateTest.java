package dev.jvmrtc.rtp.header;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeaderTemplateTest {
    private final RtpPacket packet = new RtpPacket();

    private byte[] written(HeaderTemplate t) {
        byte[] out = new byte[t.length()];
        t.write(out, 96, true, 5, 7, 9);
        assertTrue(packet.wrap(out, 0, out.length));
        assertEquals(t.length(), packet.headerLength());
        return out;
    }

    @Test
    void aHeaderWithoutExtensionsHasTwelveBytes() {
        assertEquals(12, HeaderTemplate.PLAIN.length());
        written(HeaderTemplate.PLAIN);
        assertEquals(96, packet.payloadType());
        assertTrue(packet.marker());
        assertEquals(5, packet.sequenceNumber());
        assertEquals(7, packet.timestamp());
        assertEquals(9, packet.ssrc());
        assertFalse(packet.findExtension(1));
    }

    @Test
    void anyExtensionIsFoundWhereTheTemplateSaysThatItsValueStands() {
        for (int big : new int[] {4, 20}) {
            HeaderTemplate t = HeaderTemplate.builder()
                    .perPacket(2, 2)
                    .perPacket(3, 1)
                    .fixed(big, "seven b".getBytes(StandardCharsets.US_ASCII))
                    .perPacket(9, 3)
                    .build();
            byte[] out = written(t);
            Bytes.put16(out, t.offsetOf(2), 0xabcd);
            out[t.offsetOf(9) + 2] = 42;
            assertEquals(0xabcd, packet.extensionU16(2));
            assertEquals("seven b", packet.extensionText(big));
            assertTrue(packet.findExtension(9));
            assertEquals(3, packet.extensionLength());
            assertEquals(t.offsetOf(9), packet.extensionOffset());
            assertEquals(42, out[packet.extensionOffset() + 2]);
            assertEquals(-1, t.offsetOf(1));
        }
    }

    /** RFC 8285 §4.1.2: one form in all packets of a stream. */
    @Test
    void whatIsLeftOutOfSomePacketsDoesNotChangeTheirForm() {
        HeaderTemplate t = HeaderTemplate.builder()
                .perPacket(200, 1)
                .fixed(1, new byte[] {65})
                .build();
        HeaderTemplate less = t.without(200);
        assertEquals(Bytes.u16(written(t), 12), Bytes.u16(written(less), 12));
        assertFalse(packet.findExtension(200));
        assertEquals("A", packet.extensionText(1));
    }

    @Test
    void idsThatNoPacketCanHaveAndValuesThatAreTooLongAreLeftOut() {
        for (int id : new int[] {-1, 0, 256}) {
            assertEquals(12, HeaderTemplate.builder().perPacket(id, 2).build().length());
        }
        assertEquals(
                12,
                HeaderTemplate.builder()
                        .fixed(1, new byte[0])
                        .fixed(2, new byte[256])
                        .build()
                        .length());
        assertEquals(
                12 + 4 + 260,
                HeaderTemplate.builder().fixed(2, new byte[255]).build().length());
    }

    @Test
    void theTableTellsIdsByUri() {
        HeaderExtensions e = HeaderExtensions.of(Map.of(HeaderExtensions.MID, 4, "urn:example:mine", 7));
        assertEquals(4, e.mid());
        assertEquals(0, e.transportSequence());
        assertEquals(7, e.id("urn:example:mine"));
        assertEquals(e, HeaderExtensions.of(Map.of("urn:example:mine", 7, HeaderExtensions.MID, 4)));
    }
}
