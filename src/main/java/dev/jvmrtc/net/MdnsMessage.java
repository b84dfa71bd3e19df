package dev.jvmrtc.net;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A multicast DNS message as far as host addresses are concerned (RFC 6762, RFC 1035 §4).
 *
 * @param id 0 except between those that ask from a port of their own
 * @param addresses what the records of an answer tell
 */
record MdnsMessage(int id, boolean response, List<Question> questions, List<Address> addresses) {
    static final int PORT = 5353;
    static final int TYPE_A = 1;
    static final int TYPE_AAAA = 28;
    static final int TYPE_ANY = 255;
    private static final int CLASS_IN = 1;
    /** In a question: a unicast answer is welcome (§5.4). In a record: others of the name and type are void (§10.2). */
    private static final int TOP_BIT = 0x8000;
    /** §10: "120 seconds" for records that have a host name. */
    static final int TTL_SECONDS = 120;
    /** §6.7: a resolver that is no multicast one "SHOULD NOT" keep a record longer. */
    static final int LEGACY_TTL_SECONDS = 10;

    private static final int FLAGS_AUTHORITATIVE_ANSWER = 0x8400;
    private static final int MAX_RECORDS = 64;

    record Question(String name, int type, boolean wantsUnicast) {
        boolean asksFor(InetAddress a) {
            return type == TYPE_ANY || type == typeOf(a);
        }
    }

    record Address(String name, InetAddress address) {}

    private static int typeOf(InetAddress a) {
        return a.getAddress().length == 4 ? TYPE_A : TYPE_AAAA;
    }

    /** Asks for the addresses of a host. */
    static byte[] query(String host) {
        ByteWriter w = new ByteWriter(64).u16(0).u16(0).u16(2).u16(0).u16(0).u16(0);
        for (int type : new int[] {TYPE_A, TYPE_AAAA}) {
            name(w, host).u16(type).u16(CLASS_IN | TOP_BIT);
        }
        return w.toByteArray();
    }

    /** Tells the address of a host to all; with a time to live of 0, that it is void. */
    static byte[] announcement(String host, InetAddress address, int ttlSeconds) {
        ByteWriter w = new ByteWriter(64)
                .u16(0)
                .u16(FLAGS_AUTHORITATIVE_ANSWER)
                .u16(0)
                .u16(1)
                .u16(0)
                .u16(0);
        return record(w, host, address, CLASS_IN | TOP_BIT, ttlSeconds).toByteArray();
    }

    /**
     * Answers one who asks as ordinary resolvers do: RFC 6762 §6.7, the id and the question are repeated, and there is
     * no cache-flush bit.
     */
    static byte[] legacyAnswer(int id, Question q, InetAddress address) {
        ByteWriter w = new ByteWriter(96)
                .u16(id)
                .u16(FLAGS_AUTHORITATIVE_ANSWER)
                .u16(1)
                .u16(1)
                .u16(0)
                .u16(0);
        name(w, q.name).u16(q.type).u16(CLASS_IN);
        return record(w, q.name, address, CLASS_IN, LEGACY_TTL_SECONDS).toByteArray();
    }

    private static ByteWriter record(ByteWriter w, String host, InetAddress address, int dnsClass, int ttlSeconds) {
        byte[] a = address.getAddress();
        return name(w, host)
                .u16(typeOf(address))
                .u16(dnsClass)
                .u32(ttlSeconds)
                .u16(a.length)
                .bytes(a);
    }

    private static ByteWriter name(ByteWriter w, String host) {
        for (String label : host.split("\\.")) {
            byte[] b = label.getBytes(StandardCharsets.UTF_8);
            w.u8(b.length).bytes(b);
        }
        return w.u8(0);
    }

    static MdnsMessage parse(byte[] data, int offset, int length) throws MalformedException {
        ByteReader r = new ByteReader(data, offset, length);
        int id = r.u16();
        boolean response = (r.u16() & 0x8000) != 0;
        int questionCount = Math.min(MAX_RECORDS, r.u16());
        int recordCount = Math.min(MAX_RECORDS, r.u16() + r.u16() + r.u16());
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < questionCount; i++) {
            String name = name(r, data, offset, length);
            int type = r.u16();
            questions.add(new Question(name, type, (r.u16() & TOP_BIT) != 0));
        }
        List<Address> addresses = new ArrayList<>();
        for (int i = 0; i < recordCount && response && r.remaining() > 0; i++) {
            String name = name(r, data, offset, length);
            int type = r.u16();
            r.skip(6);
            byte[] value = r.bytes(r.u16());
            if (type == TYPE_A && value.length == 4 || type == TYPE_AAAA && value.length == 16) {
                addresses.add(new Address(name, address(value)));
            }
        }
        return new MdnsMessage(id, response, questions, addresses);
    }

    private static InetAddress address(byte[] value) throws MalformedException {
        try {
            return InetAddress.getByAddress(value);
        } catch (UnknownHostException e) {
            throw new MalformedException("DNS address");
        }
    }

    /** RFC 1035 §4.1.4: labels, or a pointer to earlier ones; at most 32 jumps. */
    private static String name(ByteReader r, byte[] data, int start, int length) throws MalformedException {
        StringBuilder s = new StringBuilder();
        ByteReader at = r;
        for (int jumps = 0; jumps < 32; ) {
            int n = at.u8();
            if (n == 0) {
                return s.toString();
            }
            if ((n & 0xc0) == 0xc0) {
                int offset = (n & 0x3f) << 8 | at.u8();
                if (offset >= length) {
                    throw new MalformedException("DNS pointer");
                }
                at = new ByteReader(data, start + offset, length - offset);
                jumps++;
            } else {
                s.append(s.length() == 0 ? "" : ".").append(at.utf8(n));
                if (s.length() > 255) {
                    throw new MalformedException("DNS name");
                }
            }
        }
        throw new MalformedException("DNS pointer loop");
    }
}
