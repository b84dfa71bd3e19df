package dev.jvmrtc.stun;

import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.crypto.Jca;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A STUN message (RFC 8489 §5).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Magic Cookie                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Transaction ID (96 bits)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * Parsing keeps a private copy of the bytes: message integrity is a function of the octets as they arrived.
 */
public final class StunMessage {
    public static final int MAGIC_COOKIE = 0x2112A442;
    public static final int BINDING = 0x001;
    public static final int HEADER_LENGTH = 20;

    /**
     * Most attributes that a message may carry: ICE checks have about ten, so a longer list is an attempt to make us
     * work.
     */
    public static final int MAX_ATTRIBUTES = 64;
    /**
     * RFC 8489 §14.8: a reason phrase has "fewer than 128 characters (which can be as long as 509 bytes when encoding
     * them or 763 bytes when decoding them)".
     */
    public static final int MAX_REASON = 127;
    /** The same limit of a realm (§14.9) and a nonce (§14.10), in bytes. */
    public static final int MAX_TEXT_BYTES = 763;

    private static final int FINGERPRINT_XOR = 0x5354554e;
    private static final String HMAC_SHA1 = "HmacSHA1";
    private static final String HMAC_SHA256 = "HmacSHA256";

    private record Attribute(int type, int offset, int length) {}

    /** The message as it came: its integrity is of these very bytes. */
    private final byte[] raw;

    private final int method;
    private final StunClass messageClass;
    private final TransactionId transactionId;
    /** Where they lie in it, in order. */
    private final List<Attribute> attributes;

    private StunMessage(
            byte[] raw, int method, StunClass messageClass, TransactionId transactionId, List<Attribute> attributes) {
        this.raw = raw;
        this.method = method;
        this.messageClass = messageClass;
        this.transactionId = transactionId;
        this.attributes = attributes;
    }

    /** Whether the bytes look like STUN: first byte 0 … 3 (RFC 7983) and the magic cookie. */
    public static boolean isStun(byte[] data, int offset, int length) {
        return length >= HEADER_LENGTH && (data[offset] & 0xfc) == 0 && Bytes.i32(data, offset + 4) == MAGIC_COOKIE;
    }

