package dev.jvmrtc.sctp.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of each control chunk, as the figures of the RFCs have them, written and read. */
class ChunkTest {

    private static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes.replaceAll("\\s", ""));
    }

    private static byte[] written(Chunk c) {
        ByteWriter w = new ByteWriter();
        c.write(w);
        return w.toByteArray();
    }

    /** What is in a chunk with header and padding. */
    private static Chunk read(byte[] chunk) throws MalformedException {
        ByteReader r = new ByteReader(chunk);
        int type = r.u8();
        r.skip(1);
        return Chunk.parse(type, r.slice(r.u16() - 4));
    }

    private static void assertWritten(String bytes, Chunk c) {
        assertArrayEquals(hex(bytes), written(c), HexFormat.of().formatHex(written(c)));
    }

    @Test
    void initHasTagWindowStreamsAndTsnAndThenParameters() throws MalformedException {
        Chunk.Init init = new Chunk.Init(false, 0x01020304, 0xffff_fffeL, 10, 20, -2, Extensions.OURS, null);
        // RFC 9260 §3.2 leaves it open whether the padding of the last parameter counts: "A robust implementation
        // SHOULD
        // accept the chunk whether or not the final padding has been included in the Chunk Length."
        String bytes = """
                01 00 002c
                01020304 fffffffe 000a 0014 fffffffe
                c000 0004
                8001 0008 00000001
                8008 0009 82 c0 84 40 c2 000000
                """;
        assertWritten(bytes, init);
        Chunk.Init again = (Chunk.Init) read(written(init));
        assertEquals(init, again);
        assertEquals(ChunkType.INIT, again.type());
    }

    @Test
    void initAckHasTheCookieFirst() throws MalformedException {
        Chunk.Init ack = new Chunk.Init(true, 1, 2, 3, 4, 5, Extensions.NONE, new byte[] {7, 8, 9, 10, 11});
        assertWritten("""
                02 00 0020
                00000001 00000002 0003 0004 00000005
                0007 0009 07 08 09 0a 0b 000000
                """, ack);
        Chunk.Init again = (Chunk.Init) read(written(ack));
        assertTrue(again.ack());
        assertArrayEquals(ack.cookie(), again.cookie());
        assertEquals(Extensions.NONE, again.extensions());
    }

    @Test
    void initIsReadWithParametersThatMeanNothingHere() throws MalformedException {
        // An IPv4 address, a cookie preservative, and one that nobody knows; between them, partial reliability.
        Chunk.Init init = (Chunk.Init) read(hex("""
                01 00 0030
                00000001 00000002 0003 0004 00000005
                0005 0008 7f000001
                c000 0004
                0009 0008 00001000
                ffff 0008 01020304
                """));
        assertEquals(Extensions.NONE.with(ChunkType.FORWARD_TSN), init.extensions());
        assertNull(init.cookie());
    }

    @Test
    void aZeroChecksumIsAgreedUponForDtlsOnly() throws MalformedException {
        String head = "01 00 001c 00000001 00000002 0003 0004 00000005";
        Chunk.Init dtls = (Chunk.Init) read(hex(head + "8001 0008 00000001"));
        assertTrue(dtls.extensions().zeroChecksum());
        Chunk.Init other = (Chunk.Init) read(hex(head + "8001 0008 00000002"));
        assertEquals(Extensions.NONE, other.extensions());
        Chunk.Init tooShort = (Chunk.Init) read(hex("01 00 001a 00000001 00000002 0003 0004 00000005 8001 0006 0001"));
        assertEquals(Extensions.NONE, tooShort.extensions());
    }

    @Test
    void heartbeatRepeatsItsInformation() throws MalformedException {
        assertWritten("04 00 000c 0001 0007 aabbcc 00", new Chunk.Heartbeat(false, hex("aabbcc")));
        assertWritten("05 00 000c 0001 0008 aabbccdd", new Chunk.Heartbeat(true, hex("aabbccdd")));
        Chunk.Heartbeat h = (Chunk.Heartbeat) read(hex("04 00 0010 0009 0004 0001 0008 01020304"));
        assertArrayEquals(hex("01020304"), h.info(), "behind a parameter of another type");
        assertThrows(MalformedException.class, () -> read(hex("04 00 0008 0009 0004")));
        assertThrows(MalformedException.class, () -> read(hex("05 00 0004")));
    }

    @Test
    void abortAndErrorHaveCauses() throws MalformedException {
        ErrorCause stream = new ErrorCause(ErrorCause.INVALID_STREAM, hex("00070000"));
        ErrorCause violation = ErrorCause.of(ErrorCause.PROTOCOL_VIOLATION, "x");
        assertWritten("06 00 0014 0001 0008 00070000 000d 0005 78 000000", new Chunk.Abort(List.of(stream, violation)));
        assertWritten("09 00 000c 0001 0008 00070000", new Chunk.Error(List.of(stream)));
        Chunk.Abort abort = (Chunk.Abort) read(hex("06 00 0011 0001 0008 00070000 000d 0005 78 000000"));
        assertEquals(2, abort.causes().size());
        assertArrayEquals(stream.info(), abort.causes().get(0).info());
        assertEquals("protocol violation: x", abort.causes().get(1).describe());
        assertTrue(((Chunk.Abort) read(hex("06 01 0004"))).causes().isEmpty());
        assertInstanceOf(Chunk.Error.class, read(hex("09 00 000c 0001 0008 00070000")));
    }

    @Test
    void theChunksOfAShutdownAndOfTheHandshake() throws MalformedException {
        assertWritten("07 00 0008 fedcba98", new Chunk.Shutdown(0xfedcba98));
        assertEquals(new Chunk.Shutdown(0xfedcba98), read(hex("07 00 0008 fedcba98")));
        assertWritten("08 00 0004", new Chunk.Bare(ChunkType.SHUTDOWN_ACK));
        assertWritten("0e 00 0004", new Chunk.Bare(ChunkType.SHUTDOWN_COMPLETE));
        assertWritten("0b 00 0004", new Chunk.Bare(ChunkType.COOKIE_ACK));
        for (int type : new int[] {8, 11, 14}) {
            assertEquals(new Chunk.Bare(type), read(new byte[] {(byte) type, 0, 0, 4}));
        }
        assertWritten("0a 00 0007 010203 00", new Chunk.CookieEcho(hex("010203")));
        assertArrayEquals(hex("010203"), ((Chunk.CookieEcho) read(hex("0a 00 0007 010203 00"))).cookie());
        assertThrows(MalformedException.class, () -> read(hex("07 00 0006 fedc")));
    }

    @Test
    void forwardTsnNamesStreamsAndNumbers() throws MalformedException {
        Chunk.Skipped[] streams = {new Chunk.Skipped(1, false, 0x1_0002), new Chunk.Skipped(65_534, false, 0xffff)};
        assertWritten("c0 00 0010 00000009 0001 0002 fffe ffff", new Chunk.ForwardTsn(false, 9, streams));
        Chunk.ForwardTsn f = (Chunk.ForwardTsn) read(hex("c0 00 0010 00000009 0001 0002 fffe ffff"));
        assertEquals(9, f.newCumulativeTsn());
        assertArrayEquals(
                new Chunk.Skipped[] {new Chunk.Skipped(1, false, 2), new Chunk.Skipped(65_534, false, 0xffff)},
                f.streams());
        assertEquals(0, ((Chunk.ForwardTsn) read(hex("c0 00 0008 00000009"))).streams().length);
        assertThrows(MalformedException.class, () -> read(hex("c0 00 0006 0000")));
    }

    @Test
    void interleavedForwardTsnTellsTheUnorderedApart() throws MalformedException {
        Chunk.Skipped[] streams = {new Chunk.Skipped(1, true, 0x10002), new Chunk.Skipped(1, false, -1)};
        String bytes = "c2 00 0018 00000009 0001 0001 00010002 0001 0000 ffffffff";
        assertWritten(bytes, new Chunk.ForwardTsn(true, 9, streams));
        Chunk.ForwardTsn f = (Chunk.ForwardTsn) read(hex(bytes));
        assertTrue(f.interleaved());
        assertArrayEquals(streams, f.streams());
    }

    @Test
    void reConfigIsParametersAndNothingElse() throws MalformedException {
        Chunk.ReConfig request = new Chunk.ReConfig(List.of(
                new Chunk.Parameter(13, hex("00000001 00000002 00000003 0007")), new Chunk.Parameter(16, hex("01"))));
        String bytes = "82 00 0020 000d 0012 00000001 00000002 00000003 0007 0000 0010 0005 01 000000";
        assertWritten(bytes, request);
        Chunk.ReConfig again = (Chunk.ReConfig) read(hex(bytes));
        assertEquals(2, again.parameters().size());
        assertEquals(13, again.parameters().get(0).type());
        assertArrayEquals(
                hex("0000000100000002000000030007"), again.parameters().get(0).value());
        assertArrayEquals(hex("01"), again.parameters().get(1).value());
    }

    @Test
    void parametersWhoseLengthCannotBeAreRefused() {
        String init = "01 00 0018 00000001 00000002 0003 0004 00000005";
        assertThrows(MalformedException.class, () -> read(hex(init + "0007 0003")), "shorter than its header");
        assertThrows(MalformedException.class, () -> read(hex(init + "0007 0009")), "longer than the chunk");
        assertThrows(MalformedException.class, () -> read(hex("01 00 0010 00000001 00000002 0003 0004")), "no TSN");
        ByteWriter many = new ByteWriter();
        for (int i = 0; i <= Chunk.MAX_PARAMETERS; i++) {
            many.u16(99).u16(4);
        }
        assertThrows(
                MalformedException.class,
                () -> Chunk.parse(ChunkType.RE_CONFIG, new ByteReader(many.toByteArray())),
                "more than anyone needs");
    }

    @Test
    void aChunkThatNobodyKnowsIsNone() throws MalformedException {
        for (int type : new int[] {12, 13, 15, 63, 128, 193, 255}) {
            assertNull(Chunk.parse(type, new ByteReader(new byte[8])), "type " + type);
        }
    }
}
