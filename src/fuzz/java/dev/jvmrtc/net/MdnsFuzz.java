package dev.jvmrtc.net;

import dev.jvmrtc.fuzz.FuzzBounds;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetAddress;
import java.util.Map;

/** Parses any bytes as a multicast DNS message, whose names may point into one another. */
public final class MdnsFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzBounds.work(data.length, () -> {
            try {
                MdnsMessage m = MdnsMessage.parse(data, 0, data.length);
                long characters = 0;
                for (MdnsMessage.Question q : m.questions()) {
                    characters += q.name().length();
                    for (MdnsMessage.Address a : m.addresses()) {
                        q.asksFor(a.address());
                    }
                    MdnsMessage.legacyAnswer(m.id(), q, InetAddress.getLoopbackAddress());
                }
                for (MdnsMessage.Address a : m.addresses()) {
                    characters += a.name().length();
                }
                FuzzBounds.atMost(64 * 256, characters, "characters of names");
            } catch (MalformedException e) {
                // refused
            }
        });
    }

    /** First inputs, by name. */
    static Map<String, byte[]> seeds() throws MalformedException {
        InetAddress address = InetAddress.getLoopbackAddress();
        byte[] query = MdnsMessage.query("a4d2c4a7-0b0e-4d80-9a43-0a5ab5f9a4d9.local");
        return Map.of(
                "query",
                query,
                "announcement",
                MdnsMessage.announcement("x.local", address, 120),
                "legacy",
                MdnsMessage.legacyAnswer(
                        7, MdnsMessage.parse(query, 0, query.length).questions().get(0), address));
    }

    private MdnsFuzz() {}
}
