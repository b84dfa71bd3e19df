package dev.jvmrtc.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StunMessageTest {
    private static final byte[] KEY = "VOkJxbRl1RmTxUk/WvJxBt".getBytes();

    // RFC 5769 §2.1
    private static final byte[] REQUEST = HexFormat.of()
            .parseHex(
                    ("000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff"
                            + "80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"));
    // RFC 5769 §2.2
    private static final byte[] RESPONSE_V4 = HexFormat.of()
            .parseHex(
                    ("0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643"
                            + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"));
    // RFC 5769 §2.3
    private static final byte[] RESPONSE_V6 = HexFormat.of()
            .parseHex(
                    ("010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179"
                            + "bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"));

    @Test
    void readsTheSampleRequestOfRfc5769() throws MalformedException {
        StunMessage m = StunMessage.parse(REQUEST, 0, REQUEST.length);
        assertEquals(StunClass.REQUEST, m.messageClass());
        assertEquals(StunMessage.BINDING, m.method());
        assertEquals("evtj:h6vY", m.text(StunAttribute.USERNAME));
        assertEquals(0x6e0001ffL, m.u32(StunAttribute.PRIORITY));
        assertTrue(m.hasIntegrity(KEY));
        assertFalse(m.hasIntegrity("another".getBytes()));
    }

    @Test
    void readsTheSampleResponsesOfRfc5769() throws Exception {
        StunMessage v4 = StunMessage.parse(RESPONSE_V4, 0, RESPONSE_V4.length);
        assertTrue(v4.hasIntegrity(KEY));
        assertEquals(new InetSocketAddress("192.0.2.1", 32853), v4.mappedAddress());
        StunMessage v6 = StunMessage.parse(RESPONSE_V6, 0, RESPONSE_V6.length);
        assertTrue(v6.hasIntegrity(KEY));
        assertEquals(
                new InetSocketAddress(InetAddress.getByName("2001:db8:1234:5678:11:2233:4455:6677"), 32853),
                v6.mappedAddress());
    }

    @Test
    void readsWhatItWrites() throws MalformedException {
        RandomSource random = RandomSource.seeded(1);
        TransactionId id = TransactionId.random(random);
        byte[] bytes = StunMessage.write(StunMessage.BINDING, StunClass.ERROR_RESPONSE, id)
                .error(487, "Role Conflict")
                .xorMappedAddress(new InetSocketAddress("10.1.2.3", 4567))
                .integrity(KEY)
                .fingerprinted();
        StunMessage m = StunMessage.parse(bytes, 0, bytes.length);
        assertEquals(id, m.transactionId());
        assertEquals(487, m.errorCode());
        assertEquals("Role Conflict", m.errorReason());
        assertEquals(new InetSocketAddress("10.1.2.3", 4567), m.mappedAddress());
        assertTrue(m.hasIntegrity(KEY));
    }

    @Test
    void rejectsEveryTruncationAndEveryBitFlip() {
        for (int n = 0; n < REQUEST.length; n++) {
            int length = n;
            assertThrows(MalformedException.class, () -> StunMessage.parse(REQUEST, 0, length), "length " + n);
        }
        for (int bit = 0; bit < REQUEST.length * 8; bit++) {
            byte[] flipped = REQUEST.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                StunMessage m = StunMessage.parse(flipped, 0, flipped.length);
                assertFalse(m.hasIntegrity(KEY) && m.has(StunAttribute.FINGERPRINT), "bit " + bit + " went unnoticed");
            } catch (MalformedException e) {
                // As it should be.
            }
        }
    }

    @Test
    void anAddressAttributeOfAnyLengthAndFamilyIsReadOrRefused() throws MalformedException {
        int read = 0;
        for (int length = 0; length <= 24; length++) {
            for (int family = 0; family < 256; family++) {
                byte[] value = new byte[length];
                if (length > 1) {
                    value[1] = (byte) family;
                }
                for (int type : new int[] {
                    StunAttribute.XOR_MAPPED_ADDRESS,
                    StunAttribute.MAPPED_ADDRESS,
                    StunAttribute.ALTERNATE_SERVER,
                    StunAttribute.OTHER_ADDRESS
                }) {
                    byte[] b = StunMessage.write(
                                    StunMessage.BINDING,
                                    StunClass.SUCCESS_RESPONSE,
                                    TransactionId.random(RandomSource.seeded(1)))
                            .attribute(type, value)
                            .fingerprinted();
                    StunMessage m = StunMessage.parse(b, 0, b.length);
                    try {
                        m.mappedAddress();
                        m.xorAddresses(type);
                        m.alternateServer();
                        m.otherAddress();
                        read++;
                    } catch (MalformedException e) {
                        assertEquals("bad address attribute", e.getMessage());
                    }
                }
            }
        }
        assertEquals(8, read, "4 kinds, 2 families");
    }

    @Test
    void refusesMessagesStuffedWithAttributes() {
        StunMessage.Writer w = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, new TransactionId(1, 2));
        for (int i = 0; i <= StunMessage.MAX_ATTRIBUTES; i++) {
            w.u32(0x8100 + i, i);
        }
        byte[] bytes = w.bytes();
        assertThrows(MalformedException.class, () -> StunMessage.parse(bytes, 0, bytes.length));
    }

    @Test
    void survivesRandomBytes() {
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] b = new byte[20 + random.nextInt(200)];
            random.nextBytes(b);
            b[0] = 0;
            b[1] = 1;
            System.arraycopy(REQUEST, 4, b, 4, 4);
            b[2] = 0;
            b[3] = (byte) (b.length - 20);
            try {
                StunMessage.parse(b, 0, b.length).mappedAddress();
            } catch (MalformedException e) {
                // The only exception that may come.
            }
        }
    }
}
