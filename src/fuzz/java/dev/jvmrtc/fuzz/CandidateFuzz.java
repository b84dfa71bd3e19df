package dev.jvmrtc.fuzz;

import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Parses any text as a candidate: it is refused, or what is written of it is read as the same again, and is one line.
 */
public final class CandidateFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        FuzzBounds.work(data.length, () -> {
            try {
                Candidate c = Candidate.parse(text);
                String written = c.toSdp();
                if (written.indexOf('\r') >= 0 || written.indexOf('\n') >= 0) {
                    throw new IllegalStateException("a candidate of several lines: " + written);
                }
                c.isTcp();
                if (!c.isName()) {
                    c.address();
                }
                if (!again(written).equals(written)) {
                    throw new IllegalStateException("written as one thing and read as another: " + written);
                }
            } catch (MalformedException e) {
                // refused
            }
        });
    }

    private static String again(String written) {
        try {
            return Candidate.parse(written).toSdp();
        } catch (MalformedException e) {
            throw new IllegalStateException("what we write we do not read: " + written, e);
        }
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        return Map.of(
                "host",
                "candidate:1 1 udp 2130706431 10.0.0.2 6000 typ host".getBytes(StandardCharsets.UTF_8),
                "name",
                "candidate:2 1 udp 2113937151 a4d2c4a7-0b0e-4d80-9a43-0a5ab5f9a4d9.local 51000 typ host generation 0 ufrag abcd network-cost 999"
                        .getBytes(StandardCharsets.UTF_8),
                "relay",
                "candidate:3 1 udp 41885439 198.51.100.1 50000 typ relay raddr 192.0.2.7 rport 40000"
                        .getBytes(StandardCharsets.UTF_8),
                "tcp",
                "candidate:4 1 tcp 1518280447 2001:db8::1 9 typ host tcptype active".getBytes(StandardCharsets.UTF_8),
                "reflexive",
                "a=candidate:842163049 1 udp 1677729535 192.0.2.7 40000 typ srflx raddr 0.0.0.0 rport 0"
                        .getBytes(StandardCharsets.UTF_8));
    }

    private CandidateFuzz() {}
}