    public static StunMessage parse(byte[] data, int offset, int length) throws MalformedException {
        if (!isStun(data, offset, length)) {
            throw new MalformedException("not a STUN message");
        }
        int bodyLength = Bytes.u16(data, offset + 2);
        if (bodyLength % 4 != 0 || bodyLength + HEADER_LENGTH != length) {
            throw new MalformedException("STUN length field disagrees with the datagram");
        }
        byte[] raw = Arrays.copyOfRange(data, offset, offset + length);
        int type = Bytes.u16(raw, 0);
        int method = (type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2;
        StunClass messageClass = StunClass.values()[(type & 0x0010) >> 4 | (type & 0x0100) >> 7];
        List<Attribute> attributes = new ArrayList<>();
        boolean afterIntegrity = false;
        for (int p = HEADER_LENGTH; p < length; ) {
            assert Steps.count();
            if (length - p < 4) {
                throw new MalformedException("truncated STUN attribute header");
            }
            int attributeType = Bytes.u16(raw, p);
            int attributeLength = Bytes.u16(raw, p + 2);
            if (attributeLength > length - p - 4) {
                throw new MalformedException("truncated STUN attribute");
            }
            if (attributes.size() == MAX_ATTRIBUTES) {
                throw new MalformedException("too many STUN attributes");
            }
            // RFC 8489 §14.5: attributes that follow MESSAGE-INTEGRITY are ignored, except MESSAGE-INTEGRITY-SHA256 and
            // FINGERPRINT.
            if (!afterIntegrity
                    || attributeType == StunAttribute.FINGERPRINT
                    || attributeType == StunAttribute.MESSAGE_INTEGRITY_SHA256) {
                attributes.add(new Attribute(attributeType, p + 4, attributeLength));
            }
            afterIntegrity |= attributeType == StunAttribute.MESSAGE_INTEGRITY
                    || attributeType == StunAttribute.MESSAGE_INTEGRITY_SHA256;
            p += 4 + (attributeLength + 3 & ~3);
            if (p > length) {
                throw new MalformedException("truncated STUN padding");
            }
        }
        StunMessage message = new StunMessage(raw, method, messageClass, TransactionId.read(raw, 8), attributes);
        message.checkFingerprint();
        return message;
    }

    private void checkFingerprint() throws MalformedException {
        Attribute a = find(StunAttribute.FINGERPRINT);
        if (a != null) {
            if (a.length != 4
                    || a.offset + 4 != raw.length
                    || Bytes.i32(raw, a.offset) != fingerprint(raw, a.offset - 4)) {
                throw new MalformedException("wrong STUN fingerprint");
            }
        }
    }

    public int method() {
        return method;
    }

    public StunClass messageClass() {
        return messageClass;
    }

    public TransactionId transactionId() {
        return transactionId;
    }

    private Attribute find(int type) {
        for (Attribute a : attributes) {
            assert Steps.count();
            if (a.type == type) {
                return a;
            }
        }
        return null;
    }

    public boolean has(int type) {
        return find(type) != null;
    }

    /** A copy of the attribute's value, or null. */
    public byte[] value(int type) {
        Attribute a = find(type);
        return a == null ? null : Arrays.copyOfRange(raw, a.offset, a.offset + a.length);
    }

    public String text(int type) {
        Attribute a = find(type);
        return a == null ? null : new String(raw, a.offset, a.length, StandardCharsets.UTF_8);
    }

    /** A 32-bit attribute, or null where it is absent or of another length. */
    public Long u32(int type) {
        Attribute a = find(type);
        return a == null || a.length != 4 ? null : Bytes.u32(raw, a.offset);
    }

    /** A 64-bit attribute, or null where it is absent or of another length. */
    public Long u64(int type) {
        Attribute a = find(type);
        return a == null || a.length != 8 ? null : (Long) Bytes.i64(raw, a.offset);
    }

    /** The code of ERROR-CODE (RFC 8489 §14.8), 300 … 699, or 0. */
    public int errorCode() {
        Attribute a = find(StunAttribute.ERROR_CODE);
        return a == null || a.length < 4 ? 0 : (raw[a.offset + 2] & 7) * 100 + (raw[a.offset + 3] & 0xff);
    }

    /**
     * The reason phrase of ERROR-CODE, as one line of at most {@link #MAX_REASON} characters that controls nothing;
     * empty where there is none.
     */
    public String errorReason() {
        Attribute a = find(StunAttribute.ERROR_CODE);
        return a == null || a.length < 4
                ? ""
                : SafeText.line(
                        new String(raw, a.offset + 4, Math.min(a.length - 4, MAX_TEXT_BYTES), StandardCharsets.UTF_8),
                        MAX_REASON);
    }

    /**
     * The comprehension-required attributes that we do not know (RFC 8489 §6.3.1: a request with any is refused with
     * 420).
     */
    public List<Integer> unknownRequiredAttributes() {
        List<Integer> unknown = new ArrayList<>();
        for (Attribute a : attributes) {
            if (a.type < 0x8000 && !StunAttribute.isKnown(a.type)) {
                unknown.add(a.type);
            }
        }
        return unknown;
    }

    /** XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS, else null. */
    public InetSocketAddress mappedAddress() throws MalformedException {
        Attribute a = find(StunAttribute.XOR_MAPPED_ADDRESS);
        if (a != null) {
            return address(a, true);
        }
        a = find(StunAttribute.MAPPED_ADDRESS);
        return a == null ? null : address(a, false);
    }

    /**
     * The addresses of an attribute in XOR form, in order: XOR-RELAYED-ADDRESS may come once for each family (RFC 8656
     * §7.3).
     */
    public List<InetSocketAddress> xorAddresses(int type) throws MalformedException {
        List<InetSocketAddress> all = new ArrayList<>();
        for (Attribute a : attributes) {
            if (a.type == type) {
                all.add(address(a, true));
            }
        }
        return all;
    }

    /** ALTERNATE-SERVER (RFC 8489 §14.15), or null. */
    public InetSocketAddress alternateServer() throws MalformedException {
        Attribute a = find(StunAttribute.ALTERNATE_SERVER);
        return a == null ? null : address(a, false);
    }

    /** OTHER-ADDRESS (RFC 5780 §7.4), or null: where else the server listens. */
    public InetSocketAddress otherAddress() throws MalformedException {
        Attribute a = find(StunAttribute.OTHER_ADDRESS);
        return a == null ? null : address(a, false);
    }

    private InetSocketAddress address(Attribute a, boolean xor) throws MalformedException {
        int family = a.length < 4 ? 0 : raw[a.offset + 1];
        int addressLength = family == 1 ? 4 : family == 2 ? 16 : 0;
        if (addressLength == 0 || a.length != 4 + addressLength) {
            throw new MalformedException("bad address attribute");
        }
        int port = Bytes.u16(raw, a.offset + 2);
        byte[] ip = Arrays.copyOfRange(raw, a.offset + 4, a.offset + a.length);
        if (xor) {
            port ^= MAGIC_COOKIE >>> 16;
            for (int i = 0; i < ip.length; i++) {
                ip[i] ^= raw[4 + i];
            }
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether MESSAGE-INTEGRITY is there and right under {@code key} (RFC 8489 §14.5). */
    public boolean hasIntegrity(byte[] key) {
        return hasIntegrity(StunAttribute.MESSAGE_INTEGRITY, 20, HMAC_SHA1, key);
    }

    /** Whether MESSAGE-INTEGRITY-SHA256 is there, untruncated, and right under {@code key} (RFC 8489 §14.6). */
    public boolean hasIntegritySha256(byte[] key) {
        return hasIntegrity(StunAttribute.MESSAGE_INTEGRITY_SHA256, 32, HMAC_SHA256, key);
    }

    private boolean hasIntegrity(int type, int length, String algorithm, byte[] key) {
        Attribute a = find(type);
        if (a == null || a.length != length) {
            return false;
        }
        byte[] head = Arrays.copyOf(raw, a.offset - 4);
        Bytes.put16(head, 2, a.offset + length - HEADER_LENGTH);
        return MessageDigest.isEqual(
                hmac(algorithm, key, head, head.length), Arrays.copyOfRange(raw, a.offset, a.offset + length));
    }

    private static byte[] hmac(String algorithm, byte[] key, byte[] data, int length) {
        Mac mac = Jca.mac(algorithm);
        try {
            mac.init(new SecretKeySpec(key, algorithm));
        } catch (InvalidKeyException e) {
            throw new IllegalArgumentException("a key that HMAC does not take", e);
        }
        mac.update(data, 0, length);
        return mac.doFinal();
    }

    private static int fingerprint(byte[] data, int length) {
        CRC32 crc = new CRC32();
        crc.update(data, 0, length);
        return (int) crc.getValue() ^ FINGERPRINT_XOR;
    }

    public static Writer write(int method, StunClass messageClass, TransactionId id) {
        return new Writer(method, messageClass, id);
    }

    /** Builds the bytes of a message, attribute by attribute. */
    public static final class Writer {
        private final ByteWriter out = new ByteWriter(128);

        private Writer(int method, StunClass messageClass, TransactionId id) {
            int c = messageClass.ordinal();
            int type = method & 0x000f | (method & 0x0070) << 1 | (method & 0x0f80) << 2 | (c & 1) << 4 | (c & 2) << 7;
            out.u16(type).u16(0).u32(MAGIC_COOKIE).zeros(12);
            id.write(out.array(), 8);
        }

        public Writer attribute(int type, byte[] value) {
            out.u16(type).u16(value.length).bytes(value).padTo4();
            return this;
        }

        public Writer text(int type, String value) {
            return attribute(type, value.getBytes(StandardCharsets.UTF_8));
        }

        public Writer flag(int type) {
            return attribute(type, new byte[0]);
        }

        public Writer u32(int type, long value) {
            out.u16(type).u16(4).u32(value);
            return this;
        }

        public Writer u64(int type, long value) {
            out.u16(type).u16(8).u64(value);
            return this;
        }

        public Writer error(int code, String reason) {
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            out.u16(StunAttribute.ERROR_CODE)
                    .u16(4 + text.length)
                    .u16(0)
                    .u8(code / 100)
                    .u8(code % 100)
                    .bytes(text)
                    .padTo4();
            return this;
        }

        public Writer xorMappedAddress(InetSocketAddress address) {
            return xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, address);
        }

        public Writer xorAddress(int type, InetSocketAddress address) {
            byte[] ip = address.getAddress().getAddress();
            out.u16(type).u16(4 + ip.length).u8(0).u8(address.getAddress() instanceof Inet4Address ? 1 : 2);
            out.u16(address.getPort() ^ MAGIC_COOKIE >>> 16);
            for (int i = 0; i < ip.length; i++) {
                out.u8(ip[i] ^ out.array()[4 + i]);
            }
            return this;
        }

        /** Appends MESSAGE-INTEGRITY over all that was written so far. */
        public Writer integrity(byte[] key) {
            out.put16(2, out.length() + 24 - HEADER_LENGTH);
            return attribute(StunAttribute.MESSAGE_INTEGRITY, hmac(HMAC_SHA1, key, out.array(), out.length()));
        }

        /** Appends MESSAGE-INTEGRITY-SHA256 over all that was written so far. */
        public Writer integritySha256(byte[] key) {
            out.put16(2, out.length() + 36 - HEADER_LENGTH);
            return attribute(StunAttribute.MESSAGE_INTEGRITY_SHA256, hmac(HMAC_SHA256, key, out.array(), out.length()));
        }

        /** Part of an array as an attribute. */
        public Writer attribute(int type, byte[] value, int offset, int length) {
            out.u16(type).u16(length).bytes(value, offset, length).padTo4();
            return this;
        }

        /** Appends FINGERPRINT (RFC 8489 §14.7) and returns the message. */
        public byte[] fingerprinted() {
            out.put16(2, out.length() + 8 - HEADER_LENGTH);
            int crc = fingerprint(out.array(), out.length());
            return u32(StunAttribute.FINGERPRINT, crc & 0xffffffffL).bytes();
        }

        public byte[] bytes() {
            out.put16(2, out.length() - HEADER_LENGTH);
            return out.toByteArray();
        }
    }
}
