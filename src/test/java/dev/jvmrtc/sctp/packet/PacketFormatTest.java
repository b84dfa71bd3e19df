package dev.jvmrtc.sctp.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PacketFormatTest {
    /** COOKIE ACK from port 5000 to 5001; its CRC32c was computed bit by bit after RFC 9260 appendix A. */
    private static final byte[] COOKIE_ACK = HexFormat.of().parseHex("13881389010203048b6283950b000004");

    private final PacketFormat sender = new PacketFormat(5000, 5001);
    private final PacketFormat receiver = new PacketFormat(5001, 5000);

    private static byte[] with(int at, int value) {
        byte[] packet = COOKIE_ACK.clone();
        packet[at] = (byte) value;
        return packet;
    }

    private void open(byte[] packet, boolean zeroChecksum) throws MalformedException {
        receiver.open(new ByteReader(), packet, 0, packet.length, zeroChecksum);
    }

    private void assertRefused(byte[] packet, boolean zeroChecksum) {
        assertThrows(MalformedException.class, () -> open(packet, zeroChecksum));
    }

    @Test
    void theChecksumIsCrc32cWithItsLeastByteFirst() {
        ByteWriter w = new ByteWriter();
        sender.start(w, 0x01020304);
        w.bytes(new byte[] {0x0b, 0, 0, 4});
        sender.finish(w);
        assertArrayEquals(COOKIE_ACK, w.toByteArray());
    }

    @Test
    void aPacketIsOpenedWhereverItStandsAndStaysAsItWas() throws MalformedException {
        byte[] buffer = new byte[40];
        System.arraycopy(COOKIE_ACK, 0, buffer, 9, COOKIE_ACK.length);
        ByteReader r = new ByteReader();
        receiver.open(r, buffer, 9, COOKIE_ACK.length, false);
        assertEquals(4, r.remaining());
        assertEquals(ChunkType.COOKIE_ACK, r.u8());
        assertEquals(0x01020304, PacketFormat.verificationTag(buffer, 9));
        assertArrayEquals(COOKIE_ACK, Arrays.copyOfRange(buffer, 9, 25));
    }

    @Test
    void anyBitThatChangedIsNoticed() {
        for (int i = 0; i < COOKIE_ACK.length; i++) {
            assertRefused(with(i, COOKIE_ACK[i] ^ 1), true);
        }
    }

    @Test
    void aChecksumOfZeroIsTakenWhereThatWasAgreedUpon() throws MalformedException {
        byte[] zero = COOKIE_ACK.clone();
        Arrays.fill(zero, 8, 12, (byte) 0);
        open(zero, true);
        assertRefused(zero, false);
        open(COOKIE_ACK, true);
    }

    @Test
    void otherPortsAreNotOurs() {
        assertThrows(
                MalformedException.class, () -> sender.open(new ByteReader(), COOKIE_ACK, 0, COOKIE_ACK.length, true));
    }

    @Test
    void aLengthThatIsNoMultipleOfFourOrHoldsNoChunkIsRefused() {
        assertRefused(Arrays.copyOf(COOKIE_ACK, 12), true);
        assertRefused(Arrays.copyOf(COOKIE_ACK, 18), true);
        assertRefused(new byte[0], true);
    }
}
