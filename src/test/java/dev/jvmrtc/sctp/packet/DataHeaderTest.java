package dev.jvmrtc.sctp.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DataHeaderTest {

    private static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes.replace(" ", ""));
    }

    @Test
    void dataAsTheFigureHasIt() throws MalformedException {
        ByteWriter w = new ByteWriter();
        DataHeader.write(w, false, DataHeader.FLAG_BEGIN | DataHeader.FLAG_END, 5, 0x01020304, 6, 0x1_0007, 51, 99);
        assertArrayEquals(hex("00 03 0015 01020304 0006 0007 00000033"), w.toByteArray(), "the number has 16 bits");

        DataHeader h = new DataHeader();
        ByteReader body = new ByteReader(hex("01020304 0006 ffff 00000033 6869"));
        h.read(false, 0x0b, body);
        assertEquals(2, body.remaining(), "the user data remains");
        assertFalse(h.interleaved());
        assertEquals(0x01020304, h.tsn());
        assertEquals(6, h.streamId());
        assertEquals(0xffff, h.number());
        assertEquals(51, h.payloadProtocolId());
        assertEquals(0, h.fragment());
        assertTrue(h.begins() && h.ends() && h.isImmediate());
        assertFalse(h.isUnordered());
    }

    @Test
    void interleavedDataHasAnIdentifierFirstAndFragmentNumbersAfterwards() throws MalformedException {
        ByteWriter w = new ByteWriter();
        DataHeader.write(w, true, DataHeader.FLAG_BEGIN | DataHeader.FLAG_UNORDERED, 8, 1, 2, 0x10007, 53, 0);
        assertArrayEquals(hex("40 06 001c 00000001 0002 0000 00010007 00000035"), w.toByteArray());
        w.clear();
        DataHeader.write(w, true, DataHeader.FLAG_END, 1, 2, 2, 0x10007, 53, 1);
        assertArrayEquals(hex("40 01 0015 00000002 0002 0000 00010007 00000001"), w.toByteArray());

        DataHeader h = new DataHeader();
        h.read(true, DataHeader.FLAG_BEGIN, new ByteReader(hex("00000001 0002 0000 00010007 00000035")));
        assertTrue(h.interleaved());
        assertEquals(0x10007, h.number());
        assertEquals(53, h.payloadProtocolId());
        assertEquals(0, h.fragment());
        h.read(true, 0, new ByteReader(hex("00000001 0002 0000 00010007 00000035")));
        assertEquals(0, h.payloadProtocolId(), "only the first fragment tells it");
        assertEquals(53, h.fragment());
    }

    @Test
    void aHeaderThatIsCutOffIsRefused() {
        DataHeader h = new DataHeader();
        assertThrows(MalformedException.class, () -> h.read(false, 3, new ByteReader(new byte[11])));
        assertThrows(MalformedException.class, () -> h.read(true, 3, new ByteReader(new byte[15])));
    }

    @Test
    void aCopyStaysWhenTheObjectReadsTheNext() throws MalformedException {
        DataHeader h = new DataHeader();
        h.read(
                true,
                DataHeader.FLAG_UNORDERED | DataHeader.FLAG_END,
                new ByteReader(hex("00000001 0002 0000 00000003 00000004")));
        DataHeader c = h.copy();
        h.read(false, DataHeader.FLAG_BEGIN, new ByteReader(hex("00000009 0009 0009 00000009")));
        assertTrue(c.interleaved() && c.isUnordered() && c.ends());
        assertFalse(c.begins());
        assertEquals(1, c.tsn());
        assertEquals(2, c.streamId());
        assertEquals(3, c.number());
        assertEquals(4, c.fragment());
    }
}
