package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of candidates as peers write them. */
class CandidateTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "candidate:7 1 udp 2130706431 192.0.2.1 4000 typ host",
                "a=candidate:7 1 UDP 2130706431 192.0.2.1 4000 typ host\r\n",
                "candidate: 1 udp 2130706431 192.0.2.1 4000 typ host generation 0",
                "candidate: 7  1 udp 2130706431 192.0.2.1 4000 typ host",
                "candidate:7 1 udp 2130706431 192.0.2.1 4000 TYP HOST",
                "candidate:7 1 udp 2130706431 192.0.2.1 4000 typ host generation 0 network-cost"
            })
    void whatBrowsersTakeIsTaken(String line) throws MalformedException {
        Candidate c = Candidate.parse(line);
        assertEquals(1, c.component());
        assertEquals("udp", c.transport());
        assertEquals("192.0.2.1", c.host());
        assertEquals(4_000, c.port());
        assertEquals(CandidateType.HOST, c.type());
        assertEquals(line.startsWith("candidate: 1") ? "" : "7", c.foundation());
        assertEquals(c, Candidate.parse(c.toSdp()), "what we write of it can be read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "candidate:",
                "candidate:7 1 udp 1 192.0.2.1 4000",
                "candidate:7 1 udp 1 192.0.2.1 typ host",
                "candidate: udp 1 192.0.2.1 4000 typ host",
                "candidate:7 0 udp 1 192.0.2.1 4000 typ host",
                "candidate:7 1 ssltcp 1 192.0.2.1 443 typ host",
                "candidate:7 1 udp x 192.0.2.1 4000 typ host",
                "candidate:7 1 udp 1 192.0.2.1 4000 typ",
                "candidate:7 1 udp 1 192.0.2.1 4000 typ other",
                "candidate:123456789012345678901234567890123 1 udp 1 192.0.2.1 9 typ host"
            })
    void whatHasNoMeaningIsRefused(String line) {
        assertThrows(MalformedException.class, () -> Candidate.parse(line));
    }

    @Test
    void localhostIsAnAddressAndNoName() throws MalformedException {
        Candidate c = Candidate.parse("candidate:7 1 udp 1 localhost 4000 typ host");
        assertTrue(!c.isName() && c.address().getAddress().isLoopbackAddress());
    }
}
