package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class CheckListTest {

    private static CandidatePair form(String relay, String remote) {
        InetSocketAddress base = new InetSocketAddress(relay, 1_000);
        InetSocketAddress peer = new InetSocketAddress(remote, 2_000);
        return new CheckList()
                .form(
                        base,
                        Candidate.of(CandidateType.RELAYED, base, base, 1, "s"),
                        peer,
                        Candidate.host(peer, 1),
                        true);
    }

    @Test
    void aPublicRelayIsNotSentToPrivateAddresses() {
        for (String remote : new String[] {"10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1"}) {
            assertNull(form("198.51.100.1", remote), remote);
        }
        assertNull(form("2001:db8::1", "fd00::1"));
        assertNotNull(form("198.51.100.1", "203.0.113.5"));
        assertNotNull(form("10.0.0.9", "192.168.1.1"), "a relay within a private network may know others");
        assertNotNull(form("127.0.0.1", "127.0.0.1"));
    }
}
